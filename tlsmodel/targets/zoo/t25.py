"""Several ChangeCipherSpecs in a row: the server reads on and on in one call."""

from __future__ import annotations

from contextlib import suppress

from impl import Code, receive
from impl.codec.enums import ContentType
from impl.perform import Memory
from impl.record.stream import Record
from tlsmodel.targets.zoo.bug import SERVER, TLS13, Bug, entries

_on_change_cipher_spec = receive.ON_RECORD[ContentType.CHANGE_CIPHER_SPEC]


def _stuck(memory: Memory, record: Record) -> Code:
    again = memory.dropped
    code = _on_change_cipher_spec(memory, record)
    while again:
        with suppress(BlockingIOError, InterruptedError):
            memory.transport.pull(1)
    return code


BUG = Bug(
    "T25",
    "a server that gets a second ChangeCipherSpec is stuck in its receive loop",
    "CVE-2020-12457, wolfSSL before 4.5.0",
    (SERVER,),
    (TLS13,),
    lambda: entries(receive.ON_RECORD, {ContentType.CHANGE_CIPHER_SPEC: _stuck}),
)
