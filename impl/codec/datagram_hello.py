"""The hellos as DTLS has them: ClientHello with a cookie, and HelloVerifyRequest (RFC 6347 section 4.2.1)."""

from __future__ import annotations

from typing import ClassVar, Final, Self

from impl.codec.enums import HandshakeType, ProtocolVersion
from impl.codec.hello import RANDOM_LENGTH, ClientHello
from impl.codec.wire import Reader, u16, vector
from impl.frozen import dataclass

_SESSION_ID_OFFSET: Final = 2 + RANDOM_LENGTH


@dataclass(frozen=True, slots=True)
class DatagramClientHello(ClientHello):
    """A client's offer over datagrams.

    Parameters
    ----------
    cookie: what the server's HelloVerifyRequest said, empty before that.
    """

    legacy_version: int = ProtocolVersion.DTLS12
    cookie: bytes = b""

    @classmethod
    def parse(cls, body: bytes) -> Self:
        """Read the message body; raises `DecodeError`, `IllegalParameter`."""
        reader = Reader(body, "ClientHello")
        reader.take(_SESSION_ID_OFFSET)
        start = _SESSION_ID_OFFSET + 1 + len(reader.vector(1, 0, 32))
        cookie = reader.vector(1)
        # What is left without the cookie is a ClientHello of TLS, with all that is checked there.
        hello = ClientHello.parse(body[:start] + body[start + 1 + len(cookie) :])
        return cls(
            random=hello.random,
            session_id=hello.session_id,
            cipher_suites=hello.cipher_suites,
            extensions=hello.extensions,
            compression_methods=hello.compression_methods,
            legacy_version=hello.legacy_version,
            cookie=cookie,
        )

    def body(self) -> bytes:
        """Return the message body."""
        plain = ClientHello.body(self)
        start = _SESSION_ID_OFFSET + 1 + len(self.session_id)
        return plain[:start] + vector(1, self.cookie) + plain[start:]


@dataclass(frozen=True, slots=True)
class HelloVerifyRequest:
    """A server's wish to see that the client receives what is sent to its address.

    Parameters
    ----------
    cookie: 0 to 255 bytes, which the client repeats.
    server_version: DTLS 1.0 whatever will be negotiated; a client makes nothing of it.
    """

    TYPE: ClassVar[HandshakeType] = HandshakeType.HELLO_VERIFY_REQUEST

    cookie: bytes
    server_version: int = ProtocolVersion.DTLS10

    @classmethod
    def parse(cls, body: bytes) -> Self:
        """Read the message body; raises `DecodeError`."""
        reader = Reader(body, "HelloVerifyRequest")
        server_version = reader.u16()
        cookie = reader.vector(1)
        reader.end()
        return cls(cookie, server_version)

    def body(self) -> bytes:
        """Return the message body."""
        return u16(self.server_version) + vector(1, self.cookie)
