"""The in-memory transport of both drivers: it interrupts, blocks, cuts and fails as a test tells it to.

A wire is one end of a stream or of a datagram channel.  What it does to a write or read is a `Weather`.
"""

from __future__ import annotations

import errno
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

INTERRUPTED = InterruptedError(errno.EINTR, "interrupted")
BLOCKED = BlockingIOError(errno.EAGAIN, "would block")
RESET = ConnectionResetError(errno.ECONNRESET, "connection reset")
TOO_LARGE = OSError(errno.EMSGSIZE, "datagram too large")
BROKEN = OSError(errno.EIO, "input/output error")


class Weather:
    """What happens to one direction of a wire: nothing, by default."""

    struck = 0
    """How many transfers have been refused."""

    def meet(self) -> int | None:
        """Return the most bytes that may pass now, None for no limit; raises `OSError` to refuse."""
        return None


class Every(Weather):
    """Every transfer is refused once with `error` before `size` bytes (all, if None) may pass."""

    def __init__(self, error: OSError, size: int | None = None) -> None:
        self._error, self._size = error, size
        self._refused = False

    def meet(self) -> int | None:
        self._refused = not self._refused
        if self._refused:
            self.struck += 1
            raise self._error
        return self._size


class Once(Weather):
    """The transfer that comes after `passed` others is refused with `error`."""

    def __init__(self, error: OSError, passed: int = 0) -> None:
        self._error, self._left = error, passed

    def meet(self) -> int | None:
        self._left -= 1
        if self._left == -1:
            self.struck += 1
            raise self._error
        return None


class Always(Weather):
    """Every transfer is refused with `error`."""

    def __init__(self, error: OSError) -> None:
        self._error = error

    def meet(self) -> int | None:
        self.struck += 1
        raise self._error


@dataclass
class Wire:
    """One end.

    Parameters
    ----------
    datagram: whether the borders of writes are kept.
    reads, writes: the weather in each direction.
    sent: everything that was written, one item for a write.
    tap: what becomes of each write on its way; an empty result is lost.
    """

    datagram: bool = False
    reads: Weather = field(default_factory=Weather)
    writes: Weather = field(default_factory=Weather)
    sent: list[bytes] = field(default_factory=list)
    tap: Callable[[bytes], bytes] | None = None
    ended: bool = False
    _inbox: deque[bytes] = field(default_factory=deque)
    _other: Wire | None = None

    def push(self, data: bytes) -> int:
        """Write: the transport's function of both stacks."""
        most = self.writes.meet()
        taken = data[:most]
        self.sent.append(taken)
        passed = self.tap(taken) if self.tap else taken
        if self._other is not None and passed:
            self._other.deliver(passed)
        return len(taken)

    def pull(self, size: int) -> bytes:
        """Read: the transport's function of both stacks."""
        most = self.reads.meet()
        if not self._inbox:
            if self.ended:
                return b""
            raise BLOCKED
        found = self._inbox.popleft()
        if self.datagram:
            return found[:size]
        end = size if most is None else min(size, most)
        if found[end:]:
            self._inbox.appendleft(found[end:])
        return found[:end]

    def deliver(self, data: bytes) -> None:
        """Let `data` arrive here."""
        self._inbox.append(data)

    def deliver_first(self, data: bytes) -> None:
        """Let `data` arrive before everything that already waits."""
        self._inbox.appendleft(data)

    def end(self) -> None:
        """Let the stream end after what waits."""
        self.ended = True

    def lose(self) -> None:
        """Lose all that waits here."""
        self._inbox.clear()

    @property
    def waiting(self) -> tuple[bytes, ...]:
        """What has arrived and was not read."""
        return tuple(self._inbox)

    @property
    def readable(self) -> bool:
        """Whether a read would return something."""
        return bool(self._inbox) or self.ended

    def take_sent(self) -> bytes:
        """Return what was written since the last question."""
        taken, self.sent = b"".join(self.sent), []
        return taken


def wires(datagram: bool = False) -> tuple[Wire, Wire]:
    """Return two connected ends."""
    one, other = Wire(datagram), Wire(datagram)
    one._other, other._other = other, one
    return one, other


def records(stream: bytes, header: int = 5) -> list[tuple[int, bytes]]:
    """Split what was written into records: content type and fragment (RFC 8446 section 5.1).

    `header` is 13 for datagrams (RFC 6347 section 4.1).
    """
    found = []
    while stream:
        length = header + int.from_bytes(stream[header - 2 : header])
        found.append((stream[0], stream[header:length]))
        stream = stream[length:]
    return found


def shapes(wire: Wire) -> list[tuple[int, int]]:
    """What was written, as a list of (content type, length) of its records."""
    return [(kind, len(body)) for kind, body in records(b"".join(wire.sent), 13 if wire.datagram else 5)]
