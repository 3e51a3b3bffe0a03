"""The regions beside the handshake's phases: re-handshakes and the retransmission timer."""

import pytest

from tlsmodel.draw.diagram import EdgeKind
from tlsmodel.draw.flight_view import flight
from tlsmodel.draw.generation_view import generations
from tlsmodel.machine import build
from tlsmodel.spec import rehandshake
from tlsmodel.spec.dtls12.flight import TABLE


def arrows(diagram, kind=None):
    return {
        (edge.source, edge.target, line.text)
        for edge in diagram.edges
        for line in edge.lines
        if kind in (None, edge.kind)
    }


def test_the_timer_has_every_row_of_its_table():
    diagram = flight()

    assert [edge.rows for edge in diagram.edges] == [(row.id,) for row in TABLE]
    assert {(edge.source, edge.target) for edge in diagram.edges} == {(row.at, row.to) for row in TABLE}


def test_a_client_asks_for_another_handshake_and_comes_back_to_a_connection():
    found = arrows(generations(build("tls12-client")))

    assert (rehandshake.BOUND, rehandshake.AGAIN_HELLO, "handshake() !ClientHello") in found
    assert (rehandshake.AGAIN_HELLO, rehandshake.AGAIN, "?ServerHello") in found
    assert (rehandshake.AGAIN, rehandshake.BOUND, "?Finished returns SUCCESS") in found
    refusal = "?Alert.no_renegotiation returns WARNING_ALERT_RECEIVED"
    assert (rehandshake.AGAIN_HELLO, rehandshake.BOUND, refusal) in found


def test_what_the_table_of_rehandshakes_refuses_is_a_refusal():
    machine = build("tls12-server")
    refused = arrows(generations(machine), EdgeKind.REFUSAL)

    assert refused == {
        (rehandshake.FIRST, "failed", "?ClientHello.misbound"),
        (rehandshake.AGAIN, "failed", "?ApplicationData"),
        (rehandshake.AGAIN, "failed", "?Alert.no_renegotiation"),
        (rehandshake.AGAIN, "failed", "?BadRecord"),
        (rehandshake.BOUND, "failed", "?ClientHello.misbound"),
        (rehandshake.BOUND, "failed", "?ClientHello.unbound"),
        (rehandshake.UNBOUND, "failed", "?ClientHello"),
        (rehandshake.UNBOUND, "failed", "?ClientHello.misbound"),
        (rehandshake.UNBOUND, "failed", "?ClientHello.unbound"),
    }


def test_every_arrow_names_rows_of_the_machine():
    machine = build("tls12-server")
    diagram = generations(machine)

    assert all(edge.rows for edge in diagram.edges)
    assert {row for edge in diagram.edges for row in edge.rows} <= set(machine.rows)


def test_a_version_without_rehandshakes_has_no_such_region():
    with pytest.raises(ValueError, match="tls13-client has no re-handshakes"):
        generations(build("tls13-client"))
