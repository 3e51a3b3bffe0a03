"""The committed pictures show what the tables say."""

from pathlib import Path

import pytest

from tlsmodel.draw.gallery import full_handshake, pictures, stale, write_gallery
from tlsmodel.machine import Agreed, Oracle, build
from tlsmodel.spec.scenario import SCENARIOS, scenario

DIAGRAMS = Path(__file__).parents[3] / "diagrams"


def test_no_committed_picture_is_stale():
    assert stale(DIAGRAMS) == [], "run `tlsmodel draw --all -o diagrams` and look at what changed"


def test_nothing_else_lies_among_the_pictures():
    assert {path.name for path in DIAGRAMS.iterdir()} == set(pictures())


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


@pytest.mark.parametrize("name", sorted(SCENARIOS))
def test_the_handshakes_are_runs_of_the_model(name):
    machine = build(scenario(name).with_settings({"inbox": "8"}))
    oracle = Oracle(machine)
    trace = full_handshake(machine)

    assert all(isinstance(oracle.observe(step.given, step.output), Agreed) for step in trace)
    assert str(trace.steps[-1].output.returned) == "SUCCESS"
    assert oracle.phases == ("CONNECTED",)
