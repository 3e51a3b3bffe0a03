"""What the application decides before a handshake begins.

A configuration is immutable and may serve many sessions.  Everything that is not a function of the bytes
exchanged comes in through it (randomness, ephemeral keys, the clock), so that a test can fix it all.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from os import urandom
from typing import Final

from cryptography import x509

from impl.codec.enums import CipherSuite, NamedGroup, ProtocolVersion, SignatureScheme
from impl.credentials import CertifiedKey, Trust
from impl.crypto.groups import GENERATORS, KeyShare, generate
from impl.crypto.signatures import ALGORITHMS
from impl.crypto.suites import SUITES


class Role(StrEnum):
    """Which end of the connection a session is."""

    CLIENT = "client"
    SERVER = "server"


# fmt: off
VERSIONS: Final = (ProtocolVersion.TLS13, ProtocolVersion.TLS12)
CIPHER_SUITES: Final = (
    CipherSuite.TLS_AES_128_GCM_SHA256,
    CipherSuite.TLS_AES_256_GCM_SHA384,
    CipherSuite.TLS_CHACHA20_POLY1305_SHA256,
    CipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
    CipherSuite.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
    CipherSuite.TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,
    CipherSuite.TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
    CipherSuite.TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256,
    CipherSuite.TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256,
)
GROUPS: Final = (NamedGroup.X25519, NamedGroup.SECP256R1, NamedGroup.SECP384R1)
SIGNATURE_SCHEMES: Final = (
    SignatureScheme.ECDSA_SECP256R1_SHA256,
    SignatureScheme.ECDSA_SECP384R1_SHA384,
    SignatureScheme.ED25519,
    SignatureScheme.RSA_PSS_RSAE_SHA256,
    SignatureScheme.RSA_PSS_RSAE_SHA384,
    SignatureScheme.RSA_PSS_RSAE_SHA512,
    SignatureScheme.RSA_PKCS1_SHA256,
    SignatureScheme.RSA_PKCS1_SHA384,
    SignatureScheme.RSA_PKCS1_SHA512,
)
# fmt: on

VerifyCallback = Callable[[Sequence[x509.Certificate], str | None], bool]
"""(peer's chain, host asked for) -> whether the application accepts it."""


@dataclass(frozen=True, slots=True)
class Config:
    """Everything that a session needs to know from its application.

    Parameters
    ----------
    role: client or server.
    versions, cipher_suites, groups, signature_schemes: what may be negotiated, preferred first; a version
        without a cipher suite is left out.
    certified_keys: a server's certificate chains with their keys; the first that fits is used.
    trust: the authorities that a client believes; None leaves verification to `verify_callback` alone.
    server_name: the host that a client wants, for the server_name extension and for verification.
    alpn: application protocols, preferred first; a server's order decides.
    verify_callback: asked after the built-in verification has passed.
    compatible: make TLS 1.3 look like TLS 1.2 to middleboxes (RFC 8446 appendix D.4).
    randomness: returns so many random bytes.
    make_key_share: generates an ephemeral key of a group.
    clock: POSIX time in seconds.
    key_log: takes the lines of an SSLKEYLOGFILE.

    Raises `ValueError` if the parts contradict each other.
    """

    role: Role
    versions: tuple[ProtocolVersion, ...] = VERSIONS
    cipher_suites: tuple[CipherSuite, ...] = CIPHER_SUITES
    groups: tuple[NamedGroup, ...] = GROUPS
    signature_schemes: tuple[SignatureScheme, ...] = SIGNATURE_SCHEMES
    certified_keys: tuple[CertifiedKey, ...] = ()
    trust: Trust | None = None
    server_name: str | None = None
    alpn: tuple[bytes, ...] = ()
    verify_callback: VerifyCallback | None = None
    compatible: bool = True
    randomness: Callable[[int], bytes] = urandom
    make_key_share: Callable[[NamedGroup], KeyShare] = generate
    clock: Callable[[], float] = time.time
    key_log: Callable[[str], None] | None = None

    def __post_init__(self) -> None:
        for what, chosen, known in (
            ("cipher suite", self.cipher_suites, SUITES),
            ("group", self.groups, GENERATORS),
            ("signature scheme", self.signature_schemes, ALGORITHMS),
        ):
            unknown = [number for number in chosen if number not in known]
            if unknown:
                raise ValueError(f"{what} {unknown[0]} is not implemented")
        covered = {SUITES[number].version for number in self.cipher_suites}
        object.__setattr__(self, "versions", tuple(v for v in self.versions if v in covered))
        if not (self.versions and self.cipher_suites and self.groups and self.signature_schemes):
            raise ValueError("a version with a cipher suite, a group and a signature scheme must be enabled")
        if self.role is Role.SERVER and not self.certified_keys:
            raise ValueError("a server needs a certificate")
        if self.role is Role.CLIENT and self.trust is not None and self.server_name is None:
            raise ValueError("a client that verifies certificates needs the server's name")
        if self.server_name is not None and not (
            self.server_name.isascii() and 0 < len(self.server_name) < 256
        ):
            raise ValueError(
                "the server's name must be ASCII, of 1 to 255 bytes; encode other names (RFC 5890)"
            )
        if not all(0 < len(protocol) < 256 for protocol in self.alpn):
            raise ValueError("an application protocol's name has 1 to 255 bytes")
