"""Whether two machines show the same traces, and if not, a shortest one that tells them apart.

Both may be nondeterministic: the search walks over the sets of states that a trace can have led to, one set
for each machine (the subset construction), and stops at the first answer that only one of them can give.
"""

from __future__ import annotations

from collections import defaultdict, deque
from dataclasses import dataclass
from typing import Any

from tlsmodel.machine.machine import Machine
from tlsmodel.machine.trace import Step, Trace, read_back
from tlsmodel.spec.symbols import Output, Symbol

Sides = tuple[frozenset[int], frozenset[int]]
Answers = dict[tuple[Symbol, Output], frozenset[int]]


@dataclass(frozen=True, slots=True)
class Difference:
    """A trace that one machine shows and the other does not.

    Parameters
    ----------
    trace: ends with the step that tells them apart.
    shown_by, not_by: names of the machines.
    """

    trace: Trace
    shown_by: str
    not_by: str


def difference(left: Machine[Any], right: Machine[Any], limit: int = 2_000_000) -> Difference | None:
    """Return a shortest trace that only one of two machines shows, or None where they show the same.

    Raises `MemoryError` when more than `limit` pairs of sets are met.
    """
    start: Sides = (frozenset((left.initial,)), frozenset((right.initial,)))
    parents: dict[Sides, tuple[Sides, Step] | None] = {start: None}
    queue = deque([start])
    while queue:
        sides = queue.popleft()
        ours, theirs = _answers(left, sides[0]), _answers(right, sides[1])
        for answer in dict.fromkeys((*ours, *theirs)):
            step = Step(*answer)
            if answer not in ours or answer not in theirs:
                names = (left.name, right.name) if answer in ours else (right.name, left.name)
                trace = Trace(names[0], (*read_back(parents, sides), step))
                return Difference(trace, *names)
            after = (ours[answer], theirs[answer])
            if after not in parents:
                parents[after] = (sides, step)
                queue.append(after)
        if len(parents) > limit:
            raise MemoryError(f"{left.name}, {right.name}: more than {limit:,} pairs of sets of states")
    return None


def equivalent(left: Machine[Any], right: Machine[Any]) -> bool:
    """Tell whether two machines show the same traces."""
    return difference(left, right) is None


def _answers(machine: Machine[Any], states: frozenset[int]) -> Answers:
    """Return everything that `machine` may answer in any of `states`, with the states after it."""
    found: dict[tuple[Symbol, Output], set[int]] = defaultdict(set)
    for number in sorted(states):
        for given in machine.enabled(number):
            for output, target, _ in machine.successors(number, given):
                found[given, output].add(target)
    return {answer: frozenset(targets) for answer, targets in found.items()}
