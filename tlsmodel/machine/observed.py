"""What the formulas of `spec.properties` see of states and steps, and observers in the register of a pair."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from tlsmodel.machine.local import Act, Automaton
from tlsmodel.machine.register import Field
from tlsmodel.spec.properties.formula import StateView
from tlsmodel.spec.properties.temporal import Monitor
from tlsmodel.spec.row import Row
from tlsmodel.spec.symbols import Output, Symbol

OBSERVER = "observer"


def text(source: object, attribute: str) -> str:
    """Return an attribute as formulas name it.

    A collection counts as whether there is something in it; ``unfinished.bye`` asks for one of its members.
    """
    name, _, member = attribute.partition(".")
    value = getattr(source, name)
    if member:
        return str(member in value)
    return str(bool(value) if isinstance(value, (tuple, frozenset)) else value)


class Attributes:
    """A state of a session: its regions by name."""

    def __init__(self, state: object) -> None:
        self._state = state

    def value(self, _: str, attribute: str) -> str:
        """Return an attribute as text; raises `AttributeError` for one that there is not."""
        return text(self._state, attribute)


class LocalAttributes:
    """One end of a pair: its session, its keys, and what of it is not written yet."""

    def __init__(self, end: Automaton, number: int) -> None:
        local = end.locals[number]
        state = end.end(number)
        self._sources = (local.grip, state, state.session)
        self._role = end.role.value

    def value(self, end: str, attribute: str) -> str:
        """Return an attribute as text; raises `AttributeError` for one that there is not."""
        if end != self._role:
            raise AttributeError(f"a step of the {self._role} says nothing of the {end}'s {attribute}")
        name = attribute.partition(".")[0]
        source = next((item for item in self._sources if hasattr(item, name)), None)
        if source is None:
            raise AttributeError(f"the {end} has no {attribute}")
        return text(source, attribute)


class SeenStep(NamedTuple):
    """A step as formulas see it."""

    end: str
    given: Symbol
    output: Output
    rows: tuple[Row, ...]
    before: StateView
    after: StateView


def observe(end: Automaton, monitor: Monitor) -> tuple[tuple[Act, ...], ...]:
    """Return the acts of one end with `monitor` following them in the register field `observer`."""
    rows = {name: row for name, row in end.machine.rows.items() if isinstance(row, Row)}
    views = [LocalAttributes(end, number) for number in range(len(end.locals))]
    return tuple(
        tuple(
            seen
            for act in acts
            for seen in _watched(act, monitor, _seen(end, act, rows, views[number], views[act.target]))
        )
        for number, acts in enumerate(end.acts)
    )


def _seen(end: Automaton, act: Act, rows: Mapping[str, Row], before: StateView, after: StateView) -> SeenStep:
    step = act.step
    met = tuple(rows[name] for name in step.rows if name in rows)
    return SeenStep(end.role.value, step.given, step.output, met, before, after)


def _watched(act: Act, monitor: Monitor, seen: SeenStep) -> Iterator[Act]:
    moves: dict[int, int] = {}
    for row in monitor.rows:
        if row.at not in moves and row.on.holds(seen):
            moves[row.at] = row.to
    if all(at == to for at, to in moves.items()):
        yield act
        return
    for at in range(monitor.size):
        changed = {OBSERVER: moves[at]} if moves.get(at, at) != at else {}
        yield act._replace(effect=act.effect.also({OBSERVER: at}, changed))


def field(monitor: Monitor) -> Field:
    """Return the register field that an observer lives in."""
    return Field(OBSERVER, monitor.size)
