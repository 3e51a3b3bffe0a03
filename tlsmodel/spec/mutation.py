"""A seeded bug as the model sees it: a named change of rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Final

from tlsmodel.spec.contract import CONTRACT, ContractRow, Micro, Signal
from tlsmodel.spec.row import Line, Resolved, Row, Table
from tlsmodel.spec.symbols import Symbol
from tlsmodel.spec.tables import WRITTEN, SessionTables

Contract = Mapping[tuple[Symbol, Micro, Signal], ContractRow]
UNCHANGED: Final[Contract] = MappingProxyType(CONTRACT)


@dataclass(frozen=True, slots=True)
class Change:
    """Rows of one table that are written anew.

    Parameters
    ----------
    table: its name, as in the id of a row.
    line: what stands there now, in front of everything else.
    gone: the rows are struck out instead, so that a broader table decides.
    """

    table: str
    line: Line
    gone: bool = False


@dataclass(frozen=True, slots=True)
class Mutation:
    """A named change of rows.

    Parameters
    ----------
    id: that of the zoo's bug where there is one.
    title: in state X, on event Y, does Z.
    cite: CVE, advisory or paper.
    machines: where it can be met, the first one by default.
    changes, contract: the rows.
    """

    id: str
    title: str
    cite: str
    machines: tuple[str, ...]
    changes: tuple[Change, ...] = ()
    contract: tuple[ContractRow, ...] = ()

    def __post_init__(self) -> None:
        unknown = {change.table for change in self.changes} - set(_TABLES)
        if unknown:
            raise ValueError(f"mutation {self.id}: unknown table {sorted(unknown)}")


_TABLES: Final[dict[str, Table]] = {
    table.name: table
    for written in WRITTEN.values()
    for table in (written.phase, written.closure, written.rehandshake)
    if table is not None
}


def mutated(tables: SessionTables, mutation: Mutation | None) -> SessionTables:
    """Return `tables` with the rows of `mutation`."""
    if mutation is None:
        return tables
    again = tables.rehandshake
    return replace(
        tables,
        phase=_changed(tables.phase, mutation),
        closure=_changed(tables.closure, mutation),
        rehandshake=_changed(again, mutation) if again is not None else None,
    )


def _changed(table: Resolved, mutation: Mutation) -> Resolved:
    rows: dict[tuple[str, Symbol], Row | None] = {}
    for change in mutation.changes:
        if change.table != table.name:
            continue
        for at in change.line.at:
            for on in change.line.on:
                made = None if change.gone else _TABLES[table.name].row(change.line, at, on)
                rows.setdefault((at, on), made)
    return table.changed(rows) if rows else table


def mutated_contract(mutation: Mutation | None) -> Contract:
    """Return the caller's contract with the rows of `mutation`."""
    if mutation is None or not mutation.contract:
        return UNCHANGED
    return {**CONTRACT, **{(row.call, row.at, row.signal): row for row in mutation.contract}}
