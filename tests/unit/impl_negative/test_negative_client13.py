"""A TLS 1.3 client and a server that says one thing wrong: exact code, exact alert (RFC 8446 section 4)."""

from dataclasses import replace

import pytest
from negative import (
    BAD_FINISHED,
    BAD_SIGNATURE,
    CLIENT,
    DECODE,
    ILLEGAL,
    MISSING,
    OUT_OF_PLACE,
    UNASKED,
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

from impl import CipherSuite, Code, SignatureScheme
from impl.codec import extensions as ext
from impl.codec.certificate import CertificateRequest13
from impl.codec.encrypted_extensions import EncryptedExtensions
from impl.codec.enums import ExtensionType
from impl.codec.extensions import Extensions
from impl.codec.hello import HELLO_RETRY_REQUEST_RANDOM, ServerHello
from impl.codec.post_handshake import NewSessionTicket13

E = ExtensionType
S = SignatureScheme
SERVER_HELLO, TICKET, ENCRYPTED, CERTIFICATE, REQUEST, VERIFY, FINISHED = 2, 4, 8, 11, 13, 15, 20
VERSION = (Code.UNSUPPORTED_VERSION_PACKET, A.PROTOCOL_VERSION)
WRONG_SUITE = (Code.UNKNOWN_CIPHER_SUITE, A.ILLEGAL_PARAMETER)
UNKNOWN = 0x2A2A
NONE = Extensions()


def hello(name, refusal, scene="tls13", nth=1, **changes):
    return Case(name, scene, CLIENT, SERVER_HELLO, fields(ServerHello, **changes), refusal, nth)


def answer(name, kind, content, refusal, scene="tls13", nth=1):
    return Case(name, scene, CLIENT, SERVER_HELLO, extension(ServerHello, kind, content), refusal, nth)


def tail(random_tail):
    """Let the server's random end so."""
    return lambda _stage, body: body[: 34 - len(random_tail)] + random_tail + body[34:]


def retry_again(_stage, body):
    """Turn a ServerHello into another HelloRetryRequest for a group without a share."""
    entries = (ext.build_supported_versions_server(0x0304), ext.build_key_share_retry(0x0017))
    return replace(
        ServerHello.parse(body), random=HELLO_RETRY_REQUEST_RANDOM, extensions=Extensions(entries)
    ).body()


@table(
    hello("session id of another length", ILLEGAL, session_id=b"x"),
    hello("session id not echoed", ILLEGAL, scene="tls13-compatible", session_id=b""),
    hello("session id changed", ILLEGAL, scene="tls13-compatible", session_id=bytes(32)),
    hello("a suite of TLS 1.2", WRONG_SUITE, cipher_suite=0xC02B),
    hello("a suite that was not offered", WRONG_SUITE, cipher_suite=0x1304),
    hello("a suite of no protocol", WRONG_SUITE, cipher_suite=0x0000),
    hello("the signalling value as suite", WRONG_SUITE, cipher_suite=0x00FF),
    hello("no extensions", VERSION, extensions=Extensions()),
    Case("compression", "tls13", CLIENT, SERVER_HELLO, lambda _s, b: b[:69] + b"\1" + b[70:], ILLEGAL),
    Case("cut", "tls13", CLIENT, SERVER_HELLO, shorter(), DECODE),
    Case("longer", "tls13", CLIENT, SERVER_HELLO, longer(), DECODE),
    Case("an extension twice", "tls13", CLIENT, SERVER_HELLO, doubled(ServerHello), ILLEGAL),
    Case("key_share twice", "tls13", CLIENT, SERVER_HELLO, doubled(ServerHello, E.KEY_SHARE), ILLEGAL),
    answer("TLS 1.2 in supported_versions", E.SUPPORTED_VERSIONS, b"\3\3", ILLEGAL, "tls13-compatible"),
    answer("a later version", E.SUPPORTED_VERSIONS, b"\3\5", ILLEGAL),
    answer("a list of versions", E.SUPPORTED_VERSIONS, b"\2\3\4", DECODE),
    answer("no version", E.SUPPORTED_VERSIONS, b"", DECODE),
    answer("no supported_versions", E.SUPPORTED_VERSIONS, None, VERSION),
    answer("no key_share", E.KEY_SHARE, None, MISSING),
    answer("an extension that nobody knows", UNKNOWN, b"", UNASKED),
    answer("a cookie", E.COOKIE, b"\0\1x", UNASKED),
    answer("server_name, which belongs elsewhere", E.SERVER_NAME, b"", ILLEGAL),
    answer("supported_groups, which belong elsewhere", E.SUPPORTED_GROUPS, b"\0\2\0\x1d", ILLEGAL),
    answer("signature_algorithms, which answer nothing", E.SIGNATURE_ALGORITHMS, b"\0\2\4\3", ILLEGAL),
    answer("early_data, unasked", E.EARLY_DATA, b"", UNASKED),
    answer("pre_shared_key, unasked", E.PRE_SHARED_KEY, b"\0\0", UNASKED),
    answer("a pre-shared key that was not offered", E.PRE_SHARED_KEY, b"\0\1", ILLEGAL, "tls13-resumed"),
    answer("the last number of a pre-shared key", E.PRE_SHARED_KEY, b"\xff\xff", ILLEGAL, "tls13-psk"),
    answer("no number of a pre-shared key", E.PRE_SHARED_KEY, b"\0", DECODE, "tls13-psk"),
    answer(
        "a share with a key that goes without",
        E.KEY_SHARE,
        b"\0\x1d\0\x20" + b"\x09" * 32,
        ILLEGAL,
        "tls13-resumed-ke",
    ),
    answer("no share with a key that goes with one", E.KEY_SHARE, None, ILLEGAL, "tls13-resumed"),
    hello("a key for another hash", ILLEGAL, scene="tls13-resumed", cipher_suite=0x1302),
)
def test_a_server_hello_that_does_not_fit_the_offer(case):
    assert refused(case) == case.refusal


@table(
    *(
        Case(f"DOWNGRD {end}", scene, CLIENT, SERVER_HELLO, tail(b"DOWNGRD" + bytes((end,))), ILLEGAL)
        for end in (0, 1)
        for scene in ("tls12-downgrade",)
    ),
    hello("TLS 1.1", VERSION, "tls12-downgrade", legacy_version=0x0302),
    hello("SSL 3", VERSION, "tls12-downgrade", legacy_version=0x0300),
    hello("TLS 1.3 in the old field", VERSION, "tls12-downgrade", legacy_version=0x0304),
    hello("DTLS", VERSION, "tls12-downgrade", legacy_version=0xFEFD),
    hello("TLS 1.2 where it is not enabled", VERSION, "tls13", extensions=Extensions()),
    hello("TLS 1.2 after early data", VERSION, "tls13-early-or-older", session_id=b"", extensions=NONE),
    hello(
        "TLS 1.2 after it was asked for another hello",
        ILLEGAL,
        "tls13-retry",
        2,
        session_id=b"",
        extensions=NONE,
    ),
    hello("a HelloRetryRequest of TLS 1.2", ILLEGAL, "tls12-downgrade", random=HELLO_RETRY_REQUEST_RANDOM),
    answer("TLS 1.2 after a HelloRetryRequest", E.SUPPORTED_VERSIONS, None, ILLEGAL, "tls13-retry", 2),
)
def test_a_version_that_the_server_cannot_mean(case):
    assert refused(case) == case.refusal


def test_the_sentinel_means_nothing_to_a_client_that_has_no_later_version():
    for end in (b"DOWNGRD\0", b"DOWNGRD\1"):
        case = Case("sentinel", "tls12", CLIENT, SERVER_HELLO, tail(end), ILLEGAL)
        # The signature covers the random, so that it is refused for that, and later.
        assert refused(case) == BAD_SIGNATURE


@table(
    Case("a second one", "tls13-retry", CLIENT, SERVER_HELLO, retry_again, OUT_OF_PLACE, 2),
    answer("a group with a share", E.KEY_SHARE, b"\0\x1d", ILLEGAL, "tls13-retry"),
    answer("a group that was not offered", E.KEY_SHARE, b"\0\x1e", ILLEGAL, "tls13-retry"),
    answer("a whole share", E.KEY_SHARE, b"\0\x18\0\1x", DECODE, "tls13-retry"),
    answer("nothing to change", E.KEY_SHARE, None, ILLEGAL, "tls13-retry"),
    answer("an empty cookie", E.COOKIE, b"\0\0", DECODE, "tls13-retry"),
    answer("a cookie longer than its length", E.COOKIE, b"\0\1xx", DECODE, "tls13-retry"),
    answer("a cookie that fits into no hello", E.COOKIE, b"\xff\xe0" + bytes(0xFFE0), ILLEGAL, "tls13-retry"),
    answer("an extension that nobody knows", UNKNOWN, b"", UNASKED, "tls13-retry"),
    answer("pre_shared_key", E.PRE_SHARED_KEY, b"\0\0", ILLEGAL, "tls13-resumed-retry"),
    answer("ALPN", E.ALPN, b"\0\3\2h2", UNASKED, "tls13-retry"),
    hello("a suite that was not offered", WRONG_SUITE, "tls13-retry", cipher_suite=0x1304),
    hello("session id not echoed", ILLEGAL, "tls13-retry", session_id=b""),
    hello(
        "another suite behind it", ILLEGAL, "tls13-retry", 2, cipher_suite=CipherSuite.TLS_AES_256_GCM_SHA384
    ),
    hello("another suite of the same hash behind it", ILLEGAL, "tls13-retry", 2, cipher_suite=0x1303),
    hello("a suite of no protocol behind it", WRONG_SUITE, "tls13-retry", 2, cipher_suite=0x00FF),
)
def test_a_hello_retry_request_that_makes_no_sense(case):
    assert refused(case) == case.refusal


def encrypted(name, kind, content, refusal, scene="tls13"):
    change = extension(EncryptedExtensions, kind, content)
    return Case(name, scene, CLIENT, ENCRYPTED, change, refusal)


@table(
    encrypted("an extension that nobody knows", UNKNOWN, b"", UNASKED),
    encrypted("ALPN, unasked", E.ALPN, b"\0\3\2h2", UNASKED),
    encrypted("a protocol that was not offered", E.ALPN, b"\0\3\2h3", ILLEGAL, "tls13-compatible"),
    encrypted("two protocols", E.ALPN, b"\0\6\2h2\2h2", DECODE, "tls13-compatible"),
    encrypted("no protocol", E.ALPN, b"\0\0", DECODE, "tls13-compatible"),
    encrypted("an empty protocol", E.ALPN, b"\0\1\0", DECODE, "tls13-compatible"),
    encrypted("server_name with a name", E.SERVER_NAME, b"\0", DECODE),
    encrypted("key_share, which belongs elsewhere", E.KEY_SHARE, b"\0\x1d\0\1x", ILLEGAL),
    encrypted("supported_versions, which belong elsewhere", E.SUPPORTED_VERSIONS, b"\3\4", ILLEGAL),
    encrypted("signature_algorithms, which answer nothing", E.SIGNATURE_ALGORITHMS, b"\0\2\4\3", ILLEGAL),
    encrypted("psk_key_exchange_modes, which answer nothing", E.PSK_KEY_EXCHANGE_MODES, b"\1\1", ILLEGAL),
    encrypted(
        "extended_master_secret, of TLS 1.2", E.EXTENDED_MASTER_SECRET, b"", ILLEGAL, "tls13-compatible"
    ),
    encrypted("renegotiation_info, of TLS 1.2", E.RENEGOTIATION_INFO, b"\0", ILLEGAL, "tls13-compatible"),
    encrypted("early_data, unasked", E.EARLY_DATA, b"", UNASKED, "tls13-resumed"),
    encrypted("early_data with content", E.EARLY_DATA, b"\0\0\0\0", DECODE, "tls13-early"),
    encrypted("early_data without the protocol that it was for", E.ALPN, None, ILLEGAL, "tls13-early-alpn"),
    encrypted("a record size limit of 63", E.RECORD_SIZE_LIMIT, b"\0\x3f", ILLEGAL, "tls13-small-records"),
    encrypted("a record size limit of 0", E.RECORD_SIZE_LIMIT, b"\0\0", ILLEGAL, "tls13-small-records"),
    encrypted("a record size limit of a byte", E.RECORD_SIZE_LIMIT, b"\x40", DECODE, "tls13-small-records"),
    Case("twice the same", "tls13-compatible", CLIENT, ENCRYPTED, doubled(EncryptedExtensions), ILLEGAL),
    Case("cut", "tls13", CLIENT, ENCRYPTED, shorter(), DECODE),
    Case("longer", "tls13", CLIENT, ENCRYPTED, longer(), DECODE),
    Case("of no bytes", "tls13", CLIENT, ENCRYPTED, to(b""), DECODE),
)
def test_encrypted_extensions_that_answer_no_question(case):
    assert refused(case) == case.refusal


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(fields(ServerHello, cipher_suite=0x1303), id="another suite of the same hash"),
        pytest.param(extension(ServerHello, E.PRE_SHARED_KEY, None), id="no pre-shared key"),
    ],
)
def test_early_data_accepted_under_what_it_was_not_sent_with(change):
    stage, body = until("tls13-early", CLIENT, SERVER_HELLO)
    stage.pending.clear()
    hello = stage.pen.message(SERVER_HELLO, change(stage, body))
    assert verdict(stage, stage.pen.records(22, hello)) == (None, None)
    answer = EncryptedExtensions(Extensions.of((E.EARLY_DATA, b""))).body()

    assert verdict(stage, stage.pen.records(22, stage.pen.message(ENCRYPTED, answer))) == ILLEGAL


