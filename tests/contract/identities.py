"""Certificates whose signatures have one length, so that two runs can be compared record by record."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from tlsmodel.credentials import Authority, make_authority

HOST = "localhost"


@dataclass(frozen=True)
class Identity:
    """A certificate for both sides of a connection, with its RSA key, in PEM."""

    chain: bytes
    key: bytes = field(repr=False)


@dataclass(frozen=True)
class Identities:
    """Everyone who takes part; `other` is certified by the same authority, `stranger` by another one."""

    authority: bytes
    server: Identity
    client: Identity
    other: Identity
    stranger: Identity


@cache
def identities() -> Identities:
    """Return the identities of this process, generated on first use."""
    ours, theirs = make_authority(), make_authority("another test authority")
    return Identities(
        ours.certificate.public_bytes(serialization.Encoding.PEM),
        _issue(ours, HOST),
        _issue(ours, "client.test"),
        _issue(ours, HOST),
        _issue(theirs, HOST),
    )


def _issue(authority: Authority, name: str) -> Identity:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    begin = datetime.now(UTC) - timedelta(days=1)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]))
        .issuer_name(authority.certificate.subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begin)
        .not_valid_after(begin + timedelta(days=366))
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(
            x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH]),
            critical=False,
        )
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(authority.key.public_key()), critical=False
        )
        .sign(authority.key, hashes.SHA256())
    )
    return Identity(
        certificate.public_bytes(serialization.Encoding.PEM),
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        ),
    )
