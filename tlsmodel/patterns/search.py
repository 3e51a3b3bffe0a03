"""Whether any run of a machine shows a bug: a search of the product of machine and pattern, breadth first."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Any, Final, NamedTuple

from tlsmodel.machine.machine import Machine
from tlsmodel.machine.trace import Step, Trace, read_back
from tlsmodel.patterns.automaton import Automaton, Configuration
from tlsmodel.spec.symbols import CALLS, Kind, Symbol

LIMIT: Final = 2_000_000
"""States of the machine, or of a product, that are met at most."""

_CONTRACT: Final = "contract/"
_FLUSH: Final = "/FLUSH/"
_PULL: Final = "/PULL/"
_CALL_NAMES: Final = frozenset(call.name for call in CALLS)

Word = tuple[str, ...]
Letters = Callable[[Step, tuple[Symbol, ...]], Word]
"""(a step, what waits to be written before it) -> the letters of the step, in order."""


def messages(step: Step, _pending: tuple[Symbol, ...] = ()) -> Word:
    """Return the letters of a step whose input, if it is a message, is taken at once."""
    received = (f"I_{step.given.name}",) if step.given.kind is Kind.DELIVERY else ()
    return received + tuple(f"O_{item.name}" for item in step.output.emissions)


def consumed(step: Step, pending: tuple[Symbol, ...]) -> Word:
    """Return the letters of a session machine's step, in which a message waits until a call reads it.

    What was read is told by the rows that met it; what waited is written first by a call that flushes.
    """
    reads = next((at for at, row in enumerate(step.rows) if _PULL in row), len(step.rows))
    flushes = any(_FLUSH in row for row in step.rows[:reads])
    sent = tuple(f"O_{item.name}" for item in step.output.emissions)
    before = len(pending) if flushes else 0
    met = (row.rpartition("/")[2] for row in step.rows if not row.startswith(_CONTRACT))
    received = tuple(f"I_{name}" for name in met if name not in _CALL_NAMES)
    returned = step.output.returned
    answer = (f"R_{step.given.name}.{returned.code}",) if returned else ()
    return sent[:before] + received + sent[before:] + answer


_Place = tuple[int, Configuration]
_Parents = dict[_Place, tuple[_Place, Step] | None]


class Move(NamedTuple):
    """One transition of an unfolded machine."""

    word: Word
    target: int
    step: Step


class Unfolded:
    """A machine with the letters of every transition, for one search after another.

    Parameters
    ----------
    machine: expanded as far as it is reachable.
    letters: how a step is spelled.
    limit: states that are met at most; more raise `MemoryError`.
    """

    def __init__(self, machine: Machine[Any], letters: Letters = messages, limit: int = LIMIT) -> None:
        self.name = machine.name
        self._limit = limit
        machine.expand(limit)
        self._moves = [self._of(machine, number, letters) for number in range(machine.discovered)]
        self._initial = machine.initial

    @staticmethod
    def _of(machine: Machine[Any], number: int, letters: Letters) -> list[Move]:
        pending = getattr(machine.state(number), "output", ())
        steps = (
            (Step(given, output, rows), target)
            for given in machine.enabled(number)
            for output, target, rows in machine.successors(number, given)
        )
        return [Move(letters(step, pending), target, step) for step, target in steps]

    def witness(self, automaton: Automaton) -> Trace | None:
        """Return a shortest run that shows the bug, or None where no run does.

        Raises `MemoryError` when too many product states are met, `Ambiguous` for a faulty pattern.
        """
        start = (self._initial, automaton.start)
        parents: dict[tuple[int, Configuration], tuple[tuple[int, Configuration], Step] | None] = {
            start: None
        }
        queue = deque([start])
        memory: dict[tuple[Configuration, Word], Configuration] = {}
        while queue:
            place = queue.popleft()
            number, configuration = place
            for word, target, step in self._moves[number]:
                after = memory.get((configuration, word))
                if after is None:
                    after = memory[configuration, word] = automaton.through(configuration, word)
                if automaton.accepts(after):
                    return Trace(self.name, (*read_back(parents, place), step))
                reached = (target, after)
                if after.state is not None and reached not in parents:
                    parents[reached] = (place, step)
                    queue.append(reached)
            if len(parents) > self._limit:
                raise MemoryError(f"{self.name}: more than {self._limit:,} states with a pattern")
        return None
