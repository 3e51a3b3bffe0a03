"""Groups, signatures and suites: known answers, refusals, and what fits what."""

from __future__ import annotations

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from impl.alerts import AlertDescription
from impl.codec.enums import CipherSuite, NamedGroup, ProtocolVersion, SignatureScheme
from impl.codec.wire import IllegalParameter
from impl.crypto import groups, signatures
from impl.crypto.signatures import PrivateKey, schemes_for
from impl.crypto.suites import SUITES, Authentication

TLS12, TLS13 = ProtocolVersion.TLS12, ProtocolVersion.TLS13
P256_KEY = ec.generate_private_key(ec.SECP256R1())
P384_KEY = ec.generate_private_key(ec.SECP384R1())
P521_KEY = ec.generate_private_key(ec.SECP521R1())
ED25519_KEY = Ed25519PrivateKey.generate()
RSA_KEY = rsa.generate_private_key(65537, 2048)
SHORT_RSA_KEY = rsa.generate_private_key(65537, 1024)

P256_SCHEME = SignatureScheme.ECDSA_SECP256R1_SHA256
P384_SCHEME = SignatureScheme.ECDSA_SECP384R1_SHA384
SHORT_PSS = {SignatureScheme.RSA_PSS_RSAE_SHA256, SignatureScheme.RSA_PSS_RSAE_SHA384}
PSS = SHORT_PSS | {SignatureScheme.RSA_PSS_RSAE_SHA512}
PKCS1 = {
    SignatureScheme.RSA_PKCS1_SHA256,
    SignatureScheme.RSA_PKCS1_SHA384,
    SignatureScheme.RSA_PKCS1_SHA512,
}


def test_x25519_gives_the_answers_of_rfc_7748() -> None:
    """RFC 7748 sections 5.2 and 6.1."""
    first = groups.load(
        NamedGroup.X25519, bytes.fromhex("77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a")
    )
    second = groups.load(
        NamedGroup.X25519, bytes.fromhex("5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb")
    )
    other = groups.load(
        NamedGroup.X25519, bytes.fromhex("a546e36bf0527c9d3b16154b82465edd62144c0ac1fc5a18506a2244ba449ac4")
    )
    point = bytes.fromhex("e6db6867583030db3594c1a424b15f7c726624ec26b3353b10a903a6d0ab1c4c")

    assert first.public.hex() == "8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a"
    assert second.public.hex() == "de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f"
    shared = "4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742"
    assert first.exchange(second.public).hex() == second.exchange(first.public).hex() == shared
    expected = "c3da55379de9c6908e94ea4df28d084f32eccf03491c71f754b4075577a28552"
    assert other.exchange(point).hex() == expected


@pytest.mark.parametrize(
    ("group", "length"),
    [(NamedGroup.X25519, 32), (NamedGroup.SECP256R1, 65), (NamedGroup.SECP384R1, 97)],
)
def test_two_fresh_shares_of_a_group_agree(group: NamedGroup, length: int) -> None:
    mine, yours = groups.generate(group), groups.generate(group)

    assert (mine.group, len(mine.public)) == (group, length)
    assert mine.public != yours.public
    assert mine.exchange(yours.public) == yours.exchange(mine.public)


@pytest.mark.parametrize("group", [NamedGroup.SECP256R1, NamedGroup.SECP384R1])
def test_a_share_can_be_made_again_from_its_private_key(group: NamedGroup) -> None:
    share = groups.load(group, b"\x05")

    assert share.public == groups.load(group, bytes(31) + b"\x05").public
    assert share.exchange(groups.load(group, b"\x07").public) == groups.load(group, b"\x07").exchange(
        share.public
    )


