"""Tickets, keys and authentication after the handshake, and what is written at all (RFC 8446 4.4 to 6)."""

import pytest
from conform_support import BOTH, alert_of, client, hello_of, records, server, told, with_extension
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from flow13_support import made, reauthenticating, session_of, talk
from flow_certificates import certified_key
from flow_support import TLS12, TLS13, established, handshake_record, of_version, pair, say, server_hello_only

from impl import AlertDescription, Code, Config, Role, SignatureScheme, TicketKeys
from impl.codec.alert import Alert
from impl.codec.certificate import Certificate13, CertificateEntry
from impl.codec.encrypted_extensions import EncryptedExtensions
from impl.codec.enums import ContentType, ExtensionType
from impl.codec.extensions import NO_EXTENSIONS, Extensions
from impl.codec.messages import encode
from impl.codec.post_handshake import NewSessionTicket13
from impl.codes import appropriate_alert
from impl.config import MAX_LIFETIME
from impl.crypto import signatures
from impl.keyschedule.tls13 import next_traffic_secret
from impl.step import Refusal, Send
from impl.tls13.authentication import read_certificate
from impl.tls13.post_handshake import protection

NEW = {"versions": (TLS13,)}
RESERVED = (21, 41, 60)
"""decryption_failed, no_certificate and export_restriction, which nobody sends any more."""


def test_each_ticket_has_an_obfuscation_and_a_nonce_of_its_own():
    both = made({}, {"tickets": TicketKeys(), "ticket_count": 3})
    told_ = []
    both.client.set_message_hook(told_.append)
    assert both.handshake() == BOTH
    session_of(both)
    found = [NewSessionTicket13.parse(bytes(item.body)) for item in told_ if item.message_type == 4]

    assert len(found) == 3
    for values in (
        {each.age_add for each in found},
        {each.nonce for each in found},
        {each.ticket for each in found},
    ):
        assert len(values) == 3


def test_tickets_live_for_seven_days_at_most():
    assert MAX_LIFETIME == 7 * 24 * 3600
    with pytest.raises(ValueError, match="604800 seconds"):
        Config(Role.SERVER, certified_keys=(certified_key("ecdsa"),), session_lifetime=MAX_LIFETIME + 1)
    long = established_with(session_lifetime=MAX_LIFETIME)
    say(long.server, Send((encode(NewSessionTicket13(2**32 - 1, 1, b"\0", b"ticket")),)))

    assert session_of(long).lifetime == MAX_LIFETIME


def established_with(**settings):
    both = made(settings)
    assert both.handshake() == BOTH
    return both


def test_a_ticket_without_a_lifetime_is_not_kept():
    both = established_with()
    say(both.server, Send((encode(NewSessionTicket13(0, 1, b"\0", b"ticket")),)))

    assert session_of(both) is None


def test_each_request_after_the_handshake_has_a_context_of_its_own():
    both = reauthenticating()
    told_ = []
    both.client.set_message_hook(told_.append)
    for _ in range(2):
        assert both.server.reauth() is Code.AGAIN
        assert both.client.record_recv() is Code.REAUTH_REQUEST
        assert both.client.reauth() is Code.SUCCESS
        assert both.server.reauth() is Code.SUCCESS
    contexts = {bytes(item.body[1 : 1 + item.body[0]]) for item in told_ if item.message_type == 13}

    assert len(contexts) == 2
    assert {len(context) for context in contexts} == {32}


def test_records_under_new_keys_before_their_key_update_are_forgeries():
    both = established(TLS13)
    memory = both.client._memory
    state = memory.state
    memory.channel.writer.use(protection(state.suite, next_traffic_secret(state.suite, state.write_secret)))
    both.client.record_send(b"data")

    assert both.server.record_recv() is Code.DECRYPTION_FAILED


def test_records_under_old_keys_behind_their_key_update_are_forgeries():
    both = established(TLS13)
    memory = both.client._memory
    old = protection(memory.state.suite, memory.state.write_secret)
    assert both.client.key_update() is Code.SUCCESS
    assert both.server.record_recv() is Code.AGAIN
    memory.channel.writer.use(old)
    both.client.record_send(b"data")

    assert both.server.record_recv() is Code.DECRYPTION_FAILED


@pytest.mark.parametrize("kind", [ExtensionType.SIGNATURE_ALGORITHMS])
def test_a_certificate_needs_signature_algorithms(kind):
    both, code = told(with_extension(hello_of(client(**NEW)), kind, None), server(**NEW))

    assert code is Code.MISSING_EXTENSION
    assert alert_of(both.server) is AlertDescription.MISSING_EXTENSION


