"""The explorer in a real browser: it opens from disk, steps, undoes, links, filters and plays findings."""

import json
import sys

import pytest

from tlsmodel.cli.page import written
from tlsmodel.machine import names
from tlsmodel.spec.pairs import PAIRS

MEGABYTE = 1 << 20
WALKED = ["START", "WAIT_SH", "WAIT_EE", "WAIT_CERT_CR", "WAIT_CV", "WAIT_FINISHED", "CONNECTED"]
HANDSHAKE = [
    "handshake()", "?ServerHello", "handshake()", "?EncryptedExtensions", "handshake()", "?Certificate",
    "handshake()", "?CertificateVerify", "handshake()", "?Finished", "handshake()",
]  # fmt: skip


def phase(tab):
    return tab.locator(".phase").inner_text()


def reached(tab):
    return tab.locator(".reached").all_inner_texts()


def press_input(tab, words):
    """Click the enabled input of these words; the first reply where there are several."""
    tab.locator(".input", has=tab.get_by_text(words, exact=True)).first.click()


def test_it_opens_from_disk_in_under_two_seconds_and_is_under_five_megabytes(shown, explorer, screenshot):
    tab = shown()

    assert int(tab.get_attribute("html", "data-ready")) < 2000
    assert explorer.stat().st_size < 5 * MEGABYTE
    shown_names = tab.locator("#machine option").all_inner_texts()
    assert {*names(), *PAIRS} < set(shown_names)
    assert "tls13-server?auth=require:handshake" in shown_names
    screenshot(tab)


def test_a_full_handshake_is_stepped_by_click(shown, screenshot):
    tab = shown("#tls13-client")
    for words in HANDSHAKE:
        press_input(tab, words)

    assert phase(tab) == "CONNECTED"
    assert reached(tab) == WALKED[1:]
    assert tab.locator(".arrow.return").last.inner_text() == "SUCCESS"
    assert tab.locator(".node.here title").inner_html() == "CONNECTED"
    screenshot(tab)


def test_a_full_handshake_is_stepped_by_keyboard_alone(shown):
    tab = shown("#tls13-client")
    while not tab.locator(".next:focus").count():
        tab.keyboard.press("Tab")
    for _ in HANDSHAKE:
        tab.keyboard.press("Enter")

    assert phase(tab) == "CONNECTED"


def test_arrow_keys_reach_every_input_of_a_group(shown):
    tab = shown("#tls13-client")
    tab.locator(".input.call").first.focus()
    tab.keyboard.press("ArrowDown")
    tab.keyboard.press("ArrowDown")
    tab.keyboard.press("Enter")

    assert tab.locator(".arrow.call").inner_text() == "record_recv()"
    assert tab.evaluate("document.activeElement.innerText").startswith("record_recv()")


def test_the_shortcuts_step_undo_redo_and_start_over_unless_switched_off(shown):
    tab = shown("#tls12-client")
    for key in "nnnuur":
        tab.keyboard.press(key)
    assert tab.locator(".steps li").count() == 3
    assert tab.locator(".steps li.undone").count() == 1

    tab.locator("#keys").uncheck()
    tab.locator("main").focus()
    tab.keyboard.press("s")
    assert tab.locator(".steps li").count() == 3

    tab.locator("#keys").check()
    tab.locator("main").focus()
    tab.keyboard.press("s")
    assert tab.locator(".steps li").count() == 0


def test_undo_goes_back_and_another_step_takes_another_way(shown):
    tab = shown("#tls13-client/handshake/ServerHello/handshake")
    tab.get_by_role("button", name="Undo").click()
    assert phase(tab) == "WAIT_SH"
    tab.get_by_role("button", name="Redo").click()
    assert phase(tab) == "WAIT_EE"
    tab.get_by_role("button", name="Step 1: stand here").click()
    press_input(tab, "record_send()")

    assert tab.locator(".steps li").count() == 2
    assert tab.get_by_role("button", name="Redo").is_disabled()


