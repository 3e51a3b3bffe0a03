"""The way from `impl` to its peer, on which things happen to what is sent and what comes."""

from __future__ import annotations

from collections import deque
from errno import EMSGSIZE
from typing import Any

from impl import Observed
from impl.codec.enums import ContentType, ExtensionType, HandshakeType
from tests.interop.needs import Network

_RECORD_HEADER = 5


class Wire:
    """A transport of `impl` that does to its traffic what a `Network` says.

    Parameters
    ----------
    transport: the one that reaches the peer.
    network: what happens on the way.
    datagram: whether borders between writes count.
    """

    def __init__(self, transport: Any, network: Network, *, datagram: bool) -> None:
        self._transport, self._network, self._datagram = transport, network, datagram
        self._sent = self._taken = 0
        self._late: list[bytes] = []
        self._arrived: deque[bytes] = deque()
        self._finished_to_lose = network.lost_finished
        self._losing = False
        self._stripped = not network.stripped
        self._held: list[bytes] | None = None
        self.written: list[bytes] = []

    def saw(self, observed: Observed) -> None:
        """Note what `impl` sends, in case it is to be lost."""
        finished = observed.message_type == HandshakeType.FINISHED and not observed.incoming
        if finished and self._finished_to_lose:
            self._losing = True
            self._finished_to_lose -= 1

    def lose_finished(self) -> None:
        """Lose the datagrams with our next Finished."""
        self._finished_to_lose += 1

    def hold(self) -> None:
        """Keep what is sent from here on, until `release`."""
        self._held = []

    def release(self) -> None:
        """Send what was kept, over streams in one."""
        held, self._held = self._held or [], None
        for piece in held if self._datagram else [b"".join(held)]:
            self.push(piece)

    def push(self, data: bytes) -> int:
        """Send, lose, delay or double."""
        network, data = self._network, bytes(data)
        if self._held is not None:
            self._held.append(data)
            return len(data)
        if network.biggest is not None and len(data) > network.biggest:
            raise OSError(EMSGSIZE, "the network's limit")
        number, self._sent = self._sent, self._sent + 1
        self.written.append(data)
        if number in network.lost or self._losing:
            return len(data)
        if number in network.late:
            self._late.append(data)
            return len(data)
        if not self._stripped and self._begins_hello(data):
            self._transport.push(_strip(data))
            return len(data)
        count = self._transport.push(data)
        if number in network.doubled:
            self._transport.push(data)
        while self._late:
            self._transport.push(self._late.pop())
        return count

    def pull(self, size: int) -> bytes:
        """Take what has come, unless it is lost or late."""
        network = self._network
        self._losing = False
        if self._arrived:
            return self._arrived.popleft()
        while True:
            data = self._transport.pull(size)
            number, self._taken = self._taken, self._taken + 1
            if number in network.lost_in:
                continue
            if number in network.late_in:
                self._late_one(data, size)
                return self._arrived.popleft()
            if number in network.doubled_in:
                self._arrived.append(data)
            if not self._stripped and self._begins_hello(data):
                return _strip(data)
            return data

    def _late_one(self, data: bytes, size: int) -> None:
        """Let one datagram be overtaken by the next; if there is none yet, it comes in time."""
        try:
            self._arrived.append(self._transport.pull(size))
            self._taken += 1
        except BlockingIOError:
            pass
        self._arrived.append(data)

    def _begins_hello(self, data: bytes) -> bool:
        self._stripped = data[:1] == bytes((ContentType.HANDSHAKE,))
        return self._stripped

    @property
    def longest_record(self) -> int:
        """The longest protected record that we have written, header included."""
        longest, stream = 0, b"".join(self.written)
        while stream:
            end = _RECORD_HEADER + int.from_bytes(stream[3:5])
            if stream[0] == ContentType.APPLICATION_DATA:
                longest = max(longest, end)
            stream = stream[end:]
        return longest


def _strip(record: bytes) -> bytes:
    """Return a record with a ClientHello, without its supported_versions (RFC 8446 section 4.1.2)."""
    assert len(record) == _RECORD_HEADER + int.from_bytes(record[3:5]), "a ClientHello in pieces"
    body = record[_RECORD_HEADER + 4 :]
    place = 2 + 32
    place += 1 + body[place]
    place += 2 + int.from_bytes(body[place : place + 2])
    place += 1 + body[place]
    rest, kept = body[place + 2 :], b""
    while rest:
        end = 4 + int.from_bytes(rest[2:4])
        if int.from_bytes(rest[:2]) != ExtensionType.SUPPORTED_VERSIONS:
            kept += rest[:end]
        rest = rest[end:]
    body = body[:place] + len(kept).to_bytes(2) + kept
    message = bytes((HandshakeType.CLIENT_HELLO,)) + len(body).to_bytes(3) + body
    return record[:3] + len(message).to_bytes(2) + message
