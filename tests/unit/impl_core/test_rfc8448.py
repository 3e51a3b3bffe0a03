"""The implementation's lower half against the simple 1-RTT handshake of RFC 8448 section 3."""

from __future__ import annotations

import hashlib

import pytest
import rfc8448 as rfc
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from impl.codec import extensions
from impl.codec.certificate import Certificate13, CertificateVerify
from impl.codec.encrypted_extensions import EncryptedExtensions
from impl.codec.enums import (
    CipherSuite,
    ContentType,
    ExtensionType,
    HandshakeType,
    NamedGroup,
    ProtocolVersion,
    SignatureScheme,
)
from impl.codec.finished import Finished
from impl.codec.hello import ClientHello, ServerHello
from impl.codec.messages import MESSAGES, encode
from impl.codec.post_handshake import NewSessionTicket13
from impl.crypto import groups, signatures
from impl.crypto.aead import TrafficKeys
from impl.crypto.suites import SUITES
from impl.keyschedule.tls13 import KeySchedule, Label, resumption_psk, traffic_keys, verify_data
from impl.record.joiner import Joiner
from impl.record.protection import Protection13
from impl.record.stream import RecordReader, RecordWriter
from impl.transcript import Transcript

SUITE = SUITES[CipherSuite.TLS_AES_128_GCM_SHA256]
CLIENT_HELLO = rfc.CLIENT_HELLO_RECORD[5:]
SERVER_HELLO = rfc.SERVER_HELLO_RECORD[5:]
SERVER_FINISHED = b"\x14\x00\x00\x20" + rfc.SERVER_FINISHED
CLIENT_FINISHED = b"\x14\x00\x00\x20" + rfc.CLIENT_FINISHED
FLIGHT = (rfc.ENCRYPTED_EXTENSIONS, rfc.CERTIFICATE, rfc.CERTIFICATE_VERIFY, SERVER_FINISHED)
MESSAGE_SEQUENCE = (CLIENT_HELLO, SERVER_HELLO, *FLIGHT, CLIENT_FINISHED)


def transcript_hash(count: int) -> bytes:
    """Hash the first `count` messages of the handshake, as it would be done during it."""
    transcript = Transcript()
    transcript.add(CLIENT_HELLO)
    transcript.choose(SUITE.hash_name)
    for message in MESSAGE_SEQUENCE[1:count]:
        transcript.add(message)
    return transcript.digest()


def stages() -> tuple[KeySchedule, KeySchedule, KeySchedule]:
    early = KeySchedule.early(SUITE)
    handshake = early.handshake(rfc.SHARED_SECRET)
    return early, handshake, handshake.main()


def protection(traffic_secret: bytes) -> Protection13:
    return Protection13(SUITE, traffic_keys(SUITE, traffic_secret))


def test_both_ends_agree_on_the_shared_secret() -> None:
    client = groups.load(NamedGroup.X25519, rfc.CLIENT_PRIVATE_KEY)
    server = groups.load(NamedGroup.X25519, rfc.SERVER_PRIVATE_KEY)

    assert client.exchange(server.public) == rfc.SHARED_SECRET
    assert server.exchange(client.public) == rfc.SHARED_SECRET


def test_the_three_stages_have_the_published_secrets() -> None:
    secrets = tuple(stage.secret for stage in stages())

    assert secrets == (rfc.EARLY_SECRET, rfc.HANDSHAKE_SECRET, rfc.MAIN_SECRET)


