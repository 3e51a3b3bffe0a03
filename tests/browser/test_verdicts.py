"""The explorer shows what the checker said of the machine, and plays its counterexamples."""

import json
import subprocess
import sys

import pytest

from tests.browser.test_accessibility import violations
from tlsmodel.cli.page import read_verdicts, written
from tlsmodel.spec.properties import PROPERTIES

BROKEN = "server-proof-13"


@pytest.fixture(scope="module")
def judged(tmp_path_factory):
    """A page with real verdicts on a TLS 1.3 client that takes Finished for the server's certificate."""
    directory = tmp_path_factory.mktemp("verdicts")
    command = [sys.executable, "-m", "tlsmodel", "check", "tls13-client", "--with-bug", "T19", "--json"]
    printed = subprocess.run(command, capture_output=True, text=True, timeout=280, check=False).stdout
    path = directory / "check.json"
    path.write_text(printed)
    page = directory / "judged.html"
    page.write_text(written(("tls13-client", "tls13-client:handshake"), read_verdicts(path)), "utf-8")
    return page, json.loads(printed)["properties"]


@pytest.fixture
def opened(tab, judged):
    tab.goto(judged[0].as_uri())
    tab.wait_for_selector("html[data-ready]")
    return tab


def test_every_verdict_is_listed_and_what_is_violated_comes_first(opened, judged, screenshot):
    lines = opened.locator("#verdict-list > li").all_inner_texts()
    violated = [item for item in judged[1] if item["verdict"] == "violated"]

    assert len(lines) == len(judged[1]) > len(violated) > 0
    assert all(line.startswith("✗ violated") for line in lines[: len(violated)])
    assert all(line.startswith("✓ holds") for line in lines[len(violated) :])
    assert lines[0].startswith(f"✗ violated {PROPERTIES[BROKEN].sentence}")
    opened.locator("#verdicts").scroll_into_view_if_needed()
    screenshot(opened)


def test_a_counterexample_is_played_to_its_end(opened, judged):
    violated = next(item for item in judged[1] if item["verdict"] == "violated")
    opened.get_by_role("button", name="Play the counterexample").first.click()

    opened.locator(".departure").wait_for()
    assert opened.locator(".steps li").count() == len(violated["trace"])
    assert BROKEN in opened.locator("#told").inner_text()
    assert "permits something else here" in opened.locator(".departure").inner_text()


def test_verdicts_stay_with_the_messages_only_view(opened):
    opened.locator("#machine").select_option("tls13-client:handshake")
    opened.locator("#size", has_text="12 states").wait_for()

    assert "on tls13-client" in opened.locator("#verdict-list > li").first.inner_text()


def test_axe_finds_no_serious_violation_among_verdicts(opened):
    opened.locator("#verdict-list summary").first.click()

    assert violations(opened) == []
