"""Properties on a pair: states and observers by the compiled search, liveness by fair loops.

A run is fair when each end that could always take a step takes one again and again (weak fairness); nobody is
obliged to lose, move or forge anything.
"""

from __future__ import annotations

import numpy as np

from tlsmodel.explore.graph import Graph
from tlsmodel.explore.packed import edges
from tlsmodel.explore.pairs import PairSpace, explore_pair
from tlsmodel.explore.vectors import Mask, mask
from tlsmodel.explore.verdict import Counterexample, Verdict
from tlsmodel.machine.observed import OBSERVER, REGISTER, where
from tlsmodel.machine.pair import Pair
from tlsmodel.machine.trace import Trace
from tlsmodel.spec.pairs import PairSetting
from tlsmodel.spec.properties.formula import Is, StateFormula
from tlsmodel.spec.properties.property import Property
from tlsmodel.spec.properties.temporal import Always, AtMost, LeadsTo, Never, NoDeadlock, Precedes
from tlsmodel.spec.scenario import Role, Version

ENDS = tuple(role.value for role in Role)
DEFAULTS = PairSetting(Version.TLS12).bounds()


class PairChecker:
    """Checks properties on one pair.

    Parameters
    ----------
    pair: with its settings, and perhaps a mutation.
    memory: bytes that the states may take.
    """

    def __init__(self, pair: Pair, memory: int = 2 << 30) -> None:
        self.pair = pair
        self._memory = memory
        self._plain: PairSpace | None = None
        self._runs: _Liveness | None = None

    def check(self, checked: Property) -> Verdict:
        """Return the verdict on `checked`: where not all states fit, on those that do.

        Raises `TypeError` for one that speaks of single sessions.
        """
        formula = checked.formula
        match formula:
            case Always(state):
                space = self._space()
                found = _first(space, ~holds(space, state))
            case Never() | Precedes() | AtMost():
                monitor = formula.monitor()
                space = self._explore(self.pair.observed(monitor))
                found = _first(space, holds(space, Is(REGISTER, OBSERVER, (str(monitor.bad),))))
            case NoDeadlock():
                space = self._space()
                dead = np.zeros(space.states, dtype=bool)
                dead[space.found.dead] = True
                found = _first(space, dead)
            case LeadsTo(this, that):
                space, found = self._space(), None
                if space.found.complete:
                    found = self._fair_runs().leads_to(holds(space, this), holds(space, that))
            case _:
                raise TypeError(f"{checked.name} speaks of single sessions")
        return Verdict(checked, described(self.pair), space.states, found, space.found.complete)

    def _space(self) -> PairSpace:
        if self._plain is None:
            self._plain = self._explore(self.pair)
        return self._plain

    def _fair_runs(self) -> _Liveness:
        if self._runs is None:
            self._runs = _Liveness(self._space())
        return self._runs

    def _explore(self, pair: Pair) -> PairSpace:
        return explore_pair(pair, memory=self._memory)


def described(pair: Pair) -> str:
    """Return a pair's name with the settings that are not its defaults: ``tls13?attacker=1``."""
    base, _, query = pair.name.partition("?")
    other = [f"{key}={value}" for key, value in pair.setting.bounds().items() if value != DEFAULTS[key]]
    parts = [*([query] if query else []), *other]
    return f"{base}?{'&'.join(parts)}" if parts else base


def holds(space: PairSpace, formula: StateFormula) -> Mask:
    """Return in which states of `space` a formula holds."""
    return mask(formula, lambda atom: column(space, atom))


def column(space: PairSpace, atom: Is) -> Mask:
    """Return in which states of `space` an atom holds."""
    if atom.end == REGISTER:
        values = {int(value) for value in atom.values}
        of_number = np.isin(space.pair.register.column(atom.attribute), list(values))
        return of_number[space.registers()]
    index = ENDS.index(atom.end)
    return np.isin(space.locals(index), list(where(space.pair.ends[index], atom)))


