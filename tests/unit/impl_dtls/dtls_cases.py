"""The case space of GnuTLS's dtls-stress test without client certificates, and the network of one case.

A case drops any of eight packets the first three times that they are sent, and sends the packets of three
flights in another order each time.  A packet is a record: a datagram with several of them is taken apart.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import permutations, product
from typing import Final

from dtls_support import CHANGE_CIPHER_SPEC, HANDSHAKE, records

TIMES_DROPPED: Final = 3

Match = Callable[[str, bytes], bool]
Order = tuple[int, ...]


def _message(sender: str, kind: int, side: str, record: bytes) -> bool:
    """Tell whether a record in the clear begins with a handshake message of a type."""
    return (side, record[0], record[4]) == (sender, HANDSHAKE, 0) and record[13] == kind


def _finished(sender: str, side: str, record: bytes) -> bool:
    """Tell whether a record is the protected handshake message."""
    return (side, record[0], record[4]) == (sender, HANDSHAKE, 1)


def _change(sender: str, side: str, record: bytes) -> bool:
    return (side, record[0]) == (sender, CHANGE_CIPHER_SPEC)


PACKETS: Final[dict[str, Match]] = {
    "SHello": partial(_message, "s", 2),
    "SKeyExchange": partial(_message, "s", 12),
    "SHelloDone": partial(_message, "s", 14),
    "CKeyExchange": partial(_message, "c", 16),
    "CChangeCipherSpec": partial(_change, "c"),
    "CFinished": partial(_finished, "c"),
    "SChangeCipherSpec": partial(_change, "s"),
    "SFinished": partial(_finished, "s"),
}
"""The packets that may be dropped; their places are the bits of a case's number."""

HELLO_FLIGHT: Final = ("SHello", "SKeyExchange", "SHelloDone")
CLIENT_FLIGHT: Final = ("CKeyExchange", "CChangeCipherSpec", "CFinished")
SERVER_FLIGHT: Final = ("SChangeCipherSpec", "SFinished")


@dataclass(frozen=True, slots=True)
class Case:
    """One combination.

    Parameters
    ----------
    drops: names of packets.
    server_finished, server_hello, client_finished: where the first, second, ... packet of the flight is sent.
    """

    drops: tuple[str, ...]
    server_finished: Order
    server_hello: Order
    client_finished: Order

    def __str__(self) -> str:
        orders = (self.server_hello, self.client_finished, self.server_finished)
        return "-".join(["".join(map(str, order)) for order in orders] + list(self.drops))


def _subsets() -> Iterator[tuple[str, ...]]:
    names = tuple(PACKETS)
    for mask in range(1 << len(names)):
        yield tuple(name for place, name in enumerate(names) if mask >> place & 1)


CASES: Final = tuple(
    Case(*choice)
    for choice in product(_subsets(), permutations(range(2)), permutations(range(3)), permutations(range(3)))
)
"""All of them, in the order of GnuTLS's numbers."""


class _Shuffler:
    """Holds back the packets of a flight until it has as many as the flight has, then sends them in order."""

    def __init__(self, names: tuple[str, ...], order: Order) -> None:
        self._matches = [PACKETS[name] for name in names]
        self._order = order
        self._held: dict[int, bytes] = {}

    def __call__(self, side: str, record: bytes) -> list[bytes]:
        if not any(match(side, record) for match in self._matches):
            return [record]
        self._held[self._order[len(self._held)]] = record
        if len(self._held) < len(self._order):
            return []
        released = [self._held[place] for place in sorted(self._held)]
        self._held.clear()
        return released


class Obstacles:
    """The network of one case: (sending side, datagram) -> the datagrams that arrive."""

    def __init__(self, case: Case) -> None:
        self._shufflers = [
            _Shuffler(HELLO_FLIGHT, case.server_hello),
            _Shuffler(CLIENT_FLIGHT, case.client_finished),
            _Shuffler(SERVER_FLIGHT, case.server_finished),
        ]
        self._left = dict.fromkeys(case.drops, TIMES_DROPPED)

    def __call__(self, side: str, datagram: bytes) -> list[bytes]:
        """Return what becomes of a datagram."""
        packets = records(datagram)
        for shuffler in self._shufflers:
            packets = [released for packet in packets for released in shuffler(side, packet)]
        return [packet for packet in packets if not self._drops(side, packet)]

    @property
    def used_up(self) -> bool:
        """Whether every packet that was to be dropped has been, as often as it was to be."""
        return not any(self._left.values())

    def _drops(self, side: str, record: bytes) -> bool:
        for name, left in self._left.items():
            if left and PACKETS[name](side, record):
                self._left[name] -= 1
                return True
        return False
