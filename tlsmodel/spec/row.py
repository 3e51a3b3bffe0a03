"""The row form that every table is written in, and the rules that a table keeps.

A row says: at this place, on this symbol, do this.  A pair without a row of its own is answered by a broader
row further down, and the first row that fits decides.  A condition speaks of the scenario only and is settled
before a machine is built.  Rows are data: no lambdas, nothing that a reader of tables could not draw or export.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from tlsmodel.spec.choices import Choice
from tlsmodel.spec.conditions import Condition
from tlsmodel.spec.scenario import Scenario
from tlsmodel.spec.symbols import Symbol, emission


class Verb(StrEnum):
    """What a row does with its input."""

    ADVANCE = "advance"
    """Accept it, emit, go on to the next phase."""
    SEND = "send"
    """Emit and stay."""
    AWAIT = "await"
    """A call that waits for the peer without sending anything."""
    IGNORE = "ignore"
    """Drop or absorb it and carry on."""
    REPEAT = "repeat"
    """The peer repeats its flight: drop it, and send our own last flight again or leave that to the timer."""
    DELIVER = "deliver"
    """Hand its data to the application."""
    NOTIFY = "notify"
    """Return a non-fatal code to the caller; the session lives on."""
    CLOSE = "close"
    """The peer will send no more; an error while the handshake is unfinished."""
    REFUSE = "refuse"
    """A fault: one of the choice's outcomes, normally a fatal code and an alert."""


@dataclass(frozen=True, slots=True)
class Emit:
    """One message that a row sends.

    Parameters
    ----------
    symbol: the message.
    once: it goes out at most once in a connection, and it may be left out.
    other: what may go out in its stead.
    """

    symbol: Symbol
    once: bool = False
    other: Symbol | None = None

    def __str__(self) -> str:
        name = self.symbol.name if self.other is None else f"{self.symbol.name}|{self.other.name}"
        return f"{name}?" if self.once else name


