"""The state space of a pair: counts, deadlocks, shortest traces to what a property asks for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from tlsmodel.explore.packed import Found, search
from tlsmodel.machine.pair import Pair
from tlsmodel.machine.trace import Trace

STATES: Final = 50_000_000
MEMORY: Final = 2 << 30


@dataclass(frozen=True, slots=True)
class PairSpace:
    """The result of `explore_pair`.

    Parameters
    ----------
    pair: what was explored.
    found: the states in order of discovery, and what the search counted.
    """

    pair: Pair
    found: Found

    @property
    def states(self) -> int:
        """How many states were found."""
        return len(self.found.words)

    def to_json(self) -> dict[str, object]:
        """Return the numbers as plain data."""
        return {
            "machine": self.pair.name,
            "states": self.states,
            "transitions": self.found.transitions,
            "depth": self.found.depth,
            "deadlocks": [self.pair.label(int(self.found.words[index])) for index in self.found.dead[:10]],
            "seconds": round(self.found.seconds, 4),
            "states_per_second": round(self.states / self.found.seconds),
            "bytes_per_state": round(self.found.memory / self.states, 1),
            "complete": self.found.complete,
        }

    def locals(self, index: int) -> NDArray[np.int64]:
        """Return the local state of one end (0: the client) in every state."""
        shifts = self.pair.shifts
        mask = np.uint64((1 << (shifts[index + 1] - shifts[index])) - 1)
        return (self.found.words >> np.uint64(shifts[index]) & mask).astype(np.int64) - 1

    def registers(self) -> NDArray[np.int64]:
        """Return the register in every state."""
        return (self.found.words & np.uint64((1 << self.pair.shifts[0]) - 1)).astype(np.int64)

    def path(self, index: int) -> Trace:
        """Return a shortest trace to the state with that index."""
        path = [index]
        while path[-1]:
            path.append(int(self.found.parents[path[-1]]))
        return self.pair.trace([int(self.found.words[step]) for step in reversed(path)])

    def phases(self, index: int) -> frozenset[str]:
        """Return the phases that one end reaches."""
        end = self.pair.ends[index]
        return frozenset(end.end(int(number)).phase for number in np.unique(self.locals(index)))


def explore_pair(pair: Pair, states: int = STATES, memory: int = MEMORY) -> PairSpace:
    """Discover the reachable states of `pair`; at a limit it stops with what it has found.

    Parameters
    ----------
    pair: what to explore.
    states: about how many states to find at most.
    memory: bytes that words, parents and table may take together.

    Raises `MemoryError` when the limit is too low for any search.
    """
    return PairSpace(pair, search(pair, states, memory))