def test_the_address_keeps_the_place_and_leads_back_to_it(shown):
    tab = shown("#tls12-server")
    for key in "nnnn":
        tab.keyboard.press(key)
    address, here = tab.url.partition("#")[2], phase(tab)
    assert address.startswith("tls12-server/ClientHello/handshake/")

    assert phase(shown(f"#{address}")) == here
    tab.evaluate("location.hash = 'tls13-client/handshake'")
    tab.locator(".phase", has_text="WAIT_SH").wait_for()
    assert tab.locator("#machine").input_value() == "tls13-client"


def test_each_reply_to_a_call_has_an_address_of_its_own(shown):
    tab = shown("#tls13-client/handshake/ServerHello")
    replies = tab.locator(".input.call", has_text="WAIT_EE")
    assert replies.count() == 2
    replies.nth(1).click()
    sent = tab.locator(".arrow").all_inner_texts()

    assert shown(tab.url[tab.url.index("#") :]).locator(".arrow").all_inner_texts() == sent


@pytest.mark.parametrize(
    "address, said",
    [
        ("#tls13-client/handshake/Finnished", "“Finnished” as step 2, which the model does not have"),
        ("#tls13-client/handshake~9", "“handshake~9” as step 1, which the model does not have"),
        ("#ssl3-client", "no machine “ssl3-client”"),
    ],
)
def test_an_address_that_leads_nowhere_says_so(shown, address, said):
    assert said in shown(address).locator("body").inner_text()


def test_machines_are_filtered_by_what_their_scenarios_fix(shown):
    tab = shown()
    tab.get_by_text("Filter machines").click()
    tab.get_by_label("version").select_option("tls12")
    tab.get_by_label("role").select_option("server")

    tab.locator("select[data-facet=auth]").select_option("require")

    assert tab.locator("#machine option").all_inner_texts() == ["tls12-server?auth=require:handshake"]
    tab.locator("#size", has_text="TLS 1.2 server").wait_for()


def test_inputs_are_filtered_by_name(shown):
    tab = shown("#tls13-client/handshake")
    tab.get_by_label("Filter inputs").fill("certificate")

    assert tab.locator(".input .given").all_inner_texts() == [
        "?CertificateRequest", "?Certificate", "?CertificateStatus", "?CertificateVerify",
        "?Certificate.empty", "?CertificateVerify.bad",
    ]  # fmt: skip


def test_a_search_finds_states_and_rows_and_goes_there_by_a_shortest_way(shown, screenshot):
    tab = shown("#tls13-client")
    tab.keyboard.press("/")
    tab.keyboard.type("connected unfinished pending")
    tab.locator("#results button").first.click()
    words = tab.locator(".chips").inner_text()
    assert phase(tab) == "CONNECTED"
    assert "pending " in words
    assert "unfinished" in words

    tab.get_by_role("searchbox", name="search").fill("8446 4.4.4")
    screenshot(tab)
    tab.locator("#results button", has_text="row tls13.client.phase/WAIT_FINISHED/Finished").first.click()
    assert phase(tab) == "CONNECTED"
    assert "tls13.client.phase/WAIT_FINISHED/Finished" in tab.locator(".reasons").inner_text()


def test_pointing_at_a_phase_goes_there(shown):
    tab = shown("#tls13-server")
    tab.locator(".picture .node", has_text="WAIT_FINISHED").first.click()

    assert phase(tab) == "WAIT_FINISHED"


def test_a_finding_is_played_from_its_file(shown, finding, screenshot):
    tab = shown()
    tab.locator("#file").set_input_files(finding / "finding.json")
    tab.locator(".departure").wait_for()

    record = json.loads((finding / "finding.json").read_text())
    assert record["title"] in tab.locator("#told").inner_text()
    assert tab.locator(".steps li").count() == len(record["steps"])
    assert tab.locator(".steps li.departing").count() == 1
    assert "unexpected_message" in tab.locator(".departure").inner_text()
    assert phase(tab) == "WAIT_EE"
    screenshot(tab)


def test_a_finding_is_played_when_it_is_dropped(shown, finding):
    tab = shown()
    drop(tab, "finding.json", (finding / "finding.json").read_text())

    tab.locator(".departure").wait_for()


