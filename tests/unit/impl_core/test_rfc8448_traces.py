"""Sections 4 to 7 of RFC 8448: every secret, key, Finished and record, from the published inputs alone."""

from __future__ import annotations

import hashlib

import pytest
import rfc8448_client_auth
import rfc8448_compatible
import rfc8448_resumed
import rfc8448_retry
from cryptography import x509
from rfc8448_trace import ALERT, CHANGE_CIPHER_SPEC, HANDSHAKE, Step, Trace

from impl.codec.certificate import Certificate13, CertificateVerify
from impl.codec.enums import CipherSuite, HandshakeType, ProtocolVersion
from impl.codec.hello import ClientHello, ServerHello
from impl.codec.messages import MESSAGES, encode
from impl.crypto import groups, signatures
from impl.crypto.aead import TrafficKeys
from impl.crypto.suites import SUITES
from impl.keyschedule.tls13 import KeySchedule, Label, traffic_keys, verify_data
from impl.record.joiner import Joiner
from impl.record.protection import Protection13
from impl.record.stream import Record, RecordReader, RecordWriter
from impl.transcript import Transcript

SUITE = SUITES[CipherSuite.TLS_AES_128_GCM_SHA256]
TRACES = {
    "4 resumed 0-RTT": rfc8448_resumed.TRACE,
    "5 HelloRetryRequest": rfc8448_retry.TRACE,
    "6 client authentication": rfc8448_client_auth.TRACE,
    "7 compatibility mode": rfc8448_compatible.TRACE,
}
ALL = pytest.mark.parametrize("trace", TRACES.values(), ids=TRACES)
BINDERS = 2 + 1 + 32
"""Bytes of the list of one SHA-256 binder, which ends a ClientHello (RFC 8446 section 4.2.11.2)."""
TRAFFIC = {"early": "c e traffic", "handshake": "{} hs traffic", "application": "{} ap traffic"}
CONTEXTS = {"client": signatures.CLIENT_CONTEXT, "server": signatures.SERVER_CONTEXT}


def handshake_messages(trace: Trace) -> list[tuple[str, bytes]]:
    """Return sender and bytes of each message of the handshake."""
    found = []
    for step in trace.steps:
        if step.content_type is HANDSHAKE:
            joiner = Joiner()
            joiner.feed(step.payload)
            found += [(step.sender, message.raw) for message in iter(joiner.next, None)]
    return found


def transcript_hash(trace: Trace, end: int) -> bytes:
    """Hash the first `end` messages; a retry replaces the first by its hash (RFC 8446 section 4.4.1)."""
    messages = [raw for _, raw in handshake_messages(trace)]
    if len(messages) > 1 and is_retry(messages[1]) and end > 1:
        digest = hashlib.sha256(messages[0]).digest()
        messages[0] = bytes((HandshakeType.MESSAGE_HASH,)) + len(digest).to_bytes(3) + digest
    transcript = Transcript(SUITE.hash_name)
    for message in messages[:end]:
        transcript.add(message)
    return transcript.digest()


def is_retry(raw: bytes) -> bool:
    return raw[0] == HandshakeType.SERVER_HELLO and ServerHello.parse(raw[4:]).is_hello_retry_request


def position(trace: Trace, kind: HandshakeType, sender: str) -> int:
    """Return where the last message of a type is."""
    places = [i for i, (who, raw) in enumerate(handshake_messages(trace)) if (who, raw[0]) == (sender, kind)]
    return places[-1]


def secrets(trace: Trace) -> dict[str, bytes]:
    """Compute every secret of the handshake."""
    client = groups.load(trace.group, trace.client_private)
    server = groups.load(trace.group, trace.server_private)
    shared = client.exchange(server.public)
    assert shared == server.exchange(client.public)
    early = KeySchedule.early(SUITE, trace.psk)
    handshake = early.handshake(shared)
    main = handshake.main()
    hellos = position(trace, HandshakeType.SERVER_HELLO, "server") + 1
    server_finished = position(trace, HandshakeType.FINISHED, "server") + 1
    client_finished = position(trace, HandshakeType.FINISHED, "client") + 1
    places = {
        Label.RESUMPTION_BINDER: (early, 0),
        Label.CLIENT_EARLY_TRAFFIC: (early, 1),
        Label.EARLY_EXPORTER: (early, 1),
        Label.CLIENT_HANDSHAKE_TRAFFIC: (handshake, hellos),
        Label.SERVER_HANDSHAKE_TRAFFIC: (handshake, hellos),
        Label.CLIENT_APPLICATION_TRAFFIC: (main, server_finished),
        Label.SERVER_APPLICATION_TRAFFIC: (main, server_finished),
        Label.EXPORTER: (main, server_finished),
        Label.RESUMPTION: (main, client_finished),
    }
    found = {"early": early.secret, "handshake": handshake.secret, "main": main.secret}
    for label, (stage, end) in places.items():
        found[label.value] = stage.derive(label, transcript_hash(trace, end))
    return found


def traffic_secret(trace: Trace, step: Step) -> bytes:
    return secrets(trace)[TRAFFIC[step.keys].format(step.sender[0])]


def protection(trace: Trace, step: Step) -> Protection13 | None:
    """Return the keys of a record, from the key schedule."""
    if step.keys == "clear":
        return None
    return Protection13(SUITE, traffic_keys(SUITE, traffic_secret(trace, step)))


@ALL
def test_every_published_secret_is_derived(trace: Trace) -> None:
    computed = secrets(trace)

    assert {name: computed[name] for name in trace.secrets} == trace.secrets


