"""Records under the mapper's view of the keys: over a stream, and over datagrams (RFC 8446 5; RFC 6347 4.1).

A layer makes records and takes them apart; which message belongs where is nobody's business here.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple, Protocol

from impl.alerts import AlertDescription
from impl.codec.enums import ContentType, HandshakeType, ProtocolVersion
from impl.codec.wire import DecodeError
from impl.record.joiner import Joiner, Message
from impl.record.protection import Protection, RecordError
from impl.record.reassembly import encode_fragment, fragments, unfragmented
from impl.record.stream import Record, RecordReader, RecordWriter

_HEADER_LENGTH: Final = 13
_SEQUENCE_BITS: Final = 48
_NOWHERE: Final = 0xFFFE
"""An epoch that no connection reaches."""


class Passed(NamedTuple):
    """A ChangeCipherSpec of an epoch that is over: part of a flight that was sent again."""


Heard = Record | Message | Passed
"""What a layer hears; over datagrams handshake messages are whole and records are of other types."""


class Layer(Protocol):
    """Both directions of one connection's records."""

    def read(self, data: bytes) -> Iterator[Heard]:
        """Yield what bytes or a datagram complete; raises `RecordError` when nothing more can be read."""

    def joining(self) -> bool:
        """Tell whether the fragments of a message are waiting for the rest."""

    def forget(self) -> None:
        """Drop what is waiting for the rest."""

    def message(self, message: bytes) -> bytes:
        """Return the records of a handshake message."""

    def record(self, content_type: int, data: bytes) -> bytes:
        """Return a record under the present keys."""

    def spoiled(self, content_type: int, data: bytes) -> bytes:
        """Return a record under the present keys that does not open."""

    def in_transcript(self, message: bytes, own: bool, /) -> bytes:
        """Return a message of the mapper (`own`, just sent) or the target (just heard) as it is hashed."""

    def write_with(self, protection: Protection) -> None:
        """Send under new keys from here on."""

    def read_with(self, protection: Protection) -> None:
        """Expect new keys from here on."""


class StreamLayer:
    """Records over a byte stream."""

    def __init__(self) -> None:
        self.reader, self.writer = RecordReader(), RecordWriter()
        self._written_with: Protection | None = None
        self._joiner = Joiner()

    def read(self, data: bytes) -> Iterator[Heard]:
        """See `Layer`."""
        self.reader.feed(data)
        while (record := self.reader.next()) is not None:
            yield record

    def joined(self, fragment: bytes) -> Iterator[Message]:
        """Yield the messages that a handshake record completes; raises `DecodeError`."""
        self._joiner.feed(fragment)
        while (message := self._joiner.next()) is not None:
            yield message

    def joining(self) -> bool:
        """See `Layer`."""
        return self._joiner.pending()

    def forget(self) -> None:
        """See `Layer`."""
        self._joiner = Joiner()

    def message(self, message: bytes) -> bytes:
        """See `Layer`."""
        return self.record(ContentType.HANDSHAKE, message)

    def record(self, content_type: int, data: bytes) -> bytes:
        """See `Layer`."""
        return b"".join(self.writer.protect(content_type, data))

    def spoiled(self, content_type: int, data: bytes) -> bytes:
        """Return a record that does not open; whoever passes over it does not count it."""
        sequence = self.writer.records
        record = flip(self.record(content_type, data))
        self.writer.use(self._written_with, sequence)
        return record

    def plain(self, content_type: int, data: bytes) -> bytes:
        """Return a record in the clear, whatever keys are in use."""
        return b"".join(self.writer.plain(content_type, data))

    def in_transcript(self, message: bytes, _own: bool, /) -> bytes:
        """See `Layer`; over a stream a message is hashed as it is."""
        return message

    def write_with(self, protection: Protection) -> None:
        """See `Layer`."""
        self._written_with = protection
        self.writer.use(protection)

    def read_with(self, protection: Protection) -> None:
        """See `Layer`."""
        self.reader.use(protection)


class _Epoch:
    """The keys of one epoch and direction, and how far its records are numbered."""

    __slots__ = ("protection", "sequence")

    def __init__(self, protection: Protection | None) -> None:
        self.protection = protection
        self.sequence = 0