@pytest.mark.parametrize(
    ("stage", "label", "messages", "expected"),
    [
        (1, Label.CLIENT_HANDSHAKE_TRAFFIC, 2, rfc.CLIENT_HANDSHAKE_TRAFFIC),
        (1, Label.SERVER_HANDSHAKE_TRAFFIC, 2, rfc.SERVER_HANDSHAKE_TRAFFIC),
        (2, Label.CLIENT_APPLICATION_TRAFFIC, 6, rfc.CLIENT_APPLICATION_TRAFFIC),
        (2, Label.SERVER_APPLICATION_TRAFFIC, 6, rfc.SERVER_APPLICATION_TRAFFIC),
        (2, Label.EXPORTER, 6, rfc.EXPORTER),
        (2, Label.RESUMPTION, 7, rfc.RESUMPTION),
    ],
)
def test_secrets_come_from_stage_label_and_transcript(
    stage: int, label: Label, messages: int, expected: bytes
) -> None:
    assert stages()[stage].derive(label, transcript_hash(messages)) == expected


@pytest.mark.parametrize(
    ("secret", "key", "iv"),
    [
        (rfc.CLIENT_HANDSHAKE_TRAFFIC, rfc.CLIENT_HANDSHAKE_KEY, rfc.CLIENT_HANDSHAKE_IV),
        (rfc.SERVER_HANDSHAKE_TRAFFIC, rfc.SERVER_HANDSHAKE_KEY, rfc.SERVER_HANDSHAKE_IV),
        (rfc.CLIENT_APPLICATION_TRAFFIC, rfc.CLIENT_APPLICATION_KEY, rfc.CLIENT_APPLICATION_IV),
        (rfc.SERVER_APPLICATION_TRAFFIC, rfc.SERVER_APPLICATION_KEY, rfc.SERVER_APPLICATION_IV),
    ],
)
def test_traffic_secrets_become_keys(secret: bytes, key: bytes, iv: bytes) -> None:
    assert traffic_keys(SUITE, secret) == TrafficKeys(key, iv)


def test_finished_and_the_ticket_key_are_as_published() -> None:
    assert verify_data(SUITE, rfc.SERVER_HANDSHAKE_TRAFFIC, transcript_hash(5)) == rfc.SERVER_FINISHED
    assert verify_data(SUITE, rfc.CLIENT_HANDSHAKE_TRAFFIC, transcript_hash(6)) == rfc.CLIENT_FINISHED
    ticket = NewSessionTicket13.parse(rfc.NEW_SESSION_TICKET[4:])
    assert resumption_psk(SUITE, rfc.RESUMPTION, ticket.nonce) == rfc.TICKET_PSK


def test_the_servers_signature_is_good() -> None:
    certificate = Certificate13.parse(rfc.CERTIFICATE[4:])
    message = CertificateVerify.parse(rfc.CERTIFICATE_VERIFY[4:])
    key = x509.load_der_x509_certificate(certificate.chain[0]).public_key()
    content = signatures.certificate_verify_content(signatures.SERVER_CONTEXT, transcript_hash(4))

    assert message.scheme == SignatureScheme.RSA_PSS_RSAE_SHA256
    assert isinstance(key, RSAPublicKey)
    assert signatures.verify(key, message.scheme, content, message.signature)
    assert not signatures.verify(key, message.scheme, content + b"\0", message.signature)


def test_what_is_sent_is_the_published_bytes() -> None:
    client, server = RecordWriter(), RecordWriter()
    sent = client.plain(ContentType.HANDSHAKE, CLIENT_HELLO, ProtocolVersion.TLS10)
    sent += server.protect(ContentType.HANDSHAKE, SERVER_HELLO)
    server.use(protection(rfc.SERVER_HANDSHAKE_TRAFFIC))
    sent += server.protect(ContentType.HANDSHAKE, b"".join(FLIGHT))
    server.use(protection(rfc.SERVER_APPLICATION_TRAFFIC))
    client.use(protection(rfc.CLIENT_HANDSHAKE_TRAFFIC))
    sent += client.protect(ContentType.HANDSHAKE, CLIENT_FINISHED)
    client.use(protection(rfc.CLIENT_APPLICATION_TRAFFIC))
    sent += server.protect(ContentType.HANDSHAKE, rfc.NEW_SESSION_TICKET)
    sent += client.protect(ContentType.APPLICATION_DATA, rfc.APPLICATION_DATA)
    sent += server.protect(ContentType.APPLICATION_DATA, rfc.APPLICATION_DATA)
    sent += client.protect(ContentType.ALERT, b"\x01\x00")
    sent += server.protect(ContentType.ALERT, b"\x01\x00")

    assert sent == [
        rfc.CLIENT_HELLO_RECORD,
        rfc.SERVER_HELLO_RECORD,
        rfc.SERVER_FLIGHT_RECORD,
        rfc.CLIENT_FINISHED_RECORD,
        rfc.NEW_SESSION_TICKET_RECORD,
        rfc.CLIENT_DATA_RECORD,
        rfc.SERVER_DATA_RECORD,
        rfc.CLIENT_CLOSE_RECORD,
        rfc.SERVER_CLOSE_RECORD,
    ]


