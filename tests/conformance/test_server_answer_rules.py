"""What a server may answer (RFC 8446 sections 4.1.3, 4.1.4 and 4.2, RFC 5246 sections 7.4.1.3, 7.4.1.4)."""

from dataclasses import replace

import pytest
from conform_support import (
    BOTH,
    alert_of,
    answers_of,
    client,
    hello_of,
    server,
    tampered,
    told,
    with_extension,
)
from flow13_support import DHE_KE, KE, PSK, made, talk, ticket
from flow_certificates import trust
from flow_support import TLS12, TLS13, pair, say

from impl import AlertDescription, CipherSuite, ClientAuth, Code, NamedGroup, TicketKeys
from impl.codec import extensions as ext
from impl.codec.encrypted_extensions import EncryptedExtensions
from impl.codec.enums import ExtensionType
from impl.codec.extensions import Extensions
from impl.codec.hello import ServerHello
from impl.codec.messages import encode
from impl.record.joiner import Message
from impl.step import Refusal, Send
from impl.tls13.client import on_encrypted_extensions

E = ExtensionType
OLD, NEW = {"versions": (TLS12,)}, {"versions": (TLS13,)}
ILLEGAL = Code.RECEIVED_ILLEGAL_PARAMETER


def answer(hello, **settings):
    """The ServerHello that a ClientHello gets."""
    both, code = told(hello, server(**settings))
    assert code is Code.AGAIN
    return answers_of(both)[0]


def test_a_tls13_server_hello_has_the_extensions_of_the_key_exchange_and_no_others():
    reply = answer(hello_of(client(alpn=(b"h2",), request_status=True)), alpn=(b"h2",))

    assert reply.legacy_version == TLS12
    assert set(reply.extensions.types()) == {E.SUPPORTED_VERSIONS, E.KEY_SHARE}
    assert ext.parse_supported_versions_server(reply.extensions.get(E.SUPPORTED_VERSIONS)) == TLS13


def test_a_resumed_tls13_server_hello_names_the_key_as_well():
    keys = TicketKeys()
    both = made({"resume": ticket({"tickets": keys})}, {"tickets": keys})
    assert both.handshake() == BOTH

    assert set(answers_of(both)[0].extensions.types()) == {
        E.SUPPORTED_VERSIONS,
        E.KEY_SHARE,
        E.PRE_SHARED_KEY,
    }


def test_the_servers_share_is_of_a_group_that_the_client_shared_and_absent_where_the_key_is_all():
    hello = hello_of(client(**NEW))
    shared = {s.group for s in ext.parse_key_share_client(hello.extensions.get(E.KEY_SHARE))}
    assert ext.parse_key_share_server(answer(hello).extensions.get(E.KEY_SHARE)).group in shared

    lookup = {"psk_lookup": {PSK.identity: PSK.key}.get}
    alone = answer(hello_of(client(**NEW, psk=PSK, psk_modes=(KE,))), psk_modes=(KE,), **lookup)
    assert E.KEY_SHARE not in alone.extensions
    assert E.PRE_SHARED_KEY in alone.extensions
    together = answer(hello_of(client(**NEW, psk=PSK, psk_modes=(DHE_KE,))), **lookup)
    assert {E.KEY_SHARE, E.PRE_SHARED_KEY} <= set(together.extensions.types())


def test_a_tls12_server_hello_says_its_version_itself_and_answers_only_what_was_asked():
    full = hello_of(client(alpn=(b"h2",), request_status=True))
    old = with_extension(full, *ext.build_supported_versions_client((TLS12,)))
    for hello in (old, replace(old, extensions=Extensions.of(*tuple(old.extensions)[:3]))):
        reply = answer(hello, alpn=(b"h2",), tickets=TicketKeys())
        assert reply.legacy_version == TLS12
        assert set(reply.extensions.types()) <= set(hello.extensions.types())
        assert not {E.SUPPORTED_VERSIONS, E.SIGNATURE_ALGORITHMS} & {*reply.extensions.types()}


def test_a_retry_request_has_version_and_group_and_the_suite_of_the_server_hello_that_follows():
    both = made({}, {"groups": (NamedGroup.SECP384R1,)})
    assert both.handshake() == BOTH
    request, reply = answers_of(both)

    assert request.is_hello_retry_request
    assert set(request.extensions.types()) == {E.SUPPORTED_VERSIONS, E.KEY_SHARE}
    assert request.legacy_version == reply.legacy_version == TLS12
    assert request.cipher_suite == reply.cipher_suite
    assert ext.parse_key_share_server(reply.extensions.get(E.KEY_SHARE)).group == NamedGroup.SECP384R1


def test_a_psk_in_a_mode_that_the_client_did_not_list_is_not_taken():
    lookup = {"psk_lookup": {PSK.identity: PSK.key}.get}
    both = made({"psk": PSK, "psk_modes": (KE,)}, {"psk_modes": (DHE_KE,), **lookup})

    assert both.handshake() == BOTH
    assert both.client.parameters.psk_identity is None
    talk(both)


def test_a_server_that_has_authenticated_with_a_pre_shared_key_asks_for_no_certificate():
    lookup = {"psk_lookup": {PSK.identity: PSK.key}.get}
    asks = {"client_auth": ClientAuth.REQUEST, "trust": trust()}
    both = made({"psk": PSK}, {**lookup, **asks})
    assert both.handshake() == BOTH
    assert "WAIT_CERT" not in both.server.path

    plain = made({}, asks)
    assert plain.handshake() == BOTH
    assert "WAIT_CERT" in plain.server.path


