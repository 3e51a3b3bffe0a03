"""Full handshakes of our client with our server: what is negotiated, and what the negotiation refuses."""

from dataclasses import replace

import pytest
from flow_certificates import HOST, certified_key, trust
from flow_support import TLS12, TLS13, client_config, of_version, pair, server_config

from impl import AlertDescription, CipherSuite, Code, NamedGroup, Received, Sent, SignatureScheme
from impl.codec import extensions as ext
from impl.codec.enums import ExtensionType
from impl.codec.extensions import Extensions
from impl.codec.hello import DOWNGRADE_TLS12, HELLO_RETRY_REQUEST_RANDOM, ServerHello
from impl.codec.messages import encode
from impl.config import CIPHER_SUITES
from impl.crypto.suites import SUITES, Authentication
from impl.negotiation import begin, on_server_hello
from impl.record.joiner import Message
from impl.step import Refusal

SUITE_CASES = [
    (kind, number)
    for number in CIPHER_SUITES
    for kind, authentication in (("ecdsa", Authentication.ECDSA), ("rsa", Authentication.RSA))
    if SUITES[number].authentication in (authentication, Authentication.ANY)
]


@pytest.mark.parametrize("kind, suite", SUITE_CASES, ids=lambda item: getattr(item, "name", item))
def test_every_suite_carries_data_with_every_key_that_fits_it(kind, suite):
    made = pair(client_config(cipher_suites=(suite,)), server_config(kind))

    assert made.handshake() == (Code.SUCCESS, Code.SUCCESS)
    assert made.client.parameters.cipher_suite is made.server.parameters.cipher_suite is suite
    assert made.client.parameters.version is SUITES[suite].version
    assert made.client.record_send(b"to the server") == Sent(13)
    assert made.server.record_recv() == Received(b"to the server")
    assert made.server.record_send(b"to the client") == Sent(13)
    assert made.client.record_recv() == Received(b"to the client")


@pytest.mark.parametrize("version", [TLS12, TLS13])
@pytest.mark.parametrize("kind", ["ecdsa", "ecdsa384", "ed25519", "rsa"])
def test_both_sides_agree_on_the_parameters(version, kind):
    made = of_version(version, kind)
    made.handshake()
    client, server = made.client.parameters, made.server.parameters

    assert client.peer_certificates == certified_key(kind).chain
    assert replace(client, peer_certificates=()) == server
    assert client.server_name == HOST
    assert client.extended_master_secret
    assert client.safe_renegotiation
    assert not client.resumed


@pytest.mark.parametrize("version", [TLS12, TLS13])
@pytest.mark.parametrize("group", [NamedGroup.X25519, NamedGroup.SECP256R1, NamedGroup.SECP384R1])
def test_every_group_works(version, group):
    made = pair(client_config(versions=(version,), groups=(group,)))

    assert made.handshake() == (Code.SUCCESS, Code.SUCCESS)
    assert made.client.parameters.group is made.server.parameters.group is group


def test_the_later_version_is_chosen_where_both_sides_have_it():
    made = pair()
    made.handshake()

    assert made.client.parameters.version is TLS13


@pytest.mark.parametrize("client, server", [((TLS12,), (TLS13, TLS12)), ((TLS13, TLS12), (TLS12,))])
def test_the_older_version_is_chosen_where_one_side_has_no_other(client, server):
    made = pair(client_config(versions=client), server_config(versions=server))

    assert made.handshake() == (Code.SUCCESS, Code.SUCCESS)
    assert made.client.parameters.version is TLS12


@pytest.mark.parametrize("client, server", [((TLS12,), (TLS13,)), ((TLS13,), (TLS12,))])
def test_without_a_common_version_the_server_refuses(client, server):
    made = pair(client_config(versions=client), server_config(versions=server))
    made.client.handshake()

    assert made.server.handshake() is Code.UNSUPPORTED_VERSION_PACKET
    assert made.server.alert_send_appropriate(Code.UNSUPPORTED_VERSION_PACKET) is Code.SUCCESS
    assert made.client.handshake() is Code.FATAL_ALERT_RECEIVED
    assert made.client.alert_get() == AlertDescription.PROTOCOL_VERSION


def test_alpn_follows_the_order_of_the_server():
    for version in (TLS12, TLS13):
        made = pair(
            client_config(versions=(version,), alpn=(b"http/1.1", b"h2")),
            server_config(alpn=(b"h2", b"http/1.1")),
        )
        made.handshake()

        assert made.client.parameters.alpn == made.server.parameters.alpn == b"h2"


