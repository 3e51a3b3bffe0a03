"""Reading certificates and keys, and what a configuration refuses."""

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from flow_certificates import AUTHORITY, HOST, NOW, authority, certified_key, pem, trust

from impl import (
    CipherSuite,
    Config,
    NamedGroup,
    ProtocolVersion,
    Role,
    SignatureScheme,
    Trust,
    load_certified_key,
)
from impl.credentials import CertificateRejected, leaf_key, read_chain


def key_pem(key):
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def test_a_chain_and_its_key_are_read_from_pem():
    found = load_certified_key(*pem("rsa"))

    assert found.names == (HOST,)
    assert len(found.chain) == 1
    assert SignatureScheme.RSA_PKCS1_SHA256 in found.schemes[ProtocolVersion.TLS12]
    assert SignatureScheme.RSA_PKCS1_SHA256 not in found.schemes[ProtocolVersion.TLS13]


@pytest.mark.parametrize("key", [generate_private_key(SECP256R1()), X25519PrivateKey.generate()])
def test_a_key_that_does_not_belong_to_the_chain_is_refused(key):
    with pytest.raises(ValueError):
        load_certified_key(pem("ecdsa")[0], key_pem(key))


@pytest.mark.parametrize("chain, key", [(b"", b""), (b"nonsense", b"nonsense")])
def test_what_is_no_pem_is_refused(chain, key):
    with pytest.raises(ValueError):
        load_certified_key(chain, key)
    with pytest.raises(ValueError):
        Trust.from_pem(chain)


def test_trust_is_read_from_pem():
    found = Trust.from_pem(authority(AUTHORITY)[0].public_bytes(Encoding.PEM))

    assert found.check(read_chain(certified_key("rsa").chain), HOST, NOW) is None


@pytest.mark.parametrize(
    "host, moment", [("other.test", NOW), ("192.0.2.1", NOW), ("not a name", NOW), (HOST, NOW * 2)]
)
def test_a_chain_for_another_host_or_time_is_refused(host, moment):
    with pytest.raises(CertificateRejected):
        trust().check(read_chain(certified_key("ecdsa").chain), host, moment)


def test_a_certificate_that_cannot_be_read_is_refused():
    with pytest.raises(CertificateRejected):
        read_chain((b"\x30\x00",))


def test_a_wildcard_names_one_label():
    key = certified_key("ed25519", "*.example.test")

    assert key.is_for("WWW.example.test")
    assert not key.is_for("a.b.example.test")
    assert not key.is_for("example.test")


def test_the_leafs_key_is_the_one_it_was_made_with():
    found = certified_key("ecdsa")

    assert leaf_key(read_chain(found.chain)[0]) == found.key.public_key()


@pytest.mark.parametrize(
    "contradiction",
    [
        {"role": Role.SERVER},
        {"role": Role.CLIENT, "trust": trust()},
        {"role": Role.CLIENT, "versions": ()},
        {"role": Role.CLIENT, "alpn": (b"",)},
        {"role": Role.CLIENT, "groups": ()},
        {"role": Role.CLIENT, "groups": (NamedGroup.X448,)},
        {"role": Role.CLIENT, "cipher_suites": (CipherSuite.TLS_FALLBACK_SCSV,)},
        {"role": Role.CLIENT, "signature_schemes": (SignatureScheme.ED448,)},
        {"role": Role.CLIENT, "server_name": "b\u00fccher.test"},
        {"role": Role.CLIENT, "server_name": ""},
        {
            "role": Role.CLIENT,
            "versions": (ProtocolVersion.TLS13,),
            "cipher_suites": (CipherSuite.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,),
        },
    ],
)
def test_a_configuration_that_contradicts_itself_is_refused(contradiction):
    with pytest.raises(ValueError):
        Config(**contradiction)


def test_a_version_without_a_cipher_suite_is_left_out():
    config = Config(Role.CLIENT, cipher_suites=(CipherSuite.TLS_AES_128_GCM_SHA256,))

    assert config.versions == (ProtocolVersion.TLS13,)
