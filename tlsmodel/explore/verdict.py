"""What a check says: holds, or a shortest counterexample, with a loop where it takes one."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from tlsmodel.display import Displayed
from tlsmodel.machine.trace import Trace
from tlsmodel.spec.properties.property import Property


class Ruling(StrEnum):
    """What is known of a property."""

    HOLDS = "holds"
    VIOLATED = "violated"
    UNDECIDED = "undecided"
    """It holds as far as states fitted into memory."""


@dataclass(frozen=True, slots=True)
class Counterexample(Displayed):
    """A trace that breaks a property.

    Parameters
    ----------
    trace: its steps.
    loop: how many steps lead to the loop that goes on for ever, or None where the trace just ends.
    """

    trace: Trace
    loop: int | None = None

    def __str__(self) -> str:
        lines = str(self.trace).splitlines()
        if self.loop is None:
            return "\n".join(lines)
        return "\n".join([*lines[: self.loop], "    and from here for ever:", *lines[self.loop :]])


@dataclass(frozen=True, slots=True)
class Verdict(Displayed):
    """The result of checking one property on one machine.

    Parameters
    ----------
    checked: which.
    machine: on which, by name and settings.
    states: how many states were visited, those of the observer included.
    counterexample: None where there is none.
    complete: whether all states were visited.
    """

    checked: Property
    machine: str
    states: int
    counterexample: Counterexample | None
    complete: bool = True

    @property
    def ruling(self) -> Ruling:
        """What is known now."""
        if self.counterexample is not None:
            return Ruling.VIOLATED
        return Ruling.HOLDS if self.complete else Ruling.UNDECIDED

    def __str__(self) -> str:
        line = f"{self.ruling} on {self.machine} ({self.states:,} states): {self.checked.sentence}"
        return line if self.counterexample is None else f"{line}\n{self.counterexample}"

    def to_json(self) -> dict[str, object]:
        """Return the verdict as plain data."""
        found = self.counterexample
        return {
            "name": self.checked.name,
            "machine": self.machine,
            "verdict": self.ruling.value,
            "states": self.states,
            "trace": found.trace.to_json()["steps"] if found else [],
            "loop": found.loop if found else None,
        }
