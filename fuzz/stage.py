"""A session that honest records have brought to some point, and the hostile peer's pen.

The pen writes with the very keys that the session reads with, so that everything it says is authentic: the
peer is not someone on the way but whoever holds the keys, and may say anything in any phase.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Final, NamedTuple

from fuzz.pair import DATAGRAM_HEADER, Actor
from fuzz.scenarios import SCENARIOS, Scenario
from impl import ProtocolVersion, Role
from impl.codec.enums import ContentType
from impl.record.datagram import DatagramReader
from impl.record.protection import Protection, RecordError
from impl.record.reassembly import Fragment, encode_fragment
from impl.record.stream import RecordReader, RecordWriter

FIRST_FORGED: Final = 1 << 24
"""The sequence number of the first forged record over datagrams: no honest one comes near it."""


class Said(NamedTuple):
    """What one record of an honest peer says: its content type and its plaintext."""

    content_type: int
    fragment: bytes


def is_fragment(said: Said) -> bool:
    """Tell whether a saying has the header of datagrams, which repeats the length behind the offset."""
    content = said.fragment
    return said.content_type == ContentType.HANDSHAKE and content[1:4] == content[9:12] and len(content) > 11


@dataclass(frozen=True)
class Point:
    """Where the hostile peer begins.

    Parameters
    ----------
    scenario: name of the honest connection.
    role: which side is the victim.
    delivered: how many records of the honest peer it has read by then.
    phase: where that brings it.
    """

    scenario: str
    role: Role
    delivered: int
    phase: str = ""

    def __str__(self) -> str:
        return f"{self.scenario}-{self.role}-{self.delivered}-{self.phase}"


class Stage:
    """The victim at a point, and what the honest peer would have said next.

    Parameters
    ----------
    scenarios: where the point's scenario is found.
    """

    def __init__(self, point: Point, scenarios: Mapping[str, Scenario] = SCENARIOS) -> None:
        self.pair = scenarios[point.scenario].open()
        client, server = self.pair.client, self.pair.server
        self.victim, self.peer = (client, server) if point.role is Role.CLIENT else (server, client)
        self.pending: deque[bytes] = deque()
        self.pen: Pen = DatagramPen(self.victim) if self.pair.datagram else StreamPen(self.victim)
        self.delivered = 0
        while self.delivered < point.delivered and self.advance():
            pass

    def advance(self) -> bool:
        """Deliver one more honest record; False if there is none."""
        self.exchange()
        if not self.pending:
            return False
        self.victim.wire.incoming.append(self.pending.popleft())
        self.delivered += 1
        self.exchange()
        return True

    def exchange(self) -> None:
        """Let both say all they can, without anything reaching the victim."""
        while True:
            self.victim.run()
            heard = self.pair.units(self.victim)
            self.peer.wire.incoming.extend(heard)
            self.peer.run()
            said = self.pair.units(self.peer)
            self.pending.extend(said)
            if not heard and not said and (self.pending or not self.pair.begin_what_follows()):
                return

    def next_said(self) -> Said | None:
        """Return what the next honest record says, if the victim's keys open it."""
        return self.pen.read(self.pending[0]) if self.pending else None


class Pen:
    """Writes what the victim takes for authentic."""

    def __init__(self, victim: Actor) -> None:
        self._channel = victim.session._memory.channel

    @property
    def protection(self) -> Protection | None:
        """The keys that the victim reads with."""
        return self._reader._protection

    @property
    def _reader(self) -> RecordReader | DatagramReader:
        raise NotImplementedError

    def records(self, content_type: int, *fragments: bytes) -> list[bytes]:
        """Return records that open, and contain whatever is wanted."""
        raise NotImplementedError

    def plain(self, content_type: int, fragment: bytes) -> bytes:
        """Return a record in the clear."""
        raise NotImplementedError

    def message(self, kind: int, body: bytes, sequence: int = 0) -> bytes:
        """Return a handshake message with its header; `sequence` matters to datagrams only."""
        raise NotImplementedError

    def read(self, record: bytes) -> Said | None:
        """Return what a record says, without the victim's noticing."""
        raise NotImplementedError