def test_without_a_common_application_protocol_the_server_refuses():
    made = pair(client_config(alpn=(b"h3",)), server_config(alpn=(b"h2",)))
    made.client.handshake()

    assert made.server.handshake() is Code.NO_APPLICATION_PROTOCOL
    made.server.alert_send_appropriate(Code.NO_APPLICATION_PROTOCOL)
    assert made.client.handshake() is Code.FATAL_ALERT_RECEIVED
    assert made.client.alert_get() == AlertDescription.NO_APPLICATION_PROTOCOL


def test_the_server_shows_the_certificate_of_the_host_that_is_asked_for():
    other = certified_key("ed25519", "other.test")
    made = pair(
        client_config(server_name="other.test"),
        server_config(certified_keys=(certified_key("ecdsa"), other)),
    )
    made.handshake()

    assert made.client.parameters.peer_certificates == other.chain


@pytest.mark.parametrize("version", [TLS12, TLS13])
@pytest.mark.parametrize(
    "client, server, alert",
    [
        ({"server_name": "elsewhere.test"}, {}, AlertDescription.BAD_CERTIFICATE),
        ({"trust": trust("another authority")}, {}, AlertDescription.UNKNOWN_CA),
        (
            *({}, {"certified_keys": (certified_key("ecdsa", HOST, expired=True),)}),
            AlertDescription.CERTIFICATE_EXPIRED,
        ),
    ],
    ids=["wrong host", "unknown authority", "expired"],
)
def test_a_certificate_that_does_not_verify_is_refused(version, client, server, alert):
    made = pair(client_config(versions=(version,), **client), server_config(**server))

    assert made.handshake() == (Code.CERTIFICATE_VERIFICATION_ERROR, Code.AGAIN)
    assert made.client.alert_send_appropriate(Code.CERTIFICATE_VERIFICATION_ERROR) is Code.SUCCESS
    assert made.server.handshake() is Code.FATAL_ALERT_RECEIVED
    assert made.server.alert_get() == alert
    assert made.client.handshake() is Code.INVALID_SESSION


@pytest.mark.parametrize("version", [TLS12, TLS13])
def test_the_verify_callback_sees_the_chain_and_may_refuse_it(version):
    seen = []
    config = client_config(versions=(version,), verify_callback=lambda *given: bool(seen.append(given)))
    made = pair(config)

    assert made.handshake() == (Code.CERTIFICATE_ERROR, Code.AGAIN)
    assert [(len(chain), host) for chain, host in seen] == [(1, HOST)]
    assert made.client.handshake() is Code.INVALID_SESSION


def test_a_verify_callback_alone_may_accept_what_nobody_vouches_for():
    made = pair(client_config(trust=None, verify_callback=lambda _chain, _host: True))

    assert made.handshake() == (Code.SUCCESS, Code.SUCCESS)


@pytest.mark.parametrize(
    "client, code",
    [
        ({"cipher_suites": (CipherSuite.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,)}, Code.NO_CIPHER_SUITES),
        ({"signature_schemes": (SignatureScheme.RSA_PSS_RSAE_SHA256,)}, Code.NO_CIPHER_SUITES),
        ({"versions": (TLS12,), "groups": (NamedGroup.SECP384R1,)}, Code.NO_CIPHER_SUITES),
        ({"versions": (TLS13,), "groups": (NamedGroup.SECP384R1,)}, Code.NO_COMMON_KEY_SHARE),
    ],
)
def test_a_server_without_a_common_algorithm_refuses(client, code):
    made = pair(client_config(**client), server_config(groups=(NamedGroup.X25519,)))
    made.client.handshake()

    assert made.server.handshake() is code
    made.server.alert_send_appropriate(code)
    assert made.client.handshake() is Code.FATAL_ALERT_RECEIVED
    assert made.client.alert_get() == AlertDescription.HANDSHAKE_FAILURE


def answer(offer, **changes):
    """A ServerHello of TLS 1.3 that fits an offer, but for some changes."""
    share = offer.shares[NamedGroup.X25519]
    fields = {
        "random": bytes(32),
        "session_id": offer.hello.session_id,
        "cipher_suite": CipherSuite.TLS_AES_128_GCM_SHA256,
        "extensions": Extensions.of(
            ext.build_supported_versions_server(TLS13),
            ext.build_key_share_server(ext.KeyShareEntry(NamedGroup.X25519, share.public)),
        ),
        **changes,
    }
    raw = encode(ServerHello(**fields))
    return Message(raw[0], raw[4:], raw)


VERSION13 = ext.build_supported_versions_server(TLS13)
SHARE = ext.build_key_share_server(ext.KeyShareEntry(NamedGroup.X25519, bytes(range(32))))
TLS12_SUITE = CipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256

