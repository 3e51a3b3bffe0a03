"""Which of several chains is shown: the one that is signed as the peer wants it (RFC 8446 4.4.2.2, 4.2.3)."""

from dataclasses import replace

import pytest
from conform_support import BOTH, client, hello_of, server, told, with_extension
from flow_certificates import certified_key, trust
from flow_support import TLS12, TLS13, pair

from impl import ClientAuth, Code, SignatureScheme
from impl.codec import extensions as ext
from impl.codec.certificate import CertificateRequest13
from impl.codec.enums import ExtensionType
from impl.codec.extensions import Extensions
from impl.tls13.authentication import read_request

PKCS1, ECDSA = SignatureScheme.RSA_PKCS1_SHA256, SignatureScheme.ECDSA_SECP256R1_SHA256
LEAF = certified_key("ed25519")
OTHER = replace(certified_key("ecdsa"), signed_with=frozenset({PKCS1}))
KEYS = {"certified_keys": (OTHER, LEAF)}


def test_a_loaded_chain_knows_what_it_is_signed_with():
    assert LEAF.signed_with == {ECDSA}
    assert LEAF.chain[0] != OTHER.chain[0]


def shown(hello, versions):
    """The scheme with which a server that has two chains signs."""
    both, code = told(hello, server(versions=versions, **KEYS))
    assert code is Code.AGAIN
    state = both.server._memory.state
    if versions == (TLS12,):
        return state.choice.scheme
    return state.pending.parameters.signature_scheme


@pytest.mark.parametrize("version", [TLS12, TLS13])
def test_a_server_shows_the_chain_that_is_signed_as_the_client_lists_it(version):
    hello = hello_of(client(versions=(version,)))
    assert shown(hello, (version,)).name.startswith("ECDSA")

    schemes = (SignatureScheme.ED25519, ECDSA)
    without = with_extension(hello, *ext.build_signature_algorithms(schemes))
    assert shown(without, (version,)) is SignatureScheme.ED25519


@pytest.mark.parametrize("version", [TLS12, TLS13])
def test_a_list_for_certificates_alone_goes_before_the_one_for_both(version):
    hello = hello_of(client(versions=(version,)))
    for listed, name in (((PKCS1,), "ECDSA"), ((ECDSA,), "ED25519")):
        changed = with_extension(hello, *ext.build_signature_algorithms_cert(listed), last=False)
        assert shown(changed, (version,)).name.startswith(name)


@pytest.mark.parametrize("version", [TLS12, TLS13])
def test_without_a_chain_that_is_signed_so_the_server_goes_on_with_its_first(version):
    hello = hello_of(client(versions=(version,)))
    listed = with_extension(hello, *ext.build_signature_algorithms_cert((0x0808,)), last=False)

    assert shown(listed, (version,)).name.startswith("ECDSA")


def test_a_client_prefers_a_chain_that_is_signed_as_the_server_lists_it():
    algorithms = ext.build_signature_algorithms((PKCS1, ECDSA, 0x0807))
    config = client(**KEYS)
    for listed, key in (((PKCS1,), OTHER), ((ECDSA,), LEAF)):
        extensions = Extensions.of(algorithms, ext.build_signature_algorithms_cert(listed))
        assert read_request(CertificateRequest13(extensions, b"").body(), config).key[0] is key


def test_both_sides_agree_on_what_was_chosen():
    asks = {"client_auth": ClientAuth.REQUIRE, "trust": trust()}
    schemes = {"signature_schemes": (ECDSA, SignatureScheme.ED25519)}
    both = pair(client(**KEYS, **schemes), server(**KEYS, **asks, **schemes))

    assert both.handshake() == BOTH
    assert both.client.parameters.peer_certificates == LEAF.chain
    assert both.server.parameters.peer_certificates == LEAF.chain
    assert ExtensionType.SIGNATURE_ALGORITHMS_CERT not in hello_of(client()).extensions
