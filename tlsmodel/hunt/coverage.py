"""Which transitions of the tables a run has used.

A transition here is a row of the tables at its place: (phase, message), (closure, alert) or (call,
micro-state, signal).  The total counts the rows that occur on some edge of the machine that is reachable with
the default bounds of its scenario; rows that no run can use do not count.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from tlsmodel.machine import build


@cache
def reachable_rows(scenario: str) -> frozenset[str]:
    """Return the ids of all rows that some reachable transition of the machine uses."""
    machine = build(scenario)
    machine.expand()
    return frozenset(
        row
        for number in range(machine.discovered)
        for given in machine.enabled(number)
        for answer in machine.successors(number, given)
        for row in answer.rows
    )


class Coverage:
    """Rows used so far, per scenario."""

    def __init__(self) -> None:
        self._used: dict[str, set[str]] = {}

    def add(self, scenario: str, rows: Iterable[str]) -> None:
        """Note the rows that explained a step."""
        self._used.setdefault(scenario, set()).update(rows)

    def used(self, scenario: str) -> frozenset[str]:
        """Return the rows used in `scenario`."""
        return frozenset(self._used.get(scenario, ()))

    def count(self, scenarios: Iterable[str]) -> tuple[int, int]:
        """Return (covered, total) over `scenarios`."""
        names = tuple(scenarios)
        total = sum(len(reachable_rows(name)) for name in names)
        return sum(len(self.used(name) & reachable_rows(name)) for name in names), total
