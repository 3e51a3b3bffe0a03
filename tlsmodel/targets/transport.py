"""The harness's in-memory transport: the environment that every API target lives in.

Deliveries wait as symbols and become bytes only when the target reads them, so that the peer always answers
the newest message it has seen; one read never crosses from one delivery into the next.  Disturbances are
armed one at a time per side and strike once.
"""

from __future__ import annotations

import errno
from collections import deque
from typing import Protocol

from tlsmodel.spec.symbols import (
    END_OF_STREAM,
    READ_CUT,
    READ_INTERRUPTED,
    WRITE_CUT,
    WRITE_INTERRUPTED,
    WRITE_TOO_LARGE,
    Symbol,
)

CUT_BYTES = 3
"""Bytes that a cut read or write lets through: fewer than a record header, so no message is complete."""
MAX_PULLS = 2000
"""Reads that one call may make; no honest call comes near."""


class Spinning(OSError):
    """One call reads on and on."""


class Peer(Protocol):
    """The other end, which the mapper plays."""

    def build(self, symbol: Symbol) -> bytes:
        """Return the wire bytes of delivery `symbol` under the keys that exist now."""

    def receive(self, data: bytes) -> None:
        """Take bytes that the target wrote, in any portions."""


class Transport:
    """An in-memory duplex between a target and a `Peer`, over which datagrams stay apart.

    `pull` and `push` raise `BlockingIOError` and `InterruptedError` as a non-blocking socket would; in a call
    that reads without end `pull` raises `Spinning`.

    Attributes
    ----------
    spinning: whether that has happened in the present call.
    """

    def __init__(self, peer: Peer) -> None:
        self._peer = peer
        self._waiting: deque[Symbol] = deque()
        self._current = b""
        self._held = b""
        self._blocked = False
        self._ended = False
        self._read_armed: Symbol | None = None
        self._write_armed: Symbol | None = None
        self._write_allowance = 0
        self._torn = False
        self._pulls = 0
        self.spinning = False

    def begin_call(self) -> None:
        """Take note that the target is called."""
        self._pulls = 0
        self.spinning = False

    def deliver(self, symbol: Symbol) -> None:
        """Queue a delivery; it is turned into bytes when the target reads it."""
        self._waiting.append(symbol)

    def arm(self, symbol: Symbol) -> None:
        """Arm a disturbance of the alphabet; it strikes at the target's next read or write."""
        if symbol in (READ_INTERRUPTED, READ_CUT):
            self._read_armed = symbol
        else:
            self._write_armed = symbol
            # What is left of a cut write is not cut again but blocked, so that no record ever ends in a cut.
            self._write_allowance = CUT_BYTES if symbol is WRITE_CUT and not self._torn else 0

    def calm_writes(self) -> None:
        """Disarm what would strike the next write (for the courtesy alert after a fatal code)."""
        self._write_armed = None

    def readable(self) -> bool:
        """Tell whether a read would give bytes or the end of the stream (for pull-timeout functions)."""
        return bool(self._current or self._held or self._waiting or self._ended)

    def pull(self, size: int) -> bytes:
        """Read up to `size` bytes; b"" is the end of the stream."""
        self._pulls += 1
        if self._pulls > MAX_PULLS:
            self.spinning = True
            raise Spinning(f"more than {MAX_PULLS} reads in one call")
        if not self._current:
            self._begin_read()
        if not self._current and not self._ended:
            raise BlockingIOError
        taken, self._current = self._current[:size], self._current[size:]
        return taken

    def push(self, data: bytes) -> int:
        """Write `data`; returns how many bytes were accepted (at least one)."""
        if self._write_armed is None:
            self._torn = False
            self._peer.receive(data)
            return len(data)
        if self._write_armed is WRITE_CUT and self._write_allowance:
            accepted = data[: self._write_allowance]
            self._write_allowance -= len(accepted)
            self._torn = True
            self._peer.receive(accepted)
            return len(accepted)
        armed, self._write_armed = self._write_armed, None
        if armed is WRITE_TOO_LARGE:
            raise OSError(errno.EMSGSIZE, "the datagram is too large")
        raise InterruptedError if armed is WRITE_INTERRUPTED else BlockingIOError

    def _begin_read(self) -> None:
        """Fetch the next delivery, or the rest of one that was cut; disturbances strike only here, so never
        inside a record that is being read."""
        if self._held and not self._blocked:
            self._blocked = True
            raise BlockingIOError
        armed, self._read_armed = self._read_armed, None
        if armed is READ_INTERRUPTED:
            raise InterruptedError
        if self._held and armed is None:
            self._current, self._held, self._blocked = self._held, b"", False
        elif not self._held:
            self._fetch()
        if armed is READ_CUT:
            if not self._current:
                raise BlockingIOError
            self._current, self._held = self._current[:CUT_BYTES], self._current[CUT_BYTES:]

    def _fetch(self) -> None:
        """Fetch the next delivery; one that stands for no bytes is passed over."""
        while self._waiting and not (self._current or self._ended):
            self._take(self._waiting.popleft())

    def _take(self, symbol: Symbol) -> None:
        if symbol is END_OF_STREAM:
            self._ended = True
        else:
            self._current = self._peer.build(symbol)
