"""Application data in the clear is delivered by an established session."""

from __future__ import annotations

from typing import Final

from impl.codec.enums import ContentType
from impl.record.datagram import HEADER_LENGTH, DatagramReader, Drop
from impl.record.stream import Record
from tlsmodel.targets.zoo.bug import BOTH, DTLS12, Bug, attribute

_open = DatagramReader._open
_DATA_IN_EPOCH_0: Final = bytes((ContentType.APPLICATION_DATA,)), bytes(2)


def _in_the_clear(self: DatagramReader, raw: bytes) -> Record | Drop | None:
    if self.epoch and (raw[:1], raw[3:5]) == _DATA_IN_EPOCH_0:
        return Record(ContentType.APPLICATION_DATA, raw[HEADER_LENGTH:], True)
    return _open(self, raw)


BUG = Bug(
    "D01",
    "an established session delivers application data of epoch 0",
    "CVE-2019-20786, Pion before 1.5.2 (pion/dtls pull request 128)",
    BOTH,
    (DTLS12,),
    lambda: attribute(DatagramReader, "_open", _in_the_clear),
)
