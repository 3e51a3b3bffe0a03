"""Mealy machines that others have learned from real stacks, as machines that the explorer takes.

An edge says ``INPUT / OUT1|OUT2``, or has commas; ``TIMEOUT`` is silence, and a trailing ``+`` marks a
message that came more than once.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final, NamedTuple

from tlsmodel.machine.machine import Machine
from tlsmodel.machine.run import Successor
from tlsmodel.patterns.dot import INITIAL_MARK, MAX_TEXT, read_dot
from tlsmodel.spec.contract import ContractRow
from tlsmodel.spec.row import Row
from tlsmodel.spec.scenario import Scenario
from tlsmodel.spec.symbols import Kind, Output, Symbol, emissions

SILENCE: Final = "TIMEOUT"
CITE: Final = "learned"
_SEPARATOR: Final = re.compile(r"\||,(?![^()]*\))")


class LearnedState(NamedTuple):
    """A state, of which nothing but the name is known."""

    phase: str
    failed: bool = False
    outside: bool = False


class LearnedSystem:
    """A learned machine as a transition function.

    Parameters
    ----------
    name: of the machine.
    start: its initial state.
    table: (state, input) -> (outputs, next state).
    """

    tables: tuple[Row | ContractRow, ...] = ()

    def __init__(
        self, name: str, start: str, table: dict[str, dict[Symbol, tuple[tuple[str, ...], str]]]
    ) -> None:
        self.name = name
        self._start = start
        self._table = table
        self.inputs: tuple[Symbol, ...] = tuple(
            dict.fromkeys(given for edges in table.values() for given in edges)
        )

    def initial(self) -> LearnedState:
        """Return the initial state."""
        return LearnedState(self._start)

    def label(self, state: LearnedState) -> str:
        """Return the state's name."""
        return state.phase

    def enabled(self, state: LearnedState) -> tuple[Symbol, ...]:
        """Return the inputs that have an edge."""
        return tuple(self._table.get(state.phase, ()))

    def successors(self, state: LearnedState, given: Symbol) -> tuple[Successor[LearnedState], ...]:
        """Return the one answer to an enabled input."""
        outputs, target = self._table[state.phase][given]
        return (Successor(Output(None, emissions(outputs)), LearnedState(target), ()),)


def read_learned(text: str, name: str, setting: Scenario) -> Machine[LearnedState]:
    """Read a learned machine.

    Parameters
    ----------
    name: what to call it.
    setting: the scenario nearest to the one that it was learned in.

    Raises `ValueError` naming the edge or line at fault.
    """
    graph = read_dot(text)
    table: dict[str, dict[Symbol, tuple[tuple[str, ...], str]]] = {}
    inputs: dict[str, Symbol] = {}
    for source, target, attributes in graph.edges:
        if source == INITIAL_MARK:
            continue
        label = attributes.get("label", "")
        given, mark, output = label.partition("/")
        if not (mark and given.strip()):
            raise ValueError(f"edge {source} -> {target}: {label!r} is not INPUT / OUTPUT")
        edges = table.setdefault(source, {})
        symbol = inputs.setdefault(given.strip(), Symbol(Kind.DELIVERY, given.strip(), CITE))
        if symbol in edges:
            raise ValueError(f"state {source}: two edges for {symbol.name}")
        edges[symbol] = _outputs(output), target
    return Machine(LearnedSystem(name, graph.initial(), table), setting)


def read_learned_file(path: Path, setting: Scenario) -> Machine[LearnedState]:
    """Read a learned machine from a file, whose name it gets; raises `ValueError` naming the file."""
    try:
        if path.stat().st_size > MAX_TEXT:
            raise ValueError(f"larger than {MAX_TEXT} bytes")
        return read_learned(path.read_text("utf-8"), path.stem, setting)
    except OSError as fault:
        raise ValueError(f"{path}: {fault.strerror}") from None
    except ValueError as fault:
        raise ValueError(f"{path}: {fault}") from None


def _outputs(output: str) -> tuple[str, ...]:
    """Return the messages of an output; one that came more than once stands twice."""
    names: list[str] = []
    for part in _SEPARATOR.split(output):
        name = part.strip()
        if name and name != SILENCE:
            plain = name.removesuffix("+")
            names += [plain, plain] if plain != name else [plain]
    return tuple(names)
