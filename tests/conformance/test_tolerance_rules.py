"""What nobody knows must be ignored, and what was allowed before must still be (RFC 8446 4.1.2, 5246 7.4)."""

from dataclasses import replace

import pytest
from conform_support import BOTH, alert_of, answers_of, client, hello_of, server, told, with_extension
from flow13_support import made, talk
from flow_certificates import certified_key, trust
from flow_support import TLS12, TLS13, established, handshake_record, pair, say

from impl import AlertDescription, CipherSuite, ClientAuth, Code, Renegotiation, SignatureScheme
from impl.codec import extensions as ext
from impl.codec.certificate import CertificateRequest13
from impl.codec.enums import ExtensionType
from impl.codec.extensions import Extensions
from impl.codec.messages import encode
from impl.codec.post_handshake import NewSessionTicket13
from impl.step import Send
from impl.tls13.authentication import read_request

E = ExtensionType
OLD, NEW = {"versions": (TLS12,)}, {"versions": (TLS13,)}
UNKNOWN = 0x7A7A
STATUS_REQUEST_V2 = 17


def strange(hello):
    """A ClientHello with a value that nobody knows in every list."""
    suites = (UNKNOWN, *hello.cipher_suites, 0xFEFE)
    extensions = []
    for kind, content in hello.extensions:
        if kind == E.SUPPORTED_GROUPS:
            content = ext.build_supported_groups((UNKNOWN, *ext.parse_supported_groups(content)))[1]
        elif kind == E.SIGNATURE_ALGORITHMS:
            schemes = (UNKNOWN, *ext.parse_signature_algorithms(content))
            content = ext.build_signature_algorithms(schemes)[1]
        elif kind == E.SUPPORTED_VERSIONS:
            versions = (UNKNOWN, *ext.parse_supported_versions_client(content))
            content = ext.build_supported_versions_client(versions)[1]
        elif kind == E.KEY_SHARE:
            shares = (ext.KeyShareEntry(UNKNOWN, b"x"), *ext.parse_key_share_client(content))
            content = ext.build_key_share_client(shares)[1]
        elif kind == E.PSK_KEY_EXCHANGE_MODES:
            content = ext.build_psk_key_exchange_modes((0x7A, *ext.parse_psk_key_exchange_modes(content)))[1]
        extensions.append((kind, content))
    front = [(UNKNOWN, b"what nobody knows"), (STATUS_REQUEST_V2, b"\0"), (E.PADDING, bytes(3))]
    return replace(hello, cipher_suites=suites, extensions=Extensions.of(*front, *extensions))


@pytest.mark.parametrize("versions", [OLD, NEW, {}], ids=["TLS 1.2", "TLS 1.3", "either"])
def test_a_server_ignores_what_it_does_not_know_and_answers_the_rest(versions):
    hello = hello_of(client(**versions))
    plain, _ = told(hello, server(**versions))
    both, code = told(strange(hello), server(**versions))

    assert code is Code.AGAIN
    (reply,), (usual,) = answers_of(both), answers_of(plain)
    assert reply.cipher_suite == usual.cipher_suite
    assert reply.extensions.types() == usual.extensions.types()


def test_versions_are_chosen_by_the_extension_alone_if_it_is_there():
    hello = hello_of(client())
    for legacy in (0x0300, 0x0302, 0x0304, 0x0505):
        (reply,) = answers_of(told(replace(hello, legacy_version=legacy))[0])
        assert reply.extensions.get(E.SUPPORTED_VERSIONS) == b"\x03\x04"
    (older,) = answers_of(told(with_extension(hello, *ext.build_supported_versions_client((TLS12,))))[0])
    assert older.legacy_version == TLS12
    assert E.SUPPORTED_VERSIONS not in older.extensions


@pytest.mark.parametrize("legacy", [0x0303, 0x0304, 0x0505])
def test_without_the_extension_tls12_is_chosen_whatever_later_version_the_field_says(legacy):
    hello = with_extension(hello_of(client()), E.SUPPORTED_VERSIONS, None)
    both, code = told(replace(hello, legacy_version=legacy))

    assert code is Code.AGAIN
    assert answers_of(both)[0].legacy_version == TLS12
    assert both.server._memory.version is TLS12


