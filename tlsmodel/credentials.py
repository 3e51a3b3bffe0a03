"""Certificates for both ends of a test connection: a throw-away authority and a leaf for ``localhost``.

A leaf module on purpose: mapper and targets are independent of each other, yet one run must hand both the
same trust anchor.  Nothing here is protocol; the profile is RFC 5280 as certificate verifiers demand it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import ClassVar, Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

SERVER_NAME: Final = "localhost"
"""The name that the leaf certificate is issued for and that clients ask for."""

PSK_IDENTITY: Final = b"tlsmodel"
"""The name of the pre-shared key that both ends have."""

PSK: Final = bytes(range(100, 132))
"""That key."""

_RSA_BITS: Final = 2048
_AGED: Final = timedelta(days=1)
_LIFETIME: Final = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class Authority:
    """A certificate authority that can issue leaf certificates.

    Parameters
    ----------
    certificate: self-signed certificate, the trust anchor.
    key: its private key.
    """

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey = field(repr=False)


@dataclass(frozen=True, slots=True)
class TestCredentials:
    """What both ends of a test connection share.

    Parameters
    ----------
    ca_pem: the authority's certificate, for the end that verifies.
    chain_pem: the leaf certificate for `server_name`; its issuer is the authority itself.
    key_pem: the leaf's private key, PKCS #8, unencrypted.
    server_name: the DNS name in the leaf.
    authority: who has issued it; what both ends share in one run comes from one authority.
    """

    __test__: ClassVar[bool] = False  # keeps pytest from collecting the class by its name

    ca_pem: bytes
    chain_pem: bytes
    key_pem: bytes = field(repr=False)
    server_name: str = SERVER_NAME
    authority: Authority | None = field(default=None, repr=False)


def make_authority(name: str = "tlsmodel test authority") -> Authority:
    """Generate an ECDSA P-256 authority called `name` (RFC 5280 4.2.1.9: CA with path length 0)."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = _name(name)
    usage = _key_usage(key_cert_sign=True, crl_sign=True)
    certificate = (
        _builder(subject, subject, key.public_key())
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    return Authority(certificate, key)


def issue(authority: Authority, server_name: str = SERVER_NAME) -> TestCredentials:
    """Issue an ECDSA P-256 server certificate for the DNS name `server_name`, signed by `authority`."""
    usage = _key_usage(digital_signature=True)
    return _issue(authority, server_name, ec.generate_private_key(ec.SECP256R1()), usage)


@cache
def rsa_twin(credentials: TestCredentials) -> TestCredentials:
    """Return credentials of the same authority whose key is RSA and may decrypt (RFC 5246 7.4.2).

    Raises `ValueError` for credentials without their authority.
    """
    if credentials.authority is None:
        raise ValueError("credentials without their authority have no twin")
    key = rsa.generate_private_key(public_exponent=65537, key_size=_RSA_BITS)
    usage = _key_usage(digital_signature=True, key_encipherment=True)
    return _issue(credentials.authority, credentials.server_name, key, usage)


def _issue(
    authority: Authority,
    server_name: str,
    key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey,
    usage: x509.KeyUsage,
) -> TestCredentials:
    issuer_key = authority.key.public_key()
    certificate = (
        _builder(_name(server_name), authority.certificate.subject, key.public_key())
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(
            x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH]),
            critical=False,
        )
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(server_name)]), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key), critical=False)
        .sign(authority.key, hashes.SHA256())
    )
    return TestCredentials(
        ca_pem=authority.certificate.public_bytes(serialization.Encoding.PEM),
        chain_pem=certificate.public_bytes(serialization.Encoding.PEM),
        key_pem=key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        ),
        server_name=server_name,
        authority=authority,
    )


@cache
def shared_credentials() -> TestCredentials:
    """Return the credentials of this process, generated on first use."""
    return issue(make_authority())


def _name(common_name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey | rsa.RSAPublicKey
) -> x509.CertificateBuilder:
    begin = datetime.now(UTC) - _AGED
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(begin)
        .not_valid_after(begin + _LIFETIME)
    )


def _key_usage(
    *,
    digital_signature: bool = False,
    key_encipherment: bool = False,
    key_cert_sign: bool = False,
    crl_sign: bool = False,
) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=digital_signature,
        content_commitment=False,
        key_encipherment=key_encipherment,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=key_cert_sign,
        crl_sign=crl_sign,
        encipher_only=False,
        decipher_only=False,
    )