def requested(name, kind, content, refusal):
    change = extension(CertificateRequest13, kind, content)
    return Case(name, "tls13-client-auth", CLIENT, REQUEST, change, refusal)


@table(
    requested("no signature_algorithms", E.SIGNATURE_ALGORITHMS, None, MISSING),
    requested("no signature algorithm", E.SIGNATURE_ALGORITHMS, b"\0\0", DECODE),
    requested("half a signature algorithm", E.SIGNATURE_ALGORITHMS, b"\0\3\4\3\4", DECODE),
    requested("an empty authority", E.CERTIFICATE_AUTHORITIES, b"\0\2\0\0", DECODE),
    requested("server_name, which belongs elsewhere", E.SERVER_NAME, b"", ILLEGAL),
    requested("key_share, which belongs elsewhere", E.KEY_SHARE, b"\0\x1d", ILLEGAL),
    Case(
        "a context",
        "tls13-client-auth",
        CLIENT,
        REQUEST,
        fields(CertificateRequest13, request_context=b"x"),
        ILLEGAL,
    ),
    Case("twice the same", "tls13-client-auth", CLIENT, REQUEST, doubled(CertificateRequest13), ILLEGAL),
    Case("no extensions", "tls13-client-auth", CLIENT, REQUEST, to(b"\0\0\0"), DECODE),
    Case("longer", "tls13-client-auth", CLIENT, REQUEST, longer(), DECODE),
)
def test_a_certificate_request_that_asks_for_nothing_sensible(case):
    assert refused(case) == case.refusal