def test_other_compression_methods_are_borne_in_tls12_and_refused_in_tls13():
    compressed = replace(hello_of(client(**OLD)), compression_methods=(1, 0))
    assert told(compressed)[1] is Code.AGAIN

    both, code = told(replace(hello_of(client(**NEW)), compression_methods=(1, 0)))
    assert code is Code.RECEIVED_ILLEGAL_PARAMETER
    assert alert_of(both.server) is AlertDescription.ILLEGAL_PARAMETER


def test_a_tls12_client_hello_needs_no_extensions():
    suites = {"cipher_suites": (CipherSuite.TLS_RSA_WITH_AES_128_GCM_SHA256,)}
    config = server("rsa", **suites)
    hello = replace(hello_of(client(**OLD, **suites)), extensions=Extensions())
    both, code = told(hello, config)

    assert code is Code.AGAIN
    assert answers_of(both)[0].extensions == Extensions()
    cut = encode(hello)[:-1]
    truncated = pair(None, config)
    truncated.server_wire.incoming += handshake_record(cut[:1] + (len(cut) - 4).to_bytes(3) + cut[4:])
    assert truncated.server.handshake() is Code.UNEXPECTED_PACKET_LENGTH
    assert alert_of(truncated.server) is AlertDescription.DECODE_ERROR
    more = encode(hello) + b"\0"
    longer = pair(None, config)
    longer.server_wire.incoming += handshake_record(more[:1] + (len(more) - 4).to_bytes(3) + more[4:])
    assert longer.server.handshake() is Code.UNEXPECTED_PACKET_LENGTH


def test_a_server_that_needs_renegotiation_info_bears_unknown_extensions_and_later_versions_too():
    hello = replace(strange(hello_of(client(**OLD))), legacy_version=0x0399)

    both, code = told(hello, server(**OLD, renegotiation=Renegotiation.SAFE))
    assert code is Code.AGAIN
    assert answers_of(both)[0].extensions.get(E.RENEGOTIATION_INFO) == b"\0"


def test_a_request_for_a_certificate_may_have_filters_and_extensions_that_nobody_knows():
    algorithms = ext.build_signature_algorithms((0x0807,))
    plain = Extensions.of(algorithms)
    filters = (E.OID_FILTERS, b"\0\x07\x03\x55\x1d\x25\0\x01x")
    full = Extensions.of((UNKNOWN, b"x"), algorithms, filters)

    config = client(certified_keys=(certified_key("rsa"), certified_key("ed25519")))
    requests = [read_request(CertificateRequest13(each, b"").body(), config) for each in (plain, full)]

    assert requests[0] == requests[1]
    assert requests[0].key == (certified_key("ed25519"), SignatureScheme.ED25519)


def test_a_ticket_may_have_extensions_that_nobody_knows():
    both = established(TLS13)
    ticket = NewSessionTicket13(7200, 1, b"\0", b"ticket", Extensions.of((UNKNOWN, b"x")))
    say(both.server, Send((encode(ticket),)))

    assert both.client.record_recv() is Code.AGAIN
    assert both.client.session_data().ticket == b"ticket"


def test_a_chain_may_have_certificates_that_do_not_belong_to_it():
    leaf = certified_key("ecdsa")
    extra = certified_key("rsa", "another.test").chain
    both = made({}, {"certified_keys": (replace(leaf, chain=leaf.chain + extra),)})

    assert both.handshake() == BOTH
    talk(both)


def test_client_authentication_bears_additional_certificates_too():
    leaf = certified_key("ecdsa")
    key = replace(leaf, chain=leaf.chain + certified_key("rsa", "another.test").chain)
    for version in (TLS12, TLS13):
        both = pair(
            client(versions=(version,), certified_keys=(key,)),
            server(versions=(version,), client_auth=ClientAuth.REQUIRE, trust=trust()),
        )
        assert both.handshake() == BOTH
        assert both.server.parameters.peer_certificates == key.chain
