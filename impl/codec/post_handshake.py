"""NewSessionTicket, KeyUpdate and EndOfEarlyData (RFC 8446 sections 4.5 and 4.6, RFC 5077 section 3.3)."""

from __future__ import annotations

from typing import ClassVar, Self

from impl.codec.enums import HandshakeType
from impl.codec.extensions import NO_EXTENSIONS, Extensions
from impl.codec.wire import IllegalParameter, Reader, u8, u32, vector
from impl.frozen import dataclass


@dataclass(frozen=True, slots=True)
class NewSessionTicket12:
    """A ticket of TLS 1.2, which comes before the server's ChangeCipherSpec.

    Parameters
    ----------
    lifetime: seconds, as a hint.
    ticket: opaque; empty if the server changed its mind.
    """

    TYPE: ClassVar[HandshakeType] = HandshakeType.NEW_SESSION_TICKET

    lifetime: int
    ticket: bytes

    @classmethod
    def parse(cls, body: bytes) -> Self:
        """Read the message body; raises `DecodeError`."""
        reader = Reader(body, "NewSessionTicket")
        message = cls(reader.u32(), reader.vector(2))
        reader.end()
        return message

    def body(self) -> bytes:
        """Return the message body."""
        return u32(self.lifetime) + vector(2, self.ticket)


@dataclass(frozen=True, slots=True)
class NewSessionTicket13:
    """A ticket of TLS 1.3.

    Parameters
    ----------
    lifetime: seconds.
    age_add: what a client adds to the age that it shows.
    nonce: tells the tickets of one connection apart.
    ticket: opaque, not empty.
    extensions: early_data may be among them.
    """

    TYPE: ClassVar[HandshakeType] = HandshakeType.NEW_SESSION_TICKET

    lifetime: int
    age_add: int
    nonce: bytes
    ticket: bytes
    extensions: Extensions = NO_EXTENSIONS

    @classmethod
    def parse(cls, body: bytes) -> Self:
        """Read the message body; raises `DecodeError`, and `IllegalParameter` for a doubled extension."""
        reader = Reader(body, "NewSessionTicket")
        lifetime, age_add = reader.u32(), reader.u32()
        nonce, ticket = reader.vector(1), reader.vector(2, 1)
        extensions = Extensions.parse(reader.vector(2), "NewSessionTicket")
        reader.end()
        return cls(lifetime, age_add, nonce, ticket, extensions)

    def body(self) -> bytes:
        """Return the message body."""
        return (
            u32(self.lifetime)
            + u32(self.age_add)
            + vector(1, self.nonce)
            + vector(2, self.ticket)
            + self.extensions.encode()
        )


@dataclass(frozen=True, slots=True)
class KeyUpdate:
    """The sender's keys change behind this message (RFC 8446 section 4.6.3).

    Parameters
    ----------
    update_requested: whether the receiver must change its keys too.
    """

    TYPE: ClassVar[HandshakeType] = HandshakeType.KEY_UPDATE

    update_requested: bool

    @classmethod
    def parse(cls, body: bytes) -> Self:
        """Read the message body; raises `DecodeError`, and `IllegalParameter` for a value above 1."""
        reader = Reader(body, "KeyUpdate")
        request = reader.u8()
        reader.end()
        if request > 1:
            raise IllegalParameter(f"KeyUpdate asks for {request} (RFC 8446 section 4.6.3)")
        return cls(request == 1)

    def body(self) -> bytes:
        """Return the message body."""
        return u8(self.update_requested)


@dataclass(frozen=True, slots=True)
class EndOfEarlyData:
    """The end of a client's early data (RFC 8446 section 4.5)."""

    TYPE: ClassVar[HandshakeType] = HandshakeType.END_OF_EARLY_DATA

    @classmethod
    def parse(cls, body: bytes) -> Self:
        """Read the message body, which is empty; raises `DecodeError`."""
        Reader(body, "EndOfEarlyData").end()
        return cls()

    def body(self) -> bytes:
        """Return the message body."""
        return b""
