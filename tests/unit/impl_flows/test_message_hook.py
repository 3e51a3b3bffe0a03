"""What a message hook sees: each message once, in order, both sides the same conversation."""

import pytest
from flow_support import TLS12, TLS13, established, of_version, pair, record, waiting

from impl import AlertDescription, AlertLevel, Code, Received, Sent
from impl.codec.enums import ContentType, HandshakeType

CCS, DATA, ALERT = ContentType.CHANGE_CIPHER_SPEC, ContentType.APPLICATION_DATA, ContentType.ALERT
H = HandshakeType

FULL_TLS12 = [
    (H.CLIENT_HELLO, True), (H.SERVER_HELLO, False), (H.CERTIFICATE, False), (H.SERVER_KEY_EXCHANGE, False),
    (H.SERVER_HELLO_DONE, False), (H.CLIENT_KEY_EXCHANGE, True), (CCS, True), (H.FINISHED, True),
    (CCS, False), (H.FINISHED, False), (DATA, True), (ALERT, False),
]  # fmt: skip
"""(message, whether the client sends it)"""
FULL_TLS13 = [
    (H.CLIENT_HELLO, True), (H.SERVER_HELLO, False), (CCS, False), (H.ENCRYPTED_EXTENSIONS, False),
    (H.CERTIFICATE, False), (H.CERTIFICATE_VERIFY, False), (H.FINISHED, False), (CCS, True),
    (H.FINISHED, True), (DATA, True), (ALERT, False),
]  # fmt: skip


def watched(session):
    """What a session's hook has been told, as it grows."""
    told = []
    session.set_message_hook(told.append)
    return told


def shown(told, *, client):
    """(message, whether the client sends it) of each."""
    return [
        (item.content_type if item.message_type is None else item.message_type, item.incoming is not client)
        for item in told
    ]


@pytest.mark.parametrize("version, expected", [(TLS12, FULL_TLS12), (TLS13, FULL_TLS13)])
def test_both_sides_are_told_of_the_same_messages_in_an_order_that_fits(version, expected):
    both = of_version(version)
    clients, servers = watched(both.client), watched(both.server)
    assert both.handshake() == (Code.SUCCESS, Code.SUCCESS)
    assert both.client.record_send(b"there") == Sent(5)
    assert both.server.record_recv() == Received(b"there")
    assert both.server.bye() is Code.SUCCESS
    assert both.client.record_recv() == Received(b"")

    for told, client in ((clients, True), (servers, False)):
        for ours in (True, False):
            # Between the two directions the order differs: what is sent may cross what comes.
            mine = [item for item in shown(told, client=client) if item[1] is ours]
            assert mine == [item for item in expected if item[1] is ours]
    assert shown(clients, client=True) == expected
    bodies = [{(item.message_type, item.body) for item in told} for told in (clients, servers)]
    assert bodies[0] == bodies[1]


def test_a_body_is_a_message_without_its_header():
    both = of_version(TLS12)
    told = watched(both.client)
    both.client.handshake()
    assert both.client_wire.written[9:] == told[0].body


def test_a_call_that_is_repeated_tells_nothing_twice():
    both = of_version(TLS12)
    told = watched(both.client)
    both.client_wire.portion = 3
    both.client_wire.faults = {("push", 0): BlockingIOError, ("push", 2): InterruptedError}
    while both.client.handshake() is not Code.AGAIN or both.client.record_get_direction():
        pass
    assert len(told) == 1


def test_what_is_refused_has_been_told_and_so_is_the_alert():
    client, incoming = waiting(TLS12)
    told = watched(client)
    incoming += record(ContentType.CHANGE_CIPHER_SPEC, b"\x02")
    code = client.handshake()
    assert code.is_fatal
    assert client.alert_send_appropriate(code) is Code.SUCCESS
    assert [(item.content_type, item.incoming, item.body) for item in told] == [
        (CCS, True, b"\x02"),
        (ALERT, False, bytes((AlertLevel.FATAL, AlertDescription.UNEXPECTED_MESSAGE))),
    ]


def test_a_hello_that_waits_for_the_application_is_told_once():
    both = established(TLS12)
    told = watched(both.server)
    assert both.client.handshake() is Code.AGAIN
    assert both.server.record_recv() is Code.REHANDSHAKE
    assert both.handshake() == (Code.SUCCESS, Code.SUCCESS)
    assert shown(told, client=False).count((H.CLIENT_HELLO, True)) == 1


def test_a_hook_can_be_taken_away():
    both = pair()
    told = watched(both.client)
    both.client.set_message_hook(None)
    both.client.handshake()
    assert told == []