def test_a_finding_of_another_scenario_is_played_on_the_machine_without_its_parameters(shown, finding):
    record = json.loads((finding / "finding.json").read_text())
    tab = shown()
    drop(tab, "finding.json", json.dumps(record | {"scenario": "tls13-client?status=on&certificate=on"}))
    tab.locator(".departure").wait_for()

    assert "recorded on tls13-client?status=on&certificate=on" in tab.locator("#told").inner_text()
    assert tab.locator("#machine").input_value() == "tls13-client"


def test_a_record_that_only_fits_a_bug_pattern_is_no_departure(shown, finding):
    record = json.loads((finding / "finding.json").read_text())
    tab = shown()
    drop(tab, "finding.json", json.dumps(record | {"expected": [], "steps": record["steps"][:3]}))
    tab.locator(".steps li").nth(2).wait_for()

    assert tab.locator(".departing").count() == 0


@pytest.mark.parametrize(
    "text, fault",
    [
        ("<script>alert(1)</script>", "not JSON"),
        ("[]", 'needs "machine"'),
        ('{"machine": "tls13-client", "steps": []}', '"steps" must be 1 to'),
        ('{"machine": "tls13-client", "steps": [{"input": 3}]}', 'step 1: needs "input"'),
        (
            '{"machine": "tls13-client", "steps": [{"input": "call handshake", "emissions": 1}]}',
            "not an output",
        ),
        ('{"machine": "__proto__", "steps": [{"input": "x", "emissions": []}]}', "no machine"),
        ("[" * 100_000, "not JSON"),
        (" " * (1 << 20) + " ", "larger than"),
    ],
)
def test_a_file_that_is_no_record_is_refused_in_a_line(shown, text, fault):
    tab = shown()
    drop(tab, "evil.json", text)
    tab.locator("#told").wait_for()

    assert fault in tab.locator("#told").inner_text()


def test_names_in_a_file_stay_text(shown):
    evil = "<img src=x onerror=alert(1)>"
    steps = [
        {"input": f"deliver {evil}", "code": evil, "direction": None, "emissions": [evil], "rows": [evil]}
    ]
    tab = shown()
    drop(tab, "evil.json", json.dumps({"machine": "tls13-client", "steps": steps, "title": evil}))
    tab.locator(".steps li").wait_for()

    assert tab.locator("img").count() == 0
    assert evil in tab.locator("#told").inner_text()


def drop(tab, name, text):
    tab.evaluate(
        """([name, text]) => {
            const data = new DataTransfer();
            data.items.add(new File([text], name));
            document.dispatchEvent(new DragEvent("drop", {dataTransfer: data, cancelable: true}));
        }""",
        [name, text],
    )


def test_after_a_fatal_alert_nothing_is_awaited(shown):
    tab = shown("#tls12-client/handshake/ServerHelloDone/handshake")
    tab.get_by_label("picture").select_option("Phases and refusals")

    assert tab.locator(".next").is_disabled()
    assert tab.locator(".mark").count() == 0
    assert tab.locator(".node.here title").all_text_contents() == ["WAIT_SH", "FAILED"]


def test_the_contract_of_a_call_shows_what_the_last_step_did(shown, screenshot):
    tab = shown("#tls13-client/handshake")
    tab.get_by_label("picture").select_option("handshake()")

    latest = tab.locator(".edge.latest title").all_text_contents()
    assert latest == ["ENTER->FLUSH", "FLUSH->PULL", "PULL->AGAIN (read)"]
    screenshot(tab)


def test_a_page_made_without_graphviz_steps_without_pictures(tab, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "pygraphviz", None)
    path = tmp_path / "plain.html"
    path.write_text(written(("tls13-server:handshake",)), "utf-8")
    tab.goto(f"{path.as_uri()}#tls13-server:handshake")
    tab.wait_for_selector("html[data-ready]")
    press_input(tab, "?ClientHello")

    assert phase(tab) == "WAIT_FINISHED"
    assert "pip install pygraphviz" in tab.locator(".pictures").inner_text()
