"""Where a part is not installed, what can work works, and what cannot says in a line what to install."""

import json
import subprocess
import sys

import pytest

WITHOUT = """
import sys
for name in ("pygraphviz", "anywidget", "IPython", "traitlets"):
    sys.modules[name] = None
from tlsmodel.cli.main import run
run()
"""
NO_GRAPHVIZ = "tlsmodel: pictures of machines need Graphviz: pip install pygraphviz"


def without_graphviz_and_jupyter(*arguments):
    """Run the command where neither can be imported."""
    command = [sys.executable, "-c", WITHOUT, *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=280, check=False)


@pytest.mark.parametrize("what", ["x.svg", "x.png", "x.pdf"])
def test_without_graphviz_a_picture_says_in_a_line_what_to_install(tmp_path, what):
    finished = without_graphviz_and_jupyter("draw", "tls13-client", "-o", str(tmp_path / what))

    assert (finished.returncode, finished.stderr) == (3, f"{NO_GRAPHVIZ}\n")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("what", ["x.mmd", "x.dot", "x.puml"])
def test_without_graphviz_machines_are_drawn_as_text(tmp_path, what):
    finished = without_graphviz_and_jupyter("draw", "tls13-client", "-o", str(tmp_path / what))

    assert finished.returncode == 0, finished.stderr
    assert "WAIT_CERT_CR" in (tmp_path / what).read_text("utf-8")


@pytest.mark.parametrize(
    "arguments",
    [
        ("explore", "tls13-client:handshake", "--json"),
        ("export", "tls13-client:handshake", "--to", "json"),
        ("zoo", "--json"),
    ],
)
def test_without_graphviz_and_jupyter_the_model_is_explored_and_exported(arguments):
    finished = without_graphviz_and_jupyter(*arguments)

    assert finished.returncode == 0, finished.stderr
    assert json.loads(finished.stdout)


def test_without_graphviz_a_hunt_finds_and_keeps_what_it_can(tmp_path):
    where = ("--scenario", "tls13-client", "--examples", "60", "--seed", "1", "--out", str(tmp_path))
    finished = without_graphviz_and_jupyter("hunt", "--target", "zoo:T19", *where, "--json")

    assert finished.returncode == 1, finished.stderr
    assert finished.stderr == f"{NO_GRAPHVIZ}; going on without them\n"
    directory = json.loads(finished.stdout)["targets"][0]["findings"][0]["directory"]
    kept = without_graphviz_and_jupyter("replay", directory)
    assert kept.returncode == 1
    pictures = subprocess.run(["ls", directory], capture_output=True, text=True, check=True).stdout.split()
    assert pictures == ["finding.json", "test_finding.py", "trace.svg"]


def test_without_jupyter_the_steppers_say_which_extra_they_need():
    for module in ("tlsmodel.draw.widget", "tlsmodel.live.stepper"):
        code = f"import sys; sys.modules['anywidget'] = None; import {module}"
        command = [sys.executable, "-c", code]
        finished = subprocess.run(command, capture_output=True, text=True, timeout=280, check=False)

        last = finished.stderr.splitlines()[-1]
        assert last == "ModuleNotFoundError: the stepper needs anywidget: pip install 'tlsmodel[notebook]'"


def test_without_jupyter_a_live_session_still_goes_along():
    code = (
        "import sys; sys.modules['anywidget'] = sys.modules['IPython'] = None\n"
        "from tlsmodel.live import LiveSession\n"
        "from tlsmodel.machine import build\n"
        "from tlsmodel.spec.symbols import HANDSHAKE\n"
        "print(LiveSession('impl', build('tls13-client')).follow([HANDSHAKE]).step)\n"
    )
    command = [sys.executable, "-c", code]
    finished = subprocess.run(command, capture_output=True, text=True, timeout=280, check=False)

    assert finished.stdout == "call handshake -> AGAIN (read) !ClientHello\n", finished.stderr
