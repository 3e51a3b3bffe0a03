"""Bytes that are waiting to be written, in whole records.

Knows neither TLS nor transports.  A flight is written in one go as far as the transport takes it, and goes on
at the byte reached.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable


class Output:
    """A queue of records, of which the first may be written in part."""

    __slots__ = ("_records", "_written")

    def __init__(self) -> None:
        self._records: deque[bytes] = deque()
        self._written = 0

    def __bool__(self) -> bool:
        return bool(self._records)

    def add(self, records: Iterable[bytes]) -> None:
        """Put records behind those that wait."""
        self._records.extend(records)

    def waiting(self) -> bytes:
        """Return everything that is not written yet."""
        return b"".join(self._records)[self._written :]

    def advance(self, count: int) -> None:
        """Note that `count` more bytes have been written."""
        self._written += count
        while self._records and self._written >= len(self._records[0]):
            self._written -= len(self._records.popleft())
