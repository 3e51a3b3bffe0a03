"""close_notify in a handshake: the loop that drives the handshake never ends."""

from __future__ import annotations

from contextlib import suppress

from impl import Code, receive
from impl.codec.enums import ContentType
from impl.perform import Memory
from impl.record.stream import Record
from tlsmodel.targets.zoo.bug import SERVER, TLS12, TLS13, Bug, entries

_on_alert = receive.ON_RECORD[ContentType.ALERT]


def _spin(memory: Memory, record: Record) -> Code:
    while not memory.complete and record.fragment[1:] == b"\0":
        with suppress(BlockingIOError, InterruptedError):
            memory.transport.pull(1)
    return _on_alert(memory, record)


BUG = Bug(
    "T30",
    "a server that gets close_notify behind ClientHello spins forever",
    "CVE-2024-32650, rustls before 0.23.5, 0.22.4 and 0.21.11",
    (SERVER,),
    (TLS12, TLS13),
    lambda: entries(receive.ON_RECORD, {ContentType.ALERT: _spin}),
)
