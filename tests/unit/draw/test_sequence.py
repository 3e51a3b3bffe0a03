"""Sequence charts: each step once, in order, with what departed."""

import xml.etree.ElementTree as ET

import pytest

from tlsmodel.draw import sequence_mermaid, sequence_svg
from tlsmodel.draw.chart import ArrowKind, Lane
from tlsmodel.draw.charts import chart
from tlsmodel.draw.runs import full_handshake
from tlsmodel.draw.svg import texts
from tlsmodel.machine import Step, Trace, build
from tlsmodel.machine.pair import pair
from tlsmodel.spec.scenario import SCENARIOS
from tlsmodel.spec.symbols import Output, Return, emission, symbol

CALL = symbol("call handshake")


def handshake_of(name):
    return full_handshake(name)


@pytest.mark.parametrize("name", sorted(SCENARIOS))
def test_a_chart_holds_every_event_of_its_trace_in_order(name):
    trace = handshake_of(name)
    picture = chart(trace)

    assert [step.number for step in picture.steps] == list(range(1, len(trace) + 1))
    sent = [item.name for step in trace for item in step.output.emissions]
    arrows = [arrow for step in picture.steps for arrow in step.arrows]
    assert [arrow.text for arrow in arrows if arrow.kind is ArrowKind.EMISSION] == sent
    assert picture.steps[-1].phase == "CONNECTED"
    assert arrows[-1].text == "SUCCESS"


def test_the_lanes_are_named_after_the_roles():
    assert chart(handshake_of("tls12-server")).lanes == {
        Lane.APPLICATION: "application", Lane.TARGET: "server", Lane.PEER: "peer (client)",
    }  # fmt: skip


def test_every_event_stands_in_the_svg_and_in_the_mermaid_text():
    trace = handshake_of("tls12-client")
    shown, written = texts(sequence_svg(trace)), sequence_mermaid(trace)

    for label in ("handshake()", "!ClientHello", "?ServerHelloDone", "AGAIN (read)", "SUCCESS", "WAIT_CCS"):
        assert label in shown
        assert label in written


def test_a_disturbance_is_a_mark_at_the_transport():
    trace = Trace("tls13-client", (Step(symbol("environment read_interrupted"), Output()),))

    assert "read interrupted" in texts(sequence_svg(trace))
    assert "Note over target,peer: read interrupted" in sequence_mermaid(trace)


def test_a_departure_says_what_was_expected_and_what_was_observed():
    trace = Trace("tls13-client", (Step(CALL, Output(Return("SUCCESS"))),))
    expected = [Output(Return("AGAIN", 0), (emission("ClientHello"),))]
    shown = texts(sequence_svg(trace, expected))

    assert "1 ✗" in shown
    assert "expected: AGAIN (read) !ClientHello" in shown
    assert "observed: SUCCESS" in shown
    assert "expected AGAIN (read) !ClientHello" in sequence_mermaid(trace, expected)


def test_a_departing_step_reaches_no_phase_though_rows_are_named():
    machine = build("tls13-client")
    rows = machine.successors(machine.initial, CALL)[0].rows
    trace = Trace(machine.name, (Step(CALL, Output(Return("SUCCESS")), rows),))

    assert chart(trace).steps[0].phase == "WAIT_SH"
    assert chart(trace, ()).steps[0].phase is None


def test_a_trace_without_steps_is_an_empty_chart():
    assert ET.fromstring(sequence_svg(Trace("tls13-client"), ())).get("role") == "img"


def test_hostile_names_stay_text():
    name = "</text><script>\x00\x1b" + "A" * 200
    trace = Trace("tls13-client", (Step(CALL, Output(None, (emission(name),))),))
    root = ET.fromstring(sequence_svg(trace))

    assert not [element for element in root.iter() if element.tag.endswith("script")]
    assert max(len(text) for text in texts(sequence_svg(trace)) if text.startswith("!")) < 60
    assert "<script>" not in sequence_mermaid(trace)


def test_an_unknown_machine_is_refused_in_a_line():
    with pytest.raises(ValueError, match="unknown machine 'tls99'"):
        sequence_svg(Trace("tls99"))


def test_a_pair_has_five_lanes_and_both_phases():
    tls13 = pair("tls13")
    words = [tls13.initial()]
    for _ in range(5):
        words.append(next(iter(tls13.successors(words[-1])))[1])
    trace = tls13.trace(words)
    picture = chart(trace)

    assert list(picture.lanes.values()) == ["application", "client", "network", "server", "application"]
    assert dict.fromkeys((Lane.CLIENT, Lane.SERVER), "START") == picture.start
    assert [step.phase for step in picture.steps] == ["WAIT_SH", None, "WAIT_FINISHED", None, "WAIT_EE"]
    shown = texts(sequence_svg(trace))
    assert shown.count("!ClientHello") == shown.count("?ClientHello") == 1
    assert "other_application" in sequence_mermaid(trace)
