"""The record layer over datagrams, without I/O (RFC 6347 section 4.1).

`DatagramReader` turns datagrams into records, `DatagramWriter` makes records; each counts epochs and sequence
numbers of its own direction.  A record that is no record, is protected wrongly or comes a second time is
dropped and counted (RFC 6347 section 4.1.2.7): whoever can write to the network could forge one, so none
of them may end a session.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from impl.alerts import AlertDescription
from impl.codec.enums import ContentType, ProtocolVersion
from impl.limits import (
    MAX_DATAGRAM_SEQUENCE,
    MAX_EARLY_BYTES,
    MAX_EPOCH,
    MAX_PLAINTEXT,
    REPLAY_WINDOW,
)
from impl.record.protection import Protection, RecordError
from impl.record.stream import Record, SequenceExhausted

HEADER_LENGTH: Final = 13

_MAJOR: Final = ProtocolVersion.DTLS12 >> 8
_VERSION: Final = ProtocolVersion.DTLS12.to_bytes(2)
_TYPES: Final = {int(content_type): content_type for content_type in ContentType}
_SEQUENCE_BITS: Final = 48


class Drop(StrEnum):
    """Why something that came was thrown away."""

    TRUNCATED = "a record longer than its datagram"
    TYPE = "a record of unknown content type"
    VERSION = "a record of another version"
    EPOCH = "a record of a past epoch, or of one that is further off than the next"
    NO_ROOM = "a record that came too early, and more of them than are kept"
    REPLAYED = "a record that has come before, or is too old to tell"
    FORGED = "a record that fails authentication"
    LENGTH = "a record that is empty or too long"
    CONTENT = "a record whose content is out of place or malformed"
    FRAGMENT = "a handshake fragment that contradicts itself or others, or finds no room"


class ReplayWindow:
    """Which sequence numbers of an epoch have been received (RFC 6347 section 4.1.2.6)."""

    __slots__ = ("_newest", "_seen")

    def __init__(self) -> None:
        self._newest = -1
        self._seen = 0

    def admits(self, sequence: int) -> bool:
        """Tell whether a record of this number may be new."""
        age = self._newest - sequence
        return age < 0 or (age < REPLAY_WINDOW and not self._seen >> age & 1)

    def mark(self, sequence: int) -> None:
        """Note an authentic record of this number."""
        age = self._newest - sequence
        if age < 0:
            self._seen = (self._seen << min(-age, REPLAY_WINDOW) | 1) & _WINDOW_MASK
            self._newest = sequence
        else:
            self._seen |= 1 << age


_WINDOW_MASK: Final = (1 << REPLAY_WINDOW) - 1


class DatagramReader:
    """The receiving direction.

    It starts in epoch 0, in the clear.  Records of the next epoch are kept until its keys are known, the
    newest `MAX_EARLY_BYTES` of them.

    Attributes
    ----------
    epoch: the epoch whose records are taken.
    sequence: the number of the newest record that was taken.
    dropped: how many records were thrown away, and why.
    """

    __slots__ = ("_early", "_early_bytes", "_protection", "_window", "dropped", "epoch", "sequence")

    def __init__(self) -> None:
        self.epoch = 0
        self.sequence = 0
        self.dropped: Counter[Drop] = Counter()
        self._protection: Protection | None = None
        self._window = ReplayWindow()
        self._early: deque[bytes] = deque()
        self._early_bytes = 0

    def use(self, protection: Protection) -> list[Record]:
        """Go on to the next epoch, under `protection`, and return what of it has come early.

        Raises `SequenceExhausted` if there is no further epoch.
        """
        self.epoch = next_epoch(self.epoch)
        self._protection = protection
        self._window = ReplayWindow()
        early, self._early, self._early_bytes = self._early, deque(), 0
        return self._all_of(early)

    def read(self, datagram: bytes) -> list[Record]:
        """Return the records of the present epoch that a datagram contains."""
        return self._all_of(self._split(datagram))

    def _all_of(self, raws: Iterable[bytes]) -> list[Record]:
        records = []
        for raw in raws:
            record = self._open(raw)
            if isinstance(record, Drop):
                self.dropped[record] += 1
            elif record is not None:
                records.append(record)
        return records

    def _split(self, datagram: bytes) -> Iterator[bytes]:
        start, length = 0, len(datagram)
        while start < length:
            end = start + HEADER_LENGTH + int.from_bytes(datagram[start + 11 : start + HEADER_LENGTH])
            if start + HEADER_LENGTH > length or end > length:
                self.dropped[Drop.TRUNCATED] += 1
                return
            yield datagram[start:end]
            start = end

    def _open(self, raw: bytes) -> Record | Drop | None:
        """Return the record, why it is dropped, or None if it is kept for later."""
        number = int.from_bytes(raw[3:11])
        epoch, sequence = number >> _SEQUENCE_BITS, number & MAX_DATAGRAM_SEQUENCE
        if raw[0] not in _TYPES:
            return Drop.TYPE
        if raw[1] != _MAJOR or (epoch and raw[1:3] != _VERSION):
            return Drop.VERSION
        if epoch == self.epoch + 1:
            self._keep(raw)
            return None
        if epoch != self.epoch:
            return Drop.EPOCH
        protection, content = self._protection, raw[HEADER_LENGTH:]
        # Without keys there is no window, lest a forged number shut out the records that are genuine.
        if protection is not None:
            if not self._window.admits(sequence):
                return Drop.REPLAYED
            try:
                _, content = protection.open(number, raw[:3], content)
            except RecordError:
                return Drop.FORGED
            self._window.mark(sequence)
        if not 0 < len(content) <= MAX_PLAINTEXT:
            return Drop.LENGTH
        self.sequence = sequence
        return Record(_TYPES[raw[0]], content, protection is not None)

    def _keep(self, raw: bytes) -> None:
        self._early.append(raw)
        self._early_bytes += len(raw)
        while self._early_bytes > MAX_EARLY_BYTES:
            self._early_bytes -= len(self._early.popleft())
            self.dropped[Drop.NO_ROOM] += 1


@dataclass(slots=True)
class _Sending:
    """The keys of one epoch and the next number under them."""

    protection: Protection | None
    sequence: int = 0


class DatagramWriter:
    """The sending direction.

    Past epochs can be written in until they are forgotten, for a flight that is sent again goes out under the
    keys of its first time, with sequence numbers of its own (RFC 6347 section 4.2.4).

    Attributes
    ----------
    epoch: the newest one.
    """

    __slots__ = ("_epochs", "epoch")

    def __init__(self) -> None:
        self.epoch = 0
        self._epochs = {0: _Sending(None)}

    def use(self, protection: Protection) -> None:
        """Go on to the next epoch, under `protection`; raises `SequenceExhausted` if there is none."""
        self.epoch = next_epoch(self.epoch)
        self._epochs[self.epoch] = _Sending(protection)

    def catch_up(self, sequence: int) -> None:
        """Number the records of epoch 0 from `sequence` on, unless that is behind them or beyond reason."""
        if 0 in self._epochs and sequence <= MAX_DATAGRAM_SEQUENCE // 2:
            self._epochs[0].sequence = max(self._epochs[0].sequence, sequence)

    def forget(self, before: int) -> None:
        """Drop the keys of the epochs below `before`, except for the newest."""
        for epoch in [epoch for epoch in self._epochs if epoch < min(before, self.epoch)]:
            del self._epochs[epoch]

    def overhead(self, epoch: int) -> int:
        """Return how many bytes a record of `epoch` has besides its content."""
        protection = self._epochs[epoch].protection
        return HEADER_LENGTH + (0 if protection is None else protection.expansion)

    def seal(self, epoch: int, content_type: int, fragment: bytes) -> bytes:
        """Return a whole record with `fragment` under the keys of `epoch`, in the clear in epoch 0.

        Parameters
        ----------
        fragment: at most 2^14 bytes.

        Raises `SequenceExhausted`.
        """
        sending = self._epochs[epoch]
        if sending.sequence >= MAX_DATAGRAM_SEQUENCE:
            raise _exhausted("the record sequence number is used up")
        number = epoch << _SEQUENCE_BITS | sending.sequence
        sending.sequence += 1
        if sending.protection is None:
            start = bytes((content_type,)) + _VERSION
            return start + number.to_bytes(8) + len(fragment).to_bytes(2) + fragment
        # A protected record differs from that of TLS in its version and in the number behind it.
        sealed = sending.protection.seal(number, content_type, fragment, version=ProtocolVersion.DTLS12)
        return sealed[:3] + number.to_bytes(8) + sealed[3:]


def next_epoch(epoch: int) -> int:
    """Return the epoch after `epoch`; raises `SequenceExhausted` if it was the last."""
    if epoch == MAX_EPOCH:
        raise _exhausted("the epochs are used up")
    return epoch + 1


def _exhausted(reason: str) -> SequenceExhausted:
    return SequenceExhausted(AlertDescription.INTERNAL_ERROR, reason)
