"""Handshake messages out of the fragments of records (RFC 8446 section 5.1, RFC 5246 section 7.4).

Knows the four-byte header and nothing else of messages.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from impl.codec.wire import DecodeError
from impl.limits import MAX_HANDSHAKE_MESSAGE

HEADER_LENGTH: Final = 4


class HandshakeTooLarge(DecodeError):
    """A handshake message that announces more bytes than are accepted."""


class Message(NamedTuple):
    """One whole handshake message.

    Parameters
    ----------
    type: its number, perhaps of no `HandshakeType`.
    body: what follows the header.
    raw: header and body, as transcripts take them.
    """

    type: int
    body: bytes
    raw: bytes


class Joiner:
    """Collects fragments and gives out whole messages.

    Holds at most one message and one fragment, if what is fed is drained by `next`.

    Parameters
    ----------
    max_message: the longest body that is accepted, in bytes.
    """

    __slots__ = ("_buffer", "_max_message")

    def __init__(self, max_message: int = MAX_HANDSHAKE_MESSAGE) -> None:
        self._buffer = bytearray()
        self._max_message = max_message

    def feed(self, fragment: bytes) -> None:
        """Take the fragment of a handshake record."""
        self._buffer += fragment

    def next(self) -> Message | None:
        """Return the next whole message, or None until more is fed.

        Raises `HandshakeTooLarge` as soon as a header announces too much, before its body arrives.
        """
        buffer = self._buffer
        if len(buffer) < HEADER_LENGTH:
            return None
        length = int.from_bytes(buffer[1:4])
        if length > self._max_message:
            raise HandshakeTooLarge(f"a handshake message of {length} bytes, over {self._max_message}")
        end = HEADER_LENGTH + length
        if len(buffer) < end:
            return None
        raw = bytes(buffer[:end])
        del buffer[:end]
        return Message(raw[0], raw[HEADER_LENGTH:], raw)

    def pending(self) -> bool:
        """Tell whether bytes of a partial or further message remain.

        Then keys must not change and, where `next` gave None, no record of another type may come in between
        (RFC 8446 section 5.1).
        """
        return bool(self._buffer)
