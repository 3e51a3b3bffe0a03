"""From drawn numbers to inputs: an honest step, a letter of the alphabet, or a walk to what was rarely tried.

A number's meaning is settled before a batch begins: 0 is one honest step, the next ones are the inputs of the
alphabet in its order, and the others are goals, an input at a phase, the least tried ones first.  A goal is
reached over the honest way, so that a short script goes deep; shrinking turns goals into less.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterable, Iterator
from typing import Any, Final

from tlsmodel.machine.machine import Machine
from tlsmodel.machine.oracle import Oracle
from tlsmodel.spec.row import Row, Verb
from tlsmodel.spec.symbols import (
    BYE,
    CALLS,
    HANDSHAKE,
    REAUTH,
    RECORD_RECV,
    RECORD_SEND,
    REHANDSHAKE,
    Kind,
    Symbol,
    delivery,
)
from tlsmodel.spec.tables import tables_for

LONGEST_WAY: Final = 48
"""Honest steps that one goal may take."""
RARE: Final = 4
"""One in so many goals at least is offered, those that were tried least."""
CODA: Final = 16
"""Honest steps after the script."""
Tried = Counter[tuple[str, Symbol]]
"""(phase, input) -> how often it was fed."""
_TALK: Final = (
    RECORD_SEND,
    delivery("ApplicationData"),
    RECORD_RECV,
    HANDSHAKE,
    delivery("HelloRequest"),
    REHANDSHAKE,
    REAUTH,
    BYE,
)
_CALLED: Final = {call.name: call for call in CALLS}


def _distances(edges: Iterable[Row], goals: Iterable[str]) -> dict[str, int]:
    """Return how many messages each phase is away from the nearest of `goals`."""
    left = dict.fromkeys(goals, 0)
    waiting = deque(left)
    while waiting:
        phase = waiting.popleft()
        for row in edges:
            if row.to == phase and row.at not in left:
                left[row.at] = left[phase] + 1
                waiting.append(row.at)
    return left


class Steering:
    """Chooses inputs for one machine.

    Parameters
    ----------
    machine: a session machine; its rows tell the ways between phases.
    alphabet: the inputs that can be fed.
    tried: what was tried before this batch.
    """

    def __init__(self, machine: Machine[Any], alphabet: frozenset[Symbol], tried: Tried) -> None:
        self._inputs = tuple(item for item in machine.inputs if item in alphabet)
        rows = [row for row in machine.rows.values() if isinstance(row, Row) and row.verb is Verb.ADVANCE]
        tables = tables_for(machine.scenario)
        self._final = tables.final
        edges = [row for row in rows if row.on in alphabet]
        left = _distances(edges, self._final)
        # The plain one of a message's variants is the honest way, and of several messages the straight one.
        self._edges = sorted(edges, key=lambda row: ("." in row.on.name, left.get(row.to, len(edges))))
        met = {phase for row in self._edges for phase in (row.at, row.to)}
        phases = tuple(phase for phase in tables.phase.places if phase in met)
        self._ways = {phase: self._ways_to(phase) for phase in phases}
        self._forward = {at: tuple(row.on for row in self._edges if row.at == at) for at in phases}
        pairs = [(phase, item) for phase in phases for item in self._inputs]
        pairs.sort(key=lambda pair: tried[pair])
        often = tried[pairs[len(pairs) // RARE]]
        self._goals = [pair for pair in pairs if tried[pair] <= often]

    @property
    def letters(self) -> int:
        """How many numbers a swarm mask has a bit for."""
        return 1 + len(self._inputs)

    @property
    def numbers(self) -> int:
        """How many numbers have a meaning."""
        return 1 + len(self._inputs) + len(self._goals)

    def _ways_to(self, goal: str) -> dict[str, Symbol]:
        """Return, for each phase with a way to `goal`, the first input of a shortest one."""
        ways: dict[str, Symbol] = {}
        reached, waiting = {goal}, deque([goal])
        while waiting:
            phase = waiting.popleft()
            for row in self._edges:
                if row.to == phase and row.at not in reached:
                    reached.add(row.at)
                    ways[row.at] = row.on
                    waiting.append(row.at)
        return ways

    def inputs(self, oracle: Oracle, number: int, masked: int) -> Iterator[Symbol]:
        """Yield the inputs that `number` stands for, each to be fed before the next is asked for.

        Parameters
        ----------
        number: 0 to `numbers` - 1.
        masked: a bit for each input that this run does without (its swarm mask).
        """
        if number > len(self._inputs):
            yield from self._walk(oracle, *self._goals[number - len(self._inputs) - 1])
            return
        wanted = self._inputs[number - 1] if number else None
        if wanted is not None and oracle.allows(wanted) and not masked >> number & 1:
            yield wanted
            return
        step = self._honest(oracle, number)
        if step is not None:
            yield step

    def coda(self, oracle: Oracle) -> Iterator[Symbol]:
        """Yield what an honest conversation goes on with, until it ends or has gone on for long."""
        for number in range(CODA):
            step = self._honest(oracle, number)
            if step is None:
                return
            yield step

    def _walk(self, oracle: Oracle, phase: str, wanted: Symbol) -> Iterator[Symbol]:
        ways = self._ways[phase]
        for _ in range(LONGEST_WAY):
            state = oracle.machine.state(oracle.possible[0])
            if state.failed:
                return
            step = self._due(state)
            if step is None and state.phase == phase:
                if oracle.allows(wanted):
                    yield wanted
                return
            step = step or ways.get(state.phase)
            if step is None or not oracle.allows(step):
                return
            yield step

    def _honest(self, oracle: Oracle, number: int) -> Symbol | None:
        state = oracle.machine.state(oracle.possible[0])
        if state.failed:
            return None
        step = self._due(state)
        if step is None:
            forward = self._forward.get(state.phase, ())
            wanted = (*forward, *_TALK) if state.complete else forward
            found = [item for item in wanted if oracle.allows(item)]
            step = found[number % len(found)] if found else None
        return step if step is not None and oracle.allows(step) else None

    def _due(self, state: Any) -> Symbol | None:
        """Return the call that the session waits for, or None where it waits for the peer."""
        for name in sorted(state.unfinished):
            return _CALLED[name]
        if state.complete:
            if state.held is not None:
                return HANDSHAKE
            asked = state.phase not in self._final and REAUTH in self._inputs
            reader = REAUTH if asked and not state.unread else RECORD_RECV
            return reader if state.inbox or state.unread else None
        if state.unread:
            return RECORD_RECV
        forward = self._forward.get(state.phase, ())
        settled = forward and all(item.kind is Kind.DELIVERY for item in forward)
        return None if settled and not (state.inbox or state.output) else HANDSHAKE
