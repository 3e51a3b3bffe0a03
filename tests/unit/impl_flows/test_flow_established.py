"""An established session: data, key updates, requests for another handshake, and closing."""

import pytest
from flow_support import CHANGE_CIPHER_SPEC, TLS12, TLS13, client_config, established, of_version, pair, say

from impl import AlertDescription, AlertLevel, Code, Received, Sent
from impl.codec.certificate import CertificateRequest13
from impl.codec.enums import ContentType
from impl.codec.extensions import Extensions, build_signature_algorithms
from impl.codec.hello import HelloRequest
from impl.codec.messages import encode
from impl.codec.post_handshake import KeyUpdate, NewSessionTicket13
from impl.negotiation import begin
from impl.step import Send

VERSIONS = [TLS12, TLS13]
TICKET = encode(NewSessionTicket13(7200, 1, b"\0", b"ticket"))


def send_record(session, content_type, data):
    """Make a session send a record of any type under its keys."""
    memory = session._memory
    for part in memory.channel.writer.protect(content_type, data):
        memory.transport.push(part)


@pytest.mark.parametrize("version", VERSIONS)
def test_before_the_handshake_is_complete_no_data_passes_and_nothing_is_damaged(version):
    made = of_version(version)
    for session in (made.client, made.server):
        assert session.record_send(b"data") is Code.UNAVAILABLE_DURING_HANDSHAKE
        assert session.record_recv() is Code.UNAVAILABLE_DURING_HANDSHAKE
        assert session.key_update() is Code.INVALID_REQUEST

    assert made.client_wire.written == b""
    assert made.handshake() == (Code.SUCCESS, Code.SUCCESS)


@pytest.mark.parametrize("version", VERSIONS)
def test_one_call_sends_one_record_and_a_reader_takes_what_it_wants(version):
    made = established(version)
    data = bytes(range(256)) * 100

    assert made.client.record_send(data) == Sent(2**14)
    assert made.client.record_send(b"") == Sent(0)
    assert made.server.record_recv(10) == Received(data[:10])
    assert made.server.record_recv(2**15) == Received(data[10 : 2**14])
    assert made.server.record_recv() is Code.AGAIN


@pytest.mark.parametrize("version", VERSIONS)
def test_bye_closes_one_side_and_the_other_may_go_on(version):
    made = established(version)

    assert made.client.bye() is Code.SUCCESS
    assert made.client.record_send(b"late") is Code.INVALID_SESSION
    assert made.client.alert_send(AlertLevel.WARNING, AlertDescription.USER_CANCELED) is Code.INVALID_SESSION
    assert made.server.record_recv() == Received(b"")
    assert made.server.record_send(b"still here") == Sent(10)
    assert made.client.record_recv() == Received(b"still here")
    assert made.server.bye() is Code.SUCCESS
    assert [made.client.record_recv() for _ in range(2)] == [Received(b"")] * 2


@pytest.mark.parametrize("version", VERSIONS)
def test_what_follows_the_peers_close_notify_is_ignored(version):
    made = established(version)
    made.server.bye()
    send_record(made.server, ContentType.APPLICATION_DATA, b"too late")

    assert made.client.record_recv() == Received(b"")
    assert made.client.record_recv() == Received(b"")
    assert made.client.record_send(b"data") == Sent(4)


@pytest.mark.parametrize("version", VERSIONS)
def test_the_end_of_the_stream_without_close_notify_is_an_error(version):
    made = established(version)
    made.client_wire.ended = True

    assert made.client.record_recv() is Code.PREMATURE_TERMINATION
    assert made.client.record_recv() is Code.INVALID_SESSION


@pytest.mark.parametrize("version", VERSIONS)
def test_empty_records_are_passed_over_but_not_without_end(version):
    made = established(version)
    for _ in range(150):
        send_record(made.client, ContentType.APPLICATION_DATA, b"")
    assert made.server.record_recv() is Code.AGAIN
    for _ in range(51):
        send_record(made.client, ContentType.APPLICATION_DATA, b"")

    assert made.server.record_recv() is Code.TOO_MANY_EMPTY_PACKETS


def test_a_key_update_changes_the_keys_of_one_side_and_of_the_other_on_request():
    made = established(TLS13)
    client, server = made.client._memory, made.server._memory
    before = client.state, server.state

    assert made.client.key_update(request_peer=True) is Code.SUCCESS
    assert made.client.record_send(b"data") == Sent(4)
    assert made.server.record_recv() == Received(b"data")
    assert server.state.read_secret == client.state.write_secret != before[0].write_secret
    assert server.state.write_secret == before[1].write_secret
    assert made.server.record_send(b"answer") == Sent(6)
    assert made.client.record_recv() == Received(b"answer")
    assert client.state.read_secret == server.state.write_secret != before[1].write_secret


def test_a_request_is_answered_once_however_often_it_was_made():
    made = established(TLS13)
    for _ in range(3):
        made.client.key_update(request_peer=True)
    assert made.server.record_recv() is Code.AGAIN
    written = len(made.server_wire.written)
    made.server.record_send(b"data")

    assert len(made.server_wire.written) - written == (5 + 5 + 17) + (5 + 4 + 17)
    assert made.client.record_recv() == Received(b"data")


