"""A TLS 1.2 server and a client that says one thing wrong: exact code, exact alert (RFC 5246 section 7)."""

import hashlib
from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.asymmetric import padding
from negative import (
    BAD_CERTIFICATE,
    BAD_FINISHED,
    BAD_MAC,
    BAD_SIGNATURE,
    DECODE,
    ILLEGAL,
    NOTHING_IN_COMMON,
    OUT_OF_PLACE,
    SERVER,
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

from fuzz.identities import certified_key
from impl import Code, SignatureScheme
from impl.codec.certificate import Certificate12, CertificateVerify
from impl.codec.enums import ExtensionType
from impl.codec.extensions import Extensions
from impl.codec.hello import ClientHello
from impl.codec.key_exchange import ClientKeyExchangeOpaque, ClientKeyExchangePsk

E = ExtensionType
S = SignatureScheme
CLIENT_HELLO, CERTIFICATE, VERIFY, KEY_EXCHANGE, FINISHED = 1, 11, 15, 16, 20
SCSV = 0x00FF
VERSION = (Code.UNSUPPORTED_VERSION_PACKET, A.PROTOCOL_VERSION)
AUTH = "tls12-client-auth"


def hello(name, refusal, scene="tls12", nth=1, **changes):
    return Case(name, scene, SERVER, CLIENT_HELLO, fields(ClientHello, **changes), refusal, nth)


def offer(name, kind, content, refusal, scene="tls12", nth=1):
    return Case(name, scene, SERVER, CLIENT_HELLO, extension(ClientHello, kind, content), refusal, nth)


def signalling(_stage, body):
    """Add the signalling value of a first handshake."""
    parsed = ClientHello.parse(body)
    return replace(parsed, cipher_suites=(*parsed.cipher_suites, SCSV)).body()


@table(
    hello("TLS 1.1", VERSION, legacy_version=0x0302),
    hello("SSL 3", VERSION, legacy_version=0x0300),
    hello("SSL 2", VERSION, legacy_version=0x0002),
    hello("no suite in common", NOTHING_IN_COMMON, cipher_suites=(0x1301, 0x002F)),
    hello("suites for another key only", NOTHING_IN_COMMON, cipher_suites=(0xC02F, 0xC030)),
    hello("no null compression", ILLEGAL, compression_methods=(1,)),
    hello(
        "no extensions, and so no signature algorithm but SHA-1", NOTHING_IN_COMMON, extensions=Extensions()
    ),
    offer("no signature scheme in common", E.SIGNATURE_ALGORITHMS, b"\0\2\2\3", NOTHING_IN_COMMON),
    offer("no curve in common", E.SUPPORTED_GROUPS, b"\0\2\0\x19", NOTHING_IN_COMMON),
    offer("the hybrid group only", E.SUPPORTED_GROUPS, b"\0\2\x11\xec", NOTHING_IN_COMMON),
    offer("point formats without the uncompressed one", E.EC_POINT_FORMATS, b"\1\1", ILLEGAL),
    offer("no point formats", E.EC_POINT_FORMATS, b"\0", DECODE),
    offer("only later versions", E.SUPPORTED_VERSIONS, b"\2\3\4", VERSION),
    Case("an extension twice", "tls12", SERVER, CLIENT_HELLO, doubled(ClientHello), ILLEGAL),
    Case("cut", "tls12", SERVER, CLIENT_HELLO, shorter(), DECODE),
    Case("longer", "tls12", SERVER, CLIENT_HELLO, longer(), DECODE),
    offer(
        "a session without its extended master secret",
        E.EXTENDED_MASTER_SECRET,
        None,
        NOTHING_IN_COMMON,
        "tls12-by-id",
    ),
)
def test_a_client_hello_that_no_client_sends(case):
    assert refused(case) == case.refusal


@table(
    offer("not empty at first", E.RENEGOTIATION_INFO, b"\1x", UNSAFE),
    offer("of a Finished's length at first", E.RENEGOTIATION_INFO, b"\x0c" + bytes(12), UNSAFE),
    offer("without its length", E.RENEGOTIATION_INFO, b"", DECODE),
    offer("longer than it says", E.RENEGOTIATION_INFO, b"\0\0", DECODE),
    offer("missing in a later handshake", E.RENEGOTIATION_INFO, None, UNSAFE, "tls12-again", 2),
    offer("empty in a later handshake", E.RENEGOTIATION_INFO, b"\0", UNSAFE, "tls12-again", 2),
    offer("of zeros", E.RENEGOTIATION_INFO, b"\x0c" + bytes(12), UNSAFE, "tls12-again", 2),
    offer("a byte long", E.RENEGOTIATION_INFO, b"\x0d" + bytes(13), UNSAFE, "tls12-again", 2),
    Case(
        "the signalling value in a later handshake",
        "tls12-again",
        SERVER,
        CLIENT_HELLO,
        signalling,
        UNSAFE,
        2,
    ),
)
def test_renegotiation_info_of_another_handshake(case):
    assert refused(case) == case.refusal


LEAF = certified_key().chain[0]
NO_CERTIFICATE = (Code.NO_CERTIFICATE_FOUND, A.HANDSHAKE_FAILURE)


def signed(scheme, tail=b""):
    def change(stage, _body):
        content = stage.victim.session._memory.state.pending.transcript.messages() + tail
        return CertificateVerify(scheme, certified_key().sign(S.ED25519, content)).body()

    return change


@table(
    Case("no certificate", AUTH, SERVER, CERTIFICATE, to(Certificate12().body()), NO_CERTIFICATE),
    Case("an empty one", AUTH, SERVER, CERTIFICATE, to(Certificate12((b"",)).body()), DECODE),
    Case("garbage", AUTH, SERVER, CERTIFICATE, to(Certificate12((b"x",)).body()), BAD_CERTIFICATE),
    Case("another transcript", AUTH, SERVER, VERIFY, signed(S.ED25519, b"x"), BAD_SIGNATURE),
    Case("no signature", AUTH, SERVER, VERIFY, fields(CertificateVerify, signature=b""), BAD_SIGNATURE),
    *(
        Case(f"{scheme.name} of an Ed25519 key", AUTH, SERVER, VERIFY, signed(scheme), ILLEGAL)
        for scheme in S
        if scheme is not S.ED25519
    ),
    Case("cut", AUTH, SERVER, VERIFY, shorter(), DECODE),
    Case("longer", AUTH, SERVER, VERIFY, longer(), DECODE),
    *(
        Case(f"a Finished of {size} bytes", "tls12", SERVER, FINISHED, to(bytes(size)), DECODE)
        for size in (0, 11, 13, 32, 48)
    ),
    Case("a Finished of zeros", "tls12", SERVER, FINISHED, to(bytes(12)), BAD_FINISHED),
    Case(
        "a Finished a bit off",
        "tls12-by-ticket",
        SERVER,
        FINISHED,
        lambda _s, b: bytes((b[0] ^ 1,)) + b[1:],
        BAD_FINISHED,
    ),
    Case(
        "our own Finished",
        "tls12-by-ticket",
        SERVER,
        FINISHED,
        lambda s, _b: s.victim.session._memory.state.pending.own_verify,
        BAD_FINISHED,
    ),
    Case("no length", "tls12-rsa", SERVER, KEY_EXCHANGE, to(b""), DECODE),
    Case("no ciphertext", "tls12-rsa", SERVER, KEY_EXCHANGE, to(b"\0\0"), DECODE),
    Case("a ciphertext shorter than it says", "tls12-rsa", SERVER, KEY_EXCHANGE, shorter(), DECODE),
    Case("a ciphertext longer than it says", "tls12-rsa", SERVER, KEY_EXCHANGE, longer(), DECODE),
    Case("no share beside the key's name", "tls12-ecdhe-psk", SERVER, KEY_EXCHANGE, to(b"\0\1x"), DECODE),
    Case("a share beside the key's name", "tls12-psk", SERVER, KEY_EXCHANGE, to(b"\0\1x\1y"), DECODE),
)
def test_a_flight_of_the_client_that_is_wrong(case):
    assert refused(case) == case.refusal


# What decrypts to nothing must look like what decrypts to something else (RFC 5246 section 7.4.7.1).

VERSION12 = b"\3\3"
_KEY_BYTES = 256


def encrypted(plaintext):
    """Return a ciphertext with a PKCS #1 block of our choice inside."""
    public = certified_key("rsa").key.public_key().public_numbers()
    assert len(plaintext) == _KEY_BYTES
    return pow(int.from_bytes(plaintext), public.e, public.n).to_bytes(_KEY_BYTES)


def block(secret, start=b"\0\2", end=b"\0"):
    filler = hashlib.shake_128(b"filler").digest(_KEY_BYTES).replace(b"\0", b"\1")
    return start + filler[: _KEY_BYTES - len(start) - len(end) - len(secret)] + end + secret


def honest(secret):
    return certified_key("rsa").key.public_key().encrypt(secret, padding.PKCS1v15())


SECRET = VERSION12 + bytes(range(46))
CIPHERTEXTS = {
    "another secret": lambda: honest(SECRET),
    "a secret of TLS 1.1": lambda: honest(b"\3\2" + SECRET[2:]),
    "a secret of TLS 1.3": lambda: honest(b"\3\4" + SECRET[2:]),
    "a secret of no version": lambda: honest(bytes(48)),
    "47 bytes": lambda: honest(SECRET[:-1]),
    "49 bytes": lambda: honest(SECRET + b"\0"),
    "no bytes": lambda: honest(b""),
    "the most bytes that fit": lambda: honest(bytes(_KEY_BYTES - 11)),
    "our own block, right": lambda: encrypted(block(SECRET)),
    "block type 1": lambda: encrypted(block(SECRET, start=b"\0\1")),
    "block type 0": lambda: encrypted(block(SECRET, start=b"\0\0")),
    "no leading zero": lambda: encrypted(block(SECRET, start=b"\1\2")),
    "no separator": lambda: encrypted(block(SECRET.replace(b"\0", b"\1"), end=b"")),
    "a separator at once": lambda: encrypted(b"\0\2\0" + block(SECRET)[3:]),
    "a separator among the first eight": lambda: encrypted(block(SECRET)[:6] + b"\0" + block(SECRET)[7:]),
    "zero": lambda: bytes(_KEY_BYTES),
    "one": lambda: bytes(_KEY_BYTES - 1) + b"\1",
    "the modulus": lambda: certified_key("rsa").key.public_key().public_numbers().n.to_bytes(_KEY_BYTES),
    "over the modulus": lambda: b"\xff" * _KEY_BYTES,
    "a byte short": lambda: honest(SECRET)[1:],
    "a byte long": lambda: b"\0" + honest(SECRET),
    "one byte": lambda: b"\2",
    "very long": lambda: b"\1" * 5000,
}


@pytest.mark.parametrize("name", CIPHERTEXTS)
def test_static_rsa_does_not_tell_what_a_ciphertext_contains(name):
    stage, _ = until("tls12-rsa", SERVER, KEY_EXCHANGE)
    stage.pending.popleft()
    message = stage.pen.message(KEY_EXCHANGE, ClientKeyExchangeOpaque(CIPHERTEXTS[name]()).body())
    finished = list(stage.pending)
    stage.pending.clear()

    assert verdict(stage, stage.pen.records(22, message)) == (None, None)
    assert stage.victim.session.path[-1] == "WAIT_CCS"
    assert not stage.pair.units(stage.victim)
    assert verdict(stage, finished) == BAD_MAC
    assert stage.victim.session.path[-1] == "WAIT_FINISHED"


def test_the_right_secret_under_our_own_padding_is_taken():
    stage, body = until("tls12-rsa", SERVER, KEY_EXCHANGE)
    ours = certified_key("rsa").key
    secret = ours.decrypt(ClientKeyExchangeOpaque.parse(body).content, padding.PKCS1v15())
    honest_half = stage.victim.session._memory.state.exchange.take(body, stage.victim.session._memory.config)
    again = ClientKeyExchangeOpaque(encrypted(block(secret))).body()
    own_half = stage.victim.session._memory.state.exchange.take(again, stage.victim.session._memory.config)

    assert honest_half.secret == own_half.secret == secret


@pytest.mark.parametrize("scene", ["tls12-psk", "tls12-ecdhe-psk", "dtls12-psk"])
@pytest.mark.parametrize("identity", [b"stranger", b"", bytes(5000)])
def test_an_unknown_name_of_a_pre_shared_key_looks_like_a_wrong_key(scene, identity):
    def change(_stage, body):
        return replace(ClientKeyExchangePsk.parse(body), identity=identity).body()

    # Over datagrams what fails authentication is dropped, and the handshake waits for a Finished.
    expected = (None, None) if scene == "dtls12-psk" else BAD_MAC
    assert refused(Case(scene, scene, SERVER, KEY_EXCHANGE, change, BAD_MAC)) == expected


def test_messages_out_of_order():
    for scene, kind, wrong, body in (
        ("tls12", CLIENT_HELLO, KEY_EXCHANGE, bytes(34)),
        ("tls12", CLIENT_HELLO, 2, bytes(40)),
        ("tls12", CLIENT_HELLO, 0, b""),
        ("tls12", KEY_EXCHANGE, CERTIFICATE, bytes(3)),
        ("tls12", KEY_EXCHANGE, FINISHED, bytes(12)),
        ("tls12", KEY_EXCHANGE, VERIFY, bytes(4)),
        ("tls12", KEY_EXCHANGE, CLIENT_HELLO, bytes(60)),
        (AUTH, CERTIFICATE, KEY_EXCHANGE, b"\x20" + bytes(32)),
        (AUTH, VERIFY, FINISHED, bytes(12)),
        ("tls12", FINISHED, KEY_EXCHANGE, b"\x20" + bytes(32)),
        ("tls12", FINISHED, 24, b"\0"),
    ):
        stage, _ = until(scene, SERVER, kind)
        stage.pending.clear()
        pieces = stage.pen.records(22, stage.pen.message(wrong, body))

        assert verdict(stage, pieces) == OUT_OF_PLACE, (scene, kind, wrong)


def test_a_client_that_skips_its_proof_is_refused():
    stage, _ = until(AUTH, SERVER, VERIFY)
    stage.pending.popleft()

    assert verdict(stage, []) == (Code.UNEXPECTED_PACKET, A.UNEXPECTED_MESSAGE)


def test_a_chain_whose_key_is_another_kind_of_key_is_judged_by_its_own_schemes():
    wrong = fields(CertificateVerify, scheme=S.ECDSA_SECP384R1_SHA384)

    assert refused(Case("another kind", AUTH, SERVER, VERIFY, wrong, ILLEGAL)) == ILLEGAL
    assert certified_key("p384").chain[0] != LEAF