@pytest.mark.parametrize("group", groups.GENERATORS)
def test_unusable_public_keys_are_refused(group: NamedGroup) -> None:
    share = groups.generate(group)
    length = len(share.public)
    candidates = [b"", share.public[:-1], share.public + b"\0", bytes(length)]
    if group is not NamedGroup.X25519:
        compressed = bytes((2 + share.public[-1] % 2,)) + share.public[1 : length // 2 + 1]
        off_the_curve = share.public[:-1] + bytes((share.public[-1] ^ 1,))
        candidates += [
            compressed,
            off_the_curve,
            b"\x04" + bytes(length - 1),
            b"\x04" + b"\xff" * (length - 1),
        ]

    for candidate in candidates:
        with pytest.raises(IllegalParameter) as caught:
            share.exchange(candidate)
        assert caught.value.alert is AlertDescription.ILLEGAL_PARAMETER
        assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("key", "version", "expected"),
    [
        (P256_KEY, TLS13, {P256_SCHEME}),
        (P384_KEY, TLS13, {P384_SCHEME}),
        (P521_KEY, TLS13, set()),
        (P256_KEY, TLS12, {P256_SCHEME, P384_SCHEME}),
        (P384_KEY, TLS12, {P256_SCHEME, P384_SCHEME}),
        (P521_KEY, TLS12, set()),
        (ED25519_KEY, TLS12, {SignatureScheme.ED25519}),
        (ED25519_KEY, TLS13, {SignatureScheme.ED25519}),
        (RSA_KEY, TLS12, PSS | PKCS1),
        (RSA_KEY, TLS13, PSS),
        (SHORT_RSA_KEY, TLS13, SHORT_PSS),
    ],
)
def test_a_key_signs_with_the_schemes_of_its_kind(
    key: PrivateKey, version: ProtocolVersion, expected: set[SignatureScheme]
) -> None:
    assert set(schemes_for(key.public_key(), version)) == expected


@pytest.mark.parametrize("key", [P256_KEY, P384_KEY, ED25519_KEY, RSA_KEY, SHORT_RSA_KEY])
def test_what_a_key_signs_its_public_key_verifies(key: PrivateKey) -> None:
    schemes = schemes_for(key.public_key(), TLS12)

    assert schemes
    for scheme in schemes:
        signature = signatures.sign(key, scheme, b"message")
        assert signatures.verify(key.public_key(), scheme, b"message", signature)
        assert not signatures.verify(key.public_key(), scheme, b"another", signature)
        assert not signatures.verify(key.public_key(), scheme, b"message", signature[:-1])
        assert not signatures.verify(key.public_key(), scheme, b"message", b"")


@pytest.mark.parametrize("scheme", [*SignatureScheme, 0, 0xFFFF])
@pytest.mark.parametrize("key", [P256_KEY, ED25519_KEY, RSA_KEY])
def test_schemes_that_are_not_for_a_key_are_refused(key: PrivateKey, scheme: int) -> None:
    if scheme in schemes_for(key.public_key(), TLS12):
        assert signatures.sign(key, scheme, b"message")
    else:
        with pytest.raises(IllegalParameter, match=f"{scheme:#06x}"):
            signatures.sign(key, scheme, b"message")
        with pytest.raises(IllegalParameter, match=f"{scheme:#06x}"):
            signatures.verify(key.public_key(), scheme, b"message", b"signature")


@pytest.mark.parametrize("bits", [256, 512, 600, 1024])
def test_a_key_too_short_for_a_scheme_is_refused_and_not_tried(bits: int) -> None:
    key = rsa.RSAPublicNumbers(3, 2**bits - 1).public_key()

    for scheme in PSS | PKCS1:
        if scheme in schemes_for(key, TLS12):
            assert not signatures.verify(key, scheme, b"message", bytes(bits // 8))
        else:
            with pytest.raises(IllegalParameter):
                signatures.verify(key, scheme, b"message", bytes(bits // 8))


def test_the_table_of_suites_agrees_with_the_names() -> None:
    for number, suite in SUITES.items():
        name = suite.number.name
        assert number == suite.number
        assert suite.version == (TLS12 if "_WITH_" in name else TLS13)
        assert suite.aead.name.upper().replace("-", "_") in name
        assert name.endswith(suite.hash_name.upper())
        assert suite.hash_length == int(suite.hash_name[3:]) // 8
        assert suite.aead.key_length == (16 if "AES_128" in name else 32)
        signed = "ECDSA" if "_ECDSA_" in name else "RSA" if "_RSA_" in name else "NONE"
        kind = signed if suite.version == TLS12 else "ANY"
        exchange = (
            name.removeprefix("TLS_").partition("_WITH_")[0].removesuffix("_RSA").removesuffix("_ECDSA")
        )
        assert suite.key_exchange == (exchange if suite.version == TLS12 else "any")
        assert suite.authentication is Authentication[kind]
    assert len(SUITES) == 20
    assert CipherSuite.TLS_FALLBACK_SCSV not in SUITES
