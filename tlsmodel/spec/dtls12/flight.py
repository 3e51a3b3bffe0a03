"""The retransmission timer of DTLS 1.2 (RFC 6347 4.2.4, Figure 3): one table for both roles.

The place is where our last flight stands; the signals come from the caller's contract and the transport.
`compose` keeps the flight itself: the emissions that were queued together.
"""

# fmt: off
from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from tlsmodel.spec.groups import MESSAGES
from tlsmodel.spec.row import Table, Verb, row
from tlsmodel.spec.scenario import Role, Scenario, Version


class Flight(StrEnum):
    """The states of RFC 6347's figure."""

    PREPARING = "PREPARING"
    SENDING = "SENDING"
    WAITING = "WAITING"
    FINISHED = "FINISHED"


@dataclass(frozen=True, slots=True)
class FlightRow:
    """One transition of the timer's table: `sends` transmits the whole flight (again)."""

    at: Flight
    on: str
    to: Flight
    sends: bool
    cite: str

    @property
    def id(self) -> str:
        """``dtls12.flight/WAITING/timer expired``"""
        return f"dtls12.flight/{self.at}/{self.on}"


TABLE: Final = (
    FlightRow(Flight.PREPARING, "flight ready",          Flight.SENDING,   False, "6347 4.2.4"),
    FlightRow(Flight.SENDING,   "flight sent",           Flight.WAITING,   True,  "6347 4.2.4"),
    FlightRow(Flight.SENDING,   "last flight sent",      Flight.FINISHED,  True,  "6347 4.2.4"),
    FlightRow(Flight.WAITING,   "timer expired",         Flight.SENDING,   True,  "6347 4.2.4.1"),
    FlightRow(Flight.WAITING,   "peer repeats",          Flight.SENDING,   True,  "6347 4.2.4"),
    FlightRow(Flight.WAITING,   "next flight received",  Flight.PREPARING, False, "6347 4.2.4"),
    FlightRow(Flight.WAITING,   "last flight received",  Flight.FINISHED,  False, "6347 4.2.4"),
    FlightRow(Flight.FINISHED,  "peer repeats",          Flight.FINISHED,  True,  "6347 4.2.4"),
    FlightRow(Flight.FINISHED,  "handshake again",       Flight.PREPARING, False, "6347 4.2.4"),
)

ORDER: Final = Table("dtls12.order", ("stuck",),
    row("stuck", MESSAGES, verb=Verb.IGNORE, cite="6347 4.2.2"),
).resolve(Scenario(Version.DTLS12, Role.CLIENT))
"""After a message was dropped that has taken a number in the order: what follows waits for one that never comes."""