class StreamPen(Pen):
    """The pen over a stream."""

    @property
    def _reader(self) -> RecordReader:
        return self._channel.reader

    def records(self, content_type: int, *fragments: bytes) -> list[bytes]:
        """Return one record per fragment, numbered from where the victim reads."""
        writer = RecordWriter()
        writer.use(self.protection, self._reader._sequence)
        return [record for item in fragments for record in writer.protect(content_type, item)]

    def plain(self, content_type: int, fragment: bytes) -> bytes:
        """Return a record in the clear, whose length field is cut if it does not fit."""
        return bytes((content_type, 3, 3)) + (len(fragment) & 0xFFFF).to_bytes(2) + fragment

    def message(self, kind: int, body: bytes, sequence: int = 0) -> bytes:
        """Return a handshake message with its header of four bytes."""
        assert sequence >= 0
        return bytes((kind,)) + len(body).to_bytes(3) + body

    def read(self, record: bytes) -> Said | None:
        """Return what a record says."""
        reader = RecordReader()
        reader.use(self.protection, self._reader._sequence)
        reader.feed(record)
        try:
            found = reader.next()
        except RecordError:
            return None
        return None if found is None else Said(found.content_type, found.fragment)


class DatagramPen(Pen):
    """The pen over datagrams."""

    _forged = FIRST_FORGED

    @property
    def _reader(self) -> DatagramReader:
        return self._channel._reader

    def records(self, content_type: int, *fragments: bytes) -> list[bytes]:
        """Return one record per fragment, with numbers that have not been used."""
        return [self._seal(self.protection, content_type, fragment) for fragment in fragments]

    def plain(self, content_type: int, fragment: bytes) -> bytes:
        """Return a record in the clear."""
        return self._seal(None, content_type, fragment)

    def _seal(self, protection: Protection | None, content_type: int, fragment: bytes) -> bytes:
        self._forged += 1
        number = (0 if protection is None else self._reader.epoch) << 48 | self._forged
        start = bytes((content_type,)) + ProtocolVersion.DTLS12.to_bytes(2)
        if protection is None:
            return start + number.to_bytes(8) + (len(fragment) & 0xFFFF).to_bytes(2) + fragment
        sealed = protection.seal(number, content_type, fragment, version=ProtocolVersion.DTLS12)
        return sealed[:3] + number.to_bytes(8) + sealed[3:]

    def message(self, kind: int, body: bytes, sequence: int = 0) -> bytes:
        """Return a handshake message in one fragment."""
        return encode_fragment(Fragment(kind, len(body), sequence & 0xFFFF, 0, body))

    def fragments(self, kind: int, body: bytes, sequence: int, size: int) -> list[bytes]:
        """Return a handshake message in fragments of `size` bytes."""
        return [
            encode_fragment(Fragment(kind, len(body), sequence, start, body[start : start + size]))
            for start in range(0, len(body), size)
        ]

    def read(self, record: bytes) -> Said | None:
        """Return what a record says."""
        protection, content = self.protection, record[DATAGRAM_HEADER:]
        number = int.from_bytes(record[3:11])
        if number >> 48 != self._reader.epoch:
            return None
        if protection is not None:
            try:
                _, content = protection.open(number, record[:3], content)
            except RecordError:
                return None
        return Said(record[0], content)


@cache
def points() -> tuple[Point, ...]:
    """Return every point of every scenario's honest connection, for either side."""
    return tuple(
        Point(name, role, delivered, phase)
        for name in SCENARIOS
        for role in Role
        for delivered, phase in enumerate(_course(name, role)[0])
    )


@cache
def distinct_points() -> tuple[Point, ...]:
    """Return one point for each way of being in a phase: version, role, phase, keys, what has been before."""
    found: dict[tuple[object, ...], Point] = {}
    for point in points():
        stage = Stage(point)
        memory, call = stage.victim.session._memory, stage.victim.call
        protected, begun = stage.pen.protection is not None, point.delivered > 0
        kind = (type(memory.state), memory.complete, call, protected, begun)
        key = (point.role, memory.version, memory.state.phase, *kind)
        found.setdefault(key, point)
    return tuple(found.values())


@cache
def sayings() -> tuple[Said, ...]:
    """Return what honest peers say in all the scenarios, each only once."""
    said = (item for name in SCENARIOS for role in Role for item in _course(name, role)[1])
    return tuple(dict.fromkeys(said))


@cache
def _course(name: str, role: Role) -> tuple[tuple[str, ...], tuple[Said, ...]]:
    """Return the phase after each number of delivered records, and what was said on the way."""
    stage = Stage(Point(name, role, 0))
    stage.exchange()
    phases, said = [stage.victim.session.path[-1]], []
    while True:
        item = stage.next_said()
        if item is not None:
            said.append(item)
        if not stage.advance():
            return tuple(phases), tuple(said)
        phases.append(stage.victim.session.path[-1])
