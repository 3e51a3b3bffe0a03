"""The explorer can be used without a mouse and without eyes: axe-core and the keyboard are the judges."""

import pytest
from axe_playwright_python.sync_playwright import Axe

WHERE = {
    "start": "",
    "handshake": "#tls13-client/handshake/ServerHello/handshake",
    "refused": "#tls12-client/handshake/ServerHelloDone/handshake",
}
GRAVE = ("serious", "critical")
REACHABLE = "a[href], button:not(:disabled), input, select, summary, [tabindex='0']"


def violations(tab):
    return [
        f"{found['id']}: {found['help']} {[node['html'][:120] for node in found['nodes'][:3]]}"
        for found in Axe().run(tab).response["violations"]
        if found["impact"] in GRAVE
    ]


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("where", WHERE)
def test_axe_finds_no_serious_violation(shown, screenshot, where, theme):
    tab = shown(WHERE[where])
    tab.locator("#theme").select_option(theme)
    tab.get_by_label("picture").select_option("Phases and refusals")
    tab.get_by_role("searchbox", name="search").fill("finished")

    assert violations(tab) == []
    screenshot(tab)


def test_axe_would_have_seen_a_violation(shown):
    tab = shown()
    tab.evaluate("document.body.append(document.createElement('button'))")

    assert any(line.startswith("button-name") for line in violations(tab))


def test_a_departure_is_accessible_too(shown, finding):
    tab = shown()
    tab.locator("#file").set_input_files(finding / "finding.json")
    tab.locator(".departure").wait_for()

    assert violations(tab) == []


def test_everything_is_reached_with_tab_and_arrow_keys(shown):
    tab = shown("#tls13-client/handshake/ServerHello")
    tab.evaluate("document.querySelectorAll('details').forEach((fold) => (fold.open = true))")
    tab.evaluate(
        """selector => document.querySelectorAll(selector).forEach((element, number) => {
            if (element.offsetParent) element.dataset.met = "";
        })""",
        f":is({REACHABLE})",
    )
    tab.locator("a.skip").focus()
    for _ in range(400):
        tab.evaluate("delete document.activeElement.dataset.met")
        if tab.evaluate("document.activeElement.matches('.group button')"):
            for _ in range(tab.locator(".group:focus-within button").count()):
                tab.keyboard.press("ArrowRight")
                tab.evaluate("delete document.activeElement.dataset.met")
        tab.keyboard.press("Tab")
        if tab.evaluate("document.activeElement.matches('a.skip, body')"):
            break

    assert tab.locator("[data-met]").evaluate_all("all => all.map(one => one.outerHTML.slice(0, 90))") == []


def test_the_picture_has_an_alternative_text(shown):
    picture = shown("#tls13-client").locator(".picture svg")

    assert picture.get_attribute("role") == "img"
    assert "START to WAIT_SH on handshake() !ClientHello" in picture.locator("desc").first.inner_html()


def test_what_a_step_did_is_announced(shown):
    tab = shown("#tls13-client")
    tab.keyboard.press("n")

    said = tab.locator(".said[role=status]").inner_text()
    assert said == "Step 1: handshake() gave AGAIN (read) !ClientHello; phase WAIT_SH."


def test_a_narrow_screen_needs_no_sideways_scrolling(shown, screenshot):
    tab = shown("#tls13-client/handshake/ServerHello/handshake")
    tab.set_viewport_size({"width": 375, "height": 800})

    assert tab.evaluate("document.documentElement.scrollWidth") <= 375
    screenshot(tab)
