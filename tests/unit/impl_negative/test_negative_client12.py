"""A TLS 1.2 client and a server that says one thing wrong: exact code, exact alert (RFC 5246 section 7)."""

from dataclasses import replace

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding
from negative import (
    BAD_CERTIFICATE,
    BAD_FINISHED,
    BAD_SIGNATURE,
    CLIENT,
    DECODE,
    ILLEGAL,
    NOTHING_IN_COMMON,
    OUT_OF_PLACE,
    UNASKED,
    UNEXPECTED,
    UNSAFE,
    A,
    Case,
    doubled,
    extension,
    fields,
    longer,
    refused,
    shorter,
    table,
    to,
    until,
    verdict,
)

from fuzz.identities import authority, certified_key
from impl import Code, SignatureScheme
from impl.codec.certificate import Certificate12, CertificateRequest12
from impl.codec.enums import ExtensionType
from impl.codec.extensions import Extensions
from impl.codec.hello import ServerHello
from impl.codec.key_exchange import ServerKeyExchange
from impl.codec.post_handshake import NewSessionTicket12

E = ExtensionType
S = SignatureScheme
SERVER_HELLO, TICKET, CERTIFICATE, KEY_EXCHANGE, REQUEST, DONE, FINISHED, STATUS = (
    2,
    4,
    11,
    12,
    13,
    14,
    20,
    22,
)
WRONG_SUITE = (Code.UNKNOWN_CIPHER_SUITE, A.HANDSHAKE_FAILURE)
UNKNOWN = 0x2A2A


def hello(name, refusal, scene="tls12", nth=1, **changes):
    return Case(name, scene, CLIENT, SERVER_HELLO, fields(ServerHello, **changes), refusal, nth)


def answer(name, kind, content, refusal, scene="tls12", nth=1):
    return Case(name, scene, CLIENT, SERVER_HELLO, extension(ServerHello, kind, content), refusal, nth)


def echoed(stage, body):
    """Echo the session id that a client of TLS 1.3 makes up, as if its session were resumed."""
    ours = stage.victim.session._memory.state.hello.session_id
    assert ours
    return replace(ServerHello.parse(body), session_id=ours).body()


@table(
    hello("a suite that was not offered", WRONG_SUITE, cipher_suite=0x009C),
    hello("a suite of TLS 1.3", WRONG_SUITE, cipher_suite=0x1301),
    hello("the signalling value as suite", WRONG_SUITE, cipher_suite=0x00FF),
    hello("a session id of 33 bytes", DECODE, session_id=bytes(33)),
    Case("an extension twice", "tls12", CLIENT, SERVER_HELLO, doubled(ServerHello), ILLEGAL),
    Case("compression", "tls12", CLIENT, SERVER_HELLO, lambda _s, b: b[:37] + b"\1" + b[38:], ILLEGAL),
    Case("cut", "tls12", CLIENT, SERVER_HELLO, shorter(), DECODE),
    Case("longer", "tls12", CLIENT, SERVER_HELLO, longer(), DECODE),
    answer("an extension that nobody knows", UNKNOWN, b"", UNASKED),
    answer("ALPN, unasked", E.ALPN, b"\0\3\2h2", UNASKED),
    answer("signature_algorithms, which answer nothing", E.SIGNATURE_ALGORITHMS, b"\0\2\4\3", ILLEGAL),
    answer("extended_master_secret with content", E.EXTENDED_MASTER_SECRET, b"x", DECODE),
    answer("session_ticket with content", E.SESSION_TICKET, b"x", DECODE),
    answer("status_request, unasked", E.STATUS_REQUEST, b"", UNASKED),
    answer("status_request with content", E.STATUS_REQUEST, b"x", DECODE, "tls12-status"),
    answer("server_name with a name", E.SERVER_NAME, b"\0\4\0\0\1a", DECODE),
    answer("point formats without the uncompressed one", E.EC_POINT_FORMATS, b"\1\1", ILLEGAL),
    answer("no point formats", E.EC_POINT_FORMATS, b"\0", DECODE),
    Case("a session that is not there", "tls12-downgrade", CLIENT, SERVER_HELLO, echoed, ILLEGAL),
    hello("a session with another suite", ILLEGAL, "tls12-by-id", cipher_suite=0xC02C),
    answer(
        "a session without its extended master secret",
        E.EXTENDED_MASTER_SECRET,
        None,
        NOTHING_IN_COMMON,
        "tls12-by-id",
    ),
)
def test_a_server_hello_that_does_not_fit_the_offer(case):
    assert refused(case) == case.refusal


