"""ServerKeyExchange, ServerHelloDone, ClientKeyExchange of TLS 1.2 with ECDHE (RFC 8422 5.4 and 5.7).

Points are bytes here; `crypto.groups` says whether they are any good.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Final, Self

from impl.codec.enums import HandshakeType
from impl.codec.wire import IllegalParameter, Reader, u8, u16, vector

_NAMED_CURVE: Final = 3


def ecdhe_parameters(group: int, public: bytes) -> bytes:
    """Return ServerECDHParams: what a server signs behind both randoms (RFC 8422 section 5.4)."""
    return u8(_NAMED_CURVE) + u16(group) + vector(1, public)


@dataclass(frozen=True, slots=True)
class ServerKeyExchange:
    """A server's signed share.

    Parameters
    ----------
    group: its named group.
    public: 1 to 255 bytes of public key.
    scheme, signature: how and what the server signed.
    """

    TYPE: ClassVar[HandshakeType] = HandshakeType.SERVER_KEY_EXCHANGE

    group: int
    public: bytes
    scheme: int
    signature: bytes

    @classmethod
    def parse(cls, body: bytes) -> Self:
        """Read the message body; raises `DecodeError`, and `IllegalParameter` if no curve is named."""
        reader = Reader(body, "ServerKeyExchange")
        curve_type = reader.u8()
        if curve_type != _NAMED_CURVE:
            raise IllegalParameter(f"curve type {curve_type} in ServerKeyExchange (RFC 8422 section 5.4)")
        message = cls(reader.u16(), reader.vector(1, 1), reader.u16(), reader.vector(2))
        reader.end()
        return message

    def body(self) -> bytes:
        """Return the message body."""
        return ecdhe_parameters(self.group, self.public) + u16(self.scheme) + vector(2, self.signature)

    def signed_content(self, client_random: bytes, server_random: bytes) -> bytes:
        """Return what the signature is over."""
        return client_random + server_random + ecdhe_parameters(self.group, self.public)


@dataclass(frozen=True, slots=True)
class ServerHelloDone:
    """The end of a server's first flight (RFC 5246 section 7.4.5)."""

    TYPE: ClassVar[HandshakeType] = HandshakeType.SERVER_HELLO_DONE

    @classmethod
    def parse(cls, body: bytes) -> Self:
        """Read the message body, which is empty; raises `DecodeError`."""
        Reader(body, "ServerHelloDone").end()
        return cls()

    def body(self) -> bytes:
        """Return the message body."""
        return b""


@dataclass(frozen=True, slots=True)
class ClientKeyExchange:
    """A client's share.

    Parameters
    ----------
    public: 1 to 255 bytes of public key.
    """

    TYPE: ClassVar[HandshakeType] = HandshakeType.CLIENT_KEY_EXCHANGE

    public: bytes

    @classmethod
    def parse(cls, body: bytes) -> Self:
        """Read the message body; raises `DecodeError`."""
        reader = Reader(body, "ClientKeyExchange")
        public = reader.vector(1, 1)
        reader.end()
        return cls(public)

    def body(self) -> bytes:
        """Return the message body."""
        return vector(1, self.public)