def test_key_updates_that_cross_are_both_answered():
    made = established(TLS13)
    assert made.client.handshake() is Code.SUCCESS
    assert made.server.key_update(request_peer=True) is Code.SUCCESS

    assert made.client.record_recv() is Code.AGAIN
    assert made.server.record_recv() is Code.AGAIN
    for sender, receiver in ((made.client, made.server), (made.server, made.client)):
        assert sender.record_send(b"data") == Sent(4)
        assert receiver.record_recv() == Received(b"data")
    assert not made.client._memory.state.update_owed
    assert not made.server._memory.state.update_owed


def test_eight_key_updates_a_second_are_borne_and_the_ninth_is_not():
    time = [0.0]
    made = pair(client_config(clock=lambda: 1_700_000_000.0 + time[0]))
    made.handshake()
    for second in range(3):
        time[0] = second
        for _ in range(8):
            made.server.key_update()
        assert made.client.record_recv() is Code.AGAIN
    made.server.key_update()

    assert made.client.record_recv() is Code.TOO_MANY_HANDSHAKE_PACKETS


@pytest.mark.parametrize(
    "body, code",
    [
        (b"\x02", Code.RECEIVED_ILLEGAL_PARAMETER),
        (b"", Code.UNEXPECTED_PACKET_LENGTH),
        (b"\x00\x00", Code.UNEXPECTED_PACKET_LENGTH),
    ],
)
def test_a_key_update_that_is_malformed_is_refused(body, code):
    made = established(TLS13)
    say(made.server, Send((b"\x18\0\0" + bytes((len(body),)) + body,)))

    assert made.client.record_recv() is code


def test_a_message_behind_a_key_update_in_one_record_is_refused():
    made = established(TLS13)
    say(made.server, Send((encode(KeyUpdate(False)) + TICKET,)))

    assert made.client.record_recv() is Code.UNEXPECTED_PACKET


def test_a_server_has_nothing_to_do_in_a_second_handshake():
    made = established(TLS13)
    written = len(made.server_wire.written)

    assert made.server.handshake() is Code.SUCCESS
    assert len(made.server_wire.written) == written


def test_a_client_passes_over_tickets_and_reads_on():
    made = established(TLS13)
    say(made.server, Send((TICKET, TICKET)))
    assert made.client.record_recv() is Code.AGAIN
    say(made.server, Send((TICKET,)))
    made.server.record_send(b"data")

    assert made.client.record_recv() == Received(b"data")


def test_tickets_without_end_are_refused():
    made = established(TLS13)
    say(made.server, Send((TICKET,) * 201))

    assert made.client.record_recv() is Code.TOO_MANY_EMPTY_PACKETS


def test_what_nobody_may_send_after_the_handshake_is_refused():
    request = encode(CertificateRequest13(Extensions.of(build_signature_algorithms((0x0807,))), b"context"))
    made = established(TLS13)
    say(made.server, Send((request,)))
    say(made.client, Send((TICKET,)))

    assert made.client.record_recv() is Code.UNEXPECTED_HANDSHAKE_PACKET
    assert made.server.record_recv() is Code.UNEXPECTED_HANDSHAKE_PACKET


def test_a_record_in_the_clear_or_a_protected_change_of_keys_is_refused():
    made = established(TLS13)
    made.client_wire.incoming += CHANGE_CIPHER_SPEC
    send_record(made.client, ContentType.CHANGE_CIPHER_SPEC, b"\x01")
    assert made.client.record_recv() is Code.UNEXPECTED_PACKET
    assert made.server.record_recv() is Code.UNEXPECTED_PACKET

    made = established(TLS13)
    made.client_wire.incoming += bytes.fromhex("15030300020100")
    assert made.client.record_recv() is Code.UNEXPECTED_PACKET


def test_a_forged_record_is_refused():
    for version in VERSIONS:
        made = established(version)
        made.client_wire.incoming += b"\x17\x03\x03\x00\x40" + bytes(64)

        assert made.client.record_recv() is Code.DECRYPTION_FAILED


def test_a_wish_for_another_tls12_handshake_is_reported_each_time_and_can_be_refused():
    made = established(TLS12)
    say(made.server, Send((encode(HelloRequest()),)))
    say(made.client, Send((begin(client_config(versions=(TLS12,))).next.raw,)))
    for session in (made.client, made.server):
        assert session.record_recv() is Code.REHANDSHAKE
        assert session.record_recv() is Code.AGAIN
    for session in (made.client, made.server):
        assert session.alert_send_appropriate(Code.REHANDSHAKE) is Code.SUCCESS

    assert made.server.record_recv() is Code.WARNING_ALERT_RECEIVED
    assert made.server.alert_get() == AlertDescription.NO_RENEGOTIATION
    assert made.server.record_send(b"data") == Sent(4)
    assert made.client.record_recv() is Code.WARNING_ALERT_RECEIVED
    assert made.client.record_recv() == Received(b"data")


@pytest.mark.parametrize(
    "version, code", [(TLS12, Code.WARNING_ALERT_RECEIVED), (TLS13, Code.FATAL_ALERT_RECEIVED)]
)
def test_an_error_alert_of_warning_level_is_survived_in_tls12_only(version, code):
    made = established(version)
    made.server.alert_send(AlertLevel.WARNING, AlertDescription.BAD_CERTIFICATE)

    assert made.client.record_recv() is code


@pytest.mark.parametrize("version", VERSIONS)
def test_user_canceled_is_reported_and_survived(version):
    made = established(version)
    made.server.alert_send(AlertLevel.WARNING, AlertDescription.USER_CANCELED)
    made.server.bye()

    assert made.client.record_recv() is Code.WARNING_ALERT_RECEIVED
    assert made.client.record_recv() == Received(b"")