class DatagramLayer:
    """Records over datagrams: epochs, numbers, whole messages, and the last flight to send again.

    Nothing is lost between a target and the mapper, so what comes again was sent again.

    Attributes
    ----------
    recent: the messages heard in the last handshake, with their names.
    """

    def __init__(self) -> None:
        self._writing, self._reading = [_Epoch(None)], [_Epoch(None)]
        self._number = self._hashed = 0
        self._flight: list[tuple[int, int, bytes]] = []
        self._answered = True
        self._partial: dict[tuple[int, int], bytearray] = {}
        self.recent: dict[bytes, str] = {}

    # Sending.

    def message(self, message: bytes) -> bytes:
        """See `Layer`."""
        self._hashed, self._number = self._number, self._number + 1
        whole = unfragmented(message, self._hashed)
        if message[0] == HandshakeType.HELLO_REQUEST:  # which belongs to no flight
            return self.record(ContentType.HANDSHAKE, whole)
        return self._keep(ContentType.HANDSHAKE, whole)

    def change_cipher_spec(self, value: bytes) -> bytes:
        """Return a ChangeCipherSpec, which belongs to the flight."""
        return self._keep(ContentType.CHANGE_CIPHER_SPEC, value)

    def record(self, content_type: int, data: bytes) -> bytes:
        """See `Layer`."""
        return self._seal(len(self._writing) - 1, content_type, data)

    def spoiled(self, content_type: int, data: bytes) -> bytes:
        """See `Layer`."""
        return flip(self.record(content_type, data))

    def retransmission(self) -> bytes:
        """Return the last flight again, in one datagram; no bytes if there was none."""
        return b"".join(self._seal(*item) for item in self._flight)

    def stale(self, data: bytes) -> bytes:
        """Return application data of an epoch that is over, or of one that never begins if there is none."""
        newest = len(self._writing) - 1
        if newest:
            return self._seal(newest - 1, ContentType.APPLICATION_DATA, data)
        return _header(ContentType.APPLICATION_DATA, _NOWHERE << _SEQUENCE_BITS, len(data)) + data

    def _keep(self, content_type: int, data: bytes) -> bytes:
        if self._answered:
            self._answered, self._flight = False, []
        item = (len(self._writing) - 1, content_type, data)
        self._flight.append(item)
        return self._seal(*item)

    def _seal(self, epoch: int, content_type: int, data: bytes) -> bytes:
        keys = self._writing[epoch]
        number = epoch << _SEQUENCE_BITS | keys.sequence
        keys.sequence += 1
        if keys.protection is None:
            return _header(content_type, number, len(data)) + data
        sealed = keys.protection.seal(number, content_type, data, version=ProtocolVersion.DTLS12)
        return sealed[:3] + number.to_bytes(8) + sealed[3:]

    def write_with(self, protection: Protection) -> None:
        """See `Layer`: the next epoch begins."""
        self._writing.append(_Epoch(protection))

    # Receiving.

    def read(self, data: bytes) -> Iterator[Heard]:
        """See `Layer`; `data` is one datagram."""
        start = 0
        while start < len(data):
            end = start + _HEADER_LENGTH + int.from_bytes(data[start + 11 : start + _HEADER_LENGTH])
            if end > len(data):
                raise _unreadable("a record longer than its datagram")
            yield from self._open(data[start:end])
            start = end

    def _open(self, raw: bytes) -> Iterator[Heard]:
        number = int.from_bytes(raw[3:11])
        epoch, sequence = number >> _SEQUENCE_BITS, number & ((1 << _SEQUENCE_BITS) - 1)
        if epoch >= len(self._reading):
            raise _unreadable("a record of an epoch that has not begun")
        keys = self._reading[epoch]
        if sequence < keys.sequence:
            raise _unreadable("a record number that was used before")
        keys.sequence = sequence + 1
        content = raw[_HEADER_LENGTH:]
        if keys.protection is not None:
            _, content = keys.protection.open(number, raw[:3], content)
        kind = ContentType(raw[0]) if raw[0] in _TYPES else None
        if kind is None:
            raise _unreadable("a record of unknown content type")
        if kind is ContentType.HANDSHAKE:
            yield from self._fragments(content, epoch)
        elif kind is ContentType.CHANGE_CIPHER_SPEC and epoch < len(self._reading) - 1:
            yield Passed()
        else:
            yield Record(kind, content, keys.protection is not None)

    def _fragments(self, content: bytes, epoch: int) -> Iterator[Message]:
        try:
            found = fragments(content)
        except DecodeError:
            raise _unreadable("a handshake fragment that cannot be parsed") from None
        for fragment in found:
            key = epoch, fragment.sequence
            body = self._partial.setdefault(key, bytearray())
            if fragment.offset == len(body):
                body += fragment.data
            if len(body) == fragment.length:
                del self._partial[key]
                raw = encode_fragment(fragment._replace(offset=0, data=bytes(body)))
                yield Message(fragment.type, bytes(body), raw)

    def note(self, message: Message, name: str) -> None:
        """Remember a message that has come for the first time; it answers the last flight."""
        if name.startswith(("ClientHello", "ServerHello")) and name != "ServerHelloDone":
            self.recent.clear()
        self.recent[message.raw] = name
        self._answered = True

    def joining(self) -> bool:
        """See `Layer`: over datagrams anything may come between."""
        return False

    def forget(self) -> None:
        """See `Layer`."""
        self._partial.clear()

    def in_transcript(self, message: bytes, own: bool, /) -> bytes:
        """See `Layer`: with the header that a message has in one piece (RFC 6347 4.2.6)."""
        return unfragmented(message, self._hashed) if own else message

    def read_with(self, protection: Protection) -> None:
        """See `Layer`: the next epoch begins."""
        self._reading.append(_Epoch(protection))

    def begin_again(self) -> None:
        """Number messages from 0 again: every handshake begins so (RFC 6347 4.2.2)."""
        self._number = 0


def flip(data: bytes) -> bytes:
    """Return `data` with its last bit turned over."""
    return data[:-1] + bytes((data[-1] ^ 1,))


_TYPES: Final = frozenset(map(int, ContentType))
_VERSION: Final = ProtocolVersion.DTLS12.to_bytes(2)


def _header(content_type: int, number: int, length: int) -> bytes:
    return bytes((content_type,)) + _VERSION + number.to_bytes(8) + length.to_bytes(2)


def _unreadable(reason: str) -> RecordError:
    return RecordError(AlertDescription.UNEXPECTED_MESSAGE, reason)
