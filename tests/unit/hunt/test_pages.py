"""The report of a whole hunt as pages: figures and every finding, with what is hostile made harmless."""

from dataclasses import replace

import pytest

from tlsmodel.hunt import Plan, hunt
from tlsmodel.hunt.pages import as_html, as_markdown
from tlsmodel.hunt.saving import NothingKept


@pytest.fixture(scope="module")
def hunted(tmp_path_factory):
    out = tmp_path_factory.mktemp("report")
    plan = Plan(("zoo:M06",), scenarios=("tls13-server",), seconds=60.0, seed=1, out=out, first=True)
    return hunt(plan), out


def test_a_hunt_writes_both_pages_beside_its_findings(hunted):
    report, out = hunted
    finding, directory = report.targets[0].findings[0]

    assert out.joinpath("report.md").read_text("utf-8") == as_markdown(report)
    assert out.joinpath("report.html").read_text("utf-8") == as_html(report)
    assert f"{directory.name}/trace.svg" in as_html(report)
    assert out.joinpath(directory.name, "trace.svg").is_file()
    assert finding.severity.value in as_markdown(report)


def test_every_finding_says_what_was_violated(hunted):
    report, _ = hunted

    for finding in report.targets[0].new:
        assert finding.sentence in as_markdown(report)
        assert str(finding.observed) in as_markdown(report)


def test_markup_in_a_title_stays_text(hunted):
    report, _ = hunted
    finding, directory = report.targets[0].findings[0]
    evil = replace(finding, title="<script>alert(1)</script> | x")
    target = replace(report.targets[0], findings=((evil, directory),))
    changed = replace(report, targets=(target,))

    assert "<script>" not in as_html(changed)
    assert "\\| x" in as_markdown(changed)


def test_a_scenario_that_cannot_be_set_up_is_left_out_and_told(monkeypatch):
    def nothing(*_):
        raise NothingKept("impl: an honest handshake leaves nothing to resume")

    monkeypatch.setattr("tlsmodel.hunt.sut.keep_session", nothing)
    report = hunt(Plan(("impl",), scenarios=("tls13-server?resume=on",), examples=1, seed=1))

    assert report.targets[0].steps == 0
    assert report.to_json()["targets"][0]["left_out"].keys() == {"tls13-server?resume=on"}
    assert "left out tls13-server?resume=on: impl: an honest handshake" in str(report)