def test_a_key_that_fits_a_later_suite_makes_the_server_choose_that_suite():
    aes256, aes128 = CipherSuite.TLS_AES_256_GCM_SHA384, CipherSuite.TLS_AES_128_GCM_SHA256
    suites = {"cipher_suites": (aes256, aes128)}
    without = made({}, suites)
    assert without.handshake() == BOTH
    assert without.client.parameters.cipher_suite is aes256

    both = made({"psk": PSK}, {**suites, "psk_lookup": {PSK.identity: PSK.key}.get})
    assert both.handshake() == BOTH
    assert both.client.parameters.psk_identity == PSK.identity
    assert both.client.parameters.cipher_suite is aes128


@pytest.mark.parametrize(
    "kind, content",
    [
        (E.SIGNATURE_ALGORITHMS, ext.build_signature_algorithms((0x0807,))[1]),
        (E.SUPPORTED_VERSIONS, b"\x03\x03"),
    ],
    ids=["signature_algorithms", "supported_versions of TLS 1.2"],
)
def test_a_tls12_server_hello_with_an_extension_of_another_place_is_refused(kind, content):
    both = pair(client(), server(**OLD))

    code = tampered(both, lambda hello: with_extension(hello, kind, content))

    assert code is ILLEGAL


@pytest.mark.parametrize("kind", [E.POST_HANDSHAKE_AUTH, E.PSK_KEY_EXCHANGE_MODES, E.SIGNATURE_ALGORITHMS])
def test_encrypted_extensions_with_an_extension_of_another_place_are_refused(kind):
    found = refused_extensions((kind, b""), post_handshake_auth=True)

    assert found.code is ILLEGAL


def refused_extensions(*entries, **settings):
    """What a client says to EncryptedExtensions; None if it takes them."""
    both = made(settings)
    both.client.handshake()
    both.server.handshake()
    incoming = both.client_wire.incoming
    del incoming[5 + int.from_bytes(incoming[3:5]) :]
    assert both.client.handshake() is Code.AGAIN
    raw = encode(EncryptedExtensions(Extensions.of(*entries)))
    memory = both.client._memory
    try:
        on_encrypted_extensions(memory.state, Message(raw[0], raw[4:], raw), memory.config)
    except Refusal as refusal:
        return refusal
    return None


@pytest.mark.parametrize("legacy", [0x0301, 0x0302, 0x0304])
def test_the_version_field_of_a_tls13_server_hello_does_not_matter_but_that_of_a_retry_request_does(legacy):
    both = made()
    assert tampered(both, lambda hello: replace(hello, legacy_version=legacy)) is Code.DECRYPTION_FAILED
    assert both.client.path[-1] == "WAIT_EE"

    asked = made({}, {"groups": (NamedGroup.SECP384R1,)})
    assert tampered(asked, lambda hello: replace(hello, legacy_version=legacy)) is ILLEGAL


def test_the_groups_that_a_server_tells_of_change_nothing():
    assert refused_extensions(ext.build_supported_groups((NamedGroup.SECP521R1,))) is None


def renegotiating(listed):
    """A pair whose server, at the end of a TLS 1.2 handshake, gets a ClientHello with a list of versions."""
    both = pair(client(**OLD), server())
    assert both.handshake() == BOTH
    bound = with_extension(
        hello_of(client()), *ext.build_renegotiation_info(both.client._memory.state.client_verify)
    )
    say(both.client, Send((encode(with_extension(bound, *ext.build_supported_versions_client(listed))),)))
    return both


def test_in_a_renegotiation_of_tls12_the_server_keeps_the_version():
    both = renegotiating((TLS13, TLS12))

    assert both.server.handshake() is Code.AGAIN
    assert both.server._memory.version is TLS12
    assert both.server.path[-1] == "WAIT_CKE"


def test_a_renegotiation_of_tls12_that_offers_tls13_only_is_refused():
    both = renegotiating((TLS13,))

    assert both.server.handshake() is Code.UNSUPPORTED_VERSION_PACKET
    assert alert_of(both.server) is AlertDescription.PROTOCOL_VERSION


def test_in_a_renegotiation_of_tls12_the_client_takes_no_server_hello_of_tls13():
    both = pair(client(), server(**OLD))
    assert both.handshake() == BOTH
    assert both.client.handshake() is Code.AGAIN
    share = ext.build_key_share_server(ext.KeyShareEntry(NamedGroup.X25519, bytes(range(32))))
    extensions = Extensions.of(ext.build_supported_versions_server(TLS13), share)
    say(both.server, Send((encode(ServerHello(bytes(32), b"", 0x1301, extensions)),)))

    assert both.client.handshake() is Code.UNSUPPORTED_VERSION_PACKET
    assert alert_of(both.client) is AlertDescription.PROTOCOL_VERSION


def test_a_choice_of_a_suite_that_was_not_offered_is_an_illegal_parameter():
    both = made({"cipher_suites": (CipherSuite.TLS_AES_128_GCM_SHA256,)})
    other = CipherSuite.TLS_AES_256_GCM_SHA384

    assert tampered(both, lambda hello: replace(hello, cipher_suite=other)) is Code.UNKNOWN_CIPHER_SUITE
    assert alert_of(both.client) is AlertDescription.ILLEGAL_PARAMETER
