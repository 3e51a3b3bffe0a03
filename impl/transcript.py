"""The running hash over all handshake messages (RFC 8446 section 4.4.1, RFC 5246 section 7.4.9).

Messages are kept only until the hash function is known; then they are hashed and dropped.
"""

from __future__ import annotations

import hashlib
from typing import Self


class Transcript:
    """Whole handshake messages, with their headers, in the order in which they were exchanged.

    Parameters
    ----------
    hash_name: `hashlib`'s name of the hash function, where it is known already.
    """

    __slots__ = ("_hash", "_kept")

    def __init__(self, hash_name: str | None = None) -> None:
        self._hash = None if hash_name is None else hashlib.new(hash_name)
        self._kept: list[bytes] = []

    def add(self, message: bytes) -> None:
        """Append `message`, header included."""
        if self._hash is None:
            self._kept.append(message)
        else:
            self._hash.update(message)

    def choose(self, hash_name: str) -> None:
        """Fix the hash function, once; raises `ValueError` if it is fixed already."""
        if self._hash is not None:
            raise ValueError("the transcript has its hash function already")
        self._hash = hashlib.new(hash_name, b"".join(self._kept))
        self._kept.clear()

    def digest(self) -> bytes:
        """Return the hash of all messages so far; raises `ValueError` before `choose`."""
        if self._hash is None:
            raise ValueError("the transcript has no hash function yet")
        return self._hash.digest()

    def copy(self) -> Self:
        """Return an independent transcript of the same messages."""
        twin = type(self)()
        twin._hash = None if self._hash is None else self._hash.copy()
        twin._kept = self._kept.copy()
        return twin
