"""A heartbeat in the middle of a handshake is taken, and resets the buffer of handshake messages."""

from __future__ import annotations

from typing import Any, Final

from impl import Code, receive
from impl.codec.enums import ContentType
from impl.perform import Memory
from impl.record import stream
from impl.record.channel import StreamChannel
from impl.record.stream import Record
from tlsmodel.targets.zoo.bug import BOTH, TLS12, Bug, attribute, entries, together

_HEARTBEAT: Any = 24
"""Content type (RFC 6520 section 3), which `impl` does not know."""
_INTERLEAVED: Final = (*ContentType, _HEARTBEAT)


def _take(memory: Memory, _record: Record) -> Code:
    if isinstance(memory.channel, StreamChannel):
        memory.channel.joiner._buffer.clear()
    return Code.SUCCESS


BUG = Bug(
    "G13",
    "a heartbeat during the handshake is taken and drops the message that is being read",
    "GnuTLS commit f08fe3d4 (2014), reported with 3.3.8 by de Ruiter and Poll (USENIX Security 2015)",
    BOTH,
    (TLS12,),
    lambda: together(
        entries(stream._TYPES, {_HEARTBEAT: _HEARTBEAT}),
        entries(receive.ON_RECORD, {_HEARTBEAT: _take}),
        attribute(receive, "_MAY_INTERLEAVE", _INTERLEAVED),
    ),
)
