"""Alerts, ChangeCipherSpec and the framing of messages in a handshake: what is survived and what is not."""

import pytest
from flow_support import (
    CHANGE_CIPHER_SPEC,
    CLOSE,
    FATAL,
    TLS12,
    TLS13,
    WARNING,
    client_config,
    handshake_record,
    memory_protection,
    of_version,
    pair,
    record,
    server_config,
    server_hello_only,
    waiting,
)

from impl import AlertDescription, Code
from impl.codec.enums import ContentType

VERSIONS = [TLS12, TLS13]


@pytest.mark.parametrize(
    "level, description, code",
    [
        (2, 0, Code.FATAL_ALERT_RECEIVED),
        (3, 40, Code.RECEIVED_ILLEGAL_PARAMETER),
        (0, 90, Code.RECEIVED_ILLEGAL_PARAMETER),
        (1, 255, Code.WARNING_ALERT_RECEIVED),
    ],
)
def test_tls12_goes_by_the_level_of_an_alert(level, description, code):
    made = of_version(TLS12)
    made.client.handshake()
    made.server.handshake()
    made.client.handshake()
    made.client_wire.incoming += record(21, bytes((level, description)))

    assert made.client._memory.version is TLS12
    assert made.client.handshake() is code
    assert made.client.alert_get() == description


def alert_in_tls13(level, description):
    """What a TLS 1.3 client makes of a protected alert in the place of EncryptedExtensions."""
    made = of_version(TLS13)
    made.client.handshake()
    server_hello_only(made)
    writer = made.server._memory.channel.writer
    writer.use(memory_protection(made))
    for data in writer.protect(ContentType.ALERT, bytes((level, description))):
        made.server_wire.push(data)
    return made.client


@pytest.mark.parametrize(
    "level, description, code",
    [
        (1, 0, Code.SESSION_EOF),
        (2, 0, Code.SESSION_EOF),
        (1, 90, Code.WARNING_ALERT_RECEIVED),
        (1, 100, Code.FATAL_ALERT_RECEIVED),
        (1, 40, Code.FATAL_ALERT_RECEIVED),
        (7, 40, Code.FATAL_ALERT_RECEIVED),
        (1, 255, Code.FATAL_ALERT_RECEIVED),
    ],
)
def test_tls13_goes_by_the_description_of_an_alert(level, description, code):
    assert alert_in_tls13(level, description).handshake() is code


@pytest.mark.parametrize("side", ["client", "server"])
def test_sixteen_warnings_are_survived_and_the_seventeenth_is_not(side):
    made = of_version(TLS12)
    wire, session = getattr(made, f"{side}_wire"), getattr(made, side)
    made.client.handshake()
    hello = bytes(wire.incoming)
    wire.incoming[:] = WARNING * 17

    assert [session.handshake() for _ in range(16)] == [Code.WARNING_ALERT_RECEIVED] * 16
    assert session.handshake() is Code.INTERNAL_ERROR
    wire.incoming += hello
    assert session.handshake() is Code.INVALID_SESSION


def test_a_handshake_goes_on_after_sixteen_warnings():
    made = of_version(TLS12)
    made.client_wire.incoming += WARNING * 16

    assert [made.client.handshake() for _ in range(16)] == [Code.WARNING_ALERT_RECEIVED] * 16
    assert made.handshake() == (Code.SUCCESS, Code.SUCCESS)


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("side", ["client", "server"])
def test_a_fatal_alert_as_the_first_thing_read_ends_the_session(version, side):
    made = of_version(version)
    getattr(made, f"{side}_wire").incoming += FATAL
    session = getattr(made, side)

    assert session.handshake() is Code.FATAL_ALERT_RECEIVED
    assert session.alert_get() == AlertDescription.HANDSHAKE_FAILURE
    assert session.handshake() is Code.INVALID_SESSION


