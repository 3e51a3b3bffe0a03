"""Finished (RFC 8446 section 4.4.4, RFC 5246 section 7.4.9).  What must be in it says the key schedule."""

from __future__ import annotations

from typing import ClassVar, Final, Self

from impl.codec.enums import HandshakeType
from impl.codec.wire import DecodeError
from impl.frozen import dataclass

_LENGTHS: Final = frozenset({12, 32, 48})


@dataclass(frozen=True, slots=True)
class Finished:
    """The proof that both sides saw the same handshake.

    Parameters
    ----------
    verify_data: 12 bytes in TLS 1.2, as many as the hash has in TLS 1.3.
    """

    TYPE: ClassVar[HandshakeType] = HandshakeType.FINISHED

    verify_data: bytes

    @classmethod
    def parse(cls, body: bytes) -> Self:
        """Read the message body; raises `DecodeError` for a length that no cipher suite has."""
        if len(body) not in _LENGTHS:
            raise DecodeError(f"a Finished of {len(body)} bytes")
        return cls(body)

    def body(self) -> bytes:
        """Return the message body."""
        return self.verify_data


def read_verify_data(body: bytes, length: int) -> bytes:
    """Return what a Finished says, whose length the version and the hash prescribe; raises `DecodeError`."""
    if len(body) != length:
        raise DecodeError(f"a Finished of {len(body)} bytes in place of {length}")
    return body
