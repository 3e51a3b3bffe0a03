"""HelloRetryRequest of TLS 1.3: what the second hellos may change, and what nobody may ask for."""

from dataclasses import replace

import pytest
from flow13_support import BOTH, made, talk, ticket
from flow_certificates import NOW
from flow_support import TLS13, client_config, handshake_record, pair

from impl import AlertDescription, CipherSuite, Code, NamedGroup, TicketKeys
from impl.codec import extensions as ext
from impl.codec.enums import ExtensionType
from impl.codec.extensions import Extensions, OfferedPsks, PskIdentity
from impl.codec.hello import HELLO_RETRY_REQUEST_RANDOM, ServerHello
from impl.codec.messages import encode
from impl.crypto.groups import generate

P384, P256, X25519 = NamedGroup.SECP384R1, NamedGroup.SECP256R1, NamedGroup.X25519
ILLEGAL = Code.RECEIVED_ILLEGAL_PARAMETER
SHARE_OF_P384, COOKIE = ext.build_key_share_retry(P384), ext.build_cookie(b"crumbs")
AES128, AES256 = CipherSuite.TLS_AES_128_GCM_SHA256, CipherSuite.TLS_AES_256_GCM_SHA384


def retry_request(hello, *extensions, suite=AES128, version=TLS13, session_id=None):
    """A HelloRetryRequest that answers a ClientHello."""
    chosen = None if version is None else ext.build_supported_versions_server(version)
    message = ServerHello(
        random=HELLO_RETRY_REQUEST_RANDOM,
        session_id=hello.session_id if session_id is None else session_id,
        cipher_suite=suite,
        extensions=Extensions.of(chosen, *extensions),
    )
    return handshake_record(encode(message))


def asked_again(*extensions, config=None, **kwargs):
    """A client that has got a HelloRetryRequest, and what its handshake returned."""
    both = pair(config or client_config())
    assert both.client.handshake() is Code.AGAIN
    both.client_wire.incoming += retry_request(both.client._memory.state.hello, *extensions, **kwargs)
    return both, both.client.handshake()


@pytest.mark.parametrize(
    "extensions, kwargs, code",
    [
        ((), {}, ILLEGAL),
        ((ext.build_key_share_retry(X25519),), {}, ILLEGAL),
        ((ext.build_key_share_retry(NamedGroup.SECP521R1),), {}, ILLEGAL),
        ((ext.build_key_share_retry(NamedGroup.X25519MLKEM768),), {}, ILLEGAL),
        ((SHARE_OF_P384,), {"suite": 0x1304}, Code.UNKNOWN_CIPHER_SUITE),
        ((SHARE_OF_P384,), {"suite": 0xC02B}, Code.UNKNOWN_CIPHER_SUITE),
        ((SHARE_OF_P384,), {"session_id": b"another"}, ILLEGAL),
        ((SHARE_OF_P384,), {"version": None}, ILLEGAL),
        ((SHARE_OF_P384, (ExtensionType.SERVER_NAME, b"")), {}, ILLEGAL),
        ((SHARE_OF_P384, (0x7777, b"")), {}, Code.RECEIVED_ILLEGAL_EXTENSION),
        (((ExtensionType.KEY_SHARE, b"\0"),), {}, Code.UNEXPECTED_PACKET_LENGTH),
        (((ExtensionType.COOKIE, b"\0\0"),), {}, Code.UNEXPECTED_PACKET_LENGTH),
    ],
    ids=[
        "nothing asked for",
        "group shared already",
        "group not offered",
        "hybrid not offered",
        "suite not offered",
        "suite of TLS 1.2",
        "another session id",
        "no version",
        "extension out of place",
        "extension not asked for",
        "short group",
        "empty cookie",
    ],
)
def test_a_retry_request_that_makes_no_sense_is_refused(extensions, kwargs, code):
    both, result = asked_again(*extensions, **kwargs)

    assert result is code
    assert both.client.handshake() is Code.INVALID_SESSION


def test_a_second_retry_request_is_refused():
    both, result = asked_again(SHARE_OF_P384)
    assert result is Code.AGAIN
    again = retry_request(both.client._memory.state.hello, ext.build_key_share_retry(P256))
    both.client_wire.incoming += again

    assert both.client.handshake() is Code.UNEXPECTED_HANDSHAKE_PACKET


