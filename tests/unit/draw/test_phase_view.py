"""The phases view says what the phase table says, and shows a trace on it."""

import pytest

from tlsmodel.draw import phases
from tlsmodel.draw.diagram import EdgeKind, LineKind, NodeKind
from tlsmodel.draw.runs import full_handshake
from tlsmodel.machine import Step, Trace, build
from tlsmodel.spec.row import Verb
from tlsmodel.spec.scenario import SCENARIOS
from tlsmodel.spec.symbols import Output, Return, symbol
from tlsmodel.spec.tables import tables_for

EVERY = sorted(SCENARIOS)


def words(edges):
    return [line.text for edge in edges for line in edge.lines]


def handshake_of(name):
    return full_handshake(name)


@pytest.mark.parametrize("name", EVERY)
def test_each_phase_is_a_node_and_each_advance_is_on_an_arrow(name):
    diagram = phases(build(name))
    table = tables_for(SCENARIOS[name])
    arrows = {(edge.source, edge.target): words([edge]) for edge in diagram.edges}

    assert {node.id for node in diagram.nodes} >= set(table.phase.places)
    for row in table.phase:
        if row.verb is Verb.ADVANCE and row.at != row.to:
            assert any(row.on.name in text for text in arrows[row.at, row.to])
            assert all(any(item.symbol.name in text for text in arrows[row.at, row.to]) for item in row.emit)


@pytest.mark.parametrize("name", EVERY)
def test_no_arrow_is_drawn_twice_and_every_end_is_a_node(name):
    diagram = phases(build(name))
    ends = [(edge.source, edge.target, edge.kind) for edge in diagram.edges]

    assert len(ends) == len(set(ends))
    assert {end for edge in diagram.edges for end in (edge.source, edge.target)} == {
        node.id for node in diagram.nodes
    }


def test_the_session_and_its_view_give_one_picture():
    assert phases(build("tls13-client")) == phases(build("tls13-client:handshake"))


def test_refusals_are_one_arrow_that_names_every_alert():
    (refusals,) = (edge for edge in phases(build("tls13-client")).edges if edge.kind is EdgeKind.REFUSAL)

    assert "any other message → unexpected_message" in words([refusals])
    assert any("?CertificateVerify.bad" in text for text in words([refusals]))
    assert any(text.endswith("→ decrypt_error") for text in words([refusals]))
    assert any("?ServerHello.malformed in WAIT_SH" in text for text in words([refusals]))


def test_what_several_phases_ignore_is_said_once():
    diagram = phases(build("tls13-client"))
    (note,) = (node for node in diagram.nodes if node.kind is NodeKind.NOTE)

    assert "?ChangeCipherSpec ignored before CONNECTED" in [line.text for line in note.lines]
    assert not any("?ChangeCipherSpec" in text for text in words(diagram.edges))


def test_a_call_and_a_delivery_have_arrows_of_different_kinds():
    kinds = {(edge.source, edge.target): edge.kind for edge in phases(build("tls13-client")).edges}

    assert kinds["START", "WAIT_SH"] is EdgeKind.CALL
    assert kinds["WAIT_SH", "WAIT_EE"] is EdgeKind.DELIVERY


def test_a_message_that_may_be_left_out_is_marked_optional():
    assert "!ChangeCipherSpec (optional)" in words(phases(build("tls13-server")).edges)


def test_the_path_of_a_trace_is_marked_and_numbered():
    machine = build("tls13-client")
    diagram = phases(machine, handshake_of("tls13-client"))
    marked = {(edge.source, edge.target) for edge in diagram.edges if edge.marked}

    assert ("WAIT_CERT_CR", "WAIT_CV") in marked
    assert ("WAIT_CERT_CR", "WAIT_CERT_R") not in marked
    assert {node.id for node in diagram.nodes if node.marked} == {
        "START", "WAIT_SH", "WAIT_EE", "WAIT_CERT_CR", "WAIT_CV", "WAIT_FINISHED", "CONNECTED",
    }  # fmt: skip
    assert [line.text for edge in diagram.edges for line in edge.lines if line.kind is LineKind.STEP] == [
        "step 1", *["step 7"] * 5,
    ]  # fmt: skip


def test_a_trace_without_row_ids_is_explained_by_the_oracle():
    trace = handshake_of("tls12-server")
    bare = Trace("tls12-server", tuple(Step(step.given, step.output) for step in trace))

    assert phases(build("tls12-server"), bare) != phases(build("tls12-server"))


def test_rows_that_a_hunt_has_covered_are_marked():
    diagram = phases(build("tls12-client"), rows={"tls12.client.phase/WAIT_SH/ServerHello"})

    assert [(edge.source, edge.target) for edge in diagram.edges if edge.marked] == [("WAIT_SH", "WAIT_CERT")]


def test_a_departure_is_a_note_at_its_phase():
    machine = build("tls13-client")
    call = symbol("call handshake")
    answer = machine.successors(machine.initial, call)[0]
    seen = Output(Return("SUCCESS"))
    trace = Trace(machine.name, (Step(call, answer.output, answer.rows), Step(call, seen, answer.rows)))

    diagram = phases(machine, trace, [Output(Return("AGAIN", 0))])

    (note,) = (node for node in diagram.nodes if node.kind is NodeKind.DEPARTURE)
    assert [line.text for line in note.lines] == [
        "✗ step 2 departs: handshake()",
        "expected AGAIN (read)",
        "observed SUCCESS",
    ]
    assert [edge.source for edge in diagram.edges if edge.target == note.id] == ["WAIT_SH"]
    assert "step 2 departs" in diagram.alternative


def test_a_refused_message_marks_the_way_to_failed():
    machine = build("tls13-client")
    steps, state = [], machine.initial
    for given in map(symbol, ("call handshake", "deliver Finished", "call handshake")):
        answer = machine.successors(state, given)[0]
        steps.append(Step(given, answer.output, answer.rows))
        state = answer.target

    diagram = phases(machine, Trace(machine.name, tuple(steps)))

    (failed,) = (node for node in diagram.nodes if node.kind is NodeKind.FAILED)
    (refusals,) = (edge for edge in diagram.edges if edge.kind is EdgeKind.REFUSAL)
    assert failed.marked
    assert words([refusals])[-2:] == ["step 3", "any other message → unexpected_message"]
