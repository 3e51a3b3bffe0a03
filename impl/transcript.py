"""The running hash over all handshake messages (RFC 8446 section 4.4.1, RFC 5246 section 7.4.9).

Messages are kept until the hash function is known, and longer where TLS 1.2 may yet sign all of them.
"""

from __future__ import annotations

import hashlib
from typing import Self


class Transcript:
    """Whole handshake messages, with their headers, in the order in which they were exchanged.

    Parameters
    ----------
    hash_name: `hashlib`'s name of the hash function, where it is known already.
    keep: whether the messages stay available as they are, until `forget`.
    number: message_seq of our own next message, over datagrams; None over streams.  Datagrams count messages
        with the header that they have when they are not fragmented (RFC 6347 section 4.2.6).
    """

    __slots__ = ("_hash", "_keep", "_kept", "_number")

    def __init__(
        self, hash_name: str | None = None, *, keep: bool = False, number: int | None = None
    ) -> None:
        self._hash = None if hash_name is None else hashlib.new(hash_name)
        self._keep = keep
        self._kept: list[bytes] = []
        self._number = number

    def add(self, message: bytes) -> None:
        """Append a message as it came, header included."""
        if self._hash is not None:
            self._hash.update(message)
        if self._hash is None or self._keep:
            self._kept.append(message)

    def add_own(self, message: bytes) -> None:
        """Append one of our own messages, given with the header of streams."""
        if self._number is None:
            self.add(message)
            return
        length = message[1:4]
        self.add(message[:4] + self._number.to_bytes(2) + bytes(3) + length + message[4:])
        self._number += 1

    def choose(self, hash_name: str) -> None:
        """Fix the hash function, once; raises `ValueError` if it is fixed already."""
        if self._hash is not None:
            raise ValueError("the transcript has its hash function already")
        self._hash = hashlib.new(hash_name, b"".join(self._kept))
        if not self._keep:
            self._kept.clear()

    def retry(self) -> None:
        """Put the hash of the first ClientHello in its place (RFC 8446 section 4.4.1)."""
        digest = self.digest()
        if self._hash is not None:
            self._hash = hashlib.new(self._hash.name)
        self.add(b"\xfe\0\0" + len(digest).to_bytes(1) + digest)

    def digest(self) -> bytes:
        """Return the hash of all messages so far; raises `ValueError` before `choose`."""
        if self._hash is None:
            raise ValueError("the transcript has no hash function yet")
        return self._hash.digest()

    def messages(self) -> bytes:
        """Return all messages so far, one behind the other; raises `ValueError` if they are not kept."""
        if not self._keep:
            raise ValueError("the transcript has not kept its messages")
        return b"".join(self._kept)

    def forget(self) -> None:
        """Stop keeping messages."""
        self._keep = False
        self._kept.clear()

    def copy(self) -> Self:
        """Return an independent transcript of the same messages."""
        twin = type(self).__new__(type(self))
        twin._hash = None if self._hash is None else self._hash.copy()
        twin._keep = self._keep
        twin._kept = self._kept.copy()
        twin._number = self._number
        return twin

    def with_message(self, message: bytes) -> Self:
        """Return an independent transcript with one more message, as it came."""
        longer = self.copy()
        longer.add(message)
        return longer
