"""The committed pictures show what the tables say."""

import re
from pathlib import Path

import pytest

from tlsmodel.draw.gallery import pictures, stale, write_gallery
from tlsmodel.draw.runs import EVERY, INBOX, Run, trace_of
from tlsmodel.machine import Agreed, Oracle, build
from tlsmodel.spec.scenario import scenario

DIAGRAMS = Path(__file__).parents[3] / "diagrams"


def test_no_committed_picture_is_stale():
    assert stale(DIAGRAMS) == [], "run `tlsmodel draw --all -o diagrams` and look at what changed"


def test_nothing_else_lies_among_the_pictures():
    assert {path.name for path in DIAGRAMS.iterdir()} == set(pictures())


def test_no_two_pictures_share_a_name():
    shown = re.findall(r"\]\(([\w.-]+\.svg)\)", pictures()["README.md"])

    assert len(shown) > 40
    assert sorted(set(shown)) == sorted(shown)


def test_a_missing_or_changed_picture_is_stale(tmp_path):
    written = write_gallery(tmp_path)
    svg, text = tmp_path / "tls13-client.svg", tmp_path / "tls12-server.mmd"
    svg.write_text(svg.read_text("utf-8").replace("WAIT_EE", "WAIT_XX"), "utf-8")
    text.unlink()

    assert {path.name for path in written} == set(pictures())
    assert stale(tmp_path) == ["tls12-server.mmd", "tls13-client.svg"]


def test_another_layout_is_not_stale(tmp_path):
    write_gallery(tmp_path)
    svg = tmp_path / "tls13-client.svg"
    svg.write_text(svg.read_text("utf-8").replace(' x="', ' x="1'), "utf-8")

    assert stale(tmp_path) == []


@pytest.mark.parametrize("run", EVERY, ids=lambda run: f"{run.machine}-{run.slug}")
def test_the_handshakes_are_runs_of_the_model(run):
    trace = trace_of(run)
    oracle = Oracle(build(scenario(run.machine).with_settings(INBOX)))

    assert all(isinstance(oracle.observe(step.given, step.output), Agreed) for step in trace)
    assert str(trace.steps[-1].output.returned) == "SUCCESS"
    assert oracle.phases == ("CONNECTED",)
    met = iter([step.given.name for step in trace])
    assert all(name in met for name in run.through)


def test_a_way_that_the_model_does_not_have_is_refused():
    with pytest.raises(LookupError, match="no way through HelloRetryRequest"):
        trace_of(Run("x", "x", "tls12-client", ("HelloRetryRequest",)))
