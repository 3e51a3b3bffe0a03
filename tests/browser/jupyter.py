"""A real JupyterLab over a directory of notebooks."""

import json
import os
import secrets
import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager
from pathlib import Path
from socket import socket

PATIENCE = 90
NO_NEWS = {"disabledExtensions": {"@jupyterlab/apputils-extension:announcements": True}}


def notebook(*sources):
    """Return a notebook with these code cells."""
    empty = {"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": None}
    cells = [empty | {"id": f"cell{number}", "source": source} for number, source in enumerate(sources)]
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    return json.dumps(
        {"cells": cells, "metadata": {"kernelspec": kernel}, "nbformat": 4, "nbformat_minor": 5}
    )


@contextmanager
def served(notebooks: Path, settings: Path):
    """Serve `notebooks` with JupyterLab, its settings elsewhere; gives a notebook's address."""
    token, port = secrets.token_hex(8), _free_port()
    places = {name: str(settings / name) for name in ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "IPYTHONDIR")}
    page = settings / "JUPYTER_CONFIG_DIR" / "labconfig" / "page_config.json"
    page.parent.mkdir(parents=True)
    page.write_text(json.dumps(NO_NEWS))
    command = [
        *(sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", "--ServerApp.log_level=ERROR"),
        *(f"--port={port}", f"--IdentityProvider.token={token}", "--ServerApp.port_retries=0"),
        f"--ServerApp.root_dir={notebooks}",
    ]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    process = subprocess.Popen(command, env=os.environ | places, **quiet)
    try:
        _wait(f"http://127.0.0.1:{port}/api?token={token}", process)
        yield lambda name: f"http://127.0.0.1:{port}/doc/tree/{name}?token={token}"
    finally:
        process.terminate()
        process.wait(30)


def opened(tab, address):
    """Open a notebook and wait until its kernel listens."""
    tab.goto(address)
    tab.locator(".jp-Spinner").wait_for(state="detached", timeout=1000 * PATIENCE)
    tab.get_by_text("| Idle").wait_for(timeout=1000 * PATIENCE)
    return tab


def run(tab, cell):
    """Run a cell of the notebook in `tab` and wait until it is done."""
    box = tab.locator(".jp-Notebook .jp-CodeCell").nth(cell)
    box.locator(".jp-InputArea-editor").click()
    tab.keyboard.press("Shift+Enter")
    box.locator(".jp-InputPrompt").get_by_text(f"[{cell + 1}]:").wait_for(timeout=1000 * PATIENCE)
    return box


def _free_port():
    with socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _wait(url, process):
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        if process.poll() is not None:
            raise RuntimeError("JupyterLab ended")
        try:
            urllib.request.urlopen(url, timeout=5).close()
            return
        except OSError:
            time.sleep(0.2)
    raise TimeoutError("JupyterLab does not answer")
