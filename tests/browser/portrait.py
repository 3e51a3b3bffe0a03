"""The README's pictures, from real output; ``python -m tests.browser.portrait`` writes them.

One is a finding in the explorer: CVE-2020-24613 seeded, and the finding opened on the page.  The other is the
chart of a departure of the system's libgnutls.
"""

from pathlib import Path
from tempfile import TemporaryDirectory

from tests.browser.chromium import launched
from tests.browser.finding import MACHINE, shrunk_finding
from tlsmodel.draw import sequence_svg
from tlsmodel.draw.page import page
from tlsmodel.hunt.finding import hunted
from tlsmodel.live import LiveSession
from tlsmodel.machine import build, named
from tlsmodel.spec.symbols import symbol

IMAGES = Path(__file__).parents[2] / "docs" / "images"
CHART = "gnutls-direction.svg"
DIRECTION = (
    *("call handshake", "environment write_interrupted", "deliver ServerHello"),
    *("call handshake", "call handshake"),
)
"""An interrupted write of ChangeCipherSpec is not resumed by libgnutls."""
THEMES = {"light": "explorer-light.png", "dark": "explorer-dark.png"}
WIDTH, HEIGHT, SHARPNESS = 1180, 900, 1.5


def portrait(browser, theme: str, document: Path, record: Path) -> bytes:
    """Return a picture of the stepper of `document`, in a theme, with a record played to its end."""
    context = browser.new_context(
        viewport={"width": WIDTH, "height": 2 * HEIGHT}, color_scheme=theme, device_scale_factor=SHARPNESS
    )
    tab = context.new_page()
    tab.goto(document.as_uri())
    tab.wait_for_selector("html[data-ready]")
    tab.locator("#file").set_input_files(record)
    tab.locator(".departure").wait_for()
    top = tab.locator("#told").bounding_box()["y"]
    taken = tab.screenshot(clip={"x": 0, "y": top - 4, "width": WIDTH, "height": HEIGHT}, full_page=True)
    context.close()
    return taken


def pictures(browser, directory: Path) -> dict[str, bytes]:
    """Return the README's pictures by the names of their files; what they are made of goes to `directory`."""
    document, finding = directory / "explorer.html", shrunk_finding(directory)
    document.write_text(page([named(MACHINE, {"inbox": "2"})]), "utf-8")
    found = {
        name: portrait(browser, theme, document, finding / "finding.json") for theme, name in THEMES.items()
    }
    return found | {CHART: direction_chart().encode()}


def direction_chart() -> str:
    """Return the chart of what libgnutls does when the write of ChangeCipherSpec is interrupted."""
    session = LiveSession("gnutls", build(hunted(MACHINE)))
    answer = session.follow(list(map(symbol, DIRECTION)))
    session.close()
    return sequence_svg(session.trace, answer.expected)


def main() -> None:
    """Write the pictures."""
    with TemporaryDirectory() as directory, launched() as browser:
        for name, content in pictures(browser, Path(directory)).items():
            (IMAGES / name).write_bytes(content)


if __name__ == "__main__":
    main()