@table(
    answer("not empty at first", E.RENEGOTIATION_INFO, b"\1x", UNSAFE),
    answer("of a Finished's length at first", E.RENEGOTIATION_INFO, b"\x18" + bytes(24), UNSAFE),
    answer("without its length", E.RENEGOTIATION_INFO, b"", DECODE),
    answer("longer than it says", E.RENEGOTIATION_INFO, b"\0\0", DECODE),
    answer("missing in a later handshake", E.RENEGOTIATION_INFO, None, UNSAFE, "tls12-again", 2),
    answer("empty in a later handshake", E.RENEGOTIATION_INFO, b"\0", UNSAFE, "tls12-again", 2),
    answer("of zeros", E.RENEGOTIATION_INFO, b"\x18" + bytes(24), UNSAFE, "tls12-again", 2),
    Case(
        "a bit off",
        "tls12-again",
        CLIENT,
        SERVER_HELLO,
        lambda _s, b: b.replace(_info(b), _info(b)[:-1] + bytes((_info(b)[-1] ^ 1,))),
        UNSAFE,
        2,
    ),
    Case(
        "the client's half alone",
        "tls12-again",
        CLIENT,
        SERVER_HELLO,
        lambda s, b: extension(ServerHello, E.RENEGOTIATION_INFO, b"\x0c" + _info(b)[1:13])(s, b),
        UNSAFE,
        2,
    ),
    Case(
        "both halves exchanged",
        "tls12-again",
        CLIENT,
        SERVER_HELLO,
        lambda s, b: extension(ServerHello, E.RENEGOTIATION_INFO, b"\x18" + _info(b)[13:] + _info(b)[1:13])(
            s, b
        ),
        UNSAFE,
        2,
    ),
)
def test_renegotiation_info_of_another_handshake(case):
    assert refused(case) == case.refusal


def _info(body):
    content = ServerHello.parse(body).extensions.get(E.RENEGOTIATION_INFO)
    assert len(content) == 25
    return content


LEAF = certified_key().chain[0]
NO_CERTIFICATE = (Code.NO_CERTIFICATE_FOUND, A.DECODE_ERROR)


def chain(*items):
    return to(Certificate12(items).body())


@table(
    Case("none", "tls12", CLIENT, CERTIFICATE, chain(), NO_CERTIFICATE),
    Case("an empty one", "tls12", CLIENT, CERTIFICATE, chain(b""), DECODE),
    Case("garbage", "tls12", CLIENT, CERTIFICATE, chain(b"\x30\x03\x02\x01\x01"), BAD_CERTIFICATE),
    Case("garbage behind the leaf", "tls12", CLIENT, CERTIFICATE, chain(LEAF, b"x"), BAD_CERTIFICATE),
    Case(
        "a key that the suite does not want",
        "tls12",
        CLIENT,
        CERTIFICATE,
        lambda _s, _b: Certificate12(certified_key("rsa").chain).body(),
        ILLEGAL,
    ),
    Case(
        "a key that the suite does not want, the other way",
        "tls12-with-rsa-key",
        CLIENT,
        CERTIFICATE,
        chain(LEAF),
        ILLEGAL,
    ),
    Case("no RSA key for static RSA", "tls12-rsa", CLIENT, CERTIFICATE, chain(LEAF), ILLEGAL),
    Case("of TLS 1.3", "tls12", CLIENT, CERTIFICATE, lambda _s, b: b"\0" + b[:-3] + b"\0\0", DECODE),
    Case("cut", "tls12", CLIENT, CERTIFICATE, shorter(), DECODE),
    Case("longer", "tls12", CLIENT, CERTIFICATE, longer(), DECODE),
    Case("a status of another type", "tls12-status", CLIENT, STATUS, to(b"\2\0\0\1x"), ILLEGAL),
    Case("an empty status", "tls12-status", CLIENT, STATUS, to(b"\1\0\0\0"), DECODE),
    Case("no status type", "tls12-status", CLIENT, STATUS, to(b""), DECODE),
)
def test_a_certificate_that_is_wrong(case):
    assert refused(case) == case.refusal


def odd_key(bits, exponent=3):
    """Certify an RSA key of which nobody knows the factors, if it has any."""
    modulus = (1 << (bits - 1)) + 1
    key = rsa.RSAPublicNumbers(exponent, modulus).public_key()
    issuer, issuer_key = authority()
    now = x509.load_der_x509_certificate(LEAF)
    builder = (
        x509.CertificateBuilder()
        .subject_name(now.subject)
        .issuer_name(issuer.subject)
        .public_key(key)
        .serial_number(3)
        .not_valid_before(now.not_valid_before_utc)
        .not_valid_after(now.not_valid_after_utc)
    )
    return builder.sign(issuer_key, hashes.SHA256()).public_bytes(Encoding.DER)


