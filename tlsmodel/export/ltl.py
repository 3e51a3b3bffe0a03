"""Properties of pairs as `ltl` formulas over the Promela model of the pair.

What a formula says of a state becomes a bit that follows the program counters, or a comparison with a field
of the register; what it says of steps is watched by an observer in the register, which must not reach its bad
state.  So Spin checks the same automata as `tlsmodel.explore.check_pair`, with an engine of its own.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from tlsmodel.export.promela import Watched, to_promela
from tlsmodel.machine.observed import REGISTER, where
from tlsmodel.machine.pair import Pair
from tlsmodel.spec.properties.formula import Is, StateAnd, StateFormula, StateNot, StateOr
from tlsmodel.spec.properties.property import Property
from tlsmodel.spec.properties.temporal import Always, AtMost, LeadsTo, Never, NoDeadlock, Precedes
from tlsmodel.spec.scenario import Role

ENDS = tuple(role.value for role in Role)


class Written(NamedTuple):
    """A pair with its observers, and its Promela text."""

    pair: Pair
    text: str


def write_promela(pair: Pair, properties: Sequence[Property] = ()) -> Written:
    """Return `pair` as Promela with an `ltl` formula for each property, named as it is with underscores.

    `NoDeadlock` needs no formula: Spin looks for invalid end states by itself.  Raises `TypeError` for a
    property that speaks of single sessions.
    """
    bits: dict[Is, Watched] = {}
    formulas: dict[str, str] = {}
    for item in properties:
        name = identifier(item.name)
        match item.formula:
            case Always(state):
                formulas[name] = f"[] ({_text(state, pair, bits)})"
            case LeadsTo(this, that):
                formulas[name] = f"[] (({_text(this, pair, bits)}) -> <> ({_text(that, pair, bits)}))"
            case Never() | Precedes() | AtMost():
                monitor = item.formula.monitor()
                pair = pair.observed(monitor, name=f"seen_{name}")
                formulas[name] = f"[] (seen_{name} != {monitor.bad})"
            case NoDeadlock():
                pass
            case _:
                raise TypeError(f"{item.name} speaks of single sessions")
    return Written(pair, to_promela(pair, tuple(bits.values()), formulas))


def identifier(name: str) -> str:
    """Return the name of a property as Promela can write it."""
    return re.sub(r"\W", "_", name)


def _text(formula: StateFormula, pair: Pair, bits: dict[Is, Watched]) -> str:
    match formula:
        case Is(end, attribute, values) if end == REGISTER:
            return "(" + " || ".join(f"{attribute} == {value}" for value in values) + ")"
        case Is():
            return _bit(formula, pair, bits).name
        case StateAnd(left, right):
            return f"({_text(left, pair, bits)} && {_text(right, pair, bits)})"
        case StateOr(left, right):
            return f"({_text(left, pair, bits)} || {_text(right, pair, bits)})"
        case StateNot(inner):
            return f"!({_text(inner, pair, bits)})"
    raise TypeError(f"not a formula over states: {formula}")


def _bit(atom: Is, pair: Pair, bits: dict[Is, Watched]) -> Watched:
    if atom not in bits:
        index = ENDS.index(atom.end)
        values = "" if atom.values == ("True",) else "_" + "_".join(atom.values)
        name = identifier(f"{atom.end}_{atom.attribute}{values}")
        bits[atom] = Watched(name, index, where(pair.ends[index], atom))
    return bits[atom]