@pytest.mark.parametrize("extensions", [(SHARE_OF_P384,), (COOKIE,), (SHARE_OF_P384, COOKIE)])
def test_the_second_hello_has_only_what_was_asked_for_changed(extensions):
    both = pair()
    both.client.handshake()
    first = both.client._memory.state.hello
    both.client_wire.incoming += retry_request(first, *extensions)
    assert both.client.handshake() is Code.AGAIN
    second = both.client._memory.state.hello

    assert replace(second, extensions=first.extensions) == first
    cookie = COOKIE in extensions
    assert second.extensions.types() == first.extensions.types() + (ExtensionType.COOKIE,) * cookie
    assert second.extensions.get(ExtensionType.COOKIE) == (COOKIE[1] if cookie else None)
    shares = ext.parse_key_share_client(second.extensions.get(ExtensionType.KEY_SHARE))
    assert [share.group for share in shares] == ([P384] if SHARE_OF_P384 in extensions else [X25519, P256])
    for kind, content in first.extensions:
        assert kind == ExtensionType.KEY_SHARE or second.extensions.get(kind) == content


def test_a_change_cipher_spec_comes_before_the_second_hello_and_not_again():
    both = made({}, {"groups": (P384,)})
    assert both.handshake() == BOTH
    kinds = []
    written = bytes(both.client_wire.written)
    while written:
        kinds.append(written[0])
        written = written[5 + int.from_bytes(written[3:5]) :]

    assert kinds == [22, 20, 22, 23]


def after_retry(**changes):
    """A client that was asked for another share, and the ServerHello that an honest server would send."""
    both, result = asked_again(SHARE_OF_P384)
    assert result is Code.AGAIN
    hello = both.client._memory.state.hello
    group = changes.pop("group", P384)
    extensions = Extensions.of(
        ext.build_supported_versions_server(TLS13),
        ext.build_key_share_server(ext.KeyShareEntry(group, generate(group).public)),
    )
    plain = ServerHello(bytes(32), hello.session_id, AES128, extensions)
    both.client_wire.incoming += handshake_record(encode(replace(plain, **changes)))
    return both.client


@pytest.mark.parametrize(
    "changes",
    [
        {"cipher_suite": AES256},
        {"group": X25519},
        {"extensions": Extensions(), "cipher_suite": 0xC02B},
    ],
    ids=["another suite", "another group", "TLS 1.2"],
)
def test_the_server_is_bound_by_its_retry_request(changes):
    client = after_retry(**changes)

    assert client.handshake() is ILLEGAL
    assert client.path[-1] == "WAIT_SH"


def test_after_an_honest_server_hello_the_client_goes_on():
    client = after_retry()

    assert client.handshake() is Code.AGAIN
    assert client.path[-1] == "WAIT_EE"


def second_hello(change, **server):
    """A server that has asked for another share and gets a second ClientHello that was tampered with."""
    both = made({}, {"groups": (P384,), **server})
    assert both.client.handshake() is Code.AGAIN
    assert both.server.handshake() is Code.AGAIN
    assert both.server.path[-1] == "WAIT_CH"
    assert both.client.handshake() is Code.AGAIN
    hello = change(both.client._memory.state.hello)
    both.server_wire.incoming[:] = handshake_record(encode(hello))
    return both.server


def with_extension(hello, kind, content):
    """The ClientHello with an extension in place of what it has."""
    others = [entry for entry in hello.extensions if entry[0] != kind]
    return replace(hello, extensions=Extensions.of(*others, None if content is None else (kind, content)))


def stranger(hello):
    """The ClientHello with a pre-shared key."""
    offered = OfferedPsks((PskIdentity(b"me", 0),), (bytes(32),))
    return with_extension(hello, *ext.build_pre_shared_key_client(offered))


SHARES = ExtensionType.KEY_SHARE
TWO_SHARES = ext.build_key_share_client([ext.KeyShareEntry(g, generate(g).public) for g in (P384, X25519)])
WRONG_SHARE = ext.build_key_share_client([ext.KeyShareEntry(X25519, generate(X25519).public)])