@pytest.mark.parametrize("bits", [256, 384, 16_392, 32_768])
def test_a_key_that_encrypts_nothing_is_refused_and_no_error_of_ours(bits):
    stage, _ = until("tls12-rsa", CLIENT, CERTIFICATE)
    # The application has asked for no verification.
    memory = stage.victim.session._memory
    memory.config = replace(memory.config, trust=None)
    stage.pending.popleft()
    message = stage.pen.message(CERTIFICATE, Certificate12((odd_key(bits),)).body())

    assert verdict(stage, stage.pen.records(22, message)) == ILLEGAL


def signed(scheme, key="ed25519", sign_with=None, **agreed):
    """Sign the server's share, or nearly that, and say with which scheme."""

    def change(stage, body):
        facts = stage.victim.session._memory.state.agreed
        message = replace(ServerKeyExchange.parse(body), scheme=scheme)
        randoms = {"client_random": facts.client_random, "server_random": facts.server_random, **agreed}
        content = message.signed_content(**randoms)
        return replace(message, signature=certified_key(key).sign(sign_with or scheme, content)).body()

    return change


WITH_P256, WITH_RSA = "tls12-with-p256-key", "tls12-with-rsa-key"


def proof(name, change, refusal, scene="tls12"):
    return Case(name, scene, CLIENT, KEY_EXCHANGE, change, refusal)


@table(
    proof("no signature", fields(ServerKeyExchange, signature=b""), BAD_SIGNATURE),
    proof("zeros", fields(ServerKeyExchange, signature=bytes(64)), BAD_SIGNATURE),
    proof("over another client's random", signed(S.ED25519, client_random=bytes(32)), BAD_SIGNATURE),
    proof("over another server's random", signed(S.ED25519, server_random=bytes(32)), BAD_SIGNATURE),
    proof("over another share", fields(ServerKeyExchange, public=b"\x09" + bytes(31)), BAD_SIGNATURE),
    *(
        proof(f"{scheme.name} of an Ed25519 key", fields(ServerKeyExchange, scheme=scheme), ILLEGAL)
        for scheme in S
        if scheme is not S.ED25519
    ),
    proof("P-256 says RSA", fields(ServerKeyExchange, scheme=S.RSA_PKCS1_SHA256), ILLEGAL, WITH_P256),
    proof("P-256 says PSS", fields(ServerKeyExchange, scheme=S.RSA_PSS_RSAE_SHA256), ILLEGAL, WITH_P256),
    proof("P-256 says SHA-1", fields(ServerKeyExchange, scheme=S.ECDSA_SHA1), ILLEGAL, WITH_P256),
    proof(
        "P-256 with the wrong hash",
        signed(S.ECDSA_SECP256R1_SHA256, "p256", S.ECDSA_SECP384R1_SHA384),
        BAD_SIGNATURE,
        WITH_P256,
    ),
    proof("RSA says ECDSA", fields(ServerKeyExchange, scheme=S.ECDSA_SECP256R1_SHA256), ILLEGAL, WITH_RSA),
    proof("RSA says MD5", fields(ServerKeyExchange, scheme=0x0101), ILLEGAL, WITH_RSA),
    proof("RSA says SHA-1", fields(ServerKeyExchange, scheme=S.RSA_PKCS1_SHA1), ILLEGAL, WITH_RSA),
    proof(
        "RSA with the wrong padding",
        signed(S.RSA_PSS_RSAE_SHA256, "rsa", S.RSA_PKCS1_SHA256),
        BAD_SIGNATURE,
        WITH_RSA,
    ),
    proof("cut", shorter(), DECODE),
    proof("longer", longer(), DECODE),
)
def test_a_signed_share_that_proves_nothing(case):
    assert refused(case) == case.refusal


@table(
    proof("P-384's hash with a P-256 key", signed(S.ECDSA_SECP384R1_SHA384, "p256"), BAD_FINISHED, WITH_P256),
    proof("PKCS #1", signed(S.RSA_PKCS1_SHA384, "rsa"), BAD_FINISHED, WITH_RSA),
    proof("PSS", signed(S.RSA_PSS_RSAE_SHA512, "rsa"), BAD_FINISHED, WITH_RSA),
)
def test_tls12_admits_what_tls13_does_not(case):
    """The share is accepted; the transcripts of the two sides differ, which ends it at the latest moment."""
    stage, body = until(case.scene, CLIENT, KEY_EXCHANGE)
    stage.pending.popleft()
    message = stage.pen.message(KEY_EXCHANGE, case.change(stage, body))
    stage.pending.clear()

    assert verdict(stage, stage.pen.records(22, message)) == (None, None)
    assert stage.victim.session.path[-1] == "WAIT_CR_DONE"


