"""Which transitions of the tables a run has used.

A transition here is a row of the tables at its place: (phase, message), (closure, alert) or (call,
micro-state, signal).  The total counts the rows that can take part in a scenario with the inputs that can be
fed: those at the places that a session can be in, and not hidden by a row that is asked first.  It is an
upper bound, found without exploring; a tour counts what is reachable.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache
from typing import Final

from tlsmodel.machine.compose import Session
from tlsmodel.machine.machine import AnyRow
from tlsmodel.machine.regions import NOBODY, State
from tlsmodel.spec.contract import ContractRow, Signal
from tlsmodel.spec.row import Row
from tlsmodel.spec.scenario import Scenario, Version, scenario
from tlsmodel.spec.symbols import (
    CALLS,
    HANDSHAKE,
    KEY_UPDATE,
    KEY_UPDATE_PEER,
    REAUTH,
    RECORD_RECV,
    REHANDSHAKE,
    Kind,
    Symbol,
)
from tlsmodel.spec.tables import SessionTables, tables_for

_SENSELESS: Final = frozenset({Signal.FAILED, Signal.HANDSHAKING, Signal.WRITE_CLOSED, Signal.SENSELESS})
"""What a call meets that no phase knows."""
_DATAGRAM: Final = frozenset({Signal.TOO_LARGE, Signal.REPEATED, Signal.TIMER})
_AGAIN: Final = frozenset({Signal.HELD, Signal.BEGUN, Signal.QUEUED, Signal.REFUSED_CALL})
"""What only versions with re-handshakes know."""


@cache
def possible_rows(name: str, alphabet: frozenset[Symbol]) -> frozenset[str]:
    """Return the ids of the rows that can take part in the scenario called `name` with these inputs."""
    setting = scenario(name)
    session, tables = Session(setting), tables_for(setting)
    met = {row.id for row in _met(session, tables, alphabet)}
    others = (row for row in session.tables if not _is_delivery(row))
    return frozenset(met | {row.id for row in others if _may_take_part(row, setting, tables, alphabet)})


def _is_delivery(row: AnyRow) -> bool:
    return isinstance(row, Row) and row.on.kind is Kind.DELIVERY


def _met(session: Session, tables: SessionTables, alphabet: frozenset[Symbol]) -> Iterator[Row]:
    """Yield the rows that deliveries meet, over all phases and generations that a session can be in."""
    deliveries = [item for item in session.inputs if item.kind is Kind.DELIVERY and item in alphabet]
    for phase in tables.phase.places:
        begins = tables.phase.find(phase, HANDSHAKE)
        if phase == tables.start and begins is not None and begins.to != phase:
            continue  # the call that would read sends first
        for state in _states(phase, tables):
            yield from (session.meet(state, item) for item in deliveries)


def _states(phase: str, tables: SessionTables) -> Iterator[State]:
    again = (False, True) if tables.rehandshake is not None else (False,)
    unbound = (NOBODY, frozenset({"unbound"})) if tables.rehandshake is not None else (NOBODY,)
    stuck = frozenset({"stuck"})
    for flags in (*unbound, *((stuck,) if any("dtls" in item.name for item in tables.resolved) else ())):
        if phase in tables.final:
            yield State(phase, complete=True, renewal=True, flags=flags)
        for renewal in again:
            yield State(phase, renewal=renewal, flags=flags)


def _may_take_part(
    row: AnyRow, setting: Scenario, tables: SessionTables, alphabet: frozenset[Symbol]
) -> bool:
    if isinstance(row, Row):
        return row.on in alphabet
    if not isinstance(row, ContractRow):
        return True
    signal, datagrams = row.signal, setting.version is Version.DTLS12
    known = any(item.on is row.call for item in tables.phase) or row.call in _EVERYWHERE
    if row.call not in alphabet or (signal is Signal.LATE and setting.value("deadline") == "off"):
        return False
    if not known:
        return signal in _SENSELESS
    if signal in _DATAGRAM or (row.call is RECORD_RECV and row.at.name == "FLUSH"):
        return datagrams
    return signal is not Signal.SENSELESS and (signal not in _AGAIN or tables.rehandshake is not None)


_EVERYWHERE: Final = frozenset(CALLS) - {REHANDSHAKE, REAUTH, KEY_UPDATE, KEY_UPDATE_PEER}
"""The calls that every phase knows."""


class Coverage:
    """Rows used so far, per scenario."""

    def __init__(self) -> None:
        self._used: dict[str, set[str]] = {}

    def add(self, name: str, rows: Iterable[str]) -> None:
        """Note the rows that explained a step."""
        self._used.setdefault(name, set()).update(rows)

    def used(self, name: str) -> frozenset[str]:
        """Return the rows used in the scenario called `name`."""
        return frozenset(self._used.get(name, ()))

    def merge(self, other: Coverage) -> None:
        """Add what another run has used."""
        for name, rows in other._used.items():
            self.add(name, rows)

    def count(self, names: Iterable[str], alphabet: frozenset[Symbol]) -> tuple[int, int]:
        """Return (covered, total) over the scenarios called `names`."""
        covered = total = 0
        for name in names:
            rows = possible_rows(name, alphabet)
            covered += len(self.used(name) & rows)
            total += len(rows)
        return covered, total
