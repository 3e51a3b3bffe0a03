"""What the formulas of `spec.properties` see of states and steps, and observers in the register of a pair."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from tlsmodel.machine.local import Act, Automaton
from tlsmodel.spec.properties.formula import Is, StateView
from tlsmodel.spec.properties.temporal import Monitor
from tlsmodel.spec.row import Row
from tlsmodel.spec.symbols import Output, Symbol

REGISTER = "register"
"""Of what an atom speaks that asks for a field of the register."""
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


def where(end: Automaton, atom: Is) -> frozenset[int]:
    """Return the local states of an end in which an atom holds."""
    views = (LocalAttributes(end, number) for number in range(len(end.locals)))
    return frozenset(
        number for number, view in enumerate(views) if view.value(atom.end, atom.attribute) in atom.values
    )


def observe(
    end: Automaton, acts: Sequence[tuple[Act, ...]], monitor: Monitor, name: str
) -> tuple[tuple[Act, ...], ...]:
    """Return `acts` of one end with `monitor` following them in the register field called `name`."""
    rows = {name: row for name, row in end.machine.rows.items() if isinstance(row, Row)}
    views = [LocalAttributes(end, number) for number in range(len(end.locals))]
    return tuple(
        tuple(
            seen
            for act in possible
            for seen in _watched(act, monitor, name, _seen(end, act, rows, views[number], views[act.target]))
        )
        for number, possible in enumerate(acts)
    )


def _seen(end: Automaton, act: Act, rows: Mapping[str, Row], before: StateView, after: StateView) -> SeenStep:
    step = act.step
    met = tuple(rows[name] for name in step.rows if name in rows)
    return SeenStep(end.role.value, step.given, step.output, met, before, after)


def _watched(act: Act, monitor: Monitor, name: str, seen: SeenStep) -> Iterator[Act]:
    moves: dict[int, int] = {}
    for row in monitor.rows:
        if row.at not in moves and row.on.holds(seen):
            moves[row.at] = row.to
    if all(at == to for at, to in moves.items()):
        yield act
        return
    for at in range(monitor.size):
        changed = {name: moves[at]} if moves.get(at, at) != at else {}
        yield act._replace(effect=act.effect.also({name: at}, changed))
