"""Sets of deliveries that rows name together."""

from __future__ import annotations

from typing import Final

from tlsmodel.spec.symbols import DELIVERIES

RECORDS: Final = (
    "ChangeCipherSpec", "ApplicationData", "EarlyData", "UnknownRecord", "BadRecord", "StaleRecord", "Retransmission",
)  # fmt: skip

MALFORMED_MESSAGES: Final = tuple(
    item for item in DELIVERIES if item.name in ("ClientHello.malformed", "ServerHello.malformed")
)
"""Handshake messages that do not parse."""

UNREADABLE: Final = tuple(item for item in DELIVERIES if item.name in ("BadRecord", "EarlyData"))
"""Records that the keys in use do not open."""

DATAGRAM_RECORDS: Final = tuple(item for item in DELIVERIES if item.message in RECORDS)
"""Records that are no handshake message and no alert."""

CHANGES: Final = tuple(item for item in DELIVERIES if item.message == "ChangeCipherSpec")

HANDSHAKE_MESSAGES: Final = tuple(
    item for item in DELIVERIES if item.message not in ("Alert", "EndOfStream", *RECORDS)
)
"""Messages of the handshake protocol."""

MESSAGES: Final = tuple(item for item in DELIVERIES if item.message not in ("Alert", "EndOfStream"))
"""Everything that is offered to the handshake phase; alerts and the end of the stream go to `closure`."""

READ_RECORDS: Final = tuple(item for item in DELIVERIES if item.message != "EndOfStream")
"""Everything that comes in records."""

ALERTS: Final = tuple(item for item in DELIVERIES if item.message == "Alert")
"""Alerts of every kind."""
