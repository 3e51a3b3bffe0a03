"""The stepper in a real JupyterLab: clicked, undone, played to, read from Python, beside a live session."""

import pytest

from tests.browser.jupyter import notebook, opened, run, served

STEPPER, READ, PLAY, LIVE, PARTED, TAKEN, PAIR, PLACE = range(8)
CELLS = (
    "from tlsmodel.draw.widget import Stepper\nstepper = Stepper('tls13-client')\nstepper",
    "print(stepper.trace)",
    "from tlsmodel.hunt.finding import read\nfrom pathlib import Path\n"
    "found = read(Path(FINDING))\nstepper.play(found.trace, found.expected)",
    "from tlsmodel.live.stepper import LiveStepper\nlive = LiveStepper('tls13-client', 'zoo:T19')\nlive",
    "print(*live.session.departure.expected)",
    "print(len(live.session.answers))",
    "from tlsmodel.draw.widget import PairStepper\npair = PairStepper('tls13')\npair",
    "print(pair.address)\npair.address = 'c-handshake/s-gets'",
)
TO_THE_BUG = ("handshake()", "?ServerHello", "handshake()", "?EncryptedExtensions", "handshake()")


@pytest.fixture(scope="module")
def lab(chromium, finding, tmp_path_factory):
    """The notebook in JupyterLab; errors in the browser's console fail the tests."""
    directory, wrong = tmp_path_factory.mktemp("notebooks"), []
    text = notebook(*(cell.replace("FINDING", repr(str(finding))) for cell in CELLS))
    (directory / "stepper.ipynb").write_text(text)
    with served(directory, tmp_path_factory.mktemp("settings")) as address:
        tab = chromium.new_page(viewport={"width": 1500, "height": 1400})
        tab.on("console", lambda said: said.type == "error" and wrong.append(said.text))
        tab.on("pageerror", lambda fault: wrong.append(str(fault)))
        yield opened(tab, address("stepper.ipynb"))
        tab.close()
    assert wrong == []


def said(box):
    return box.locator(".jp-OutputArea-output pre").inner_text().splitlines()


def press_input(box, words):
    box.locator(".input", has=box.page.get_by_text(words, exact=True)).first.click()


def test_a_handshake_is_stepped_by_click_and_by_keyboard_and_python_sees_it(lab, screenshot):
    box = run(lab, STEPPER)
    for _ in range(5):
        box.locator(".next").click()
    box.locator(".next").focus()
    for _ in range(6):
        lab.keyboard.press("Enter")

    assert box.locator(".phase").inner_text() == "CONNECTED"
    screenshot(lab)
    box.locator(".undo").click()
    assert box.locator(".phase").inner_text() == "WAIT_FINISHED"
    steps = said(run(lab, READ))
    assert len(steps) == 10
    assert steps[-1] == " 10 deliver Finished -> -"


def test_python_plays_a_finding(lab):
    box = run(lab, PLAY).page.locator(".jp-CodeCell").nth(STEPPER)
    box.locator(".departure").wait_for()

    assert box.locator(".steps li").count() == 6
    assert "unexpected_message" in box.locator(".departure").inner_text()


def test_a_live_session_goes_along_and_parts_from_the_model(lab, screenshot):
    box = run(lab, LIVE)
    for words in TO_THE_BUG:
        press_input(box, words)
    box.get_by_label("Filter inputs").fill("Finished")
    press_input(box, "?Finished")
    box.get_by_label("Filter inputs").fill("")
    press_input(box, "handshake()")
    box.locator(".departure").wait_for()

    assert "SUCCESS" in box.locator(".departure").inner_text()
    screenshot(lab)
    box.locator(".undo").click()
    box.locator(".undo").click()
    press_input(box, "?Certificate")
    press_input(box, "handshake()")
    box.locator(".phase", has_text="WAIT_CV").wait_for()


def test_undoing_and_another_way_leave_no_departure_behind(lab):
    box = lab.locator(".jp-CodeCell").nth(LIVE)
    for _ in range(2):
        box.locator(".undo").click()
    box.get_by_label("Filter inputs").fill("Finished")
    press_input(box, "?Finished")
    box.get_by_label("Filter inputs").fill("")
    press_input(box, "handshake()")
    box.locator(".departure").wait_for()

    assert said(run(lab, PARTED)) == ["ANY_FATAL !Alert.fatal.unexpected_message"]


def test_steps_that_are_clicked_before_the_session_has_answered_wait_for_it(lab):
    box = lab.locator(".jp-CodeCell").nth(LIVE)
    box.locator(".reset").click()
    box.locator(".next").evaluate("(next) => { for (let clicks = 0; clicks < 3; clicks++) next.click(); }")

    box.locator(".steps li").nth(2).wait_for()
    assert box.locator(".steps .arrow.call").all_inner_texts() == ["handshake()"] * 3
    assert said(run(lab, TAKEN)) == ["3"]


def test_a_client_and_a_server_are_stepped_side_by_side_and_python_sends_them_elsewhere(lab, screenshot):
    box = run(lab, PAIR)
    for _ in range(40):
        if box.locator(".next").is_disabled():
            break
        box.locator(".next").click()

    assert box.locator(".phase").all_inner_texts() == ["CONNECTED", "CONNECTED"]
    screenshot(lab)
    assert said(run(lab, PLACE))[0].startswith("c-handshake/")
    box.locator(".said", has_text="Step 2: server ?ClientHello").wait_for()
    assert box.locator(".phase").all_inner_texts() == ["WAIT_SH", "START"]
