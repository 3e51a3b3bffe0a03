"""A TLS 1.3 server and a client that says one thing wrong: exact code, exact alert (RFC 8446 section 4)."""

from dataclasses import replace

from negative import (
    BAD_BINDER,
    BAD_CERTIFICATE,
    BAD_FINISHED,
    BAD_SIGNATURE,
    DECODE,
    ILLEGAL,
    MISSING,
    NOTHING_IN_COMMON,
    OUT_OF_PLACE,
    SERVER,
    A,
    Case,
    both,
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
from impl import Code, Role, SignatureScheme
from impl.codec import extensions as ext
from impl.codec.certificate import Certificate13, CertificateEntry, CertificateVerify
from impl.codec.enums import ExtensionType
from impl.codec.extensions import Extensions, KeyShareEntry, OfferedPsks
from impl.codec.hello import ClientHello
from impl.crypto.signatures import CLIENT_CONTEXT, SERVER_CONTEXT, certificate_verify_content

E = ExtensionType
S = SignatureScheme
CLIENT_HELLO, END_OF_EARLY_DATA, CERTIFICATE, VERIFY, FINISHED = 1, 5, 11, 15, 20
VERSION = (Code.UNSUPPORTED_VERSION_PACKET, A.PROTOCOL_VERSION)
UNKNOWN = 0x2A2A


def hello(name, refusal, scene="tls13", nth=1, **changes):
    return Case(name, scene, SERVER, CLIENT_HELLO, fields(ClientHello, **changes), refusal, nth)


def offer(name, kind, content, refusal, scene="tls13", nth=1):
    return Case(name, scene, SERVER, CLIENT_HELLO, extension(ClientHello, kind, content), refusal, nth)


def shares(*entries):
    return ext.build_key_share_client(KeyShareEntry(*entry) for entry in entries)[1]


X_SHARE = (0x001D, b"\x09" + bytes(31))


@table(
    hello("no suite in common", NOTHING_IN_COMMON, cipher_suites=(0x1304, 0x00FF)),
    hello("suites of TLS 1.2 only", NOTHING_IN_COMMON, cipher_suites=(0xC02B, 0xC02F)),
    hello("compression too", ILLEGAL, compression_methods=(1, 0)),
    hello("compression only", ILLEGAL, compression_methods=(1,)),
    hello("no suites", DECODE, cipher_suites=()),
    hello("no compression methods", DECODE, compression_methods=()),
    hello("a session id of 33 bytes", DECODE, session_id=bytes(33)),
    hello(
        "a fallback without need",
        (Code.INAPPROPRIATE_FALLBACK, A.INAPPROPRIATE_FALLBACK),
        "tls12-for-a-modern-server",
        cipher_suites=(0xC02B, 0x5600),
        extensions=Extensions(),
    ),
    Case("cut", "tls13", SERVER, CLIENT_HELLO, shorter(), DECODE),
    Case("longer", "tls13", SERVER, CLIENT_HELLO, longer(), DECODE),
    Case("an extension twice", "tls13", SERVER, CLIENT_HELLO, doubled(ClientHello), ILLEGAL),
    Case("key_share twice", "tls13", SERVER, CLIENT_HELLO, doubled(ClientHello, E.KEY_SHARE), ILLEGAL),
    offer("no version in common", E.SUPPORTED_VERSIONS, b"\2\3\5", VERSION),
    offer("no versions", E.SUPPORTED_VERSIONS, b"\0", DECODE),
    offer("half a version", E.SUPPORTED_VERSIONS, b"\1\3", DECODE),
    offer("no supported_versions", E.SUPPORTED_VERSIONS, None, VERSION),
    offer("no signature_algorithms", E.SIGNATURE_ALGORITHMS, None, MISSING),
    offer("no supported_groups", E.SUPPORTED_GROUPS, None, MISSING),
    offer("no key_share", E.KEY_SHARE, None, MISSING),
    offer("no signature scheme in common", E.SIGNATURE_ALGORITHMS, b"\0\2\x08\x08", NOTHING_IN_COMMON),
    offer(
        "PKCS #1 only, for an RSA key",
        E.SIGNATURE_ALGORITHMS,
        b"\0\2\4\1",
        NOTHING_IN_COMMON,
        "tls13-with-rsa-key",
    ),
    offer(
        "P-384 only, for a P-256 key",
        E.SIGNATURE_ALGORITHMS,
        b"\0\2\5\3",
        NOTHING_IN_COMMON,
        "tls13-with-p256-key",
    ),
    offer("no group in common", E.SUPPORTED_GROUPS, b"\0\2\0\x1e", ILLEGAL),
    Case(
        "no group that we have, with its share",
        "tls13",
        SERVER,
        CLIENT_HELLO,
        both(
            extension(ClientHello, E.SUPPORTED_GROUPS, b"\0\2\0\x1e"),
            extension(ClientHello, E.KEY_SHARE, shares((0x001E, bytes(56)))),
        ),
        (Code.NO_COMMON_KEY_SHARE, A.HANDSHAKE_FAILURE),
    ),
    offer("no groups", E.SUPPORTED_GROUPS, b"\0\0", DECODE),
    offer("half a group", E.SUPPORTED_GROUPS, b"\0\3\0\x1d\0", DECODE),
    offer("a share of a group that is not listed", E.KEY_SHARE, shares((0x0019, b"x"), X_SHARE), ILLEGAL),
    offer("two shares of one group", E.KEY_SHARE, b"\0\x0a" + b"\0\x1d\0\1x" * 2, ILLEGAL),
    offer("a list longer than it says", E.KEY_SHARE, shares(X_SHARE) + b"\0", DECODE),
    offer("a list shorter than it says", E.KEY_SHARE, shares(X_SHARE)[:-1], DECODE),
    offer("a cookie, unasked", E.OID_FILTERS, b"\0\0", ILLEGAL),
    offer("early_data with content", E.EARLY_DATA, b"\0", DECODE),
    offer("post_handshake_auth with content", E.POST_HANDSHAKE_AUTH, b"\0", DECODE),
    offer("two names of one kind", E.SERVER_NAME, b"\0\x08\0\0\1a\0\0\1b", ILLEGAL),
    offer("an empty name", E.SERVER_NAME, b"\0\3\0\0\0", DECODE),
    offer("no names", E.SERVER_NAME, b"\0\0", DECODE),
    offer("a name that is not ASCII", E.SERVER_NAME, b"\0\5\0\0\2\xc3\xa4", ILLEGAL),
    offer("a name with a zero byte", E.SERVER_NAME, b"\0\6\0\0\3a\0b", ILLEGAL),
    offer(
        "no protocol in common",
        E.ALPN,
        b"\0\3\2h3",
        (Code.NO_APPLICATION_PROTOCOL, A.NO_APPLICATION_PROTOCOL),
        "tls13-compatible",
    ),
    offer("an empty protocol", E.ALPN, b"\0\1\0", DECODE, "tls13-compatible"),
    offer("no protocols", E.ALPN, b"\0\0", DECODE, "tls13-compatible"),
    offer("a record size limit of 63", E.RECORD_SIZE_LIMIT, b"\0\x3f", ILLEGAL, "tls13-small-records"),
    Case("of no bytes", "tls13", SERVER, CLIENT_HELLO, to(b""), DECODE),
)
def test_a_client_hello_that_no_client_sends(case):
    assert refused(case) == case.refusal


def test_what_nobody_knows_is_ignored():
    for change in (extension(ClientHello, UNKNOWN, b"x" * 500), fields(ClientHello, session_id=bytes(32))):
        stage, body = until("tls13", SERVER, CLIENT_HELLO)
        message = stage.pen.message(CLIENT_HELLO, change(stage, body))
        stage.pending.clear()

        assert verdict(stage, stage.pen.records(22, message)) == (None, None)
        assert stage.victim.session.path[-1] == "WAIT_FINISHED"


# Pre-shared keys.


def psks(change):
    """Change what is offered; the binders are not made again."""

    def changed(_stage, body):
        parsed = ClientHello.parse(body)
        offered = ext.parse_pre_shared_key_client(parsed.extensions.get(E.PRE_SHARED_KEY))
        encoded = ext.build_pre_shared_key_client(change(offered))[1]
        entries = dict(parsed.extensions) | {E.PRE_SHARED_KEY: encoded}
        return replace(parsed, extensions=Extensions(entries.items())).body()

    return changed


def binder(change):
    return psks(lambda offered: replace(offered, binders=tuple(map(change, offered.binders))))


def psk(name, change, refusal, scene="tls13-resumed", nth=1):
    return Case(name, scene, SERVER, CLIENT_HELLO, change, refusal, nth)


def flipped(place):
    return lambda data: data[:place] + bytes((data[place] ^ 0x80,)) + data[place + 1 :]


def without(kind):
    return extension(ClientHello, kind, None)


def in_front(_stage, body):
    """Put pre_shared_key before another extension."""
    parsed = ClientHello.parse(body)
    *others, last = parsed.extensions
    return replace(parsed, extensions=Extensions((last, *others))).body()


@table(
    *(
        psk(f"bit {place} of a binder", binder(flipped(place)), BAD_BINDER, scene)
        for place in (0, 15, 31)
        for scene in ("tls13-resumed", "tls13-psk", "tls13-early", "tls13-resumed-ke")
    ),
    psk("a binder of zeros", binder(lambda data: bytes(len(data))), BAD_BINDER),
    psk("a binder a byte too long", binder(lambda data: data + b"\0"), BAD_BINDER),
    psk("a binder of SHA-384's length", binder(lambda _data: bytes(48)), BAD_BINDER),
    psk("a binder a byte too short", binder(lambda data: data[:-1]), DECODE),
    psk("an empty binder", binder(lambda _data: b""), DECODE),
    psk("no binders", psks(lambda offered: OfferedPsks(offered.identities, ())), DECODE),
    psk("no identities", psks(lambda offered: OfferedPsks((), offered.binders)), DECODE),
    psk("two binders for one key", psks(lambda o: OfferedPsks(o.identities, o.binders * 2)), ILLEGAL),
    psk("two keys with one binder", psks(lambda o: OfferedPsks(o.identities * 2, o.binders)), ILLEGAL),
    psk(
        "an empty identity",
        psks(lambda o: replace(o, identities=(replace(o.identities[0], identity=b""),))),
        DECODE,
    ),
    psk("the hello changed behind the binder's back", fields(ClientHello, random=bytes(32)), BAD_BINDER),
    psk("no psk_key_exchange_modes", without(E.PSK_KEY_EXCHANGE_MODES), MISSING),
    psk("no modes", extension(ClientHello, E.PSK_KEY_EXCHANGE_MODES, b"\0"), DECODE),
    psk("a key_share without supported_groups", without(E.SUPPORTED_GROUPS), MISSING),
    psk("supported_groups without a key_share", without(E.KEY_SHARE), MISSING),
    psk("not the last extension", in_front, ILLEGAL),
    psk("a binder over the first hello alone", binder(flipped(3)), BAD_BINDER, "tls13-resumed-retry", 2),
    psk(
        "no key that is known, and no certificate",
        psks(lambda o: replace(o, identities=(replace(o.identities[0], identity=b"stranger"),))),
        (Code.INSUFFICIENT_CREDENTIALS, A.HANDSHAKE_FAILURE),
        "tls13-psk",
    ),
)
def test_pre_shared_keys_that_are_not_proved(case):
    assert refused(case) == case.refusal


def test_the_binders_that_the_rows_are_made_of_are_good():
    for scene in ("tls13-resumed", "tls13-psk"):
        assert refused(psk("good", binder(lambda data: data), BAD_BINDER, scene)) == (None, None)


# After HelloRetryRequest.


@table(
    hello("another random", ILLEGAL, "tls13-retry", 2, random=bytes(32)),
    hello("another session id", ILLEGAL, "tls13-retry", 2, session_id=bytes(32)),
    hello("fewer suites", ILLEGAL, "tls13-retry", 2, cipher_suites=(0x1301,)),
    hello("more suites", ILLEGAL, "tls13-retry", 2, cipher_suites=(0x1301, 0x1302, 0x1303, 0xC02B, 0x1304)),
    hello("another old version", ILLEGAL, "tls13-retry", 2, legacy_version=0x0302),
    hello("compression", ILLEGAL, "tls13-retry", 2, compression_methods=(0, 1)),
    offer("other groups", E.SUPPORTED_GROUPS, b"\0\2\0\x18", ILLEGAL, "tls13-retry", 2),
    offer("other versions", E.SUPPORTED_VERSIONS, b"\2\3\4", ILLEGAL, "tls13-retry", 2),
    offer("a new extension", UNKNOWN, b"", ILLEGAL, "tls13-retry", 2),
    offer("an extension less", E.SERVER_NAME, None, ILLEGAL, "tls13-retry", 2),
    offer("a cookie, unasked", E.COOKIE, b"\0\1x", ILLEGAL, "tls13-retry", 2),
    offer("early data", E.EARLY_DATA, b"", ILLEGAL, "tls13-retry", 2),
    offer("the same share again", E.KEY_SHARE, shares(X_SHARE), ILLEGAL, "tls13-retry", 2),
    offer("two shares", E.KEY_SHARE, shares(X_SHARE, (0x0018, b"x")), ILLEGAL, "tls13-retry", 2),
    offer("no share", E.KEY_SHARE, b"\0\0", ILLEGAL, "tls13-retry", 2),
    offer("no key_share", E.KEY_SHARE, None, MISSING, "tls13-retry", 2),
    offer(
        "a share that is no point",
        E.KEY_SHARE,
        shares((0x0018, b"\4" + bytes(96))),
        ILLEGAL,
        "tls13-retry",
        2,
    ),
    Case(
        "pre-shared keys for the first time",
        "tls13-retry",
        SERVER,
        CLIENT_HELLO,
        lambda _stage, body: _with_psk(body),
        ILLEGAL,
        2,
    ),
)
def test_a_second_hello_that_differs_where_it_must_not(case):
    assert refused(case) == case.refusal


def _with_psk(body):
    parsed = ClientHello.parse(body)
    entry = ext.build_pre_shared_key_client(OfferedPsks((ext.PskIdentity(b"new", 0),), (bytes(32),)))
    return replace(parsed, extensions=Extensions((*parsed.extensions, entry))).body()


# The client's flight.


def entries(*items):
    return fields(Certificate13, entries=tuple(CertificateEntry(*item) for item in items))


LEAF = certified_key().chain[0]
AUTH = "tls13-client-auth"
REQUIRED = (Code.CERTIFICATE_REQUIRED, A.CERTIFICATE_REQUIRED)


def signed(scheme, context=CLIENT_CONTEXT, tail=b""):
    def change(stage, _body):
        digest = stage.victim.session._memory.state.pending.transcript.digest()
        content = certificate_verify_content(context, digest) + tail
        return CertificateVerify(scheme, certified_key().sign(S.ED25519, content)).body()

    return change


@table(
    Case("no certificate", AUTH, SERVER, CERTIFICATE, entries(), REQUIRED),
    Case("garbage", AUTH, SERVER, CERTIFICATE, entries((b"x",)), BAD_CERTIFICATE),
    Case("a context", AUTH, SERVER, CERTIFICATE, fields(Certificate13, request_context=b"x"), ILLEGAL),
    Case(
        "a status, unasked",
        AUTH,
        SERVER,
        CERTIFICATE,
        entries((LEAF, Extensions.of(ext.build_stapled(b"x")))),
        (Code.RECEIVED_ILLEGAL_EXTENSION, A.UNSUPPORTED_EXTENSION),
    ),
    Case("the server's context", AUTH, SERVER, VERIFY, signed(S.ED25519, SERVER_CONTEXT), BAD_SIGNATURE),
    Case("another transcript", AUTH, SERVER, VERIFY, signed(S.ED25519, tail=b"x"), BAD_SIGNATURE),
    Case("no signature", AUTH, SERVER, VERIFY, fields(CertificateVerify, signature=b""), BAD_SIGNATURE),
    *(
        Case(f"{scheme.name} of an Ed25519 key", AUTH, SERVER, VERIFY, signed(scheme), ILLEGAL)
        for scheme in S
        if scheme is not S.ED25519
    ),
    *(
        Case(f"a Finished of {size} bytes", AUTH, SERVER, FINISHED, to(bytes(size)), DECODE)
        for size in (0, 12, 31, 33, 48)
    ),
    Case("a Finished of zeros", AUTH, SERVER, FINISHED, to(bytes(32)), BAD_FINISHED),
    Case(
        "a Finished a bit off",
        "tls13",
        SERVER,
        FINISHED,
        lambda _s, b: b[:-1] + bytes((b[-1] ^ 1,)),
        BAD_FINISHED,
    ),
    Case("EndOfEarlyData with content", "tls13-early", SERVER, END_OF_EARLY_DATA, to(b"\0"), DECODE),
)
def test_a_flight_of_the_client_that_is_wrong(case):
    assert refused(case) == case.refusal


# Later.


def connected(scene, victim, kind, body):
    """Say something behind the whole handshake."""
    stage, _ = until(scene, victim, FINISHED, 1)
    while stage.advance():
        pass
    assert stage.victim.session.is_complete
    return verdict(stage, stage.pen.records(22, stage.pen.message(kind, body)))


def test_what_has_no_place_in_a_session_of_tls13():
    server, client = Role.SERVER, Role.CLIENT
    for victim, kind, body, refusal in (
        (server, 24, b"\2", ILLEGAL),
        (client, 24, b"\2", ILLEGAL),
        (server, 24, b"\xff", ILLEGAL),
        (server, 24, b"", DECODE),
        (client, 24, b"\0\0", DECODE),
        (server, 4, bytes(20), OUT_OF_PLACE),
        (server, 1, bytes(100), OUT_OF_PLACE),
        (client, 0, b"", OUT_OF_PLACE),
        (client, 2, bytes(100), OUT_OF_PLACE),
        (client, 13, bytes(3), OUT_OF_PLACE),
        (server, 11, bytes(4), OUT_OF_PLACE),
        (server, 15, bytes(4), OUT_OF_PLACE),
        (server, 20, bytes(32), OUT_OF_PLACE),
        (client, 20, bytes(32), OUT_OF_PLACE),
        (server, 13, bytes(3), OUT_OF_PLACE),
        (client, 254, bytes(32), OUT_OF_PLACE),
    ):
        assert connected("tls13", victim, kind, body) == refusal, (victim, kind)


@table(
    Case(
        "another context",
        "tls13-proof",
        SERVER,
        CERTIFICATE,
        fields(Certificate13, request_context=b"x"),
        ILLEGAL,
    ),
    Case(
        "no context", "tls13-proof", SERVER, CERTIFICATE, fields(Certificate13, request_context=b""), ILLEGAL
    ),
    Case(
        "a wrong proof",
        "tls13-proof",
        SERVER,
        VERIFY,
        fields(CertificateVerify, signature=bytes(64)),
        BAD_SIGNATURE,
    ),
    Case("a Finished of zeros", "tls13-proof", SERVER, FINISHED, to(bytes(32)), BAD_FINISHED, 2),
    Case("a Finished of 12 bytes", "tls13-proof", SERVER, FINISHED, to(bytes(12)), DECODE, 2),
    Case("a request without algorithms", "tls13-proof", Role.CLIENT, 13, to(b"\1x\0\4\0\x2f\0\0"), MISSING),
)
def test_authentication_after_the_handshake_that_is_wrong(case):
    assert refused(case) == case.refusal
