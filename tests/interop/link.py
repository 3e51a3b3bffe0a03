"""A connection between `impl` and a peer: our stream, the peer's end, and what passed between them."""

from __future__ import annotations

import select
import socket
import time
from functools import partial
from itertools import count
from typing import Any

from impl import Code, Received
from impl.streams import TlsSocket
from tests.interop.traces import Trace
from tests.interop.wire import Wire

_MOMENT = 0.3
"""Seconds after which datagrams are taken for lost for the first time, and twice as long the next time.

A GnuTLS that waits for a flight begins to wait anew whenever anything comes, so it must have its peace.
"""


class Link:
    """One connection.

    Parameters
    ----------
    ours: our stream.
    theirs: the peer's end.
    wire: what `impl` reads and writes.
    trace: what it has seen.
    connection: the socket below.
    patience: seconds that anything may take.
    """

    def __init__(
        self,
        ours: TlsSocket,
        theirs: Any,
        wire: Wire,
        trace: Trace,
        connection: socket.socket,
        patience: float,
    ) -> None:
        self.ours, self.theirs, self.wire, self.trace = ours, theirs, wire, trace
        self._connection, self.patience = connection, patience
        self._kept = b""

    def talk(self, text: bytes = b"a sentence for the other side\n") -> None:
        """Send data both ways, and require that it arrives."""
        self.ours.send(text)
        self.hear(text)
        self.theirs.say(self.ours, text)
        self.read(text)

    def talk_until_heard(self) -> None:
        """Send data both ways, again and again, as one has to where datagrams get lost."""
        deadline = time.monotonic() + self.patience
        for number in count():
            text = b"sentence %d\n" % number
            assert time.monotonic() < deadline, "nobody heard"
            self.ours.send(text)
            self.listen(_MOMENT * 2**number, until=partial(self.theirs.heard, text))
            if self.theirs.heard(text):
                break
        self.theirs.say(self.ours, b"that was heard\n")
        self.read(b"that was heard\n", skip=True)

    def listen(self, seconds: float, until: Any = lambda: False) -> None:
        """Let our side read until something is true or the time is over; data is kept for `read`."""
        deadline = time.monotonic() + seconds
        while not until() and (left := deadline - time.monotonic()) > 0:
            self.ours.settimeout(min(left, 0.02))
            try:
                self._kept += self.ours.recv()
            except TimeoutError:
                continue
            finally:
                self.ours.settimeout(self.patience)

    def read(self, text: bytes, *, skip: bool = False) -> None:
        """Require that `text` is what comes, perhaps behind something else."""
        heard, self._kept = self._kept, b""
        deadline = time.monotonic() + self.patience
        while not (heard.endswith(text) if skip else len(heard) >= len(text)):
            assert time.monotonic() < deadline, heard
            piece = self.ours.recv()
            assert piece, heard
            heard += piece
        assert skip or heard == text, heard

    def hear(self, text: bytes) -> None:
        """Require that the peer hears `text`, which we have sent."""
        self.theirs.hear(self.ours, text)

    def until_readable(self) -> None:
        """Wait until something has come that our side has not read."""
        assert select.select([self._connection], [], [], self.patience)[0], "nothing came"

    def take_data(self) -> bytes:
        """Return the data that made a call stop with GOT_APPLICATION_DATA."""
        received = self.ours.session.record_recv()
        assert isinstance(received, Received)
        return received.data

    def refuse(self) -> None:
        """Wait until the peer wants another handshake, and refuse."""
        session = self.ours.session
        deadline = time.monotonic() + self.patience
        while (answer := session.record_recv()) is not Code.REHANDSHAKE:
            assert answer is Code.AGAIN, (answer, session.failure)
            assert time.monotonic() < deadline, "the peer does not want another handshake"
            select.select([self._connection], [], [], 0.05)
        assert session.alert_send_appropriate(Code.REHANDSHAKE) is Code.SUCCESS

    def close(self) -> None:
        """Close both sides with close_notify."""
        self.theirs.close(self.ours)
