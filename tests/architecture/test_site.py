"""The documentation builds without a warning, and what its guides tell to do can be done."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
GUIDES = (ROOT / "docs" / "tutorial.md", *sorted((ROOT / "docs" / "howto").glob("*.md")))
CONSOLE = re.compile(r"```console\n(.*?)```", re.DOTALL)
COMMAND = re.compile(r"^\$ tlsmodel (.*)\n(?:# exit status (\d))?", re.MULTILINE)
PICTURE = re.compile(r"(?:src|srcset)=\"?([^\s\">:]+\.(?:png|svg))\b")
PATIENCE = 280


def commands(guide):
    """Return the commands of a guide, each with the exit status that it names."""
    return [found for block in CONSOLE.findall(guide.read_text("utf-8")) for found in COMMAND.findall(block)]


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """The site, built with warnings as errors."""
    directory = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--site-dir", str(directory)]
    quiet = os.environ | {"NO_MKDOCS_2_WARNING": "1"}
    built = subprocess.run(
        command, cwd=ROOT, env=quiet, capture_output=True, text=True, timeout=PATIENCE, check=False
    )
    assert (built.returncode, built.stdout) == (0, ""), built.stderr
    assert "WARNING" not in built.stderr
    return directory


def test_the_site_has_guides_notebooks_pictures_and_the_reference(site):
    notebooks = [f"notebooks/{path.stem}.html" for path in (ROOT / "notebooks").glob("*.ipynb")]
    guides = [f"{path.relative_to(ROOT / 'docs').with_suffix('')}.html" for path in GUIDES]
    others = ["index.html", "gallery/index.html", "gallery/tls13-client.svg", "changelog.html"]

    assert [name for name in (*notebooks, *guides, *others) if not (site / name).is_file()] == []


def test_every_picture_of_a_page_is_on_the_site(site):
    pages = {page: page.read_text("utf-8") for page in site.rglob("*.html") if page.name != "404.html"}
    shown = [(page, name) for page, text in pages.items() for name in PICTURE.findall(text)]

    assert len(shown) > 50
    assert [(page.name, name) for page, name in shown if not (page.parent / name).is_file()] == []


def test_the_reference_is_made_from_docstrings(site):
    page = site.joinpath("reference", "machine.html").read_text("utf-8")

    assert "A Mealy machine over dense integers, expanded on demand." in page
    assert 'id="tlsmodel.machine.oracle.Oracle.observe"' in page
    assert "<li><code>alphabet</code>: the inputs that can be fed" in page


def test_the_command_line_is_described_with_all_its_commands(site):
    from tlsmodel.cli.main import COMMANDS

    page = site.joinpath("reference", "cli.html").read_text("utf-8")

    assert [name for name in COMMANDS if f">tlsmodel {name}<" not in page] == []


def test_no_page_asks_a_network_for_anything(site):
    asks = re.compile(r"<(?:script|link|img)[^>]*(?:src|href)=\"?(?:https?:)?//[^\s\">]+")
    found = {ask for page in site.rglob("*.html") for ask in asks.findall(page.read_text("utf-8"))}

    assert found == set()


@pytest.mark.parametrize("guide", GUIDES, ids=lambda path: path.stem)
def test_what_a_guide_tells_to_do_can_be_done(guide, tmp_path):
    for arguments, status in commands(guide):
        run = f"{sys.executable} -m tlsmodel {arguments}"
        finished = subprocess.run(
            run, shell=True, cwd=tmp_path, capture_output=True, text=True, timeout=PATIENCE, check=False,
            env=os.environ | {"PYTHONPATH": str(ROOT)},
        )  # fmt: skip
        assert (arguments, finished.returncode) == (arguments, int(status or 0)), finished.stderr


def test_the_guides_tell_to_do_something():
    assert sum(len(commands(guide)) for guide in GUIDES) > 10