ILLEGAL, UNASKED = Code.RECEIVED_ILLEGAL_PARAMETER, Code.RECEIVED_ILLEGAL_EXTENSION
UNKNOWN_SUITE = Code.UNKNOWN_CIPHER_SUITE
VERSION, UNKNOWN, MISSING, UNSAFE = (
    Code.UNSUPPORTED_VERSION_PACKET,
    Code.UNKNOWN_CIPHER_SUITE,
    Code.MISSING_EXTENSION,
    Code.SAFE_RENEGOTIATION_FAILED,
)

# fmt: off
BAD_ANSWERS = [
    ("HelloRetryRequest",       {"random": HELLO_RETRY_REQUEST_RANDOM},                       ILLEGAL),
    ("session id not echoed",   {"session_id": b""},                                          ILLEGAL),
    ("suite of TLS 1.2",        {"cipher_suite": TLS12_SUITE},                                UNKNOWN_SUITE),
    ("unknown suite",           {"cipher_suite": 0x1399},                                     UNKNOWN_SUITE),
    ("no share",                {"extensions": Extensions.of(VERSION13)},                     MISSING),
    ("share of another group",  {"extensions": Extensions.of(
        VERSION13, ext.build_key_share_server(ext.KeyShareEntry(24, b"x")))},                 ILLEGAL),
    ("share that is zero",      {"extensions": Extensions.of(
        VERSION13, ext.build_key_share_server(ext.KeyShareEntry(29, bytes(32))))},            ILLEGAL),
    ("extension not asked for", {"extensions": Extensions.of(
        VERSION13, SHARE, (ExtensionType.COOKIE, b""))},                                      UNASKED),
    ("extension out of place",  {"extensions": Extensions.of(
        VERSION13, SHARE, ext.build_alpn((b"h2",)))},                                         ILLEGAL),
    ("version 1.2 by extension", {"extensions": Extensions.of(
        ext.build_supported_versions_server(TLS12))},                                         ILLEGAL),
    ("downgrade",               {"random": bytes(24) + DOWNGRADE_TLS12, "session_id": b"",
                                 "cipher_suite": TLS12_SUITE, "extensions": Extensions()},    ILLEGAL),
    ("TLS 1.1",                 {"legacy_version": 0x0302, "extensions": Extensions()},       VERSION),
    ("TLS 1.3 without extension", {"legacy_version": 0x0304, "extensions": Extensions()},     VERSION),
    ("resumption in TLS 1.2",   {"cipher_suite": TLS12_SUITE, "extensions": Extensions()},    ILLEGAL),
    ("suite of TLS 1.3 in 1.2", {"session_id": b"", "extensions": Extensions()},              UNKNOWN),
    ("renegotiation_info",      {"session_id": b"", "cipher_suite": TLS12_SUITE, "extensions": Extensions.of(
        ext.build_renegotiation_info(b"x"))},                                                 UNSAFE),
]
# fmt: on


@pytest.mark.parametrize(
    "changes, code", [row[1:] for row in BAD_ANSWERS], ids=[row[0] for row in BAD_ANSWERS]
)
def test_a_server_hello_that_does_not_fit_the_offer_is_refused(changes, code):
    config = client_config(alpn=(b"h2",))
    offer = begin(config).next

    with pytest.raises(Exception) as caught:
        on_server_hello(offer, answer(offer, **changes), config)

    found = caught.value.code if isinstance(caught.value, Refusal) else Code.RECEIVED_ILLEGAL_PARAMETER
    assert found is code


def test_a_server_that_speaks_tls13_marks_a_handshake_of_tls12():
    made = pair(client_config(versions=(TLS12,)))
    made.client.handshake()
    made.server.handshake()

    assert DOWNGRADE_TLS12 in bytes(made.server_wire.written)


def test_the_path_names_the_phases_of_the_rfc():
    made = pair()
    made.handshake()

    assert made.client.path == (
        *("START", "WAIT_SH", "WAIT_EE", "WAIT_CERT_CR", "WAIT_CV", "WAIT_FINISHED", "CONNECTED"),
    )
    assert made.server.path == ("START", "WAIT_FINISHED", "CONNECTED")


def test_the_key_log_has_the_lines_of_an_sslkeylogfile():
    lines = {"client": [], "server": []}
    for version, count in ((TLS12, 1), (TLS13, 4)):
        made = pair(
            client_config(versions=(version,), key_log=lines["client"].append),
            server_config(key_log=lines["server"].append),
        )
        made.handshake()

        assert sorted(lines["client"][-count:]) == sorted(lines["server"][-count:])
        assert all(len(line.split()) == 3 for line in lines["client"])
