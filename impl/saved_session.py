"""A session that can be taken up again: what a client keeps, and what a server stores or seals into a ticket.

Plain data with a byte form of its own, in the presentation language of RFC 8446 section 3; nothing of it goes
over the wire in the clear.  Theory: gnutls_session_get_data2(3), RFC 5246 section 7.3, RFC 5077 section 4,
RFC 8446 section 4.6.1.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Self

from impl.codec.enums import CipherSuite, ProtocolVersion
from impl.codec.wire import CodecError, Reader, u8, u16, u32, vector

_FORMAT: Final = b"saved session 1"


@dataclass(frozen=True, slots=True)
class SavedSession:
    """One session, from the point of view of the side that keeps it.

    Parameters
    ----------
    version, cipher_suite: what was negotiated.
    secret: the master secret of TLS 1.2, or the pre-shared key that a TLS 1.3 ticket stands for.
    issued: POSIX time of its beginning, in milliseconds.
    lifetime: seconds for which it may be resumed.
    extended: whether the master secret is extended (RFC 7627).
    server_name, alpn: what they were.
    chain: the peer's certificates (DER, leaf first).
    psk_identity: who the client was, where it authenticated with a pre-shared key.
    session_id, ticket: what names the session to the server; a server leaves the ticket empty.
    age_add: what is added to a ticket's age when it is shown (TLS 1.3).
    early_data_size: most bytes of early data that the server takes (TLS 1.3).
    """

    version: ProtocolVersion
    cipher_suite: CipherSuite
    secret: bytes
    issued: int
    lifetime: int
    extended: bool = True
    server_name: str | None = None
    alpn: bytes | None = None
    chain: tuple[bytes, ...] = ()
    psk_identity: bytes | None = None
    session_id: bytes = b""
    ticket: bytes = b""
    age_add: int = 0
    early_data_size: int = 0

    def is_fresh(self, now: float) -> bool:
        """Tell whether the session may still be resumed at POSIX time `now`, in seconds."""
        return 0 <= now * 1000 - self.issued + _SKEW < self.lifetime * 1000 + _SKEW

    def to_bytes(self) -> bytes:
        """Return the session's byte form, secrets included."""
        return b"".join(
            (
                vector(1, _FORMAT),
                u16(self.version),
                u16(self.cipher_suite),
                vector(1, self.secret),
                self.issued.to_bytes(8),
                u32(self.lifetime),
                u8(self.extended),
                vector(2, b"" if self.server_name is None else self.server_name.encode("ascii")),
                vector(1, self.alpn or b""),
                vector(3, b"".join(vector(3, certificate) for certificate in self.chain)),
                u8(self.psk_identity is not None),
                vector(2, self.psk_identity or b""),
                vector(1, self.session_id),
                vector(2, self.ticket),
                u32(self.age_add),
                u32(self.early_data_size),
            )
        )

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """Read the byte form; raises `ValueError` if it is damaged or of another release."""
        try:
            return cls._read(Reader(data, "saved session"))
        except CodecError as error:
            raise ValueError(str(error)) from error

    @classmethod
    def _read(cls, reader: Reader) -> Self:
        if reader.vector(1) != _FORMAT:
            raise ValueError("not a saved session of this release")
        version, cipher_suite = ProtocolVersion(reader.u16()), CipherSuite(reader.u16())
        secret, issued, lifetime = reader.vector(1, 1), int.from_bytes(reader.take(8)), reader.u32()
        extended, server_name, alpn = bool(reader.u8()), reader.vector(2), reader.vector(1)
        certificates = Reader(reader.vector(3), "saved session")
        chain = []
        while certificates:
            chain.append(certificates.vector(3, 1))
        has_identity, identity = reader.u8(), reader.vector(2)
        session_id, ticket = reader.vector(1, 0, 32), reader.vector(2)
        age_add, early_data_size = reader.u32(), reader.u32()
        reader.end()
        return cls(
            version=version,
            cipher_suite=cipher_suite,
            secret=secret,
            issued=issued,
            lifetime=lifetime,
            extended=extended,
            server_name=server_name.decode("ascii") or None,
            alpn=alpn or None,
            chain=tuple(chain),
            psk_identity=identity if has_identity else None,
            session_id=session_id,
            ticket=ticket,
            age_add=age_add,
            early_data_size=early_data_size,
        )


_SKEW: Final = 1000
"""Milliseconds by which the clock may seem to have gone back."""
