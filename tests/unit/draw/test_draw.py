"""Pictures: fresh, the same every time, accessible, and true to the tables."""

import re
from pathlib import Path

import pytest

from tlsmodel.draw import full, phases, sequence_svg, to_svg
from tlsmodel.draw.gallery import honest_run, stale, write_gallery
from tlsmodel.draw.text import to_dot, to_mermaid, to_plantuml
from tlsmodel.machine import Step, Trace, build
from tlsmodel.spec.row import Row, Verb
from tlsmodel.spec.scenario import SCENARIOS
from tlsmodel.spec.symbols import HANDSHAKE, Output, Return

DIAGRAMS = Path(__file__).parents[3] / "diagrams"


def test_the_committed_diagrams_are_fresh():
    assert stale(DIAGRAMS) == []


def test_a_stale_diagram_is_named(tmp_path):
    write_gallery(tmp_path)
    path = tmp_path / "tls13-client.mmd"
    path.write_text(path.read_text().replace("WAIT_EE", "WAIT_XX"))

    assert stale(tmp_path) == ["tls13-client.mmd"]


@pytest.mark.parametrize("name", SCENARIOS)
def test_every_row_that_advances_is_on_the_picture(name):
    machine = build(f"{name}:handshake")
    labels = {
        (edge.source, edge.target, label.given) for edge in phases(machine).edges for label in edge.labels
    }

    for row in machine.rows.values():
        if isinstance(row, Row) and row.verb is Verb.ADVANCE:
            assert any(row.at == at and row.to == to and row.on.name in given for at, to, given in labels)


@pytest.mark.parametrize("name", SCENARIOS)
def test_a_picture_is_the_same_every_time_and_speaks_to_screen_readers(name):
    first, second = (to_svg(phases(build(f"{name}:handshake"))) for _ in range(2))

    assert first == second
    assert re.search(r'<svg role="img"', first)
    assert f"<title>{name}: handshake phases</title>" in first
    assert "<desc>State diagram" in first


@pytest.mark.parametrize("name", SCENARIOS)
def test_a_phases_view_fits_on_a_page(name):
    width, height = map(
        float, re.search(r'width="([\d.]+)pt" height="([\d.]+)pt"', to_svg(phases(build(name)))).groups()
    )

    assert width < 900
    assert height < 1200


def test_a_graph_too_large_to_read_is_refused():
    with pytest.raises(ValueError, match="use --view phases"):
        full(build("tls13-client"))


def test_the_full_view_of_a_small_machine_has_every_state():
    machine = build("tls13-server:handshake")

    assert len(full(machine).nodes) == machine.expand().states


@pytest.mark.parametrize(
    "write, sign", [(to_dot, "digraph"), (to_mermaid, "stateDiagram-v2"), (to_plantuml, "@startuml")]
)
def test_every_text_format_names_every_phase(write, sign):
    text = write(phases(build("tls12-client:handshake")))

    assert sign in text
    assert all(phase in text for phase in ("START", "WAIT_SKE", "WAIT_CR_DONE", "CONNECTED"))


@pytest.mark.parametrize("name", SCENARIOS)
def test_a_sequence_chart_shows_every_step(name):
    trace = honest_run(build(name))
    chart = sequence_svg(trace)

    assert trace.steps[-1].output.returned == Return("SUCCESS")
    for step in trace:
        assert step.given.name in chart
        assert all(item.name in chart for item in step.output.emissions)


def test_a_departure_is_drawn_with_what_was_expected():
    trace = Trace("tls13-client", (Step(HANDSHAKE, Output(Return("SUCCESS"))),))
    chart = sequence_svg(trace, [Output(Return("AGAIN", 0))])

    assert "✗ observed   SUCCESS" in chart
    assert "expected   AGAIN (read)" in chart


def test_texts_from_outside_are_escaped():
    trace = Trace("<script>", ())

    assert "<script>" not in sequence_svg(trace)


def test_a_highlighted_run_marks_its_path():
    trace = honest_run(build("tls13-client"))
    diagram = phases(build("tls13-client:handshake"), trace)

    assert {edge.target for edge in diagram.edges if edge.mark == "used"} >= {
        "WAIT_SH",
        "WAIT_EE",
        "CONNECTED",
    }