@table(
    Case(
        "no types",
        "tls12-client-auth",
        CLIENT,
        REQUEST,
        fields(CertificateRequest12, certificate_types=()),
        DECODE,
    ),
    Case(
        "no algorithms",
        "tls12-client-auth",
        CLIENT,
        REQUEST,
        fields(CertificateRequest12, signature_algorithms=()),
        DECODE,
    ),
    Case(
        "an empty authority",
        "tls12-client-auth",
        CLIENT,
        REQUEST,
        fields(CertificateRequest12, authorities=(b"",)),
        DECODE,
    ),
    Case("longer", "tls12-client-auth", CLIENT, REQUEST, longer(), DECODE),
    Case("ServerHelloDone with content", "tls12", CLIENT, DONE, to(b"\0"), DECODE),
    Case("a ticket that is cut", "tls12-new-ticket", CLIENT, TICKET, shorter(), DECODE),
    Case("a ticket that is longer", "tls12-new-ticket", CLIENT, TICKET, longer(), DECODE),
    *(
        Case(f"a Finished of {size} bytes", "tls12", CLIENT, FINISHED, to(bytes(size)), DECODE)
        for size in (0, 11, 13, 32, 48)
    ),
    Case("a Finished of zeros", "tls12", CLIENT, FINISHED, to(bytes(12)), BAD_FINISHED),
    Case(
        "a Finished a bit off",
        "tls12-by-id",
        CLIENT,
        FINISHED,
        lambda _s, b: b[:-1] + bytes((b[-1] ^ 1,)),
        BAD_FINISHED,
    ),
    Case(
        "our own Finished",
        "tls12",
        CLIENT,
        FINISHED,
        lambda s, _b: s.victim.session._memory.state.pending.own_verify,
        BAD_FINISHED,
    ),
)
def test_the_rest_of_a_servers_flights(case):
    assert refused(case) == case.refusal


def test_an_empty_ticket_is_none():
    case = Case("", "tls12-new-ticket", CLIENT, TICKET, fields(NewSessionTicket12, ticket=b""), DECODE)

    # The server's Finished covers the ticket that it sent.
    assert refused(case) == BAD_FINISHED


def test_messages_out_of_order():
    for scene, kind, wrong, body in (
        ("tls12", CERTIFICATE, DONE, b""),
        ("tls12", CERTIFICATE, KEY_EXCHANGE, bytes(40)),
        ("tls12", KEY_EXCHANGE, DONE, b""),
        ("tls12", KEY_EXCHANGE, CERTIFICATE, bytes(3)),
        ("tls12", DONE, FINISHED, bytes(12)),
        ("tls12", DONE, KEY_EXCHANGE, bytes(40)),
        ("tls12", DONE, STATUS, b"\1\0\0\1x"),
        ("tls12-rsa", DONE, KEY_EXCHANGE, bytes(40)),
        ("tls12", SERVER_HELLO, CERTIFICATE, bytes(3)),
        ("tls12", SERVER_HELLO, 1, bytes(60)),
        ("tls12", SERVER_HELLO, 24, b"\0"),
        ("tls12-new-ticket", TICKET, FINISHED, bytes(12)),
        ("tls12", FINISHED, TICKET, bytes(6)),
    ):
        stage, _ = until(scene, CLIENT, kind)
        stage.pending.clear()
        pieces = stage.pen.records(22, stage.pen.message(wrong, body))

        assert verdict(stage, pieces) == OUT_OF_PLACE, (scene, kind, wrong)


@pytest.mark.parametrize("value", [b"\0", b"\2", b"\1\1", b"\xff"])
def test_a_change_cipher_spec_of_another_value(value):
    stage, _ = until("tls12", CLIENT, DONE)
    while stage.victim.session.path[-1] != "WAIT_CCS":
        stage.advance()
    stage.pending.clear()

    assert verdict(stage, [stage.pen.plain(20, value)]) == UNEXPECTED


def test_extensions_are_of_the_form_that_the_rows_assume():
    stage, body = until("tls12", CLIENT, SERVER_HELLO)

    assert stage.victim.session.path[-1] == "WAIT_SH"
    assert ServerHello.parse(body).session_id == b""
    assert isinstance(ServerHello.parse(body).extensions, Extensions)
