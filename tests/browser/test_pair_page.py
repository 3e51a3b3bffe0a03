"""The pair stepper: client, channels and server side by side, in a real browser."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from tlsmodel.spec.pairs import PAIRS

LONGEST = 80


def phases(tab):
    return tab.locator(".end .phase").all_inner_texts()


def on_the_way(tab, heading):
    return tab.locator(".channels section", has_text=heading).locator("li").all_inner_texts()


@pytest.mark.parametrize("name", PAIRS)
def test_both_ends_come_to_agree_when_nobody_disturbs_them(shown, screenshot, name):
    tab = shown(f"#{name}")
    for _ in range(LONGEST):
        if tab.locator(".next").is_disabled():
            break
        tab.locator(".next").click()

    assert phases(tab) == ["CONNECTED", "CONNECTED"]
    assert tab.locator(".channels li").count() == 0
    assert tab.locator(".arrow.return", has_text="SUCCESS").count() == 2
    screenshot(tab)


def test_what_one_end_sends_is_on_its_way_until_it_is_delivered(shown):
    tab = shown("#tls13")
    tab.locator(".client .input.call", has=tab.get_by_text("handshake()", exact=True)).click()
    assert on_the_way(tab, "Client to server") == ["ClientHello"]

    tab.get_by_role("button", name="Deliver the first").click()
    assert on_the_way(tab, "Client to server") == []
    assert tab.locator(".server .chip").all_inner_texts() == ["waiting ClientHello"]

    tab.locator(".undo").click()
    assert on_the_way(tab, "Client to server") == ["ClientHello"]


def test_a_message_waits_while_the_one_before_it_is_unread(shown):
    tab = shown("#tls13/c-handshake/s-gets/s-handshake/c-gets")

    assert on_the_way(tab, "Server to client")[-1] == "Finished"
    assert tab.get_by_role("button", name="Deliver the first").is_disabled()


def test_a_disturbance_strikes_one_end_alone(shown):
    tab = shown("#tls12")
    tab.locator(".client .input.environment", has_text="write blocked").click()
    tab.locator(".client .input.call", has=tab.get_by_text("handshake()", exact=True)).click()

    assert on_the_way(tab, "Client to server") == []
    assert "pending ClientHello" in tab.locator(".client .chips").inner_text()
    assert tab.locator(".server .chip").count() == 0


def test_the_address_of_a_pair_leads_back_to_it(shown):
    tab = shown("#tls13")
    for key in "nnnnnnn":
        tab.keyboard.press(key)
    address, there = tab.url.partition("#")[2], phases(tab)
    assert address.startswith("tls13/c-handshake/s-gets/s-handshake/c-gets/")

    assert phases(shown(f"#{address}")) == there


@pytest.mark.parametrize("way", ["c-bye", "s-gets", "x-handshake", "n-lose-server", "c-handshake~7"])
def test_an_impossible_address_of_a_pair_says_so(shown, way):
    assert (
        f"“{way}” as step 1, which is not possible here"
        in shown(f"#tls13/{way}").locator(".said").inner_text()
    )


def test_axe_finds_no_serious_violation_on_a_pair(shown):
    tab = shown("#tls13/c-handshake/s-gets/s-handshake/c-gets")
    found = Axe().run(tab).response["violations"]

    assert [item["help"] for item in found if item["impact"] in ("serious", "critical")] == []
