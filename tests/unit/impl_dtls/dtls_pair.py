"""Two channels that carry a made-up handshake over a network that does what it is told to.

`Player` stands for the handshake above a channel: it knows a script of flights, checks each message of the
peer against it, and answers when a flight is complete.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence

from dtls_support import CHANGE_CIPHER_SPEC, protection

from impl.codec.messages import handshake
from impl.dtls12.channel import DatagramChannel

CHANGE = "change of keys"
Item = bytes | str
Flights = Sequence[tuple[str, Sequence[Item]]]


def message(kind: int, size: int = 5) -> bytes:
    """Return a handshake message of a type, with a body of `size` bytes."""
    return handshake(kind, bytes((kind + i) % 256 for i in range(size)))


def full(size: int = 5) -> Flights:
    """Return the flights of a full handshake; `size` is that of the longer messages."""
    return (
        ("c", [message(1, size)]),
        ("s", [message(2), message(11, size), message(12, size), message(14, 0)]),
        ("c", [message(16, size), CHANGE, message(20)]),
        ("s", [message(4, size), CHANGE, message(20)]),
    )


def abbreviated(size: int = 5) -> Flights:
    """Return the flights of a resumption."""
    return (
        ("c", [message(1, size)]),
        ("s", [message(2), CHANGE, message(20)]),
        ("c", [CHANGE, message(20)]),
    )


def with_cookie(flights: Flights) -> Flights:
    """Put a cookie exchange in front."""
    return (flights[0], ("s", [message(3, 34)]), *flights)


def asked_for(flights: Flights) -> Flights:
    """Put a HelloRequest in front."""
    return (("s", [message(0, 0)]), *flights)


class Player:
    """One end: what it has to say, what it expects, and what it got."""

    def __init__(self, side: str, channel: DatagramChannel) -> None:
        self.side = side
        self.channel = channel
        self.received: list[Item] = []
        self.data: list[bytes] = []
        self.epoch = {"c": 0, "s": 0}
        self.done = False

    def begin(self, flights: Flights) -> None:
        """Take the next handshake's script; whoever opens it sends its first flight."""
        self.pending = deque((side, item) for side, items in flights for item in items)
        self.done = False
        if self.pending[0][0] == self.side:
            self.channel.begin_handshake()
        self._say()

    def _say(self) -> None:
        while self.pending and self.pending[0][0] == self.side:
            _, item = self.pending.popleft()
            if item == CHANGE:
                self.channel.send_change_cipher_spec()
                self.epoch[self.side] += 1
                self.channel.write_keys(protection(self.epoch[self.side], self.side))
            else:
                self.channel.send_messages([item])
        if not self.pending and not self.done:
            self.done = True
            self.channel.finish_handshake()

    def feed(self, datagram: bytes) -> None:
        """Take a datagram, and do all that follows from it."""
        self.channel.feed(datagram)
        while self._take_message() or self._take_record():
            pass

    def _take_message(self) -> bool:
        taken = self.channel.next_message()
        if taken is None:
            return False
        assert taken.raw[:4] + taken.raw[12:] == handshake(taken.type, taken.body)
        self._expect(handshake(taken.type, taken.body))
        return True

    def _take_record(self) -> bool:
        record = self.channel.next_record()
        if record is None:
            return False
        if record.content_type != CHANGE_CIPHER_SPEC:
            assert self.done
            self.data.append(record.fragment)
        elif self.pending and self.pending[0][1] == CHANGE:
            peer = self.pending[0][0]
            self.epoch[peer] += 1
            self.channel.read_keys(protection(self.epoch[peer], peer))
            self._expect(CHANGE)
        return True

    def _expect(self, item: Item) -> None:
        assert self.pending[0] == ({"c": "s", "s": "c"}[self.side], item)
        self.pending.popleft()
        self.received.append(item)
        self._say()


Network = Callable[[str, bytes], Iterator[tuple[str, bytes]]]
"""(sending side, datagram) -> what arrives now, each with the side that sent it."""


def perfect(side: str, datagram: bytes) -> Iterator[tuple[str, bytes]]:
    """The network that delivers everything at once."""
    yield side, datagram


class Pair:
    """A client and a server, a network and a clock."""

    def __init__(self, network: Network = perfect, **settings: float) -> None:
        self.client = Player("c", DatagramChannel(**settings))
        self.server = Player("s", DatagramChannel(**settings))
        self.network = network
        self.now = 0.0
        self.sent = 0
        self.retransmissions = 0

    def begin(self, flights: Flights) -> None:
        """Start a handshake at both ends."""
        for player in (self.client, self.server):
            player.begin(flights)

    def flush(self, player: Player) -> None:
        """Write all that waits; the network gives it to whoever is to have it."""
        while player.channel:
            datagram = player.channel.waiting()
            player.channel.advance(len(datagram))
            self.sent += 1
            for side, arrived in self.network(player.side, datagram):
                (self.server if side == "c" else self.client).feed(arrived)

    def settle(self) -> None:
        """Let both write until neither has anything to write."""
        while self.client.channel or self.server.channel:
            for player in (self.client, self.server):
                self.flush(player)

    def run(self, limit: float = 10_000.0) -> None:
        """Go on, with time passing, until both are done and silent."""
        self.settle()
        while not (self.client.done and self.server.done):
            waits = [player.channel.timeout(self.now) for player in (self.client, self.server)]
            self.now += min(wait for wait in waits if wait is not None)
            assert self.now < limit
            for player in (self.client, self.server):
                assert not player.channel.expired(self.now)
                self.retransmissions += player.channel.tick(self.now)
            self.settle()
