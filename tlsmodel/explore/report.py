"""What a machine answers: per input, in how many states it is answered, and by how many answers.

A state answers an input with nothing (the input is not enabled there), with one answer, or with several,
which is a freedom that the RFCs or the manual leave.  Both are results to be read, not faults.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from tlsmodel.machine.machine import Explicit, Machine
from tlsmodel.spec.row import Row


@dataclass(frozen=True, slots=True)
class InputReport:
    """One input: the number of states that do not answer it, answer it in one way, and in several."""

    input: str
    unanswered: int
    determined: int
    open: int


@dataclass(frozen=True, slots=True)
class Report:
    """What `report` found.

    Parameters
    ----------
    machine: its name.
    states: how many there are.
    inputs: one entry per input, in the alphabet's order.
    unreachable: phases that the tables name and no reachable state is in.
    """

    machine: str
    states: int
    inputs: tuple[InputReport, ...]
    unreachable: tuple[str, ...]

    @property
    def deterministic(self) -> bool:
        """No input has several answers anywhere."""
        return not any(item.open for item in self.inputs)

    @property
    def complete(self) -> bool:
        """Every state answers every input."""
        return not any(item.unanswered for item in self.inputs)

    def to_json(self) -> dict[str, object]:
        """Return the report as plain data."""
        return {
            "deterministic": self.deterministic,
            "input_complete": self.complete,
            "unreachable_phases": list(self.unreachable),
            "inputs": [asdict(item) for item in self.inputs],
        }


def report(machine: Machine[Any], space: Explicit | None = None) -> Report:
    """Count the answers of `machine` to each input; `space` saves expanding it again."""
    space = space or machine.expand()
    answers = np.zeros((len(space.inputs), space.states), dtype=np.int32)
    np.add.at(answers, (space.given, space.source), 1)
    inputs = tuple(
        InputReport(
            str(given), *(int(count) for count in ((row == 0).sum(), (row == 1).sum(), (row > 1).sum()))
        )
        for given, row in zip(space.inputs, answers, strict=True)
    )
    rows = [row for row in machine.rows.values() if isinstance(row, Row) and row.table.endswith(".phase")]
    named = dict.fromkeys(phase for row in rows for phase in (row.at, row.to))
    reached = {machine.state(number).phase for number in range(space.states)}
    unreachable = tuple(phase for phase in named if phase not in reached)
    return Report(machine.name, space.states, inputs, unreachable)