@pytest.mark.parametrize(
    "change, code",
    [
        (lambda hello: replace(hello, random=bytes(32)), ILLEGAL),
        (lambda hello: replace(hello, session_id=b""), ILLEGAL),
        (lambda hello: replace(hello, cipher_suites=hello.cipher_suites[:1]), ILLEGAL),
        (lambda hello: replace(hello, legacy_version=0x0302), ILLEGAL),
        (lambda hello: with_extension(hello, ExtensionType.ALPN, b"\0\3\2h2"), ILLEGAL),
        (lambda hello: with_extension(hello, ExtensionType.SERVER_NAME, None), ILLEGAL),
        (lambda hello: with_extension(hello, *ext.build_cookie(b"not yours")), ILLEGAL),
        (lambda hello: with_extension(hello, ExtensionType.EARLY_DATA, b""), ILLEGAL),
        (stranger, ILLEGAL),
        (lambda hello: with_extension(hello, SHARES, TWO_SHARES[1]), ILLEGAL),
        (lambda hello: with_extension(hello, SHARES, WRONG_SHARE[1]), ILLEGAL),
        (lambda hello: with_extension(hello, SHARES, b"\0\0"), ILLEGAL),
        (lambda hello: with_extension(hello, SHARES, None), Code.MISSING_EXTENSION),
    ],
    ids=[
        "random", "session id", "suites", "version", "new extension", "lost extension", "cookie",
        "early data", "new pre-shared key", "two shares", "wrong share", "no shares", "no key_share",
    ],
)  # fmt: skip
def test_a_second_hello_that_changes_anything_else_is_refused(change, code):
    server = second_hello(change)

    assert server.handshake() is code
    assert server.handshake() is Code.INVALID_SESSION


def test_a_second_hello_in_which_nothing_was_tampered_with_is_taken():
    server = second_hello(lambda hello: hello)

    assert server.handshake() is Code.AGAIN
    assert server.path[-1] == "WAIT_FINISHED"


def test_the_suite_of_the_retry_request_stays_even_if_a_ticket_has_expired_meanwhile():
    """The ticket made the server choose a suite that is not its favourite."""
    moment = [NOW]
    aged = {"tickets": TicketKeys(), "clock": lambda: moment[0]}
    saved = ticket({**aged, "cipher_suites": (AES256,)})
    both = made({"resume": saved}, {**aged, "groups": (P384,)})
    assert both.client.handshake() is Code.AGAIN
    assert both.server.handshake() is Code.AGAIN
    assert both.server._memory.state.suite.number is AES256
    moment[0] += 30_000

    assert both.handshake() == BOTH
    talk(both)
    assert both.client.parameters.cipher_suite is AES256
    assert not both.client.parameters.resumed


def test_the_group_that_a_client_likes_best_is_shared_at_once():
    hybrid = NamedGroup.X25519MLKEM768
    for favourite in (hybrid, P384):
        groups = {"groups": (favourite, X25519), "make_key_share": generate}
        both = made(groups, groups)

        assert both.handshake() == BOTH
        assert both.server.parameters.group is favourite
        assert "WAIT_CH" not in both.server.path


@pytest.mark.parametrize("cut", [1, 1184, 1215])
def test_a_hybrid_share_of_another_length_is_refused(cut):
    hybrid = NamedGroup.X25519MLKEM768
    both = made(
        {"groups": (hybrid,), "make_key_share": generate}, {"groups": (hybrid,), "make_key_share": generate}
    )
    both.client.handshake()
    hello = both.client._memory.state.hello
    share = ext.parse_key_share_client(hello.extensions.get(SHARES))[0].key_exchange
    shorter = ext.build_key_share_client([ext.KeyShareEntry(hybrid, share[:-cut])])
    both.server_wire.incoming[:] = handshake_record(encode(with_extension(hello, *shorter)))

    assert both.server.handshake() is ILLEGAL


def test_a_warning_while_the_second_hello_is_awaited_is_reported():
    both = made({}, {"groups": (P384,)})
    both.client.handshake()
    both.server.handshake()
    both.server_wire.incoming += bytes.fromhex("15 0303 0002 015a")

    assert both.server.handshake() is Code.WARNING_ALERT_RECEIVED
    assert both.server.alert_get() == AlertDescription.USER_CANCELED
    assert both.handshake() == BOTH


def test_the_retry_request_is_hashed_with_the_first_hello_as_one_message():
    """RFC 8446 section 4.4.1: both sides agree only if both do so."""
    both = made({}, {"groups": (P384,)})
    assert both.handshake() == BOTH
    client, server = both.client._memory.state, both.server._memory.state

    assert client.transcript.digest() == server.transcript.digest()
