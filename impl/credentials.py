"""Certificates and keys: what this side shows, and what it trusts in the other.

Parsing and path validation are those of `cryptography.x509` (RFC 5280, RFC 9525); nothing of them is written
again here.  What is negotiated with these credentials is the flows' business.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from ipaddress import ip_address
from typing import Final

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import Encoding, load_pem_private_key
from cryptography.x509 import verification
from cryptography.x509.oid import SignatureAlgorithmOID

from impl.alerts import AlertDescription
from impl.codec.enums import ProtocolVersion, SignatureScheme
from impl.crypto import signatures
from impl.crypto.signatures import PrivateKey, PublicKey
from impl.limits import MAX_PSK_IDENTITY

_VERSIONS: Final = (ProtocolVersion.TLS12, ProtocolVersion.TLS13)


class CertificateRejected(Exception):
    """A certificate chain that cannot be read or does not verify; the message is one line.

    Parameters
    ----------
    reason: one line.
    alert: what the peer is told (RFC 8446 section 6.2).
    """

    def __init__(self, reason: str, alert: AlertDescription = AlertDescription.BAD_CERTIFICATE) -> None:
        super().__init__(reason)
        self.alert = alert


@dataclass(frozen=True, slots=True)
class Psk:
    """A pre-shared key that both sides got otherwise (RFC 4279, RFC 8446 section 4.2.11).

    Parameters
    ----------
    identity: the key's name, 1 to 16,384 bytes.
    key: the secret, 1 to 65,535 bytes.

    Raises `ValueError` if either is too short or too long.
    """

    identity: bytes
    key: bytes

    def __post_init__(self) -> None:
        if not (0 < len(self.identity) <= MAX_PSK_IDENTITY and 0 < len(self.key) < 2**16):
            raise ValueError("a pre-shared key has 1 to 65,535 bytes, and its name 1 to 16,384")


@dataclass(frozen=True, slots=True)
class CertifiedKey:
    """A certificate chain with the private key of its leaf.

    Parameters
    ----------
    chain: DER certificates, leaf first.
    key: the leaf's private key.
    schemes: what the key may sign with, by version.
    names: the DNS names that the leaf is for, in lower case.
    issuers: the names (DER) of those who issued the chain.
    ocsp_response: what a server staples to the leaf if a client asks, in DER.
    decrypts: whether the leaf lets its key decrypt, which static RSA needs.
    signed_with: the schemes that the chain is signed with, self-signed certificates aside.
    """

    chain: tuple[bytes, ...]
    key: PrivateKey
    schemes: Mapping[ProtocolVersion, tuple[SignatureScheme, ...]]
    names: tuple[str, ...] = ()
    issuers: tuple[bytes, ...] = ()
    ocsp_response: bytes | None = None
    decrypts: bool = True
    signed_with: frozenset[int] = frozenset()

    def sign(self, scheme: SignatureScheme, message: bytes) -> bytes:
        """Return the signature of `message` under `scheme`."""
        return signatures.sign(self.key, scheme, message)

    def is_for(self, server_name: str) -> bool:
        """Tell whether the leaf names `server_name`, with or without a wildcard (RFC 9525 section 6.3)."""
        name = server_name.lower()
        return name in self.names or f"*.{name.partition('.')[2]}" in self.names


def load_certified_key(chain_pem: bytes, key_pem: bytes, password: bytes | None = None) -> CertifiedKey:
    """Read a chain (leaf first) and its key from PEM.

    A key signs and decrypts only as far as its certificate lets it (RFC 5246 section 7.4.2, RFC 8446 section
    4.4.2.2).  Raises `ValueError` if either cannot be read or they do not belong together.
    """
    chain = x509.load_pem_x509_certificates(chain_pem)
    key = load_pem_private_key(key_pem, password)
    if not isinstance(key, PrivateKey):
        raise ValueError(f"keys of type {type(key).__name__} cannot sign handshakes")
    if key.public_key() != chain[0].public_key():
        raise ValueError("the private key is not that of the first certificate")
    public, usage = key.public_key(), _usage(chain[0])
    signs = usage is None or usage.digital_signature
    schemes = {version: signatures.schemes_for(public, version) if signs else () for version in _VERSIONS}
    issuers = tuple(certificate.issuer.public_bytes() for certificate in chain)
    decrypts = usage is None or usage.key_encipherment
    names, signed = _dns_names(chain[0]), frozenset(map(_scheme, filter(_is_signed_by_another, chain)))
    return CertifiedKey(
        tuple(map(_der, chain)), key, schemes, names, issuers, decrypts=decrypts, signed_with=signed
    )


class Trust:
    """The certificate authorities that one side believes."""

    def __init__(self, anchors: Sequence[x509.Certificate]) -> None:
        self._policy = verification.PolicyBuilder().store(verification.Store(list(anchors)))
        self.authorities = tuple(anchor.subject.public_bytes() for anchor in anchors)

    @classmethod
    def from_pem(cls, pem: bytes) -> Trust:
        """Read authorities from concatenated PEM certificates; raises `ValueError` if there are none."""
        return cls(x509.load_pem_x509_certificates(pem))

    def check(self, chain: Sequence[x509.Certificate], server_name: str | None, moment: float) -> None:
        """Verify a chain at POSIX time `moment`.

        Parameters
        ----------
        server_name: the DNS name or IP address that a server's leaf must have; None for a client's chain.

        Raises `CertificateRejected`.
        """
        now = datetime.fromtimestamp(moment, UTC)
        policy = self._policy.time(now)
        leaf, issuers = chain[0], list(chain[1:])
        try:
            if server_name is None:
                policy.build_client_verifier().verify(leaf, issuers)
            else:
                policy.build_server_verifier(_subject(server_name)).verify(leaf, issuers)
        except (verification.VerificationError, ValueError) as error:
            raise CertificateRejected(str(error), self._fitting_alert(chain, now)) from error

    def _fitting_alert(self, chain: Sequence[x509.Certificate], now: datetime) -> AlertDescription:
        """Find out what a chain that does not verify suffers from; its fields may be malformed too."""
        try:
            if any(not item.not_valid_before_utc <= now <= item.not_valid_after_utc for item in chain):
                return AlertDescription.CERTIFICATE_EXPIRED
            if chain[-1].issuer.public_bytes() not in self.authorities:
                return AlertDescription.UNKNOWN_CA
        except (ValueError, TypeError):
            return AlertDescription.BAD_CERTIFICATE
        return AlertDescription.BAD_CERTIFICATE


def is_address(server_name: str) -> bool:
    """Tell whether a server is named by its IP address."""
    return isinstance(_subject(server_name), x509.IPAddress)


@lru_cache(maxsize=256)
def _subject(server_name: str) -> verification.Subject:
    """Return what a server's certificate must be for: the name as an IP address if it is one (RFC 9525)."""
    try:
        return x509.IPAddress(ip_address(server_name))
    except ValueError:
        return x509.DNSName(server_name)


