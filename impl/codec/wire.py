"""Reading and writing the presentation language of RFC 8446 section 3, with every length checked.

Knows no message.  A parser reads its fields in order and calls `Reader.end`, so what is left over is refused.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable
from typing import ClassVar, Final

from impl.alerts import AlertDescription

MAX_VECTOR: Final = 2**24 - 1
"""The most bytes that the longest length field announces."""

_CODES: Final = {1: "B", 2: "H"}
"""Size of a number -> `struct`'s name of it."""


class CodecError(Exception):
    """Bytes of the peer that are refused; `str()` of it is one line that says why."""

    alert: ClassVar[AlertDescription]


class DecodeError(CodecError):
    """Lengths or framing that contradict each other: decode_error (RFC 8446 section 6.2)."""

    alert = AlertDescription.DECODE_ERROR


class IllegalParameter(CodecError):
    """A well-formed field with a value that is forbidden: illegal_parameter (RFC 8446 section 6.2)."""

    alert = AlertDescription.ILLEGAL_PARAMETER


class Reader:
    """A position in bytes that never runs past their end.

    Parameters
    ----------
    data: what to read.
    what: the name of the structure, for errors.

    All methods raise `DecodeError`.
    """

    __slots__ = ("_data", "_end", "_position", "_what")

    def __init__(self, data: bytes, what: str) -> None:
        self._data = data
        self._end = len(data)
        self._position = 0
        self._what = what

    def __bool__(self) -> bool:
        """Tell whether anything is left to read."""
        return self._position < self._end

    def take(self, count: int) -> bytes:
        """Return the next `count` bytes."""
        start = self._position
        end = start + count
        if end > self._end:
            raise self._cut_short(end)
        self._position = end
        return self._data[start:end]

    def u8(self) -> int:
        """Return the next byte as a number."""
        return self.take(1)[0]

    def u16(self) -> int:
        """Return the next two bytes as a number."""
        return int.from_bytes(self.take(2))

    def u24(self) -> int:
        """Return the next three bytes as a number."""
        return int.from_bytes(self.take(3))

    def u32(self) -> int:
        """Return the next four bytes as a number."""
        return int.from_bytes(self.take(4))

    def vector(self, width: int, low: int = 0, high: int = MAX_VECTOR) -> bytes:
        """Return a vector of `low` to `high` bytes behind a length of `width` bytes."""
        start = self._position + width
        # If the length itself is cut short, so is what it measures.
        length = int.from_bytes(self._data[self._position : start])
        if not low <= length <= high:
            raise DecodeError(f"a vector of {length} bytes in {self._what}")
        end = start + length
        if end > self._end:
            raise self._cut_short(end)
        self._position = end
        return self._data[start:end]

    def numbers(self, width: int, size: int, low: int = 1) -> tuple[int, ...]:
        """Return a vector of at least `low` numbers of `size` bytes, behind a length of `width` bytes."""
        data = self.vector(width, low * size)
        count, rest = divmod(len(data), size)
        if rest:
            raise DecodeError(f"a list in {self._what} ends inside an item")
        return struct.unpack(f">{count}{_CODES[size]}", data)

    def end(self) -> None:
        """Require that nothing is left."""
        if self._position != self._end:
            raise DecodeError(f"{self._end - self._position} bytes too many in {self._what}")

    def _cut_short(self, end: int) -> DecodeError:
        return DecodeError(f"{self._what} ends {end - self._end} bytes early")


def u8(number: int) -> bytes:
    """Return `number` in one byte."""
    return number.to_bytes(1)


def u16(number: int) -> bytes:
    """Return `number` in two bytes."""
    return number.to_bytes(2)


def u32(number: int) -> bytes:
    """Return `number` in four bytes."""
    return number.to_bytes(4)


def vector(width: int, data: bytes) -> bytes:
    """Return `data` behind its length in `width` bytes; raises `OverflowError` if that is too short."""
    return len(data).to_bytes(width) + data


def numbers(width: int, size: int, items: Iterable[int]) -> bytes:
    """Return `items`, each in `size` bytes, as a vector behind its length in `width` bytes."""
    listed = tuple(items)
    return vector(width, struct.pack(f">{len(listed)}{_CODES[size]}", *listed))
