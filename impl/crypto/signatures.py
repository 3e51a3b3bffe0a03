"""Signature schemes on top of the cryptography package (RFC 8446 sections 4.2.3 and 4.4.3).

A scheme that is not in the table is not implemented.  Which schemes both sides allow is the flows' business.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from functools import cache
from types import MappingProxyType
from typing import Any, Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey, EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey

from impl.codec.enums import ProtocolVersion, SignatureScheme
from impl.codec.wire import IllegalParameter
from impl.frozen import dataclass

PrivateKey = EllipticCurvePrivateKey | Ed25519PrivateKey | RSAPrivateKey
PublicKey = EllipticCurvePublicKey | Ed25519PublicKey | RSAPublicKey

CLIENT_CONTEXT: Final = b"TLS 1.3, client CertificateVerify"
SERVER_CONTEXT: Final = b"TLS 1.3, server CertificateVerify"


class _Kind(StrEnum):
    """Kinds of keys."""

    EC = "elliptic curve"
    RSA = "RSA"
    ED25519 = "Ed25519"


@dataclass(frozen=True, slots=True)
class _Algorithm:
    """What a scheme asks of a key, and of the package.

    Parameters
    ----------
    kind: of the key.
    arguments: what `sign` and `verify` of the package's keys take behind the message.
    curve: the one that TLS 1.3 ties an ECDSA scheme to.
    least_bits: of an RSA key; a shorter one has no room for the encoded hash (RFC 8017 section 9).
    in_tls13: whether TLS 1.3 knows the scheme in CertificateVerify.
    """

    kind: _Kind
    arguments: tuple[Any, ...] = ()
    curve: str = ""
    least_bits: int = 0
    in_tls13: bool = True


_PSS_OVERHEAD: Final = 2
"""Bytes that EMSA-PSS needs beyond digest and salt (RFC 8017 section 9.1.1)."""

_PKCS1_OVERHEAD: Final = 30
"""Bytes that EMSA-PKCS1-v1_5 needs beyond a SHA-2 digest (RFC 8017 section 9.2)."""


def _ecdsa(hash_: hashes.HashAlgorithm, curve: str) -> _Algorithm:
    return _Algorithm(_Kind.EC, (ec.ECDSA(hash_),), curve)


def _pss(hash_: hashes.HashAlgorithm) -> _Algorithm:
    size = hash_.digest_size
    # An encoded message has one bit less than the modulus.
    least_bits = 8 * (2 * size + _PSS_OVERHEAD) - 6
    return _Algorithm(_Kind.RSA, (padding.PSS(padding.MGF1(hash_), size), hash_), least_bits=least_bits)


def _pkcs1(hash_: hashes.HashAlgorithm) -> _Algorithm:
    least_bits = 8 * (hash_.digest_size + _PKCS1_OVERHEAD)
    return _Algorithm(_Kind.RSA, (padding.PKCS1v15(), hash_), least_bits=least_bits, in_tls13=False)


ALGORITHMS: Final[Mapping[int, _Algorithm]] = MappingProxyType(
    {
        SignatureScheme.ECDSA_SECP256R1_SHA256: _ecdsa(hashes.SHA256(), "secp256r1"),
        SignatureScheme.ECDSA_SECP384R1_SHA384: _ecdsa(hashes.SHA384(), "secp384r1"),
        SignatureScheme.ED25519: _Algorithm(_Kind.ED25519),
        SignatureScheme.RSA_PSS_RSAE_SHA256: _pss(hashes.SHA256()),
        SignatureScheme.RSA_PSS_RSAE_SHA384: _pss(hashes.SHA384()),
        SignatureScheme.RSA_PSS_RSAE_SHA512: _pss(hashes.SHA512()),
        SignatureScheme.RSA_PKCS1_SHA256: _pkcs1(hashes.SHA256()),
        SignatureScheme.RSA_PKCS1_SHA384: _pkcs1(hashes.SHA384()),
        SignatureScheme.RSA_PKCS1_SHA512: _pkcs1(hashes.SHA512()),
    }
)
"""Scheme -> algorithm; the schemes that are implemented, keyed so that plain numbers look up."""

_CURVES: Final = frozenset(item.curve for item in ALGORITHMS.values() if item.kind is _Kind.EC)

_TYPES: Final[Mapping[_Kind, tuple[type, ...]]] = MappingProxyType(
    {
        _Kind.EC: (EllipticCurvePublicKey, EllipticCurvePrivateKey),
        _Kind.RSA: (RSAPublicKey, RSAPrivateKey),
        _Kind.ED25519: (Ed25519PublicKey, Ed25519PrivateKey),
    }
)


def is_rsa(key: PublicKey | PrivateKey) -> bool:
    """Tell whether a key is an RSA key."""
    return _kind(type(key)) is _Kind.RSA


def curve(key: PublicKey | PrivateKey) -> str | None:
    """Return the package's name of the curve of an ECDSA key; None for other keys."""
    if _kind(type(key)) is not _Kind.EC:
        return None
    known: Any = key
    name: str = known.curve.name
    return name


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
    signer: Any = key
    signature: bytes = signer.sign(message, *_algorithm(key, scheme).arguments)
    return signature


def verify(key: PublicKey, scheme: int, message: bytes, signature: bytes) -> bool:
    """Tell whether `signature` of `message` is good.

    Raises `IllegalParameter` if `key` is not of the scheme's kind or is too short; whether its curve may be
    used with the scheme in a version says `fits`.
    """
    verifier: Any = key
    try:
        verifier.verify(signature, message, *_algorithm(key, scheme).arguments)
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


def _algorithm(key: PublicKey | PrivateKey, scheme: int) -> _Algorithm:
    """Return what `scheme` stands for, having made sure that `key` can do it at all."""
    algorithm = ALGORITHMS.get(scheme)
    if algorithm is None or not _suits(key, algorithm, tied=False):
        kind = _kind(type(key)) or type(key).__name__
        raise IllegalParameter(f"signature scheme {scheme:#06x} is not one of this {kind} key")
    return algorithm


def _suits(key: PublicKey | PrivateKey, algorithm: _Algorithm, *, tied: bool) -> bool:
    if _kind(type(key)) is not algorithm.kind or (tied and not algorithm.in_tls13):
        return False
    if algorithm.kind is _Kind.EC:
        return curve(key) == algorithm.curve if tied else curve(key) in _CURVES
    known: Any = key
    return algorithm.kind is not _Kind.RSA or bool(known.key_size >= algorithm.least_bits)


@cache
def _kind(key_type: type) -> _Kind | None:
    """Return the kind of a key by its class; the package's abstract classes take their time to say so."""
    return next((kind for kind, types in _TYPES.items() if issubclass(key_type, types)), None)
