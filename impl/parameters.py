"""What a handshake has agreed on, for the application to read."""

from __future__ import annotations

from dataclasses import dataclass

from impl.codec.enums import CipherSuite, NamedGroup, ProtocolVersion, SignatureScheme


@dataclass(frozen=True, slots=True)
class Parameters:
    """The outcome of a handshake.

    Parameters
    ----------
    version, cipher_suite: what was negotiated.
    group: of the key exchange; None where there was none.
    signature_scheme: how the server signed; None if it did not.
    alpn: the application protocol, or None.
    server_name: the host that the client asked for, or None.
    peer_certificates: DER, leaf first; empty where the peer showed none.
    extended_master_secret, safe_renegotiation: RFC 7627 and RFC 5746; both hold for every TLS 1.3 session,
        whose key schedule and lack of renegotiation give the same assurance.
    resumed: whether an earlier session was taken up again.
    psk_identity: the name of the external pre-shared key that authenticated both sides, or None.
    early_data: whether the server accepted early data.
    ocsp_response: what the server stapled to its certificate, in DER, or None.
    """

    version: ProtocolVersion
    cipher_suite: CipherSuite
    group: NamedGroup | None = None
    signature_scheme: SignatureScheme | None = None
    alpn: bytes | None = None
    server_name: str | None = None
    peer_certificates: tuple[bytes, ...] = ()
    extended_master_secret: bool = True
    safe_renegotiation: bool = True
    resumed: bool = False
    psk_identity: bytes | None = None
    early_data: bool = False
    ocsp_response: bytes | None = None

    @property
    def identity(self) -> tuple[bytes | None, bytes | None]:
        """Who the peer is: its certificate and its pre-shared key's name."""
        return (self.peer_certificates[0] if self.peer_certificates else None, self.psk_identity)
