"""Honest sequences of build() calls make perfect connections with OpenSSL, and everything is named."""

from __future__ import annotations

import ssl
from collections.abc import Callable
from typing import Any

import pytest

from tlsmodel.credentials import SERVER_NAME
from tlsmodel.mapper import APPLICATION_DATA
from tlsmodel.spec.scenario import SCENARIOS

STREAMS = sorted(name for name in SCENARIOS if not name.startswith("dtls"))

Converse = Callable[..., Any]


@pytest.fixture(params=STREAMS)
def conversation(request: pytest.FixtureRequest, converse: Converse) -> Any:
    """A conversation per scenario, with its handshake not begun by the mapper."""
    return converse(request.param)


@pytest.fixture
def connected(conversation: Any) -> Any:
    """A conversation after a complete honest handshake."""
    assert conversation.exchange(*conversation.honest) is None
    assert conversation.take_heard() == conversation.expected
    return conversation


def test_an_honest_handshake_completes_on_both_ends(connected: Any) -> None:
    assert connected.end.version() in ("TLSv1.2", "TLSv1.3")
    assert connected.end.server_hostname in (SERVER_NAME, None)


def test_application_data_passes_in_both_directions(connected: Any) -> None:
    connected.deliver("ApplicationData")

    assert connected.attempt(lambda: connected.end.read(100)) == APPLICATION_DATA
    assert connected.attempt(lambda: connected.end.write(b"hello")) == 5
    assert connected.take_heard() == ["ApplicationData"]


def test_close_notify_closes_both_ends(connected: Any) -> None:
    connected.deliver("Alert.close_notify")

    assert connected.attempt(lambda: connected.end.read(100)) == b""
    connected.attempt(connected.end.unwrap)
    assert connected.take_heard() == ["Alert.warning.close_notify"]


@pytest.mark.parametrize("name", STREAMS)
def test_one_byte_portions_give_the_same_emissions(converse: Converse, name: str) -> None:
    conversation = converse(name, portion=1)

    conversation.exchange(*conversation.honest)
    assert conversation.heard == conversation.expected


@pytest.mark.parametrize("name", ["tls13-client", "tls13-server"])
def test_key_updates_renew_the_keys_of_both_directions(converse: Converse, name: str) -> None:
    conversation = converse(name)
    conversation.exchange(*conversation.honest)
    conversation.take_heard()

    for update in ("KeyUpdate.requested", "KeyUpdate.not_requested", "KeyUpdate.requested"):
        conversation.deliver(update)
        conversation.deliver("ApplicationData")
        assert conversation.attempt(lambda: conversation.end.read(100)) == APPLICATION_DATA
    conversation.attempt(lambda: conversation.end.write(b"hello"))

    assert conversation.heard == ["KeyUpdate.not_requested", "KeyUpdate.not_requested", "ApplicationData"]


def test_a_tls13_client_takes_a_ticket_from_the_mapper(converse: Converse) -> None:
    conversation = converse("tls13-client")
    conversation.exchange(*conversation.honest)

    conversation.deliver("NewSessionTicket")
    conversation.deliver("ApplicationData")

    assert conversation.attempt(lambda: conversation.end.read(100)) == APPLICATION_DATA


@pytest.mark.parametrize(
    "name, after, expected",
    [
        (
            "tls12-client",
            "ServerKeyExchange",
            "Certificate.empty ClientKeyExchange ChangeCipherSpec Finished",
        ),
        ("tls13-client", "EncryptedExtensions", "ChangeCipherSpec Certificate.empty Finished"),
    ],
)
def test_a_client_without_a_certificate_answers_a_request_with_none(
    converse: Converse, name: str, after: str, expected: str
) -> None:
    conversation = converse(name)
    place = conversation.honest.index(after) + 1
    sequence = [*conversation.honest[:place], "CertificateRequest", *conversation.honest[place:]]

    assert conversation.exchange(*sequence) is None
    assert conversation.heard == ["ClientHello", *expected.split()]


@pytest.mark.parametrize(
    "name, instead, alert",
    [
        ("tls12-client", "ServerKeyExchange.bad", "decrypt_error"),
        ("tls12-client", "Finished.bad", "decrypt_error"),
        ("tls12-server", "Finished.bad", "decrypt_error"),
        ("tls13-client", "CertificateVerify.bad", "decrypt_error"),
        ("tls13-client", "Finished.bad", "decrypt_error"),
        ("tls13-server", "Finished.bad", "decrypt_error"),
        ("tls12-client", "ServerHello.malformed", "decode_error"),
        ("tls13-client", "ServerHello.malformed", "decode_error"),
        ("tls12-server", "ClientHello.malformed", "decode_error"),
        ("tls13-server", "ClientHello.malformed", "decode_error"),
    ],
)
def test_a_bad_message_is_otherwise_right_and_draws_the_alert_of_its_fault(
    converse: Converse, name: str, instead: str, alert: str
) -> None:
    conversation = converse(name)
    honest = instead.partition(".")[0]
    before = conversation.honest[: conversation.honest.index(honest)]

    result = conversation.exchange(*before, instead)

    assert isinstance(result, ssl.SSLError)
    assert conversation.heard[-1] == f"Alert.fatal.{alert}"


@pytest.mark.parametrize("name", STREAMS)
def test_a_bad_record_under_keys_draws_bad_record_mac(converse: Converse, name: str) -> None:
    conversation = converse(name)

    conversation.exchange(*conversation.honest[:-1], "BadRecord")

    assert conversation.heard[-1] == "Alert.fatal.bad_record_mac"


@pytest.mark.parametrize("name", STREAMS)
def test_a_fatal_alert_ends_the_handshake_without_an_answer(converse: Converse, name: str) -> None:
    conversation = converse(name)
    conversation.exchange(*conversation.honest[:1])
    conversation.take_heard()

    result = conversation.exchange("Alert.fatal")

    assert isinstance(result, ssl.SSLError)
    assert conversation.heard == []
