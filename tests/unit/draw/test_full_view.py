"""The full view shows every state, or says in a line why not."""

import pytest

from tlsmodel.draw import full
from tlsmodel.draw.diagram import EdgeKind
from tlsmodel.machine import build
from tlsmodel.spec.scenario import scenario


def test_every_state_of_a_small_machine_is_drawn():
    machine = build("tls12-server:handshake")
    diagram = full(machine)

    assert len(diagram.nodes) == machine.discovered
    assert {edge.target for edge in diagram.edges if edge.kind is EdgeKind.REFUSAL} == {
        node.id for node in diagram.nodes if node.kind == "failed"
    }


def test_a_machine_that_nobody_could_read_is_refused_in_a_line():
    with pytest.raises(ValueError, match="more than 60 states are not drawn") as refused:
        full(build("tls13-client"))

    assert "\n" not in str(refused.value)


def test_states_of_one_phase_stand_together():
    quiet = scenario("tls12-server").with_settings({"warnings": "0", "unfinished": "0", "armed": "0"})
    diagram = full(build(quiet), limit=2500)

    assert {"START", "WAIT_CKE", "CONNECTED"} <= {cluster.id for cluster in diagram.clusters}
    assert {node.cluster for node in diagram.nodes} - {None} == {cluster.id for cluster in diagram.clusters}
