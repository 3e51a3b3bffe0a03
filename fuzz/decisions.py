"""Decisions out of bytes: what a fuzzer or Hypothesis hands over, read as numbers, choices and shorter bytes.

Every sequence of bytes means something, nearby sequences mean something similar, and what is missing at the
end is zero, so that a shorter input is a simpler one.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, TypeVar

T = TypeVar("T")

_LONGEST: Final = 48
"""Bytes of the longest piece that `some` returns."""


class Decisions:
    """A position in an input.

    Parameters
    ----------
    data: the input.
    """

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._position = 0

    def __bool__(self) -> bool:
        """Tell whether anything is left to decide with."""
        return self._position < len(self._data)

    def take(self, count: int) -> bytes:
        """Return the next `count` bytes, fewer at the end."""
        start = self._position
        self._position += count
        return self._data[start : start + count]

    def number(self, width: int = 1) -> int:
        """Return a number of `width` bytes."""
        return int.from_bytes(self.take(width).ljust(width, b"\0"))

    def choice(self, options: Sequence[T]) -> T:
        """Return one of at most 65,536 options."""
        return options[self.number(1 if len(options) <= 256 else 2) % len(options)]

    def some(self) -> bytes:
        """Return a short piece of bytes."""
        return self.take(self.number() % (_LONGEST + 1))

    def rest(self) -> bytes:
        """Return all that is left."""
        return self.take(len(self._data) - self._position)
