"""What a handshake has agreed on, for the application to read."""

from __future__ import annotations

from dataclasses import dataclass

from impl.codec.enums import CipherSuite, NamedGroup, ProtocolVersion, SignatureScheme


@dataclass(frozen=True, slots=True)
class Parameters:
    """The outcome of a handshake.

    Parameters
    ----------
    version, cipher_suite, group: what was negotiated.
    signature_scheme: how the server signed.
    alpn: the application protocol, or None.
    server_name: the host that the client asked for, or None.
    peer_certificates: DER, leaf first; empty at a server.
    extended_master_secret, safe_renegotiation: RFC 7627 and RFC 5746; both hold for every TLS 1.3 session,
        whose key schedule and lack of renegotiation give the same assurance.
    resumed: whether an earlier session was taken up again.
    """

    version: ProtocolVersion
    cipher_suite: CipherSuite
    group: NamedGroup
    signature_scheme: SignatureScheme
    alpn: bytes | None = None
    server_name: str | None = None
    peer_certificates: tuple[bytes, ...] = ()
    extended_master_secret: bool = True
    safe_renegotiation: bool = True
    resumed: bool = False