@ALL
def test_the_public_keys_are_in_the_hellos(trace: Trace) -> None:
    client = groups.load(trace.group, trace.client_private)
    server = groups.load(trace.group, trace.server_private)
    messages = handshake_messages(trace)

    assert client.public in messages[position(trace, HandshakeType.CLIENT_HELLO, "client")][1]
    assert server.public in messages[position(trace, HandshakeType.SERVER_HELLO, "server")][1]


@ALL
def test_every_published_key_is_derived(trace: Trace) -> None:
    for (sender, keys), published in trace.keys.items():
        secret = trace.secrets[TRAFFIC[keys].format(sender[0])]
        assert traffic_keys(SUITE, secret) == TrafficKeys(*published)


@ALL
@pytest.mark.parametrize("sender", ["client", "server"])
def test_finished_has_the_published_content(trace: Trace, sender: str) -> None:
    place = position(trace, HandshakeType.FINISHED, sender)
    secret = trace.secrets[f"{sender[0]} hs traffic"]
    finished = handshake_messages(trace)[place][1]

    assert verify_data(SUITE, secret, transcript_hash(trace, place)) == finished[4:]


@ALL
def test_every_record_is_written_byte_for_byte(trace: Trace) -> None:
    writers = {"client": RecordWriter(), "server": RecordWriter()}
    last = dict.fromkeys(writers, "clear")
    for number, step in enumerate(trace.steps):
        writer = writers[step.sender]
        if step.keys not in (last[step.sender], "clear"):
            writer.use(protection(trace, step))
            last[step.sender] = step.keys
        if step.content_type is CHANGE_CIPHER_SPEC:
            written = writer.change_cipher_spec()
        elif number == 0:
            written = writer.plain(step.content_type, step.payload, ProtocolVersion.TLS10)
        else:
            written = writer.protect(step.content_type, step.payload)

        assert written == [step.record(first=number == 0)]


@ALL
@pytest.mark.parametrize("sender", ["client", "server"])
def test_every_record_is_read_back(trace: Trace, sender: str) -> None:
    reader = RecordReader()
    steps = [step for step in trace.steps if step.sender == sender]
    reader.feed(b"".join(step.record(first=step is trace.steps[0]) for step in steps))
    last = "clear"
    for step in steps:
        if step.keys not in (last, "clear"):
            reader.use(protection(trace, step))
            last = step.keys
        hidden = step.keys != "clear"
        assert reader.next() == Record(step.content_type, step.payload, hidden)

    assert reader.next() is None
    assert not reader.pending()


@ALL
def test_every_message_is_written_as_it_was_read(trace: Trace) -> None:
    for _, raw in handshake_messages(trace):
        assert encode(MESSAGES[ProtocolVersion.TLS13][raw[0]].parse(raw[4:])) == raw


@pytest.mark.parametrize(
    ("name", "sender"),
    [
        ("5 HelloRetryRequest", "server"),
        ("6 client authentication", "server"),
        ("6 client authentication", "client"),
        ("7 compatibility mode", "server"),
    ],
)
def test_signatures_are_good_over_this_transcript_and_no_other(name: str, sender: str) -> None:
    trace = TRACES[name]
    messages = handshake_messages(trace)
    place = position(trace, HandshakeType.CERTIFICATE_VERIFY, sender)
    chain = Certificate13.parse(messages[position(trace, HandshakeType.CERTIFICATE, sender)][1][4:]).chain
    key = x509.load_der_x509_certificate(chain[0]).public_key()
    proof = CertificateVerify.parse(messages[place][1][4:])
    other = "server" if sender == "client" else "client"
    contents = [
        signatures.certificate_verify_content(CONTEXTS[who], transcript_hash(trace, end))
        for who, end in ((sender, place), (sender, place - 1), (other, place))
    ]

    judged = [signatures.verify(key, proof.scheme, content, proof.signature) for content in contents]

    assert judged == [True, False, False]


def test_the_binder_covers_the_hello_up_to_the_binders() -> None:
    trace = TRACES["4 resumed 0-RTT"]
    hello = handshake_messages(trace)[0][1]
    binder_key = KeySchedule.early(SUITE, trace.psk).derive(
        Label.RESUMPTION_BINDER, hashlib.sha256(b"").digest()
    )
    truncated = hashlib.sha256(hello[:-BINDERS]).digest()

    assert binder_key == trace.secrets["res binder"]
    assert hello[-32:] == verify_data(SUITE, binder_key, truncated)


def test_the_retried_hello_echoes_the_cookie_and_changes_the_share_only() -> None:
    trace = TRACES["5 HelloRetryRequest"]
    raw = [message for _, message in handshake_messages(trace)]
    first, again = ClientHello.parse(raw[0][4:]), ClientHello.parse(raw[2][4:])
    retry = ServerHello.parse(raw[1][4:])

    assert retry.is_hello_retry_request
    assert (first.random, first.cipher_suites) == (again.random, again.cipher_suites)
    assert again.extensions.get(44) == retry.extensions.get(44)
    assert first.extensions.get(51) != again.extensions.get(51)


def test_compatibility_mode_shows_in_session_id_and_change_cipher_spec() -> None:
    trace = TRACES["7 compatibility mode"]
    messages = handshake_messages(trace)
    hello, answer = ClientHello.parse(messages[0][1][4:]), ServerHello.parse(messages[1][1][4:])

    assert len(hello.session_id) == 32
    assert answer.session_id == hello.session_id
    assert [step.sender for step in trace.steps if step.content_type is CHANGE_CIPHER_SPEC] == [
        "server",
        "client",
    ]
    assert {step.content_type for step in trace.steps} == {HANDSHAKE, ALERT, CHANGE_CIPHER_SPEC}