def read_chain(chain: Sequence[bytes]) -> tuple[x509.Certificate, ...]:
    """Parse a peer's DER certificates; raises `CertificateRejected`."""
    try:
        return tuple(map(x509.load_der_x509_certificate, chain))
    except (ValueError, x509.InvalidVersion) as error:
        raise CertificateRejected(str(error)) from error


def leaf_key(leaf: x509.Certificate) -> PublicKey:
    """Return the public key of a peer's certificate; raises `CertificateRejected` if we cannot use it."""
    try:
        key = leaf.public_key()
    except (ValueError, UnsupportedAlgorithm) as error:
        raise CertificateRejected(str(error)) from error
    if not isinstance(key, PublicKey):
        raise CertificateRejected(f"keys of type {type(key).__name__} cannot sign handshakes")
    return key


def _der(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(Encoding.DER)


def _is_signed_by_another(certificate: x509.Certificate) -> bool:
    return certificate.issuer != certificate.subject


def _scheme(certificate: x509.Certificate) -> int:
    """Return what a certificate is signed with, 0 if that has no number; the curve is left aside."""
    found = _SCHEME_OF.get(certificate.signature_algorithm_oid)
    if found is None and certificate.signature_algorithm_oid == SignatureAlgorithmOID.RSASSA_PSS:
        algorithm = certificate.signature_hash_algorithm
        return 0 if algorithm is None else _PSS_OF.get(algorithm.name, 0)
    return found or 0


_SCHEME_OF: Final = {
    SignatureAlgorithmOID.RSA_WITH_SHA1: SignatureScheme.RSA_PKCS1_SHA1,
    SignatureAlgorithmOID.RSA_WITH_SHA256: SignatureScheme.RSA_PKCS1_SHA256,
    SignatureAlgorithmOID.RSA_WITH_SHA384: SignatureScheme.RSA_PKCS1_SHA384,
    SignatureAlgorithmOID.RSA_WITH_SHA512: SignatureScheme.RSA_PKCS1_SHA512,
    SignatureAlgorithmOID.ECDSA_WITH_SHA1: SignatureScheme.ECDSA_SHA1,
    SignatureAlgorithmOID.ECDSA_WITH_SHA256: SignatureScheme.ECDSA_SECP256R1_SHA256,
    SignatureAlgorithmOID.ECDSA_WITH_SHA384: SignatureScheme.ECDSA_SECP384R1_SHA384,
    SignatureAlgorithmOID.ECDSA_WITH_SHA512: SignatureScheme.ECDSA_SECP521R1_SHA512,
    SignatureAlgorithmOID.ED25519: SignatureScheme.ED25519,
    SignatureAlgorithmOID.ED448: SignatureScheme.ED448,
}
_PSS_OF: Final = {
    "sha256": SignatureScheme.RSA_PSS_RSAE_SHA256,
    "sha384": SignatureScheme.RSA_PSS_RSAE_SHA384,
    "sha512": SignatureScheme.RSA_PSS_RSAE_SHA512,
}


def _usage(leaf: x509.Certificate) -> x509.KeyUsage | None:
    try:
        return leaf.extensions.get_extension_for_class(x509.KeyUsage).value
    except x509.ExtensionNotFound:
        return None


def _dns_names(leaf: x509.Certificate) -> tuple[str, ...]:
    try:
        names = leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return ()
    return tuple(name.lower() for name in names.get_values_for_type(x509.DNSName))