def test_filters_belong_into_a_request_only():
    hello = with_extension(hello_of(client(**NEW)), ExtensionType.OID_FILTERS, b"\0\0", last=False)
    both, code = told(hello, server(**NEW))

    assert code is Code.RECEIVED_ILLEGAL_PARAMETER
    assert alert_of(both.server) is AlertDescription.ILLEGAL_PARAMETER


def test_a_clients_certificate_answers_no_extension_that_the_request_lacked():
    entry = CertificateEntry(
        certified_key("ecdsa").chain[0], Extensions.of((ExtensionType.STATUS_REQUEST, b"\1\0\0\1x"))
    )
    with pytest.raises(Refusal) as caught:
        read_certificate(Certificate13((entry,)).body(), b"", NO_EXTENSIONS)

    assert caught.value.code is Code.RECEIVED_ILLEGAL_EXTENSION


@pytest.mark.parametrize("salt", [0, 20, 31, 33, padding.PSS.MAX_LENGTH])
def test_the_salt_of_rsa_pss_is_as_long_as_the_digest(salt):
    key = certified_key("rsa").key
    other = key.sign(b"data", padding.PSS(padding.MGF1(hashes.SHA256()), salt), hashes.SHA256())
    right = key.sign(b"data", padding.PSS(padding.MGF1(hashes.SHA256()), 32), hashes.SHA256())

    scheme = SignatureScheme.RSA_PSS_RSAE_SHA256
    assert signatures.verify(key.public_key(), scheme, b"data", right)
    assert not signatures.verify(key.public_key(), scheme, b"data", other)


def test_no_code_calls_for_an_alert_that_is_reserved():
    due = [appropriate_alert(code) for code in Code]

    assert not {each[1] for each in due if each} & set(RESERVED)


def test_a_client_that_has_the_handshake_keys_sends_its_alert_under_them():
    both = of_version(TLS13)
    both.client.handshake()
    server_hello_only(both)
    written = len(both.client_wire.written)
    assert both.client.alert_send_appropriate(Code.INTERNAL_ERROR) is Code.SUCCESS
    found = records(bytes(both.client_wire.written[written:]))

    assert found[-1][0] == ContentType.APPLICATION_DATA
    assert len(found[-1][2]) == 2 + 1 + 16


@pytest.mark.parametrize("version", [TLS12, TLS13])
def test_what_a_handshake_writes_are_whole_records_of_known_types_that_are_not_empty(version):
    both = of_version(version)
    assert both.handshake() == BOTH
    talk(both)
    assert both.client.bye() is Code.SUCCESS
    for wire in (both.client_wire, both.server_wire):
        for kind, _, fragment in records(bytes(wire.written)):
            assert kind in set(ContentType)
            assert 0 < len(fragment) <= 2**14 + 256


def test_a_server_hello_ends_with_its_record_and_an_alert_stands_alone_in_its_own():
    both = of_version(TLS13)
    both.client.handshake()
    both.server.handshake()
    kind, _, fragment = records(bytes(both.server_wire.written))[0]
    assert kind == ContentType.HANDSHAKE
    assert 4 + int.from_bytes(fragment[1:4]) == len(fragment)

    fresh = pair()
    fresh.server_wire.incoming += handshake_record(b"\x14\0\0\0")
    assert fresh.server.handshake() is Code.UNEXPECTED_HANDSHAKE_PACKET
    fresh.server.alert_send_appropriate(Code.UNEXPECTED_HANDSHAKE_PACKET)
    ((kind, _, fragment),) = records(bytes(fresh.server_wire.written))
    assert (kind, Alert.parse(fragment)) == (ContentType.ALERT, Alert(2, 10))


def test_two_alerts_in_one_record_are_refused():
    for version in (TLS12, TLS13):
        both = of_version(version)
        both.client.handshake()
        both.client_wire.incoming += bytes.fromhex("15 0303 0004 015a 015a")
        assert both.client.handshake() is Code.UNEXPECTED_PACKET_LENGTH


def test_extensions_that_were_not_asked_for_are_refused_in_encrypted_extensions_too():
    both = of_version(TLS13)
    both.client.handshake()
    server_hello_only(both)
    keyed = both.client._memory.state.keyed
    raw = encode(EncryptedExtensions(Extensions.of((0x7777, b""))))
    writer = both.server._memory.channel.writer
    writer.use(protection(keyed.suite, keyed.server_secret))
    for part in writer.protect(ContentType.HANDSHAKE, raw):
        both.server_wire.push(part)

    assert both.client.handshake() is Code.RECEIVED_ILLEGAL_EXTENSION
    assert alert_of(both.client) is AlertDescription.UNSUPPORTED_EXTENSION