@pytest.mark.parametrize("version", VERSIONS)
def test_close_notify_and_the_end_of_the_stream_end_a_handshake(version):
    client, incoming = waiting(version)
    incoming += CLOSE
    assert client.handshake() is Code.SESSION_EOF
    assert client.handshake() is Code.INVALID_SESSION

    made = of_version(version)
    made.client_wire.ended = True
    assert made.client.handshake() is Code.PREMATURE_TERMINATION
    assert made.client.handshake() is Code.INVALID_SESSION


def test_nothing_is_sent_for_codes_that_deserve_no_alert():
    made = of_version(TLS12)
    for code in (Code.SUCCESS, Code.AGAIN, Code.WARNING_ALERT_RECEIVED, Code.FATAL_ALERT_RECEIVED):
        assert made.client.alert_send_appropriate(code) is Code.SUCCESS

    assert made.client_wire.written == b""


@pytest.mark.parametrize("version", VERSIONS)
def test_a_change_cipher_spec_before_client_hello_is_refused(version):
    made = of_version(version)
    made.server_wire.incoming += CHANGE_CIPHER_SPEC

    assert made.server.handshake() is Code.UNEXPECTED_PACKET


def test_a_change_cipher_spec_is_dropped_in_a_tls13_handshake_but_not_without_end():
    made = of_version(TLS13)
    made.client.handshake()
    made.client_wire.incoming += CHANGE_CIPHER_SPEC * 150
    assert made.handshake() == (Code.SUCCESS, Code.SUCCESS)

    client, incoming = waiting(TLS13)
    incoming += CHANGE_CIPHER_SPEC * 201
    assert client.handshake() is Code.TOO_MANY_EMPTY_PACKETS


def test_a_dropped_change_cipher_spec_does_not_go_with_tls12():
    made = pair(client_config(), server_config(versions=(TLS12,)))
    made.client.handshake()
    made.client_wire.incoming += CHANGE_CIPHER_SPEC
    made.server.handshake()

    assert made.client.handshake() is Code.UNEXPECTED_PACKET


def test_a_change_cipher_spec_before_its_turn_is_refused_in_tls12():
    made = of_version(TLS12)
    made.client.handshake()
    made.server.handshake()
    made.server_wire.incoming[:] = CHANGE_CIPHER_SPEC
    made.client_wire.incoming[:0] = CHANGE_CIPHER_SPEC

    assert made.server.handshake() is Code.UNEXPECTED_PACKET
    assert made.client.handshake() is Code.UNEXPECTED_PACKET


def test_a_change_cipher_spec_after_the_handshake_is_refused():
    for version in VERSIONS:
        made = of_version(version)
        made.handshake()
        made.client_wire.incoming += CHANGE_CIPHER_SPEC

        assert made.client.record_recv() in (Code.UNEXPECTED_PACKET, Code.DECRYPTION_FAILED)


def test_message_bytes_across_a_change_of_keys_are_refused_before_anything_is_sent():
    made = of_version(TLS13)
    made.client.handshake()
    incoming = made.server_wire.incoming
    hello = bytes(incoming[5:])
    incoming[:] = handshake_record(hello + b"\x14")

    assert made.server.handshake() is Code.UNEXPECTED_PACKET
    assert made.server_wire.written == b""
    made.server.alert_send_appropriate(Code.UNEXPECTED_PACKET)
    assert made.server_wire.written == record(21, b"\x02\x0a")


def test_a_record_between_the_parts_of_a_message_is_refused():
    made = of_version(TLS12)
    made.client.handshake()
    made.server.handshake()
    incoming = made.client_wire.incoming
    incoming[:] = handshake_record(bytes(incoming[5:15])) + CHANGE_CIPHER_SPEC

    assert made.client.handshake() is Code.UNEXPECTED_PACKET


def test_a_message_in_records_of_single_bytes_is_joined():
    made = of_version(TLS13)
    made.client.handshake()
    incoming = made.server_wire.incoming
    incoming[:] = b"".join(handshake_record(bytes((byte,))) for byte in incoming[5:])

    assert made.handshake() == (Code.SUCCESS, Code.SUCCESS)
