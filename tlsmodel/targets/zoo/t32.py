"""False start: application data is handed out before the server has proved itself with Finished."""

from __future__ import annotations

from impl import Code, Role, receive
from impl.codec.enums import ContentType
from impl.perform import Memory
from impl.record.stream import Record
from impl.step import Phase
from tlsmodel.targets.zoo.bug import CLIENT, TLS12, Bug, entries

_on_data = receive.ON_RECORD[ContentType.APPLICATION_DATA]


def _early(memory: Memory, record: Record) -> Code:
    waiting = memory.config.role is Role.CLIENT and memory.state.phase is Phase.WAIT_FINISHED
    if memory.complete or not waiting:
        return _on_data(memory, record)
    memory.complete = True
    memory.received.append(record.fragment)
    return Code.SUCCESS


BUG = Bug(
    "T32",
    "a client returns application data before the server's Finished",
    "CVE-2013-1740, NSS before 3.15.4",
    (CLIENT,),
    (TLS12,),
    lambda: entries(receive.ON_RECORD, {ContentType.APPLICATION_DATA: _early}),
)