def test_a_client_reads_the_published_records_back() -> None:
    reader, joiner = RecordReader(), Joiner()
    reader.feed(
        rfc.SERVER_HELLO_RECORD
        + rfc.SERVER_FLIGHT_RECORD
        + rfc.NEW_SESSION_TICKET_RECORD
        + rfc.SERVER_DATA_RECORD
        + rfc.SERVER_CLOSE_RECORD
    )
    hello = reader.next()
    reader.use(protection(rfc.SERVER_HANDSHAKE_TRAFFIC))
    flight = reader.next()
    reader.use(protection(rfc.SERVER_APPLICATION_TRAFFIC))
    rest = [reader.next() for _ in range(4)]

    assert hello == (ContentType.HANDSHAKE, SERVER_HELLO, False)
    assert flight == (ContentType.HANDSHAKE, b"".join(FLIGHT), True)
    assert rest == [
        (ContentType.HANDSHAKE, rfc.NEW_SESSION_TICKET, True),
        (ContentType.APPLICATION_DATA, rfc.APPLICATION_DATA, True),
        (ContentType.ALERT, b"\x01\x00", True),
        None,
    ]
    joiner.feed(b"".join(FLIGHT))
    assert [message.raw for message in iter(joiner.next, None)] == list(FLIGHT)


@pytest.mark.parametrize("raw", [*MESSAGE_SEQUENCE, rfc.NEW_SESSION_TICKET], ids=lambda raw: f"type {raw[0]}")
def test_every_message_is_written_as_it_was_read(raw: bytes) -> None:
    message = MESSAGES[ProtocolVersion.TLS13][raw[0]].parse(raw[4:])

    assert encode(message) == raw


def test_the_fields_of_the_messages_are_found() -> None:
    client = ClientHello.parse(CLIENT_HELLO[4:])
    server = ServerHello.parse(SERVER_HELLO[4:])
    encrypted = EncryptedExtensions.parse(rfc.ENCRYPTED_EXTENSIONS[4:])
    finished = Finished.parse(SERVER_FINISHED[4:])

    assert client.cipher_suites == (0x1301, 0x1303, 0x1302)
    assert extensions.parse_server_name(client.extensions.get(ExtensionType.SERVER_NAME) or b"") == "server"
    assert server.cipher_suite == SUITE.number
    assert server.extensions.get(ExtensionType.SUPPORTED_VERSIONS) == b"\x03\x04"
    assert not server.is_hello_retry_request
    assert not server.downgraded
    assert encrypted.extensions.types() == (
        ExtensionType.SUPPORTED_GROUPS,
        ExtensionType.RECORD_SIZE_LIMIT,
        ExtensionType.SERVER_NAME,
    )
    assert finished.verify_data == rfc.SERVER_FINISHED
    assert hashlib.sha256(CLIENT_HELLO + SERVER_HELLO).digest() == transcript_hash(2)
    assert HandshakeType(CLIENT_HELLO[0]) is ClientHello.TYPE
