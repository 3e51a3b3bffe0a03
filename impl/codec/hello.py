"""ClientHello, ServerHello with HelloRetryRequest, HelloRequest (RFC 8446 section 4.1, RFC 5246 7.4.1).

Fields are checked for what holds in every version; what depends on the version negotiated is checked by the
flows.  Numbers that are not known stay numbers.
"""

from __future__ import annotations

from typing import ClassVar, Final, Self

from impl.codec.enums import ExtensionType, HandshakeType, ProtocolVersion
from impl.codec.extensions import NO_EXTENSIONS, Extensions
from impl.codec.wire import IllegalParameter, Reader, numbers, u8, u16, vector
from impl.frozen import dataclass

RANDOM_LENGTH: Final = 32
SESSION_ID_LENGTH: Final = 32

HELLO_RETRY_REQUEST_RANDOM: Final = bytes.fromhex(
    "cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c"
)
"""The random of a ServerHello that is a HelloRetryRequest: SHA-256 of that name (RFC 8446 section 4.1.3)."""

DOWNGRADE_TLS12: Final = b"DOWNGRD\x01"
"""The last bytes of a random whose server speaks TLS 1.3 and negotiates 1.2 (RFC 8446 section 4.1.3)."""

DOWNGRADE_TLS11: Final = b"DOWNGRD\x00"
"""The same where the server negotiates TLS 1.1 or below."""


@dataclass(frozen=True, slots=True)
class ClientHello:
    """A client's offer.

    Parameters
    ----------
    legacy_version: the highest version up to TLS 1.2.
    random: 32 bytes.
    session_id: 0 to 32 bytes.
    cipher_suites: numbers, preferred first, signalling values among them.
    compression_methods: numbers; 0 must be among them.
    extensions: none at all is written without their length, as clients before extensions did.
    """

    TYPE: ClassVar[HandshakeType] = HandshakeType.CLIENT_HELLO

    random: bytes
    session_id: bytes
    cipher_suites: tuple[int, ...]
    extensions: Extensions = NO_EXTENSIONS
    compression_methods: tuple[int, ...] = (0,)
    legacy_version: int = ProtocolVersion.TLS12

    @classmethod
    def parse(cls, body: bytes) -> Self:
        """Read the message body; raises `DecodeError`, `IllegalParameter`."""
        reader = Reader(body, "ClientHello")
        legacy_version = reader.u16()
        random = reader.take(RANDOM_LENGTH)
        session_id = reader.vector(1, 0, 32)
        cipher_suites = reader.numbers(2, 2)
        compression_methods = reader.numbers(1, 1)
        extensions = _read_extensions(reader, "ClientHello")
        if 0 not in compression_methods:
            raise IllegalParameter("a ClientHello without the null compression method")
        if ExtensionType.PRE_SHARED_KEY in extensions.types()[:-1]:
            raise IllegalParameter("pre_shared_key is not the last extension (RFC 8446 section 4.2.11)")
        return cls(random, session_id, cipher_suites, extensions, compression_methods, legacy_version)

    def body(self) -> bytes:
        """Return the message body."""
        return (
            u16(self.legacy_version)
            + self.random
            + vector(1, self.session_id)
            + numbers(2, 2, self.cipher_suites)
            + numbers(1, 1, self.compression_methods)
            + _write_extensions(self.extensions)
        )


@dataclass(frozen=True, slots=True)
class ServerHello:
    """A server's choice, or its request for another ClientHello.

    Parameters
    ----------
    legacy_version: the version negotiated up to TLS 1.2; later ones are in supported_versions.
    random: 32 bytes, some of which may carry a meaning.
    session_id: 0 to 32 bytes.
    cipher_suite: the number chosen.
    extensions: none at all is written without their length.
    """

    TYPE: ClassVar[HandshakeType] = HandshakeType.SERVER_HELLO

    random: bytes
    session_id: bytes
    cipher_suite: int
    extensions: Extensions = NO_EXTENSIONS
    legacy_version: int = ProtocolVersion.TLS12

    @classmethod
    def parse(cls, body: bytes) -> Self:
        """Read the message body; raises `DecodeError`, `IllegalParameter`."""
        reader = Reader(body, "ServerHello")
        legacy_version = reader.u16()
        random = reader.take(RANDOM_LENGTH)
        session_id = reader.vector(1, 0, 32)
        cipher_suite = reader.u16()
        compression_method = reader.u8()
        extensions = _read_extensions(reader, "ServerHello")
        if compression_method != 0:
            raise IllegalParameter(f"a server chose compression method {compression_method}")
        return cls(random, session_id, cipher_suite, extensions, legacy_version)

    def body(self) -> bytes:
        """Return the message body."""
        return (
            u16(self.legacy_version)
            + self.random
            + vector(1, self.session_id)
            + u16(self.cipher_suite)
            + u8(0)
            + _write_extensions(self.extensions)
        )

    @property
    def is_hello_retry_request(self) -> bool:
        """Whether the random says that this is a HelloRetryRequest."""
        return self.random == HELLO_RETRY_REQUEST_RANDOM

    @property
    def downgraded(self) -> bool:
        """Whether the random says that the server would have spoken a later version."""
        return self.random.endswith((DOWNGRADE_TLS12, DOWNGRADE_TLS11))


@dataclass(frozen=True, slots=True)
class HelloRequest:
    """A server's wish for a new handshake; TLS 1.2 (RFC 5246 section 7.4.1.1)."""

    TYPE: ClassVar[HandshakeType] = HandshakeType.HELLO_REQUEST

    @classmethod
    def parse(cls, body: bytes) -> Self:
        """Read the message body, which is empty; raises `DecodeError`."""
        Reader(body, "HelloRequest").end()
        return cls()

    def body(self) -> bytes:
        """Return the message body."""
        return b""


def _read_extensions(reader: Reader, what: str) -> Extensions:
    if not reader:
        return NO_EXTENSIONS
    extensions = Extensions.parse(reader.vector(2), what)
    reader.end()
    return extensions


def _write_extensions(extensions: Extensions) -> bytes:
    return extensions.encode() if extensions else b""