@dataclass(frozen=True, slots=True)
class Row:
    """One transition of one table, in a scenario.

    Parameters
    ----------
    table: the table's name, first part of the row's stable id.
    at: phase or region value in which the row applies.
    on: the input symbol.
    verb: what it does.
    to: the next phase (its own phase for rows that stay).
    emit: what is sent, in order.
    code: the non-fatal code that NOTIFY returns.
    choice: the named outcomes of REFUSE; with another verb, what is permitted instead.
    sets: flags of the session that are raised.
    when: the condition on the scenario, or None.
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
    sets: tuple[str, ...] = ()
    when: Condition | None = None
    id: str = field(init=False)
    """``tls13.client.phase/WAIT_CERT_CR/CertificateRequest``, with the condition in brackets."""

    def __post_init__(self) -> None:
        condition = f"[{self.when}]" if self.when else ""
        object.__setattr__(self, "id", f"{self.table}/{self.at}/{self.on.name}{condition}")


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
    sets: tuple[str, ...]
    when: Condition | None


def once(name: str) -> Emit:
    """Return an emission that may be left out and goes out at most once in a connection."""
    return Emit(emission(name), once=True)


def either(name: str, other: str) -> Emit:
    """Return an emission of one message or another, as the sender likes."""
    return Emit(emission(name), other=emission(other))


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
    sets: str | tuple[str, ...] = (),
    when: Condition | None = None,
) -> Line:
    """Write a row: `to=` advances, `refuse=` fails, `notify=` returns a non-fatal code; `verb=` names the rest.

    `at` and `on` may be several places and symbols that share the row; `when` restricts it to scenarios.
    """
    chosen = verb or (Verb.REFUSE if refuse else Verb.NOTIFY if notify else Verb.ADVANCE if to else Verb.SEND)
    return Line(
        at=(at,) if isinstance(at, str) else tuple(at),
        on=(on,) if isinstance(on, Symbol) else tuple(on),
        verb=chosen,
        cite=cite,
        to=to,
        emit=tuple(item if isinstance(item, Emit) else Emit(emission(item)) for item in emit),
        code=notify,
        choice=refuse,
        sets=(sets,) if isinstance(sets, str) else sets,
        when=when,
    )


class Table:
    """A named, validated table, as it is written: lines over places, symbols and scenarios.

    Raises `ValueError` at import when a line decides nothing (all its pairs are already answered above it),
    names an unknown place, or lacks what its verb needs.
    """

    def __init__(self, name: str, places: tuple[str, ...], *lines: Line) -> None:
        self.name = name
        self.places = places
        self.lines = lines
        self._resolved: dict[tuple[tuple[str, str], ...], Resolved] = {}
        answered: set[tuple[str, Symbol]] = set()
        for line in lines:
            self._check(line, answered)

    def _check(self, line: Line, answered: set[tuple[str, Symbol]]) -> None:
        unknown = {*line.at, *([line.to] if line.to else [])} - set(self.places)
        if unknown:
            raise ValueError(f"{self.name}: unknown place {sorted(unknown)}")
        if (line.verb is Verb.ADVANCE) > (line.to is not None):
            raise ValueError(f"{self.name}: a row that advances names its next place: {line}")
        if line.to is not None and line.verb not in (Verb.ADVANCE, Verb.NOTIFY):
            raise ValueError(f"{self.name}: a row that stays names no next place: {line}")
        if all((at, on) in answered for at in line.at for on in line.on):
            raise ValueError(f"{self.name}: this row decides nothing: {line}")
        if line.when is None:
            answered.update((at, on) for at in line.at for on in line.on)

    def resolve(self, scenario: Scenario) -> Resolved:
        """Return the rows that hold in `scenario`: one answer at most for each (place, symbol)."""
        found = self._resolved.get(scenario.parameters)
        if found is None:
            found = self._resolved[scenario.parameters] = Resolved(self, scenario)
        return found

    def rows(self) -> Iterator[Row]:
        """Yield every row that holds in some scenario, each with its id."""
        seen = set()
        for line in self.lines:
            for at in line.at:
                for on in line.on:
                    made = self.row(line, at, on)
                    if made.id not in seen:
                        seen.add(made.id)
                        yield made

    def row(self, line: Line, at: str, on: Symbol) -> Row:
        """Return what `line` says of one place and symbol."""
        return Row(
            table=self.name,
            at=at,
            on=on,
            verb=line.verb,
            to=line.to or at,
            cite=line.cite,
            emit=line.emit,
            code=line.code,
            choice=line.choice,
            sets=line.sets,
            when=line.when,
        )


class Resolved:
    """The rows of one table that hold in one scenario."""

    def __init__(self, table: Table, scenario: Scenario) -> None:
        self.name = table.name
        self.places = table.places
        self._rows: dict[tuple[str, Symbol], Row] = {}
        for line in table.lines:
            if line.when is None or line.when.holds(scenario):
                for at in line.at:
                    for on in line.on:
                        if (at, on) not in self._rows:
                            self._rows[at, on] = table.row(line, at, on)

    def restrict(self, start: str) -> Resolved:
        """Leave only the places that rows lead to from `start`, and their rows; returns itself."""
        reached, waiting = {start}, [start]
        while waiting:
            at = waiting.pop()
            fresh = {row.to for (place, _), row in self._rows.items() if place == at} - reached
            reached |= fresh
            waiting += fresh
        self.places = tuple(place for place in self.places if place in reached)
        self._rows = {key: row for key, row in self._rows.items() if key[0] in reached}
        return self

    def changed(self, rows: Mapping[tuple[str, Symbol], Row | None]) -> Resolved:
        """Return a copy in which `rows` stand at their places; None strikes one out."""
        copy = Resolved.__new__(Resolved)
        copy.name, copy.places = self.name, self.places
        copy._rows = {key: row for key, row in {**self._rows, **rows}.items() if row is not None}
        return copy

    def find(self, at: str, on: Symbol) -> Row | None:
        """Return the row that answers `on` at `at`, or None where this table leaves it to another one."""
        return self._rows.get((at, on))

    def __iter__(self) -> Iterator[Row]:
        return iter(self._rows.values())

    def __len__(self) -> int:
        return len(self._rows)