def _first(space: PairSpace, wrong: Mask) -> Counterexample | None:
    """Return a shortest trace to a wrong state; states are in order of their depth."""
    found = np.flatnonzero(wrong)
    return Counterexample(space.path(int(found[0]))) if len(found) else None


class _Liveness:
    """Fair runs of one state space."""

    def __init__(self, space: PairSpace) -> None:
        self._space = space
        source, words, self._actor = edges(space.pair, space.found.words)
        order = np.argsort(space.found.words)
        place = np.searchsorted(space.found.words[order], words)
        self._graph = Graph(space.states, source, order[place])
        self._enabled = np.zeros((len(ENDS), space.states), dtype=bool)
        for end in range(len(ENDS)):
            self._enabled[end, source[self._actor == end]] = True

    def leads_to(self, this: Mask, that: Mask) -> Counterexample | None:
        """Return a fair run that is `this` at some time and never `that` from then on, or None."""
        graph = self._graph
        allowed = graph.among(~that)
        reached = graph.forward(this & ~that, allowed)
        inside = allowed & reached[graph.source]
        stuck = reached.copy()
        stuck[graph.source] = False
        if stuck.any():
            return Counterexample(self._trace(self._stem(this & ~that, stuck, allowed)))
        for part in graph.lasting(inside):
            loop = self._fair_loop(part, inside)
            if loop is not None:
                goal = np.zeros(self._space.states, dtype=bool)
                goal[graph.source[loop[0]]] = True
                stem = self._stem(this & ~that, goal, allowed)
                return Counterexample(self._trace([*stem, *loop]), loop=len(stem))
        return None

    def _stem(self, begin: Mask, goal: Mask, allowed: Mask) -> list[int]:
        """Return a way from the initial state to a begin, and from there to the goal over allowed edges."""
        everything = np.ones(len(allowed), dtype=bool)
        useful = begin & _backward(self._graph, goal, allowed)
        first = self._graph.way([0], useful, everything) or []
        at = int(self._graph.target[first[-1]]) if first else 0
        return [*first, *(self._graph.way([at], goal, allowed) or [])]

    def _fair_loop(self, part: list[int], allowed: Mask) -> list[int] | None:
        """Return a loop through a component in which each end moves, or is once unable to; or None."""
        inside = np.zeros(self._space.states, dtype=bool)
        inside[part] = True
        within = allowed & self._graph.among(inside)
        errands: list[tuple[int, list[int]]] = []
        for end in range(len(ENDS)):
            idle = np.flatnonzero(inside & ~self._enabled[end])
            moves = np.flatnonzero(within & (self._actor == end))
            if len(idle):
                errands.append((int(idle[0]), []))
            elif len(moves):
                errands.append((int(self._graph.source[moves[0]]), [int(moves[0])]))
            else:
                return None
        start = errands[0][0]
        loop: list[int] = []
        at = start
        for goal, edge in [*errands, (start, [])]:
            loop += self._walk(at, goal, within) + edge
            at = int(self._graph.target[edge[0]]) if edge else goal
        if not loop:
            first = next(edge for edge in self._graph.edges_from(start) if within[edge])
            loop = [first, *self._walk(int(self._graph.target[first]), start, within)]
        return loop

    def _walk(self, at: int, goal: int, within: Mask) -> list[int]:
        target = np.zeros(self._space.states, dtype=bool)
        target[goal] = True
        return self._graph.way([at], target, within) or []

    def _trace(self, path: list[int]) -> Trace:
        words = self._space.found.words
        nodes = [0, *(int(self._graph.target[edge]) for edge in path)]
        return self._space.pair.trace([int(words[node]) for node in nodes])


def _backward(graph: Graph, goal: Mask, allowed: Mask) -> Mask:
    return Graph(graph.nodes, graph.target[allowed], graph.source[allowed]).forward(
        goal, np.ones(int(allowed.sum()), dtype=bool)
    )
