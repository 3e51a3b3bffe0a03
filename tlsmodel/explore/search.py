"""Breadth-first search of a machine: how many states, how deep, where it stops, and shortest traces."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tlsmodel.machine.machine import Machine
from tlsmodel.machine.trace import Step, Trace, read_back


@dataclass(frozen=True, slots=True)
class StateSpace:
    """The result of `explore`.

    Parameters
    ----------
    machine: its name.
    states, transitions: how many are reachable.
    depth: inputs on the longest of the shortest traces.
    deadlocks: labels of states that answer no input though the session is not dead.
    seconds: time taken.
    """

    machine: str
    states: int
    transitions: int
    depth: int
    deadlocks: tuple[str, ...]
    seconds: float

    def to_json(self) -> dict[str, object]:
        """Return the numbers as plain data."""
        return {
            "machine": self.machine,
            "states": self.states,
            "transitions": self.transitions,
            "depth": self.depth,
            "deadlocks": list(self.deadlocks),
            "seconds": round(self.seconds, 4),
            "states_per_second": round(self.states / self.seconds) if self.seconds else None,
        }


def explore(machine: Machine[Any], limit: int = 2_000_000) -> StateSpace:
    """Discover every reachable state of `machine`.

    Raises `MemoryError`, saying how far it came, when more than `limit` states are met.
    """
    begun = time.perf_counter()
    space = machine.expand(limit)
    depths = [-1] * space.states
    depths[machine.initial] = 0
    for source, target in zip(space.source.tolist(), space.target.tolist(), strict=True):
        if depths[target] < 0:
            depths[target] = depths[source] + 1
    dead = (
        machine.label(number)
        for number in range(space.states)
        if not machine.enabled(number) and not machine.state(number).failed
    )
    return StateSpace(
        machine=machine.name,
        states=space.states,
        transitions=len(space.source),
        depth=max(depths),
        deadlocks=tuple(dead),
        seconds=time.perf_counter() - begun,
    )


def shortest(machine: Machine[Any], wanted: Callable[[Any], bool], limit: int = 2_000_000) -> Trace | None:
    """Return a shortest trace to a state that `wanted` accepts, or None where none is reachable.

    `wanted` is given a state with its regions.  Raises `MemoryError` when more than `limit` states are met.
    """
    parents: dict[int, tuple[int, Step] | None] = {machine.initial: None}
    queue = deque([machine.initial])
    while queue:
        number = queue.popleft()
        if wanted(machine.state(number)):
            return Trace(machine.name, read_back(parents, number))
        for given in machine.enabled(number):
            for output, target, rows in machine.successors(number, given):
                if target not in parents:
                    parents[target] = (number, Step(given, output, rows))
                    queue.append(target)
        if len(parents) > limit:
            raise MemoryError(f"{machine.name}: more than {limit:,} states; give a smaller setting")
    return None
