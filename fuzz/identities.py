"""Certificates and keys that are the same in every run, so that an input that fails can be run again.

They are worth nothing outside of tests: anyone can compute the private keys.
"""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from impl import CertifiedKey, NamedGroup, Trust, load_certified_key
from impl.crypto.groups import GENERATORS, KeyShare, generate, load
from impl.crypto.signatures import PrivateKey

NOW: Final = 1_700_000_000.0
"""POSIX seconds at which the certificates are valid."""
HOST: Final = "server.test"

_CURVES: Final = {"p256": ec.SECP256R1(), "p384": ec.SECP384R1()}
_START: Final = datetime.fromtimestamp(NOW, UTC) - timedelta(days=1)
_END: Final = _START + timedelta(days=3650)


def stream_of(seed: str):
    """Return a function that gives the next so many bytes of a stream that `seed` determines."""
    count = 0

    def take(size: int) -> bytes:
        nonlocal count
        count += 1
        return hashlib.shake_128(f"{seed} {count}".encode()).digest(size)

    return take


def fixed_share(group: NamedGroup) -> KeyShare:
    """Return the same ephemeral key of a group every time, where a key can be loaded."""
    if group not in (NamedGroup.X25519, NamedGroup.SECP256R1, NamedGroup.SECP384R1):
        assert group in GENERATORS
        return generate(group)
    return _loaded(group)


@cache
def _loaded(group: NamedGroup) -> KeyShare:
    return load(group, hashlib.shake_128(group.name.encode()).digest(31) + b"\x01")


@cache
def authority() -> tuple[x509.Certificate, ec.EllipticCurvePrivateKey]:
    """Return the certificate authority that both sides trust."""
    key = ec.derive_private_key(int.from_bytes(hashlib.sha256(b"authority").digest()) >> 1, ec.SECP256R1())
    name = _name("authority.test")
    builder = _builder(name, name, key.public_key(), authority=True).add_extension(
        x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False
    )
    return builder.sign(key, hashes.SHA256(), ecdsa_deterministic=True), key


@cache
def trust() -> Trust:
    """Return the trust in that authority."""
    return Trust([authority()[0]])


@cache
def certified_key(kind: str = "ed25519") -> CertifiedKey:
    """Return a leaf for `HOST`, for servers and clients.

    Parameters
    ----------
    kind: of the key, "ed25519", "p256", "p384" or "rsa"; the last is made anew in each run.
    """
    issuer, issuer_key = authority()
    key: PrivateKey
    if kind == "rsa":
        key = rsa.generate_private_key(65537, 2048)
    elif kind in _CURVES:
        key = ec.derive_private_key(int.from_bytes(hashlib.sha256(b"leaf").digest()) >> 1, _CURVES[kind])
    else:
        key = ed25519.Ed25519PrivateKey.from_private_bytes(hashlib.sha256(b"leaf").digest())
    certificate = (
        _builder(_name(HOST), issuer.subject, key.public_key(), authority=False)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(HOST)]), critical=False)
        .add_extension(
            x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH]),
            critical=False,
        )
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()), critical=False
        )
        .sign(issuer_key, hashes.SHA256(), ecdsa_deterministic=True)
    )
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return load_certified_key(certificate.public_bytes(Encoding.PEM), private)


def _name(common: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common)])


def _builder(subject: x509.Name, issuer: x509.Name, key, *, authority: bool) -> x509.CertificateBuilder:
    usage = dict.fromkeys(
        (
            "content_commitment",
            "data_encipherment",
            "key_agreement",
            "encipher_only",
            "decipher_only",
        ),
        False,
    )
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(1 if authority else 2)
        .not_valid_before(_START)
        .not_valid_after(_END)
        .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
        .add_extension(
            x509.KeyUsage(
                digital_signature=not authority,
                key_encipherment=isinstance(key, rsa.RSAPublicKey) and not authority,
                key_cert_sign=authority,
                crl_sign=authority,
                **usage,
            ),
            critical=True,
        )
    )
