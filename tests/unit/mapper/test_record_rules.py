"""What a target may send in the clear, under keys, and across a change of keys."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tlsmodel.credentials import shared_credentials
from tlsmodel.mapper import Peer
from tlsmodel.spec.scenario import SCENARIOS
from tlsmodel.spec.symbols import delivery

STREAMS = sorted(name for name in SCENARIOS if not name.startswith("dtls"))

Converse = Callable[..., Any]
FATAL_ALERT = bytes.fromhex("15 0303 0002 0228")
WARNING = bytes.fromhex("15 0303 0002 0164")
CHANGE_CIPHER_SPEC = bytes.fromhex("14 0303 0001 01")
EMPTY_HANDSHAKE = bytes.fromhex("16 0303 0000")
APPLICATION_DATA = bytes.fromhex("17 0303 0002 6869")
UNKNOWN_DESCRIPTION = bytes.fromhex("15 0303 0002 02c8")
HALF_A_MESSAGE = bytes.fromhex("16 0303 0005 0b00001000")


def heard(peer: Peer) -> list[str]:
    """Return the names that `peer` has heard."""
    return [symbol.name for symbol in peer.take_emissions()]


@pytest.mark.parametrize("name", STREAMS)
@pytest.mark.parametrize(
    "data, expected",
    [
        (FATAL_ALERT, ["Alert.fatal.handshake_failure"]),
        (WARNING, ["Alert.warning.no_renegotiation"]),
        (CHANGE_CIPHER_SPEC, ["ChangeCipherSpec"]),
        (EMPTY_HANDSHAKE, ["Unreadable"]),
        (APPLICATION_DATA, ["Unreadable"]),
        (UNKNOWN_DESCRIPTION, ["Unreadable"]),
        (HALF_A_MESSAGE + FATAL_ALERT, ["Unreadable"]),
    ],
)
def test_records_before_any_keys(name: str, data: bytes, expected: list[str]) -> None:
    peer = Peer(SCENARIOS[name], shared_credentials())

    peer.receive(data)

    assert heard(peer) == expected


def test_a_tls13_client_may_refuse_server_hello_in_the_clear(converse: Converse) -> None:
    peer = converse("tls13-client").peer
    peer.build(delivery("ServerHello"))

    peer.receive(FATAL_ALERT)

    assert heard(peer) == ["Alert.fatal.handshake_failure"]


@pytest.mark.parametrize("data", [FATAL_ALERT, HALF_A_MESSAGE, APPLICATION_DATA])
def test_nothing_else_is_in_the_clear_once_a_tls13_client_has_used_its_keys(
    converse: Converse, data: bytes
) -> None:
    conversation = converse("tls13-client")
    conversation.exchange(*conversation.honest)

    conversation.peer.receive(data)

    assert heard(conversation.peer) == ["Unreadable"]


@pytest.mark.parametrize("data", [FATAL_ALERT, CHANGE_CIPHER_SPEC])
def test_a_tls13_server_has_nothing_to_say_in_the_clear_after_its_flight(
    converse: Converse, data: bytes
) -> None:
    conversation = converse("tls13-server")
    conversation.exchange("ClientHello")

    conversation.peer.receive(data)

    assert heard(conversation.peer) == ["Unreadable"]


@pytest.mark.parametrize("name", ["tls12-client", "tls12-server"])
def test_a_tls12_record_in_the_clear_under_keys_is_unreadable(converse: Converse, name: str) -> None:
    conversation = converse(name)
    conversation.exchange(*conversation.honest)
    conversation.take_heard()

    conversation.peer.receive(FATAL_ALERT)

    assert heard(conversation.peer) == ["Unreadable"]


def test_a_message_that_straddles_a_change_of_keys_is_unreadable() -> None:
    client, server = (Peer(SCENARIOS[f"tls13-{role}"], shared_credentials()) for role in ("server", "client"))
    server.receive(client.build(delivery("ClientHello")))
    record = server.build(delivery("ServerHello"))
    straddling = record[:3] + (len(record) - 4).to_bytes(2, "big") + record[5:] + b"\x08"

    client.receive(straddling)

    assert heard(client) == ["ServerHello", "Unreadable"]
