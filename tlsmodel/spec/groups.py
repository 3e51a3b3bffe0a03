"""Sets of deliveries that rows name together."""

from __future__ import annotations

from typing import Final

from tlsmodel.spec.symbols import DELIVERIES

MALFORMED_MESSAGES: Final = tuple(
    item for item in DELIVERIES if item.name in ("ClientHello.malformed", "ServerHello.malformed")
)
"""Handshake messages that do not parse."""

MESSAGES: Final = tuple(item for item in DELIVERIES if item.message not in ("Alert", "EndOfStream"))
"""Everything that is offered to the handshake phase; alerts and the end of the stream go to `closure`."""
