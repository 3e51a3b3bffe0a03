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

from impl.anti_replay import AntiReplay
from impl.codec.enums import CipherSuite, NamedGroup, ProtocolVersion, PskKeyExchangeMode, SignatureScheme
from impl.credentials import CertifiedKey, Psk, Trust
from impl.crypto.groups import GENERATORS, KeyShare, generate
from impl.crypto.signatures import ALGORITHMS
from impl.crypto.suites import SUITES
from impl.limits import MAX_PLAINTEXT, MIN_RECORD_SIZE_LIMIT
from impl.saved_session import SavedSession
from impl.stores import Store
from impl.tickets import TicketKeys


class Role(StrEnum):
    """Which end of the connection a session is."""

    CLIENT = "client"
    SERVER = "server"


class ClientAuth(StrEnum):
    """What a server wants of a client's certificate (gnutls_certificate_server_set_request(3))."""

    NONE = "none"
    REQUEST = "request"
    REQUIRE = "require"


class Renegotiation(StrEnum):
    """What is demanded of RFC 5746, by the priority keywords of GnuTLS."""

    DISABLED = "disabled"
    """The extension is neither sent nor looked at."""
    UNSAFE = "unsafe"
    """Handshake and re-handshake go on without it."""
    PARTIAL = "partial"
    """The first handshake goes on without it, a re-handshake does not."""
    SAFE = "safe"
    """Nothing goes on without it."""


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
        without a cipher suite is left out.  DTLS 1.2 stands alone and makes a session of datagrams.
    certified_keys: certificate chains with their keys; the first that fits is used.  A client shows one only
        if it is asked to.
    trust: the authorities that are believed; None leaves verification to `verify_callback` alone.
    server_name: the host that a client wants, for the server_name extension and for verification.
    alpn: application protocols, preferred first; a server's order decides.
    verify_callback: asked after the built-in verification has passed.
    client_auth: whether a server asks for the client's certificate.
    post_handshake_auth: whether a client answers to a request after the handshake (TLS 1.3).
    late_client_auth: what a server's `reauth` asks for then.
    request_status: whether a client asks for a stapled OCSP response.
    psk: the pre-shared key of a client.
    psk_lookup: name of a pre-shared key -> the key, or None if it is unknown, at a server.
    psk_modes: whether pre-shared keys come with (EC)DHE or without, preferred first (TLS 1.3).
    store: where a server keeps sessions of TLS 1.2 for resumption by their id.
    tickets: the keys of a server's tickets; None issues none.
    ticket_count: tickets that a TLS 1.3 server sends after a handshake.
    session_lifetime: seconds for which sessions may be resumed.
    resume: the session that a client would resume.
    session_tickets: whether a client asks for tickets of TLS 1.2.
    early_data_size: most bytes of early data that a server takes; 0 takes none.
    anti_replay: what keeps a server from taking early data twice; without it, none is taken.
    renegotiation: the policy on RFC 5746.
    allow_identity_change: whether a re-handshake may change who the peer is.
    record_size_limit: most bytes of content in the records that we want (RFC 8449); None leaves it open.
    handshake_timeout: seconds that one handshake may take; None sets no limit.
    mtu: bytes of a datagram, without the headers of the transport (DTLS).
    retransmit_timeout, total_timeout: seconds until the first retransmission, and until the handshake is
        given up (DTLS).
    cookie_secret: what a server's cookies are made with; None asks for no cookie (DTLS).
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
    client_auth: ClientAuth = ClientAuth.NONE
    post_handshake_auth: bool = False
    late_client_auth: ClientAuth = ClientAuth.NONE
    request_status: bool = False
    psk: Psk | None = None
    psk_lookup: Callable[[bytes], bytes | None] | None = None
    psk_modes: tuple[PskKeyExchangeMode, ...] = (PskKeyExchangeMode.PSK_DHE_KE,)
    store: Store | None = None
    tickets: TicketKeys | None = None
    ticket_count: int = 2
    session_lifetime: int = 21600
    resume: SavedSession | None = None
    session_tickets: bool = True
    early_data_size: int = 0
    anti_replay: AntiReplay | None = None
    renegotiation: Renegotiation = Renegotiation.PARTIAL
    allow_identity_change: bool = False
    record_size_limit: int | None = None
    handshake_timeout: float | None = None
    mtu: int = 1200
    retransmit_timeout: float = 1.0
    total_timeout: float = 60.0
    cookie_secret: bytes | None = None
    compatible: bool = True
    randomness: Callable[[int], bytes] = urandom
    make_key_share: Callable[[NamedGroup], KeyShare] = generate
    clock: Callable[[], float] = time.time
    key_log: Callable[[str], None] | None = None

    @property
    def datagram(self) -> bool:
        """Whether sessions go over datagrams."""
        return self.versions == (ProtocolVersion.DTLS12,)

    def __post_init__(self) -> None:
        for what, chosen, known in (
            ("cipher suite", self.cipher_suites, SUITES),
            ("group", self.groups, GENERATORS),
            ("signature scheme", self.signature_schemes, ALGORITHMS),
        ):
            unknown = [number for number in chosen if number not in known]
            if unknown:
                raise ValueError(f"{what} {unknown[0]} is not implemented")
        if ProtocolVersion.DTLS12 in self.versions and not self.datagram:
            raise ValueError("DTLS and TLS cannot be negotiated in one session")
        covered = {SUITES[number].version for number in self.cipher_suites}
        versions = tuple(version for version in self.versions if SUITES_OF.get(version) in covered)
        object.__setattr__(self, "versions", versions)
        if not (self.versions and self.cipher_suites and self.groups and self.signature_schemes):
            raise ValueError("a version with a cipher suite, a group and a signature scheme must be enabled")
        if self.role is Role.SERVER and not self.certified_keys and self.psk_lookup is None:
            raise ValueError("a server needs a certificate or pre-shared keys")
        asks = {self.client_auth, self.late_client_auth} != {ClientAuth.NONE}
        if asks and self.trust is None and self.verify_callback is None:
            raise ValueError("a server that asks for certificates needs authorities or a callback")
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
        if self.record_size_limit is not None and not (
            MIN_RECORD_SIZE_LIMIT <= self.record_size_limit <= MAX_PLAINTEXT + 1
        ):
            raise ValueError(f"a record size limit is {MIN_RECORD_SIZE_LIMIT} to {MAX_PLAINTEXT + 1} bytes")
        if not 0 < self.session_lifetime <= MAX_LIFETIME:
            raise ValueError(f"sessions may be resumed for 1 to {MAX_LIFETIME} seconds")


MAX_LIFETIME: Final = 604_800
"""Seconds: seven days (RFC 8446 section 4.6.1)."""

SUITES_OF: Final = {
    ProtocolVersion.TLS13: ProtocolVersion.TLS13,
    ProtocolVersion.TLS12: ProtocolVersion.TLS12,
    ProtocolVersion.DTLS12: ProtocolVersion.TLS12,
}
"""Version -> the version in whose terms its cipher suites are listed."""
