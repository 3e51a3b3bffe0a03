"""The retransmission timer's region: its table applied to a call in progress."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tlsmodel.machine.regions import CALM, DUE, PERHAPS_DUE
from tlsmodel.spec.dtls12.flight import TABLE, Flight, FlightRow

if TYPE_CHECKING:
    from tlsmodel.machine.run import Run

ROWS: Final[dict[tuple[Flight, str], FlightRow]] = {(row.at, row.on): row for row in TABLE}


def tick(run: Run, signal: str) -> Run:
    """Return `run` after the timer's answer to `signal`; a place without a row for it stays as it is."""
    row = ROWS.get((run.state.timer, signal))
    if row is None:
        return run
    return run.note(row.id).move(timer=row.to)


def advance(run: Run, emits: bool, heard: str) -> Run:
    """Return `run` after a message of the peer's flight, with which our next flight may become due."""
    if emits:
        return tick(tick(run, heard), "flight ready").move(due=CALM)
    due = PERHAPS_DUE if run.state.due == DUE else run.state.due
    ended = tick(run, heard) if heard == "last flight received" else run
    return ended.move(due=due)
