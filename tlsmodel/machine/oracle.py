"""The oracle: which model states are still possible after what has been seen.

An observed output that none of the possible states permits is a departure.  The conformance relation is
trace inclusion in the nondeterministic model (ioco for machines that answer every input).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tlsmodel.machine.blur import SHARP, View
from tlsmodel.machine.machine import Machine
from tlsmodel.spec.row import Row, Verb
from tlsmodel.spec.symbols import Output, Symbol


@dataclass(frozen=True, slots=True)
class Agreed:
    """The model permits the step; `rows` explain it, `possible` counts the states left."""

    rows: tuple[str, ...]
    possible: int


@dataclass(frozen=True, slots=True)
class Departure:
    """The model permits nothing like the observed output.

    Parameters
    ----------
    given, observed: the step.
    expected: every output that the model permits, without repetitions.
    rows: ids of the rows that the model would have followed, as far as it could have got.
    phase: the phase that the model had reached when it happened (of the first possible state).
    """

    given: Symbol
    expected: tuple[Output, ...]
    observed: Output
    rows: tuple[str, ...]
    phase: str


class Oracle:
    """Follows a run through the set of possible states of one machine.

    Parameters
    ----------
    machine: the model.
    alphabet: the inputs that can be fed to the system at the other side; None: all.
    view: how sharply its outputs are seen.
    """

    def __init__(
        self, machine: Machine[Any], alphabet: frozenset[Symbol] | None = None, view: View = SHARP
    ) -> None:
        self.machine = machine
        self._view = view
        self._alphabet = frozenset(machine.inputs) if alphabet is None else alphabet
        self.reset()

    def reset(self) -> None:
        """Go back to the initial state."""
        self.possible: tuple[int, ...] = (self.machine.initial,)

    @property
    def phases(self) -> tuple[str, ...]:
        """The phases that are possible now."""
        return tuple(dict.fromkeys(self.machine.state(number).phase for number in self.possible))

    def enabled(self) -> tuple[Symbol, ...]:
        """Return the inputs that can be fed and that every possible state answers, in order."""
        first, *others = (self.machine.enabled(number) for number in self.possible)
        common = self._alphabet.intersection(*others)
        return tuple(item for item in first if item in common)

    def allows(self, given: Symbol) -> bool:
        """Tell whether `given` can be fed and every possible state answers it."""
        return given in self._alphabet and all(
            given in self.machine.enabled(number) for number in self.possible
        )

    def observe(self, given: Symbol, observed: Output) -> Agreed | Departure:
        """Take one step of the run; after a departure the possible states stay as they were."""
        machine = self.machine
        answers = [answer for number in self.possible for answer in machine.successors(number, given)]
        admits = self._view.admits
        fitting = [answer for answer in answers if admits(answer.output, observed)]
        if not fitting:
            expected = tuple(dict.fromkeys(answer.output for answer in answers))
            rows = max((answer.rows for answer in answers), key=len, default=())
            return Departure(given, expected, observed, rows, self._reached(rows))
        self.possible = tuple(dict.fromkeys(answer.target for answer in fitting))
        return Agreed(fitting[0].rows, len(self.possible))

    def _reached(self, rows: tuple[str, ...]) -> str:
        """Return the phase before the last of `rows`: where the message that mattered was met."""
        phase = self.phases[0]
        for name in rows[:-1]:
            found = self.machine.rows[name]
            if isinstance(found, Row) and found.verb is Verb.ADVANCE:
                phase = found.to
        return phase
