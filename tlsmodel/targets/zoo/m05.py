"""Application data in the first handshake is queued and reported as if it were a re-handshake."""

from __future__ import annotations

from impl import Code, receive
from impl.codec.enums import ContentType
from impl.perform import Memory
from impl.record.stream import Record
from tlsmodel.targets.zoo.bug import BOTH, TLS12, TLS13, Bug, entries

_on_data = receive.ON_RECORD[ContentType.APPLICATION_DATA]


def _queued(memory: Memory, record: Record) -> Code:
    if memory.complete:
        return _on_data(memory, record)
    memory.received.append(record.fragment)
    return Code.GOT_APPLICATION_DATA


BUG = Bug(
    "M05",
    "GOT_APPLICATION_DATA is returned in the initial handshake",
    "a slip in the caller's contract",
    BOTH,
    (TLS12, TLS13),
    lambda: entries(receive.ON_RECORD, {ContentType.APPLICATION_DATA: _queued}),
)
