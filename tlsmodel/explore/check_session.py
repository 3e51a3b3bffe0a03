"""Properties on a session machine: the product with an observer, loops, and ways that stay open."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tlsmodel.explore.graph import Graph, ranges
from tlsmodel.explore.vectors import Mask, mask
from tlsmodel.explore.verdict import Counterexample, Verdict
from tlsmodel.machine.machine import Machine
from tlsmodel.machine.observed import Attributes, SeenStep
from tlsmodel.machine.trace import Step, Trace
from tlsmodel.spec.properties.formula import SELF, Is, StateFormula, StepFormula
from tlsmodel.spec.properties.property import Property
from tlsmodel.spec.properties.temporal import (
    Always,
    AtMost,
    Monitor,
    Never,
    NotForever,
    Possible,
    Precedes,
)
from tlsmodel.spec.row import Row

Ints = NDArray[np.int64]
STATE = 10_000
"""Bytes that are reckoned for a state with its transitions: more than those of dtls12-client take."""


class SessionChecker:
    """Checks properties on one machine, which is expanded once.

    Parameters
    ----------
    machine: in its initial scenario or with a mutation.
    memory: bytes that its states may take.

    Raises `MemoryError`, saying how far it came, where they take more.
    """

    def __init__(self, machine: Machine[Any], memory: int = 2 << 30) -> None:
        self.machine = machine
        space = machine.expand(memory // STATE)
        self._space = space
        self._graph = Graph(space.states, space.source.astype(np.int64), space.target.astype(np.int64))
        self._views = [Attributes(machine.state(number)) for number in range(space.states)]
        rows: dict[tuple[str, ...], int] = {}
        self._rows = np.array(
            [
                rows.setdefault(answer.rows, len(rows))
                for number in range(space.states)
                for given in machine.enabled(number)
                for answer in machine.successors(number, given)
            ],
            dtype=np.int64,
        )
        known: Mapping[str, object] = machine.rows
        self._met = [tuple(row for row in map(known.get, names) if isinstance(row, Row)) for names in rows]
        self._row_names = list(rows)
        shown = (space.given.astype(np.int64) * len(space.outputs) + space.output) * len(rows) + self._rows
        _, self._kinds = np.unique(shown, return_inverse=True)

    def check(self, checked: Property) -> Verdict:
        """Return the verdict on `checked`; raises `TypeError` for one that speaks of pairs."""
        formula = checked.formula
        match formula:
            case Always(state):
                states, found = self._first(~self._holds(state))
            case Never() | Precedes() | AtMost():
                states, found = self._watch(formula.monitor())
            case NotForever(step):
                states, found = self._space.states, self._loop(self._steps(step))
            case Possible(this, that):
                lost = self._holds(this) & ~self._graph.backward(self._holds(that))
                states, found = self._first(lost)
            case _:
                raise TypeError(f"{checked.name} speaks of pairs")
        return Verdict(checked, self.machine.name, states, found)

    def _holds(self, formula: StateFormula) -> Mask:
        return mask(formula, self._column)

    def _column(self, atom: Is) -> Mask:
        return np.array([view.value(SELF, atom.attribute) in atom.values for view in self._views])

    def _classes(self, formula: StepFormula) -> tuple[Ints, int]:
        """Number the states by what `formula` asks of them; return how many numbers there are as well."""
        names = sorted({atom.attribute for atom in formula.atoms()})
        numbers: dict[tuple[str, ...], int] = {}
        classes = np.empty(self._space.states, dtype=np.int64)
        for number, view in enumerate(self._views):
            key = tuple(view.value(SELF, name) for name in names)
            classes[number] = numbers.setdefault(key, len(numbers))
        return classes, len(numbers)

    def _steps(self, formula: StepFormula) -> Mask:
        """Return the transitions of which `formula` holds, asking once for each kind of transition."""
        space = self._space
        classes, count = self._classes(formula)
        keys = (self._kinds * count + classes[space.source]) * count + classes[space.target]
        _, edges, inverse = np.unique(keys, return_index=True, return_inverse=True)
        answers = [
            formula.holds(
                SeenStep(
                    SELF,
                    space.inputs[space.given[edge]],
                    space.outputs[space.output[edge]],
                    self._met[self._rows[edge]],
                    self._views[space.source[edge]],
                    self._views[space.target[edge]],
                )
            )
            for edge in edges.tolist()
        ]
        found: Mask = np.array(answers, dtype=bool)[inverse]
        return found

    def _trace(self, edges: list[int]) -> Trace:
        space = self._space
        steps = (
            Step(
                space.inputs[space.given[edge]],
                space.outputs[space.output[edge]],
                self._row_names[self._rows[edge]],
            )
            for edge in edges
        )
        return Trace(self.machine.name, tuple(steps))

    def _first(self, wrong: Mask) -> tuple[int, Counterexample | None]:
        everything = np.ones(len(self._space.source), dtype=bool)
        way = self._graph.way([0], wrong, everything) if wrong.any() else None
        return self._space.states, None if way is None else Counterexample(self._trace(way))

    def _watch(self, monitor: Monitor) -> tuple[int, Counterexample | None]:
        """Search the product with `monitor`, breadth first, up to the first step into its bad state."""
        space, size = self._space, monitor.size
        moves = self._moves(monitor)
        starts = np.searchsorted(space.source, np.arange(space.states + 1))
        parents = np.full(space.states * size, -1, dtype=np.int64)
        steps = np.full(space.states * size, -1, dtype=np.int64)
        parents[0] = 0
        frontier = np.zeros(1, dtype=np.int64)
        while len(frontier):
            states = frontier // size
            edges = ranges(starts[states], starts[states + 1])
            origin = np.repeat(frontier, starts[states + 1] - starts[states])
            after = moves[origin % size, edges]
            reached = space.target[edges].astype(np.int64) * size + after
            fresh, index = np.unique(reached, return_index=True)
            new = parents[fresh] < 0
            fresh, index = fresh[new], index[new]
            parents[fresh], steps[fresh] = origin[index], edges[index]
            broken = fresh[fresh % size == monitor.bad]
            if len(broken):
                visited = int((parents >= 0).sum())
                return visited, Counterexample(self._trace(_back(parents, steps, int(broken[0]))))
            frontier = fresh
        return int((parents >= 0).sum()), None

    def _moves(self, monitor: Monitor) -> NDArray[np.int8]:
        """Return where the observer goes from each of its states on every transition."""
        count = len(self._space.source)
        moves = np.repeat(np.arange(monitor.size, dtype=np.int8)[:, None], count, axis=1)
        undecided = np.ones((monitor.size, count), dtype=bool)
        for row in monitor.rows:
            taken = self._steps(row.on) & undecided[row.at]
            moves[row.at, taken] = row.to
            undecided[row.at] &= ~taken
        return moves

    def _loop(self, allowed: Mask) -> Counterexample | None:
        """Return a shortest way to a loop of `allowed` steps, and the loop."""
        parts = self._graph.lasting(allowed)
        if not parts:
            return None
        inside = np.zeros(self._space.states, dtype=bool)
        inside[[node for part in parts for node in part]] = True
        everything = np.ones(len(allowed), dtype=bool)
        stem = self._graph.way([0], inside, everything) or []
        entry = int(self._graph.target[stem[-1]]) if stem else 0
        goal = np.zeros(self._space.states, dtype=bool)
        goal[entry] = True
        for edge in self._graph.edges_from(entry):
            if allowed[edge]:
                rest = self._graph.way([int(self._graph.target[edge])], goal, allowed)
                if rest is not None:
                    return Counterexample(self._trace([*stem, edge, *rest]), loop=len(stem))
        raise AssertionError("a node of a component has a way back to itself")


def _back(parents: Ints, steps: Ints, node: int) -> list[int]:
    edges: list[int] = []
    while steps[node] >= 0:
        edges.append(int(steps[node]))
        node = int(parents[node])
    return edges[::-1]
