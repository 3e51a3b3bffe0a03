"""The row form that every table is written in, and the rules that a table keeps.

A row says: at this place, on this symbol, do this.  A pair without a row of its own is answered by a broader
row further down, and the first row that fits decides.  Rows are data: no lambdas, no guards, nothing that a
reader of tables could not draw or export.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from tlsmodel.spec.choices import Choice
from tlsmodel.spec.symbols import Symbol, emission


class Verb(StrEnum):
    """What a row does with its input."""

    ADVANCE = "advance"
    """Accept it, emit, go on to the next phase."""
    IGNORE = "ignore"
    """Drop or absorb it and carry on."""
    DELIVER = "deliver"
    """Hand its data to the application."""
    NOTIFY = "notify"
    """Return a non-fatal code to the caller; the session lives on."""
    CLOSE = "close"
    """The peer will send no more; an error while the handshake is unfinished."""
    REFUSE = "refuse"
    """A fault: one of the choice's outcomes, normally a fatal code and an alert."""
    LEAVE = "leave"
    """What follows is outside the modelled scope."""


@dataclass(frozen=True, slots=True)
class Emit:
    """One message that a row sends; `once` means: at most once in a connection, and it may be left out."""

    symbol: Symbol
    once: bool = False

    def __str__(self) -> str:
        return f"{self.symbol.name}?" if self.once else self.symbol.name


@dataclass(frozen=True, slots=True)
class Row:
    """One transition of one table.

    Parameters
    ----------
    table: the table's name, first part of the row's stable id.
    at: phase or region value in which the row applies.
    on: the input symbol.
    verb: what it does.
    to: the next phase (its own phase for rows that stay).
    emit: what is sent, in order.
    code: the non-fatal code that NOTIFY returns.
    choice: the named outcomes of REFUSE.
    cite: source, as ``RFC section`` or manual page.
    """

    table: str
    at: str
    on: Symbol
    verb: Verb
    to: str
    cite: str
    emit: tuple[Emit, ...] = ()
    code: str | None = None
    choice: Choice | None = None

    @property
    def id(self) -> str:
        """``tls13.client.phase/WAIT_CERT_CR/CertificateRequest``"""
        return f"{self.table}/{self.at}/{self.on.name}"


@dataclass(frozen=True, slots=True)
class Line:
    """A row as it is written: over one or more places and symbols, before its table gives it a name."""

    at: tuple[str, ...]
    on: tuple[Symbol, ...]
    verb: Verb
    cite: str
    to: str | None
    emit: tuple[Emit, ...]
    code: str | None
    choice: Choice | None


def once(name: str) -> Emit:
    """Return an emission that may be left out and goes out at most once in a connection."""
    return Emit(emission(name), once=True)


def row(
    at: str | Iterable[str],
    on: Symbol | Iterable[Symbol],
    *,
    cite: str,
    to: str | None = None,
    emit: Iterable[str | Emit] = (),
    refuse: Choice | None = None,
    notify: str | None = None,
    verb: Verb | None = None,
) -> Line:
    """Write a row: `to=` advances, `refuse=` fails, `notify=` returns a non-fatal code; `verb=` names the rest.

    `at` and `on` may be several places and symbols that share the row.
    """
    chosen = verb or (Verb.REFUSE if refuse else Verb.NOTIFY if notify else Verb.ADVANCE)
    return Line(
        at=(at,) if isinstance(at, str) else tuple(at),
        on=(on,) if isinstance(on, Symbol) else tuple(on),
        verb=chosen,
        cite=cite,
        to=to,
        emit=tuple(item if isinstance(item, Emit) else Emit(emission(item)) for item in emit),
        code=notify,
        choice=refuse,
    )


class Table:
    """A named, validated table: exactly one answer for each (place, symbol) that it knows.

    Raises `ValueError` at import when a line decides nothing (all its pairs are already answered above it),
    names an unknown place, or lacks what its verb needs.
    """

    def __init__(self, name: str, places: tuple[str, ...], *lines: Line) -> None:
        self.name = name
        self.places = places
        self._rows: dict[tuple[str, Symbol], Row] = {}
        for line in lines:
            self._add(line)

    def _add(self, line: Line) -> None:
        unknown = {*line.at, *([line.to] if line.to else [])} - set(self.places)
        if unknown:
            raise ValueError(f"{self.name}: unknown place {sorted(unknown)}")
        if (line.verb is Verb.ADVANCE) != (line.to is not None):
            raise ValueError(f"{self.name}: a row that advances, and no other, names its next place: {line}")
        fresh = [(at, on) for at in line.at for on in line.on if (at, on) not in self._rows]
        if not fresh:
            raise ValueError(f"{self.name}: this row decides nothing: {line}")
        for at, on in fresh:
            self._rows[at, on] = Row(
                table=self.name,
                at=at,
                on=on,
                verb=line.verb,
                to=line.to or at,
                cite=line.cite,
                emit=line.emit,
                code=line.code,
                choice=line.choice,
            )

    def find(self, at: str, on: Symbol) -> Row | None:
        """Return the row that answers `on` at `at`, or None where this table leaves it to another one."""
        return self._rows.get((at, on))

    def __iter__(self) -> Iterator[Row]:
        return iter(self._rows.values())

    def __len__(self) -> int:
        return len(self._rows)
