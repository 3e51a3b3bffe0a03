"""The retransmission timer of DTLS 1.2 (RFC 6347 4.2.4, Figure 3): one table for both roles.

The place is where our last flight stands; the signals come from the caller's contract and the transport.
`compose` keeps the flight itself: the emissions that were queued together.
"""

# fmt: off
from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from tlsmodel.spec import choices
from tlsmodel.spec.choices import DROPPED, KEPT
from tlsmodel.spec.groups import ALERTS, MESSAGES, READ_RECORDS
from tlsmodel.spec.row import Table, Verb, row
from tlsmodel.spec.scenario import Role, Scenario, Version
from tlsmodel.spec.symbols import emission


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

AHEAD, APART, STUCK = "ahead", "apart", "stuck"
ORDER: Final = Table("dtls12.order", (APART, STUCK, AHEAD),
    row(APART, READ_RECORDS, verb=Verb.IGNORE, cite="6347 4.1"),
    row(STUCK, MESSAGES,     verb=Verb.IGNORE, cite="6347 4.2.2"),
    row(AHEAD, ALERTS,       verb=Verb.IGNORE, cite="6347 4.1"),
).resolve(Scenario(Version.DTLS12, Role.CLIENT))
"""What is lost behind something that was dropped: a ChangeCipherSpec takes all records with it, a message its successors."""

PASSING: Final[dict[str, tuple[str, ...]]] = {DROPPED: (), KEPT: ("kept",), choices.APART: (APART,), choices.AHEAD: (AHEAD,), choices.STUCK: (STUCK,)}
"""The outcomes of a choice that pass something over, and what is raised then."""

CHANGED: Final = frozenset({"WAIT_FINISHED", "WAIT_FINISHED_R", "CONNECTED"})
"""Phases in which the peer's ChangeCipherSpec has come, so that none is ahead of its time."""

STATELESS: Final = frozenset({emission("HelloVerifyRequest")})
"""What belongs to no flight: neither timer nor retransmission apply to it (RFC 6347 3.2.1)."""
