"""A real Chromium, the page with every machine, a real finding; screenshots go to ``build/screenshots``."""

import os
from fcntl import LOCK_EX, flock
from pathlib import Path

import pytest

from tests.browser.chromium import CHROMIUM, launched
from tests.browser.finding import shrunk_finding
from tlsmodel.cli.page import written

SCREENSHOTS = Path(__file__).parents[2] / "build" / "screenshots"
LOCAL = ("file:", "data:", "blob:", "about:")
SIZE = {"width": 1500, "height": 1000}


@pytest.fixture(scope="package")
def chromium():
    """The browser; closed behind these tests, for Playwright's event loop runs in this thread until then."""
    if not Path(CHROMIUM).exists():
        pytest.skip("there is no Chromium: install the package chromium")
    with launched() as browser:
        yield browser


@pytest.fixture(scope="session")
def explorer(tmp_path_factory):
    """The page as `tlsmodel page` writes it, with every machine; parallel test runs share one file."""
    base = tmp_path_factory.getbasetemp()
    directory = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    path = directory / "explorer.html"
    with (directory / "explorer.lock").open("w") as lock:
        flock(lock, LOCK_EX)
        if not path.exists():
            path.write_text(written(()), "utf-8")
    return path


@pytest.fixture(scope="session")
def finding(tmp_path_factory):
    """The directory of a real finding."""
    return shrunk_finding(tmp_path_factory.mktemp("finding"))


@pytest.fixture
def tab(chromium):
    """A browser tab; what goes wrong in it, or leaves for a network, fails the test."""
    context = chromium.new_context(viewport=SIZE)
    context.set_default_timeout(15_000)
    opened, wrong = context.new_page(), []
    opened.on("console", lambda said: said.type in ("error", "warning") and wrong.append(said.text))
    opened.on("pageerror", lambda fault: wrong.append(str(fault)))
    opened.on("request", lambda asked: asked.url.startswith(LOCAL) or wrong.append(asked.url))
    yield opened
    context.close()
    assert wrong == []


@pytest.fixture
def shown(tab, explorer):
    """A function that opens the page at an address and waits until it is ready."""

    def show(address=""):
        tab.goto("about:blank")
        tab.goto(f"{explorer.as_uri()}{address}")
        tab.wait_for_selector("html[data-ready]")
        return tab

    return show


@pytest.fixture
def screenshot(request):
    """A function that keeps a picture of a tab under the test's name."""
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)

    def keep(tab, name=""):
        tab.screenshot(path=SCREENSHOTS / f"{request.node.name}{name and '-'}{name}.png")

    return keep
