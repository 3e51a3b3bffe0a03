"""Where bytes come from and go to: the protocol that a session needs, and two transports that have it.

A transport knows nothing of TLS.  Theory: gnutls_transport_set_push_function(3) and
gnutls_transport_set_pull_function(3), with exceptions in place of errno.
"""

from __future__ import annotations

import socket
from typing import Protocol


class Transport(Protocol):
    """An ordered byte stream in both directions, blocking or not."""

    def push(self, data: bytes) -> int:
        """Write `data` and return how many bytes were taken, at least one.

        Raises `BlockingIOError` or `InterruptedError` if none were taken and the call should be repeated, any
        other `OSError` if the stream is broken.
        """

    def pull(self, size: int) -> bytes:
        """Read one to `size` bytes; b"" is the end of the stream.  Raises as `push` does."""


class SocketTransport:
    """A connected stream socket, in whatever blocking mode its owner has set."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self.pull = connection.recv

    def push(self, data: bytes) -> int:
        """Write part or all of `data`."""
        return self._connection.send(data)


class MemoryTransport:
    """One end of an in-memory stream that never interrupts; make two with `memory_pair`."""

    def __init__(self, incoming: bytearray, outgoing: bytearray) -> None:
        self._incoming = incoming
        self._outgoing = outgoing

    def push(self, data: bytes) -> int:
        """Hand all of `data` to the other end."""
        self._outgoing += data
        return len(data)

    def pull(self, size: int) -> bytes:
        """Take what the other end has written; raises `BlockingIOError` if there is nothing."""
        if not self._incoming:
            raise BlockingIOError
        taken = bytes(self._incoming[:size])
        del self._incoming[:size]
        return taken


def memory_pair() -> tuple[MemoryTransport, MemoryTransport]:
    """Return the two ends of a fresh in-memory stream."""
    there, back = bytearray(), bytearray()
    return MemoryTransport(back, there), MemoryTransport(there, back)
