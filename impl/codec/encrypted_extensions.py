"""EncryptedExtensions (RFC 8446 section 4.3.1)."""

from __future__ import annotations

from typing import ClassVar, Self

from impl.codec.enums import HandshakeType
from impl.codec.extensions import NO_EXTENSIONS, Extensions
from impl.codec.wire import Reader
from impl.frozen import dataclass


@dataclass(frozen=True, slots=True)
class EncryptedExtensions:
    """A server's answers to extensions that the key exchange does not need."""

    TYPE: ClassVar[HandshakeType] = HandshakeType.ENCRYPTED_EXTENSIONS

    extensions: Extensions = NO_EXTENSIONS

    @classmethod
    def parse(cls, body: bytes) -> Self:
        """Read the message body; raises `DecodeError`, and `IllegalParameter` for a doubled extension."""
        reader = Reader(body, "EncryptedExtensions")
        extensions = Extensions.parse(reader.vector(2), "EncryptedExtensions")
        reader.end()
        return cls(extensions)

    def body(self) -> bytes:
        """Return the message body."""
        return self.extensions.encode()
