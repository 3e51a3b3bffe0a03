"""ServerKeyExchange, ServerHelloDone and ClientKeyExchange of TLS 1.2, in the form of each key exchange.

The classes without a suffix are those of ECDHE.  Points and numbers are bytes here; `crypto.groups` says
whether they are any good.  Sources: RFC 5246 sections 7.4.3 and 7.4.7, RFC 8422 sections 5.4 and 5.7, RFC
4279 section 2, RFC 5489 section 2.
"""

from __future__ import annotations

from typing import ClassVar, Final, Self

from impl.codec.enums import HandshakeType
from impl.codec.wire import IllegalParameter, Reader, u8, u16, vector
from impl.frozen import dataclass

_NAMED_CURVE: Final = 3


def ecdhe_parameters(group: int, public: bytes) -> bytes:
    """Return ServerECDHParams: what a server signs behind both randoms (RFC 8422 section 5.4)."""
    return u8(_NAMED_CURVE) + u16(group) + vector(1, public)


def dhe_parameters(prime: bytes, generator: bytes, public: bytes) -> bytes:
    """Return ServerDHParams, which a server signs likewise (RFC 5246 section 7.4.3)."""
    return vector(2, prime) + vector(2, generator) + vector(2, public)


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
class ServerKeyExchangeDhe:
    """A server's signed share over a prime field.

    Parameters
    ----------
    prime, generator, public: numbers in network order.
    scheme, signature: how and what the server signed.
    """

    TYPE: ClassVar[HandshakeType] = HandshakeType.SERVER_KEY_EXCHANGE

    prime: bytes
    generator: bytes
    public: bytes
    scheme: int
    signature: bytes

    @classmethod
    def parse(cls, body: bytes) -> Self:
        """Read the message body; raises `DecodeError`."""
        reader = Reader(body, "ServerKeyExchange")
        prime, generator, public = reader.vector(2, 1), reader.vector(2, 1), reader.vector(2, 1)
        message = cls(prime, generator, public, reader.u16(), reader.vector(2))
        reader.end()
        return message

    def body(self) -> bytes:
        """Return the message body."""
        parameters = dhe_parameters(self.prime, self.generator, self.public)
        return parameters + u16(self.scheme) + vector(2, self.signature)

    def signed_content(self, client_random: bytes, server_random: bytes) -> bytes:
        """Return what the signature is over."""
        return client_random + server_random + dhe_parameters(self.prime, self.generator, self.public)


@dataclass(frozen=True, slots=True)
class ServerKeyExchangePsk:
    """A hint at which pre-shared key to use.

    Parameters
    ----------
    hint: for the application; empty says nothing.
    """

    TYPE: ClassVar[HandshakeType] = HandshakeType.SERVER_KEY_EXCHANGE

    hint: bytes

    @classmethod
    def parse(cls, body: bytes) -> Self:
        """Read the message body; raises `DecodeError`."""
        reader = Reader(body, "ServerKeyExchange")
        message = cls(reader.vector(2))
        reader.end()
        return message

    def body(self) -> bytes:
        """Return the message body."""
        return vector(2, self.hint)


@dataclass(frozen=True, slots=True)
class ServerKeyExchangeEcdhePsk:
    """A server's share, which the pre-shared key authenticates.

    Parameters
    ----------
    hint: for the application.
    group, public: as in ECDHE.
    """

    TYPE: ClassVar[HandshakeType] = HandshakeType.SERVER_KEY_EXCHANGE

    hint: bytes
    group: int
    public: bytes

    @classmethod
    def parse(cls, body: bytes) -> Self:
        """Read the message body; raises `DecodeError`, and `IllegalParameter` if no curve is named."""
        reader = Reader(body, "ServerKeyExchange")
        hint = reader.vector(2)
        curve_type = reader.u8()
        if curve_type != _NAMED_CURVE:
            raise IllegalParameter(f"curve type {curve_type} in ServerKeyExchange (RFC 8422 section 5.4)")
        message = cls(hint, reader.u16(), reader.vector(1, 1))
        reader.end()
        return message

    def body(self) -> bytes:
        """Return the message body."""
        return vector(2, self.hint) + ecdhe_parameters(self.group, self.public)


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


@dataclass(frozen=True, slots=True)
class ClientKeyExchangeOpaque:
    """A client's share over a prime field, or a premaster secret encrypted to the server's RSA key.

    Parameters
    ----------
    content: the number in network order, or the ciphertext.
    """

    TYPE: ClassVar[HandshakeType] = HandshakeType.CLIENT_KEY_EXCHANGE

    content: bytes

    @classmethod
    def parse(cls, body: bytes) -> Self:
        """Read the message body; raises `DecodeError`."""
        reader = Reader(body, "ClientKeyExchange")
        content = reader.vector(2, 1)
        reader.end()
        return cls(content)

    def body(self) -> bytes:
        """Return the message body."""
        return vector(2, self.content)


@dataclass(frozen=True, slots=True)
class ClientKeyExchangePsk:
    """The name of a client's pre-shared key, with its share where there is an ECDHE too.

    Parameters
    ----------
    identity: the name.
    public: the share, or None.
    """

    TYPE: ClassVar[HandshakeType] = HandshakeType.CLIENT_KEY_EXCHANGE

    identity: bytes
    public: bytes | None = None

    @classmethod
    def parse(cls, body: bytes) -> Self:
        """Read the message body; raises `DecodeError`."""
        reader = Reader(body, "ClientKeyExchange")
        identity = reader.vector(2)
        public = reader.vector(1, 1) if reader else None
        reader.end()
        return cls(identity, public)

    def body(self) -> bytes:
        """Return the message body."""
        return vector(2, self.identity) + (b"" if self.public is None else vector(1, self.public))
