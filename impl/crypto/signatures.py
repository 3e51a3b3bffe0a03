"""Signature schemes on top of the cryptography package (RFC 8446 sections 4.2.3 and 4.4.3).

A scheme that is not in the table is not implemented.  Which schemes both sides allow is the flows' business.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey, EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey

from impl.codec.enums import ProtocolVersion, SignatureScheme
from impl.codec.wire import IllegalParameter

PrivateKey = EllipticCurvePrivateKey | Ed25519PrivateKey | RSAPrivateKey
PublicKey = EllipticCurvePublicKey | Ed25519PublicKey | RSAPublicKey

CLIENT_CONTEXT: Final = b"TLS 1.3, client CertificateVerify"
SERVER_CONTEXT: Final = b"TLS 1.3, server CertificateVerify"


@dataclass(frozen=True, slots=True)
class _Ecdsa:
    hash: hashes.HashAlgorithm
    curve: str


@dataclass(frozen=True, slots=True)
class _Pss:
    hash: hashes.HashAlgorithm


@dataclass(frozen=True, slots=True)
class _Pkcs1:
    hash: hashes.HashAlgorithm


@dataclass(frozen=True, slots=True)
class _EdDsa:
    """Ed25519 has no parameters."""


_Algorithm = _Ecdsa | _Pss | _Pkcs1 | _EdDsa

ALGORITHMS: Final[Mapping[int, _Algorithm]] = MappingProxyType(
    {
        SignatureScheme.ECDSA_SECP256R1_SHA256: _Ecdsa(hashes.SHA256(), "secp256r1"),
        SignatureScheme.ECDSA_SECP384R1_SHA384: _Ecdsa(hashes.SHA384(), "secp384r1"),
        SignatureScheme.ED25519: _EdDsa(),
        SignatureScheme.RSA_PSS_RSAE_SHA256: _Pss(hashes.SHA256()),
        SignatureScheme.RSA_PSS_RSAE_SHA384: _Pss(hashes.SHA384()),
        SignatureScheme.RSA_PSS_RSAE_SHA512: _Pss(hashes.SHA512()),
        SignatureScheme.RSA_PKCS1_SHA256: _Pkcs1(hashes.SHA256()),
        SignatureScheme.RSA_PKCS1_SHA384: _Pkcs1(hashes.SHA384()),
        SignatureScheme.RSA_PKCS1_SHA512: _Pkcs1(hashes.SHA512()),
    }
)
"""Scheme -> algorithm; the schemes that are implemented, keyed so that plain numbers look up."""


def schemes_for(key: PublicKey, version: ProtocolVersion) -> tuple[SignatureScheme, ...]:
    """Return the schemes that `key` may sign with in `version`, in no order of preference.

    TLS 1.3 ties ECDSA schemes to a curve and has no PKCS #1 v1.5 (RFC 8446 section 4.2.3); in TLS 1.2 the
    hash is free.  An RSA key too short for a hash is no key for the scheme (RFC 8017 section 9).
    """
    return tuple(SignatureScheme(scheme) for scheme in ALGORITHMS if fits(key, scheme, version))


def fits(key: PublicKey, scheme: int, version: ProtocolVersion) -> bool:
    """Tell whether `key` may sign with `scheme` in `version`."""
    algorithm = ALGORITHMS.get(scheme)
    return algorithm is not None and _suits(key, algorithm, tied=version >= ProtocolVersion.TLS13)


def sign(key: PrivateKey, scheme: int, message: bytes) -> bytes:
    """Return the signature of `message` under `scheme`; raises `IllegalParameter` if `key` is not for it."""
    match _algorithm(key.public_key(), scheme), key:
        case _Ecdsa(hash=hash_), EllipticCurvePrivateKey():
            return key.sign(message, ec.ECDSA(hash_))
        case _Pss(hash=hash_), RSAPrivateKey():
            return key.sign(message, _pss(hash_), hash_)
        case _Pkcs1(hash=hash_), RSAPrivateKey():
            return key.sign(message, padding.PKCS1v15(), hash_)
        case _EdDsa(), Ed25519PrivateKey():
            return key.sign(message)
    raise AssertionError("a private key and its public key are not of one kind")


def verify(key: PublicKey, scheme: int, message: bytes, signature: bytes) -> bool:
    """Tell whether `signature` of `message` is good.

    Raises `IllegalParameter` if `key` is not of the scheme's kind or is too short; whether its curve may be
    used with the scheme in a version says `fits`.
    """
    try:
        match _algorithm(key, scheme), key:
            case _Ecdsa(hash=hash_), EllipticCurvePublicKey():
                key.verify(signature, message, ec.ECDSA(hash_))
            case _Pss(hash=hash_), RSAPublicKey():
                key.verify(signature, message, _pss(hash_), hash_)
            case _Pkcs1(hash=hash_), RSAPublicKey():
                key.verify(signature, message, padding.PKCS1v15(), hash_)
            case _EdDsa(), Ed25519PublicKey():
                key.verify(signature, message)
            case _:
                return False
    except InvalidSignature:
        return False
    return True


def certificate_verify_content(context: bytes, transcript_hash: bytes) -> bytes:
    """Return what a TLS 1.3 CertificateVerify signs (RFC 8446 section 4.4.3).

    Parameters
    ----------
    context: `CLIENT_CONTEXT` or `SERVER_CONTEXT`, by the sender.
    transcript_hash: over the messages up to and including Certificate.
    """
    return b" " * 64 + context + b"\0" + transcript_hash


def _suits(key: PublicKey, algorithm: _Algorithm, *, tied: bool) -> bool:
    match algorithm, key:
        case _Ecdsa(curve=curve), EllipticCurvePublicKey():
            return key.curve.name == curve if tied else key.curve.name in _CURVES
        case _Pss(hash=hash_), RSAPublicKey():
            return (key.key_size + 6) // 8 >= 2 * hash_.digest_size + _PSS_OVERHEAD
        case _Pkcs1(hash=hash_), RSAPublicKey():
            return not tied and key.key_size // 8 >= hash_.digest_size + _PKCS1_OVERHEAD
        case _EdDsa(), Ed25519PublicKey():
            return True
    return False


def _pss(hash_: hashes.HashAlgorithm) -> padding.PSS:
    return padding.PSS(padding.MGF1(hash_), hash_.digest_size)


def _algorithm(key: PublicKey, scheme: int) -> _Algorithm:
    """Return what `scheme` stands for, having made sure that `key` can do it at all."""
    algorithm = ALGORITHMS.get(scheme)
    if algorithm is None or not _suits(key, algorithm, tied=False):
        kind = type(key).__name__.removesuffix("PublicKey")
        raise IllegalParameter(f"signature scheme {scheme:#06x} is not one of this {kind} key")
    return algorithm


_PSS_OVERHEAD: Final = 2
"""Bytes that EMSA-PSS needs beyond digest and salt (RFC 8017 section 9.1.1)."""

_PKCS1_OVERHEAD: Final = 30
"""Bytes that EMSA-PKCS1-v1_5 needs beyond a SHA-2 digest (RFC 8017 section 9.2)."""

_CURVES: Final = frozenset(item.curve for item in ALGORITHMS.values() if isinstance(item, _Ecdsa))
