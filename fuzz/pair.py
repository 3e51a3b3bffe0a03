"""An honest client and server in memory, whose records are delivered one at a time."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Final

from impl import Code, Config, Received, Session

MAX_PULLS: Final = 1_000_000
"""Reads that one call may make before it counts as one that never returns."""

RECORD_HEADER: Final = 5
DATAGRAM_HEADER: Final = 13


Call = Callable[[Session], Code]

_CALLED_FOR: Final = {Code.REHANDSHAKE: Session.handshake, Code.REAUTH_REQUEST: Session.reauth}
"""What a read returns -> the call that it calls for."""


class Hang(AssertionError):
    """A call reads on and on."""


class Wire:
    """A transport: what waits to be read, as pieces that are read one by one, and what was written.

    Attributes
    ----------
    ended: whether the stream ends behind what waits.
    blocks: how many writes block before the next one goes through.
    portions: the sizes of the next writes, from the last to the first; the others are taken whole.
    """

    def __init__(self) -> None:
        self.incoming: deque[bytes] = deque()
        self.written: deque[bytes] = deque()
        self.ended = False
        self.blocks = 0
        self.portions: list[int] = []
        self.pulls = 0

    def push(self, data: bytes) -> int:
        """Keep what is written, in the portions of the writer."""
        if self.blocks:
            self.blocks -= 1
            raise BlockingIOError
        count = min(self.portions.pop(), len(data)) if self.portions else len(data)
        self.written.append(bytes(data[:count]))
        return count

    def settle(self) -> None:
        """Block no more."""
        self.blocks = 0
        self.portions.clear()

    def pull(self, size: int) -> bytes:
        """Give out one piece, or as much of it as is wanted."""
        self.pulls += 1
        if self.pulls > MAX_PULLS:
            raise Hang(f"more than {MAX_PULLS} reads in one call")
        if not self.incoming:
            if self.ended:
                return b""
            raise BlockingIOError
        piece = self.incoming.popleft()
        if len(piece) > size:
            self.incoming.appendleft(piece[size:])
        return piece[:size]


class Actor:
    """One end, and the call its application has to make: one to repeat until it succeeds, or a read."""

    def __init__(self, config: Config, *, peer_address: bytes = b"") -> None:
        self.wire = Wire()
        self.begun = b""
        self.session = Session(config, self.wire, peer_address)
        self.call: Call | None = Session.handshake

    def turn(self) -> Code | Received:
        """Do what an application does: the call that is due, once."""
        self.wire.pulls = 0
        if self.call is None:
            answer = self.session.record_recv()
            if isinstance(answer, Code) and not self.session._memory.write_closed:
                self.call = _CALLED_FOR.get(answer)
            return answer
        result = self.call(self.session)
        if result is Code.SUCCESS:
            self.call = None
        elif result is Code.GOT_APPLICATION_DATA:
            data = self.session.record_recv()
            if isinstance(data, Code) and data.is_fatal:
                return data
        return result

    def run(self) -> Code | Received:
        """Take turns until there is nothing to read or the session is over."""
        while True:
            result = self.turn()
            waits = result is Code.AGAIN
            closed = isinstance(result, Received) and not result.data
            if waits or closed or (isinstance(result, Code) and result.is_fatal):
                return result


class Pair:
    """A client and a server.

    Parameters
    ----------
    client, server: their configurations.
    now: the clock's time, as a list of one number.
    early: what the client sends before its handshake.
    then: what they do once both are connected.
    """

    def __init__(
        self,
        client: Config,
        server: Config,
        now: list[float],
        *,
        early: bytes = b"",
        then: Callable[[Pair], None] = lambda _pair: None,
    ) -> None:
        self.datagram = client.datagram
        self.now = now
        self.client = Actor(client)
        self.server = Actor(server, peer_address=b"client")
        self._then: Callable[[Pair], None] | None = then
        if early:
            self.client.session.record_send_early_data(early)

    def units(self, actor: Actor) -> deque[bytes]:
        """Take what an actor has written, cut into records, of which each can be a datagram."""
        written = actor.wire.written
        if self.datagram:
            units = deque(unit for piece in written for unit in split(piece, DATAGRAM_HEADER))
        else:
            units = deque(split(actor.begun + b"".join(written), RECORD_HEADER))
            whole = not units or len(units[-1]) >= RECORD_HEADER + int.from_bytes(units[-1][3:5])
            actor.begun = b"" if whole else units.pop()
        written.clear()
        return units

    def begin_what_follows(self) -> bool:
        """Start what the two do once they are connected, if it has not been started."""
        then, self._then = self._then, None
        if then is None or self.client.call or self.server.call:
            self._then = then
            return False
        then(self)
        return True

    def run(self) -> None:
        """Let both talk until they have nothing more to say."""
        while True:
            moved = False
            for actor, peer in ((self.client, self.server), (self.server, self.client)):
                actor.run()
                units = self.units(actor)
                peer.wire.incoming.extend(units)
                moved |= bool(units)
            if not moved and not self.begin_what_follows():
                return


def split(piece: bytes, header: int) -> list[bytes]:
    """Cut whole records, with headers of so many bytes, at their ends."""
    records = []
    while piece:
        end = header + int.from_bytes(piece[header - 2 : header])
        records.append(piece[:end])
        piece = piece[end:]
    return records
