"""What the mapper shows and what it makes once per process: parsed credentials, key shares, peer keys.

A test peer has nothing to hide, so its ephemeral keys and its randoms are the same in every session: that
saves key generation in each handshake and makes what the mapper sends repeatable.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache, lru_cache
from typing import Final

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding, load_pem_private_key
from cryptography.x509 import ocsp

from impl.codec.enums import NamedGroup, ProtocolVersion, SignatureScheme
from impl.crypto import groups, signatures
from impl.crypto.groups import KeyShare
from impl.crypto.signatures import PrivateKey, PublicKey
from tlsmodel.credentials import Authority, TestCredentials

CLIENT_RANDOM: Final = bytes(range(32))
SERVER_RANDOM: Final = bytes(range(32, 64))
SESSION_ID: Final = bytes(range(64, 96))
"""The compatibility session id of a TLS 1.3 client (RFC 8446 D.4)."""
OFFERED_SESSION_ID: Final = bytes(range(96, 128))
"""What a client of TLS 1.2 shows together with a ticket, to know the answer by (RFC 5077 3.4)."""
SERVER_SESSION_ID: Final = bytes(range(128, 160))
"""The name of a session that a server of TLS 1.2 means to keep."""

GROUPS: Final = (NamedGroup.X25519, NamedGroup.SECP256R1, NamedGroup.SECP384R1)
"""The groups that the mapper speaks, preferred first."""
PREMASTER: Final = bytes(range(160, 206))
"""What a client makes up for the premaster secret of RSA, behind the version (RFC 5246 7.4.7.1)."""


@dataclass(frozen=True, slots=True)
class Identity:
    """A certificate chain and its key, parsed.

    Parameters
    ----------
    chain: DER, leaf first.
    key: the leaf's private key.
    scheme: what it signs with, in both versions.
    server_name: whom the chain is for, and whom a client asks for.
    status: the OCSP response (DER) about the leaf, empty where its authority is not at hand.
    """

    chain: tuple[bytes, ...]
    key: PrivateKey = field(repr=False)
    scheme: SignatureScheme
    server_name: str
    status: bytes = b""

    def sign(self, content: bytes) -> bytes:
        """Return the signature of `content`."""
        return signatures.sign(self.key, self.scheme, content)


@lru_cache(maxsize=8)
def identity(credentials: TestCredentials) -> Identity:
    """Return `credentials` parsed; raises `ValueError` if there is no certificate or no key that can sign."""
    chain = x509.load_pem_x509_certificates(credentials.chain_pem)
    key = load_pem_private_key(credentials.key_pem, None)
    if not isinstance(key, PrivateKey):
        raise ValueError(f"keys of type {type(key).__name__} cannot sign handshakes")
    return Identity(
        chain=tuple(certificate.public_bytes(Encoding.DER) for certificate in chain),
        key=key,
        scheme=signatures.schemes_for(key.public_key(), ProtocolVersion.TLS13)[0],
        server_name=credentials.server_name,
        status=_status(chain[0], credentials.authority),
    )


def _status(leaf: x509.Certificate, authority: Authority | None) -> bytes:
    """Return the authority's word that `leaf` is good (RFC 6960 4.2)."""
    if authority is None:
        return b""
    now = datetime.now(UTC)
    response = (
        ocsp.OCSPResponseBuilder()
        .add_response(
            cert=leaf,
            issuer=authority.certificate,
            algorithm=hashes.SHA1(),  # names the issuer and secures nothing; all that verifiers read
            cert_status=ocsp.OCSPCertStatus.GOOD,
            this_update=now - timedelta(hours=1),
            next_update=now + timedelta(days=7),
            revocation_time=None,
            revocation_reason=None,
        )
        .responder_id(ocsp.OCSPResponderEncoding.NAME, authority.certificate)
        .sign(authority.key, hashes.SHA256())
    )
    return response.public_bytes(Encoding.DER)


@cache
def key_shares() -> dict[int, KeyShare]:
    """Return the mapper's share of each of its groups, preferred first."""
    return {group: groups.generate(group) for group in GROUPS}


@lru_cache(maxsize=16)
def certified_key(der: bytes) -> PublicKey | None:
    """Return the public key of a certificate, or None if it cannot be read or cannot sign handshakes."""
    try:
        key = x509.load_der_x509_certificate(der).public_key()
    except (ValueError, UnsupportedAlgorithm, x509.InvalidVersion):
        return None
    return key if isinstance(key, PublicKey) else None
