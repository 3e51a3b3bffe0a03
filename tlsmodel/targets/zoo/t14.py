"""SSL death alert: warnings in a handshake are dropped without a bound, and keep the server busy."""

from __future__ import annotations

from impl import AlertLevel, Code, receive
from impl.codec.enums import ContentType
from impl.perform import Memory
from impl.record.stream import Record
from tlsmodel.targets.zoo.bug import SERVER, TLS12, Bug, entries

_on_alert = receive.ON_RECORD[ContentType.ALERT]


def _dropped(memory: Memory, record: Record) -> Code:
    warning = record.fragment[:1] == bytes((AlertLevel.WARNING,)) and record.fragment[1:] != b"\0"
    return Code.SUCCESS if warning and not memory.complete else _on_alert(memory, record)


BUG = Bug(
    "T14",
    "a server drops warning alerts in a handshake without limit",
    "CVE-2016-8610, OpenSSL",
    (SERVER,),
    (TLS12,),
    lambda: entries(receive.ON_RECORD, {ContentType.ALERT: _dropped}),
)
