"""A no_renegotiation warning in the first handshake resets the client, which then starts again."""

from __future__ import annotations

from impl import AlertDescription, Code, negotiation, receive
from impl.codec.enums import ContentType
from impl.perform import Memory
from impl.record.stream import Record
from tlsmodel.targets.zoo.bug import CLIENT, TLS12, TLS13, Bug, entries

_on_alert = receive.ON_RECORD[ContentType.ALERT]


def _reset(memory: Memory, record: Record) -> Code:
    code = _on_alert(memory, record)
    if code is Code.WARNING_ALERT_RECEIVED and memory.alert == AlertDescription.NO_RENEGOTIATION:
        memory.state, memory.version = negotiation.Start(), None
    return code


BUG = Bug(
    "G01",
    "a client restarts with old secrets in place after a no_renegotiation warning",
    "CVE-2020-24659, GnuTLS before 3.6.15",
    (CLIENT,),
    (TLS12, TLS13),
    lambda: entries(receive.ON_RECORD, {ContentType.ALERT: _reset}),
)
