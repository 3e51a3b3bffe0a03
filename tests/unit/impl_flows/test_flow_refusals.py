"""What a peer may not do in a handshake: code, alert, and that the session is dead afterwards."""

from dataclasses import replace

import pytest
from flow_certificates import certified_key
from flow_support import (
    TLS12,
    TLS13,
    client_config,
    handshake_record,
    memory_protection,
    of_version,
    pair,
    record,
    say,
    server_hello_only,
    waiting,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from impl import AlertDescription, AlertLevel, CipherSuite, Code
from impl.codec.certificate import (
    Certificate12,
    Certificate13,
    CertificateEntry,
    CertificateRequest12,
    CertificateRequest13,
    CertificateVerify,
)
from impl.codec.encrypted_extensions import EncryptedExtensions
from impl.codec.enums import ExtensionType, HandshakeType
from impl.codec.extensions import (
    Extensions,
    build_alpn,
    build_renegotiation_info,
    build_signature_algorithms,
)
from impl.codec.finished import Finished
from impl.codec.hello import HelloRequest
from impl.codec.key_exchange import ServerHelloDone
from impl.codec.messages import encode
from impl.codes import appropriate_alert, strerror
from impl.keyschedule.tls13 import verify_data
from impl.negotiation import begin
from impl.record.joiner import Message
from impl.step import Send
from impl.tls13 import client as client13
from impl.tls13.authentication import Request
from impl.tls13.client_states import Answers, WaitFinished
from impl.transcript import Transcript

VERSIONS = [TLS12, TLS13]


def alert_of(session) -> AlertDescription | None:
    """The alert that would go out for the session's failure."""
    failure = session._memory.failure
    due = appropriate_alert(failure.code)
    return failure.alert or (due and due[1])


UNEXPECTED, UNEXPECTED_MESSAGE = Code.UNEXPECTED_PACKET, Code.UNEXPECTED_HANDSHAKE_PACKET

ILLEGAL, EXTENSION, LENGTH = (
    Code.RECEIVED_ILLEGAL_PARAMETER,
    Code.RECEIVED_ILLEGAL_EXTENSION,
    Code.UNEXPECTED_PACKET_LENGTH,
)

ALERTS = {
    UNEXPECTED: "unexpected_message",
    UNEXPECTED_MESSAGE: "unexpected_message",
    ILLEGAL: "illegal_parameter",
    EXTENSION: "unsupported_extension",
    LENGTH: "decode_error",
    Code.HANDSHAKE_TOO_LARGE: "decode_error",
    Code.NO_CERTIFICATE_FOUND: "decode_error",
    Code.CERTIFICATE_ERROR: "bad_certificate",
    Code.RECORD_OVERFLOW: "record_overflow",
    Code.UNSUPPORTED_VERSION_PACKET: "protocol_version",
    Code.MISSING_EXTENSION: "missing_extension",
    Code.PK_SIG_VERIFY_FAILED: "decrypt_error",
}

FIRST_RECORDS = [
    ("application data", record(23, b"x"), UNEXPECTED),
    ("unknown type", record(99, b"x"), UNEXPECTED),
    ("unknown message", handshake_record(b"\x63\0\0\0"), UNEXPECTED_MESSAGE),
    ("empty handshake", handshake_record(b""), UNEXPECTED),
    ("Finished", handshake_record(b"\x14\0\0\x0c" + bytes(12)), UNEXPECTED_MESSAGE),
    ("huge message", handshake_record(b"\x02\xff\xff\xff"), Code.HANDSHAKE_TOO_LARGE),
    ("truncated hello", handshake_record(b"\x02\0\0\x02\x03\x03"), LENGTH),
    ("long record", b"\x16\x03\x03\x40\x01", Code.RECORD_OVERFLOW),
    ("no TLS", b"HTTP/1.0 400 Bad Request\r\n", UNEXPECTED),
    ("old record", b"\x16\x02\x00\x00\x01x", Code.UNSUPPORTED_VERSION_PACKET),
    ("long alert", record(21, b"\x01\x5a\x00"), LENGTH),
    ("short alert", record(21, b"\x02"), LENGTH),
    ("bad change", record(20, b"\x02"), UNEXPECTED),
]


@pytest.mark.parametrize(
    "data, code", [row[1:] for row in FIRST_RECORDS], ids=[row[0] for row in FIRST_RECORDS]
)
@pytest.mark.parametrize("version", VERSIONS)
def test_a_client_refuses_nonsense_in_place_of_server_hello(version, data, code):
    client, incoming = waiting(version)
    incoming += data

    assert client.handshake() is code
    assert alert_of(client).name.lower() == ALERTS[code]
    assert client.handshake() is Code.INVALID_SESSION


@pytest.mark.parametrize("version", VERSIONS)
def test_a_dead_session_sends_nothing_but_one_alert(version):
    made = of_version(version)
    made.client.handshake()
    made.client_wire.incoming += record(23, b"x")
    assert made.client.handshake() is Code.UNEXPECTED_PACKET
    written = len(made.client_wire.written)

    calls = (made.client.handshake, made.client.bye, made.client.record_recv)
    assert [call() for call in calls] == [Code.INVALID_SESSION] * 3
    assert made.client.record_send(b"data") is Code.INVALID_SESSION
    assert made.client.key_update() is Code.INVALID_SESSION
    assert len(made.client_wire.written) == written
    assert made.client.alert_send_appropriate(Code.UNEXPECTED_PACKET) is Code.SUCCESS
    assert bytes(made.client_wire.written[written:]) == record(21, b"\x02\x0a")
    assert made.client.alert_send(AlertLevel.FATAL, AlertDescription.INTERNAL_ERROR) is Code.INVALID_SESSION
    assert len(made.client_wire.written) == written + 7


def test_a_fatal_alert_of_ones_own_ends_the_session():
    made = of_version(TLS12)
    made.client.handshake()

    assert made.client.alert_send(AlertLevel.FATAL, AlertDescription.USER_CANCELED) is Code.SUCCESS
    assert made.client.handshake() is Code.INVALID_SESSION
    assert "USER_CANCELED" in made.client.failure


def test_hello_requests_in_the_middle_of_a_tls12_handshake_are_ignored_but_not_without_end():
    request = handshake_record(encode(HelloRequest()))
    made = of_version(TLS12)
    made.client.handshake()
    made.client_wire.incoming += request * 3
    made.server.handshake()
    made.client_wire.incoming[0:0] = request
    assert made.handshake() == (Code.SUCCESS, Code.SUCCESS)

    client, incoming = waiting(TLS12)
    incoming += request * 201
    assert client.handshake() is Code.TOO_MANY_EMPTY_PACKETS

    client, incoming = waiting(TLS13)
    incoming += request
    assert client.handshake() is Code.UNEXPECTED_HANDSHAKE_PACKET


def replaced_flight(version, *messages):
    """A client whose server sends ServerHello and then `messages` in place of its own."""
    made = of_version(version)
    made.client.handshake()
    made.server.handshake()
    incoming = made.client_wire.incoming
    del incoming[5 + int.from_bytes(incoming[3:5]) :]
    memory = made.server._memory
    made.client.handshake()
    memory.channel.writer.use(memory_protection(made) if version is TLS13 else None)
    say(made.server, Send(messages))
    return made.client


def answers(*entries):
    """EncryptedExtensions."""
    return EncryptedExtensions(Extensions.of(*entries))


NOTHING = answers()

CHAIN = certified_key("ed25519").chain

ENTRY = CertificateEntry(CHAIN[0])

CONTEXT = Certificate13((ENTRY,), b"context")

STAPLED = Certificate13((CertificateEntry(CHAIN[0], Extensions.of((ExtensionType.STATUS_REQUEST, b""))),))

REQUEST12 = encode(CertificateRequest12((1,), (0x0807,)))

REQUEST13 = CertificateRequest13(Extensions.of(build_signature_algorithms((0x0807,))))

REQUEST_WITH_CONTEXT = CertificateRequest13(REQUEST13.extensions, b"context")

SHOWN, UNREADABLE = Certificate13((ENTRY,)), Certificate13((CertificateEntry(b"x"),))

UNSPECIFIC = CertificateRequest13(Extensions.of((ExtensionType.CERTIFICATE_AUTHORITIES, b"")))

NONE, REJECTED = Code.NO_CERTIFICATE_FOUND, Code.CERTIFICATE_ERROR

KEY_SHARE, SERVER_NAME = ExtensionType.KEY_SHARE, ExtensionType.SERVER_NAME


def signed(scheme):
    """A CertificateVerify with a signature that cannot be right."""
    return CertificateVerify(scheme, bytes(64))


FLIGHTS = [
    ("empty Certificate, 1.2", TLS12, [Certificate12()], NONE),
    ("unreadable Certificate, 1.2", TLS12, [Certificate12((b"x",))], REJECTED),
    ("no Certificate, 1.2", TLS12, [ServerHelloDone()], UNEXPECTED_MESSAGE),
    ("no ServerKeyExchange, 1.2", TLS12, [Certificate12(CHAIN), ServerHelloDone()], UNEXPECTED_MESSAGE),
    ("empty Certificate, 1.3", TLS13, [NOTHING, Certificate13()], NONE),
    ("unreadable Certificate, 1.3", TLS13, [NOTHING, UNREADABLE], REJECTED),
    ("context in Certificate", TLS13, [NOTHING, CONTEXT], ILLEGAL),
    ("unasked-for staple", TLS13, [NOTHING, STAPLED], EXTENSION),
    ("no EncryptedExtensions", TLS13, [SHOWN], UNEXPECTED_MESSAGE),
    ("protocol not offered", TLS13, [answers(build_alpn((b"h2",)))], EXTENSION),
    ("share out of place", TLS13, [answers((KEY_SHARE, b""))], ILLEGAL),
    ("name in the answer", TLS13, [answers((SERVER_NAME, b"x"))], LENGTH),
    ("request without algorithms", TLS13, [NOTHING, UNSPECIFIC], Code.MISSING_EXTENSION),
    ("request with context", TLS13, [NOTHING, REQUEST_WITH_CONTEXT], ILLEGAL),
    ("two requests", TLS13, [NOTHING, REQUEST13, REQUEST13], UNEXPECTED_MESSAGE),
    ("no CertificateVerify", TLS13, [NOTHING, SHOWN, Finished(bytes(32))], UNEXPECTED_MESSAGE),
    ("scheme not of TLS 1.3", TLS13, [NOTHING, SHOWN, signed(0x0401)], ILLEGAL),
    ("scheme never offered", TLS13, [NOTHING, SHOWN, signed(0x0201)], ILLEGAL),
    ("scheme of another key", TLS13, [NOTHING, SHOWN, signed(0x0403)], ILLEGAL),
    ("wrong signature", TLS13, [NOTHING, SHOWN, signed(0x0807)], Code.PK_SIG_VERIFY_FAILED),
]


@pytest.mark.parametrize(
    "version, messages, code", [row[1:] for row in FLIGHTS], ids=[row[0] for row in FLIGHTS]
)
def test_a_flight_of_the_server_that_is_wrong_is_refused(version, messages, code):
    client = replaced_flight(version, *map(encode, messages))

    assert client.handshake() is code
    assert alert_of(client).name.lower() == ALERTS[code]
    assert client.handshake() is Code.INVALID_SESSION


@pytest.mark.parametrize("version", VERSIONS)
def test_a_finished_that_does_not_match_is_refused(version):
    made = of_version(version)
    made.client.handshake()
    made.server.handshake()
    memory = made.server._memory
    if version is TLS13:
        pending = replace(memory.state.pending, transcript=Transcript("sha256"))
        memory.state = replace(memory.state, pending=pending)
    else:
        memory.state = replace(memory.state, agreed=replace(memory.state.agreed, server_random=bytes(32)))
    made.client.handshake()

    assert made.server.handshake() in (Code.ERROR_IN_FINISHED_PACKET, Code.DECRYPTION_FAILED)
    assert made.server.handshake() is Code.INVALID_SESSION


@pytest.mark.parametrize("kind", [ExtensionType.KEY_SHARE, ExtensionType.SUPPORTED_GROUPS])
def test_a_tls13_client_hello_without_a_mandatory_extension_is_refused(kind):
    config = client_config(versions=(TLS13,))
    hello = begin(config).next.hello
    rest = Extensions(tuple(entry for entry in hello.extensions if entry[0] != kind))
    made = of_version(TLS13)
    made.server_wire.incoming += handshake_record(encode(replace(hello, extensions=rest)))

    assert made.server.handshake() is Code.MISSING_EXTENSION
    assert alert_of(made.server) is AlertDescription.MISSING_EXTENSION


def hello_changes():
    hello = begin(client_config(versions=(TLS12,))).next.hello
    fallback = (*hello.cipher_suites, CipherSuite.TLS_FALLBACK_SCSV)
    others = tuple(entry for entry in hello.extensions if entry[0] != ExtensionType.RENEGOTIATION_INFO)
    wrong = Extensions((*others, build_renegotiation_info(b"verify data")))
    formats = Extensions(((ExtensionType.EC_POINT_FORMATS, b"\x01\x01"), *others[:1]))
    return [
        (replace(hello, cipher_suites=fallback), Code.INAPPROPRIATE_FALLBACK),
        (replace(hello, extensions=wrong), Code.SAFE_RENEGOTIATION_FAILED),
        (replace(hello, legacy_version=0x0301), Code.UNSUPPORTED_VERSION_PACKET),
        (replace(hello, compression_methods=(1,)), Code.RECEIVED_ILLEGAL_PARAMETER),
        (replace(hello, extensions=formats), Code.RECEIVED_ILLEGAL_PARAMETER),
        (replace(hello, extensions=Extensions()), Code.NO_CIPHER_SUITES),
    ]


@pytest.mark.parametrize("hello, code", hello_changes())
def test_a_tls12_client_hello_that_is_wrong_is_refused(hello, code):
    made = pair()
    made.server_wire.incoming += handshake_record(encode(hello))

    assert made.server.handshake() is code
    assert made.server_wire.written == b""


def test_the_signalling_value_stands_for_an_empty_renegotiation_info():
    hello = begin(client_config(versions=(TLS12,))).next.hello
    others = tuple(entry for entry in hello.extensions if entry[0] != ExtensionType.RENEGOTIATION_INFO)
    suites = (*hello.cipher_suites, CipherSuite.TLS_EMPTY_RENEGOTIATION_INFO_SCSV)
    for cipher_suites, safe in ((suites, True), (hello.cipher_suites, False)):
        made = pair()
        changed = replace(hello, cipher_suites=cipher_suites, extensions=Extensions(others))
        made.server_wire.incoming += handshake_record(encode(changed))
        assert made.server.handshake() is Code.AGAIN

        assert made.server._memory.state.agreed.safe is safe


@pytest.mark.parametrize("version", VERSIONS)
def test_a_request_for_a_certificate_is_answered_with_an_empty_one(version):
    made = of_version(version)
    made.client.handshake()
    memory = made.client._memory
    if version is TLS12:
        made.server.handshake()
        records = split(bytes(made.client_wire.incoming))
        made.client_wire.incoming[:] = b"".join(records[:-1]) + handshake_record(REQUEST12) + records[-1]
        assert made.client.handshake() is Code.AGAIN
        sent = split(bytes(made.server_wire.incoming))
        assert sent[0] == handshake_record(encode(Certificate12()))
        assert len(sent) == 4
        return
    server_hello_only(made)
    keyed = memory.state.keyed
    memory.channel.writer.use(None)
    for state, expected in ((False, 1), (True, 2)):
        request = Request(b"", None) if state else None
        waiting_for_proof = WaitFinished(keyed, Answers(None), request)
        proof = Finished(verify_data(keyed.suite, keyed.server_secret, keyed.transcript.digest()))
        message = Message(HandshakeType.FINISHED, proof.body(), encode(proof))
        effects = client13.on_finished(waiting_for_proof, message, memory.config).effects
        flight = next(effect.messages for effect in effects if isinstance(effect, Send))
        assert len(flight) == expected
        assert (flight[0] == encode(Certificate13())) is state


def split(data):
    """Cut bytes into records."""
    records = []
    while data:
        end = 5 + int.from_bytes(data[3:5])
        records.append(data[:end])
        data = data[end:]
    return records


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("side", ["client", "server"])
def test_no_changed_byte_makes_a_session_raise_or_both_sides_agree(version, side):
    """Flip a bit of every few bytes of either side's flights; only a record header may bear it."""
    calm = of_version(version)
    calm.handshake()
    length = len(getattr(calm, f"{side}_wire").written)
    survived = 0
    for position in range(0, length, 7):
        made = of_version(version)
        wire = getattr(made, f"{side}_wire")
        flip(wire, position)
        codes = made.handshake()
        assert all(isinstance(code, Code) for code in codes)
        survived += codes == (Code.SUCCESS, Code.SUCCESS)

    assert survived <= length // 7 // 20


def flip(wire, position):
    """Change one bit of the byte at `position` of all that is written."""
    push = wire.push

    def changed(data):
        start = len(wire.written)
        if start <= position < start + len(data):
            index = position - start
            data = data[:index] + bytes((data[index] ^ 1,)) + data[index + 1 :]
        return push(data)

    wire.push = changed


HEADERS = [b"", b"\x16\x03\x01", b"\x16\x03\x03\0\x40\x01\0\0\x3c"]


@pytest.mark.parametrize("side", ["client", "server"])
@settings(max_examples=200)
@given(
    data=st.binary(max_size=300),
    header=st.sampled_from([b"", b"\x16\x03\x01", b"\x16\x03\x03\0\x40\x01\0\0\x3c"]),
)
def test_no_bytes_make_a_session_raise(side, data, header):
    made = pair()
    made.client.handshake()
    wire = getattr(made, f"{side}_wire")
    wire.incoming[:] = header + data
    code = getattr(made, side).handshake()

    assert isinstance(code, Code)
    assert code is not Code.SUCCESS


def test_every_code_has_a_meaning_and_the_manual_decides_what_is_fatal():
    assert all(strerror(code) for code in Code)
    assert {code for code in Code if not code.is_fatal} == {
        Code.SUCCESS,
        Code.AGAIN,
        Code.INTERRUPTED,
        Code.LARGE_PACKET,
        Code.GOT_APPLICATION_DATA,
        Code.WARNING_ALERT_RECEIVED,
        Code.REHANDSHAKE,
        Code.REAUTH_REQUEST,
    }
