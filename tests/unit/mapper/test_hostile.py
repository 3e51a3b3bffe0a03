"""Whatever is asked of the mapper and whatever bytes it is given, it builds, names and never raises."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tlsmodel.credentials import shared_credentials
from tlsmodel.mapper import Peer
from tlsmodel.spec.scenario import SCENARIOS
from tlsmodel.spec.symbols import DELIVERIES, END_OF_STREAM, Kind, delivery
from tlsmodel.spec.tables import tables_for

STREAMS = sorted(name for name in SCENARIOS if not name.startswith("dtls"))

Converse = Callable[..., Any]
BUILT = {
    name: [
        symbol
        for symbol in tables_for(SCENARIOS[name]).inputs
        if symbol.kind is Kind.DELIVERY and symbol is not END_OF_STREAM
    ]
    for name in STREAMS
}
ANY = [symbol for symbol in DELIVERIES if symbol is not END_OF_STREAM]
RECORD_HEADER = 5
QUICK = settings(max_examples=60, deadline=None)

records = st.builds(
    lambda kind, version, body: bytes([kind]) + version + len(body).to_bytes(2, "big") + body,
    st.sampled_from([20, 21, 22, 23, 24, 99]),
    st.sampled_from([b"\x03\x01", b"\x03\x03", b"\x03\x04", b"\x7f\x00"]),
    st.binary(max_size=200),
)
handshake_messages = st.builds(
    lambda kind, body: (
        b"\x16\x03\x03"
        + (len(body) + 4).to_bytes(2, "big")
        + bytes([kind])
        + len(body).to_bytes(3, "big")
        + body
    ),
    st.sampled_from([0, 1, 2, 4, 5, 8, 11, 12, 13, 14, 15, 16, 20, 24, 77]),
    st.binary(max_size=120),
)
hostile = st.lists(st.one_of(records, handshake_messages, st.binary(max_size=40)), max_size=6).map(b"".join)


@pytest.mark.parametrize("name", STREAMS)
def test_every_symbol_can_be_built_at_every_moment_of_a_handshake(converse: Converse, name: str) -> None:
    moments = len(converse(name).honest) + 1
    for moment in range(moments):
        for symbol in BUILT[name]:
            conversation = converse(name)
            conversation.exchange(*conversation.honest[:moment])

            assert len(conversation.peer.build(symbol)) > RECORD_HEADER


@pytest.mark.parametrize("name", STREAMS)
def test_every_symbol_can_be_built_before_the_target_has_said_anything(name: str) -> None:
    peer = Peer(SCENARIOS[name], shared_credentials())

    assert all(len(peer.build(symbol)) > RECORD_HEADER for symbol in BUILT[name])


@QUICK
@given(name=st.sampled_from(STREAMS), sequence=st.lists(st.sampled_from(ANY), max_size=12))
def test_any_sequence_can_be_built_against_a_real_end(
    converse: Converse, name: str, sequence: list[Any]
) -> None:
    conversation = converse(name)

    conversation.exchange(*(symbol.name for symbol in sequence if symbol in BUILT[name]))

    assert "Unreadable" not in conversation.heard


@QUICK
@given(name=st.sampled_from(STREAMS), moment=st.integers(0, 6), data=hostile)
def test_arbitrary_bytes_are_named_and_never_raise(
    converse: Converse, name: str, moment: int, data: bytes
) -> None:
    conversation = converse(name)
    conversation.exchange(*conversation.honest[:moment])

    conversation.peer.receive(data)

    assert all(symbol.kind is Kind.EMISSION for symbol in conversation.peer.take_emissions())
    assert all(len(conversation.peer.build(symbol)) > RECORD_HEADER for symbol in BUILT[name])


@QUICK
@given(name=st.sampled_from(STREAMS), data=hostile)
def test_portions_do_not_change_what_is_heard(name: str, data: bytes) -> None:
    whole, portioned = (Peer(SCENARIOS[name], shared_credentials()) for _ in range(2))

    whole.receive(data)
    for byte in data:
        portioned.receive(bytes([byte]))

    assert portioned.take_emissions() == whole.take_emissions()


@pytest.mark.parametrize("name", STREAMS)
def test_a_flood_is_answered_with_a_bounded_number_of_emissions(name: str) -> None:
    peer = Peer(SCENARIOS[name], shared_credentials())
    for _ in range(20_000):
        peer.receive(b"\x15\x03\x03\x00\x02\x01\x00")

    assert len(peer.take_emissions()) < 2_000


def test_an_unknown_record_type_makes_the_stream_unreadable_once() -> None:
    peer = Peer(SCENARIOS["tls13-client"], shared_credentials())

    peer.receive(b"GET / HTTP/1.1\r\n\r\n" * 1000)

    assert [symbol.name for symbol in peer.take_emissions()] == ["Unreadable"]


def test_a_peer_that_has_said_nothing_has_no_emissions() -> None:
    peer = Peer(SCENARIOS["tls12-server"], shared_credentials())

    assert peer.build(delivery("ClientHello"))
    assert peer.take_emissions() == ()
