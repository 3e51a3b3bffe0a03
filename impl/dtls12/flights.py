"""A flight: what is sent at once, and again as a whole if no answer comes (RFC 6347 section 4.2.4).

It keeps messages as they are and not the records that carried them, because every transmission is cut to the
MTU of its time and gets record sequence numbers of its own.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from impl.codec.enums import ContentType, HandshakeType
from impl.frozen import dataclass
from impl.record.datagram import DatagramWriter
from impl.record.joiner import HEADER_LENGTH as TLS_HEADER_LENGTH
from impl.record.reassembly import HEADER_LENGTH, Fragment, encode_fragment


class Heard(NamedTuple):
    """Which message of the peer one means: the epoch that it came in, its type and its message_seq."""

    epoch: int
    type: int
    sequence: int


@dataclass(frozen=True, slots=True)
class HandshakeItem:
    """A handshake message, to be sent under the keys of `epoch`."""

    epoch: int
    type: int
    sequence: int
    body: bytes

    @classmethod
    def of(cls, message: bytes, epoch: int, sequence: int) -> HandshakeItem:
        """Return the item for a message behind the four-byte header of TLS."""
        return cls(epoch, message[0], sequence, message[TLS_HEADER_LENGTH:])

    def fragment(self, offset: int, room: int) -> bytes:
        """Return the fragment from `offset` on that fills `room` bytes at most."""
        data = self.body[offset : offset + room - HEADER_LENGTH]
        return encode_fragment(Fragment(self.type, len(self.body), self.sequence, offset, data))

    def rest(self, offset: int) -> int:
        """Return the room that all from `offset` on takes in one fragment."""
        return HEADER_LENGTH + len(self.body) - offset


@dataclass(frozen=True, slots=True)
class ChangeItem:
    """A ChangeCipherSpec, to be sent under the keys of `epoch`, the last before the change."""

    epoch: int


class Flight:
    """Messages and ChangeCipherSpecs in order, and how far they have been written.

    Parameters
    ----------
    answers: the last message of the peer's flight that this one answers; if it comes again, this flight was
        lost.  None for a flight that answers nothing.

    It is true while something waits to be written.
    """

    __slots__ = ("_datagram", "_index", "_items", "_offset", "_reached", "answers")

    def __init__(self, answers: Heard | None = None) -> None:
        self.answers = answers
        self._items: list[HandshakeItem | ChangeItem] = []
        self._index = self._offset = 0
        self._datagram = b""
        self._reached = (0, 0)

    def __bool__(self) -> bool:
        return self._index < len(self._items)

    def add(self, item: HandshakeItem | ChangeItem) -> None:
        """Put an item behind the others."""
        self._items.append(item)
        self.repack()

    @property
    def oldest_epoch(self) -> int | None:
        """The first epoch whose keys the flight needs, or None if it is empty."""
        return min((item.epoch for item in self._items), default=None)

    @property
    def awaits_answer(self) -> bool:
        """Whether all of it is written, and it is to be sent again if no answer comes.

        A HelloVerifyRequest is not: the client's timer serves for both (RFC 6347 section 4.2.1).
        """
        if self or not self._items:
            return False
        first = self._items[0]
        return not (isinstance(first, HandshakeItem) and first.type == HandshakeType.HELLO_VERIFY_REQUEST)

    def rewind(self) -> None:
        """Write everything again."""
        self._index = self._offset = 0
        self.repack()

    def lose(self) -> None:
        """Count what is not written yet as lost on the way."""
        self._index, self._offset = len(self._items), 0
        self.repack()

    def repack(self) -> None:
        """Cut what is not written yet anew, because the MTU has changed."""
        self._datagram = b""

    def waiting(self, writer: DatagramWriter, mtu: int) -> bytes:
        """Return the next datagram, the same one until `advance`, or b"" if everything is written.

        Raises `SequenceExhausted`.
        """
        if not self._datagram:
            self._datagram = self._pack(writer, mtu)
        return self._datagram

    def advance(self) -> None:
        """Note that the datagram of `waiting` has been written."""
        if self._datagram:
            self._index, self._offset = self._reached
            self._datagram = b""

    def _pack(self, writer: DatagramWriter, mtu: int) -> bytes:
        """Fill one datagram; a message is cut only if it does not fit into one of its own."""
        datagram = b""
        index, offset = self._index, self._offset
        while index < len(self._items):
            item = self._items[index]
            room = mtu - len(datagram) - writer.overhead(item.epoch)
            needed = item.rest(offset) if isinstance(item, HandshakeItem) else len(_CHANGE)
            if needed > room and datagram:
                break
            if isinstance(item, HandshakeItem):
                content = item.fragment(offset, room)
                datagram += writer.seal(item.epoch, ContentType.HANDSHAKE, content)
            else:
                datagram += writer.seal(item.epoch, ContentType.CHANGE_CIPHER_SPEC, _CHANGE)
            if needed > room:
                offset += room - HEADER_LENGTH
                break
            index, offset = index + 1, 0
        self._reached = (index, offset)
        return datagram


_CHANGE: Final = b"\x01"