@table(
    *(
        Case(f"of {size} bytes", "tls13", CLIENT, FINISHED, to(bytes(size)), DECODE)
        for size in (0, 1, 12, 31, 33, 48, 64)
    ),
    Case("of zeros", "tls13", CLIENT, FINISHED, to(bytes(32)), BAD_FINISHED),
    Case("a bit off", "tls13", CLIENT, FINISHED, lambda _s, b: b[:-1] + bytes((b[-1] ^ 1,)), BAD_FINISHED),
    Case(
        "with the first bytes right",
        "tls13",
        CLIENT,
        FINISHED,
        lambda _s, b: b[:16] + bytes(16),
        BAD_FINISHED,
    ),
    Case(
        "of a resumption, a bit off",
        "tls13-resumed",
        CLIENT,
        FINISHED,
        lambda _s, b: bytes((b[0] ^ 1,)) + b[1:],
        BAD_FINISHED,
    ),
)
def test_a_finished_that_does_not_fit(case):
    assert refused(case) == case.refusal


def ticket(name, change, refusal):
    return Case(name, "tls13-tickets", CLIENT, TICKET, change, refusal)


@table(
    ticket("no ticket", fields(NewSessionTicket13, ticket=b""), DECODE),
    ticket("longer", longer(), DECODE),
    ticket("cut", shorter(), DECODE),
    ticket("early_data of no size", extension(NewSessionTicket13, E.EARLY_DATA, b""), DECODE),
    ticket("key_share, which belongs elsewhere", extension(NewSessionTicket13, E.KEY_SHARE, b""), ILLEGAL),
)
def test_a_ticket_that_is_none(case):
    assert refused(case) == case.refusal


def test_a_ticket_with_what_nobody_knows_is_kept():
    change = extension(NewSessionTicket13, UNKNOWN, b"anything")

    assert refused(ticket("unknown", change, ILLEGAL)) == (None, None)


def test_the_rows_play_in_the_phase_that_they_are_about():
    assert until("tls13-retry", CLIENT, SERVER_HELLO, 2)[0].victim.session.path[-1] == "WAIT_SH"
