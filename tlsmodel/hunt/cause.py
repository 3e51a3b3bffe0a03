"""What makes two departures one finding: the place in the model, the input, and how the output differs."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from tlsmodel.machine.oracle import Departure
from tlsmodel.spec.symbols import NOT_FAILURES, Output


@dataclass(frozen=True, slots=True)
class Cause:
    """The key of a finding.

    Parameters
    ----------
    scenario: machine name.
    phase: handshake phase that the model had reached.
    given: the input.
    row: id of the last table row that the model would have followed before it answered.
    difference: ``code``, ``direction``, ``emissions`` or ``success`` (it succeeded where it had to fail).
    """

    scenario: str
    phase: str
    given: str
    row: str
    difference: str

    @property
    def id(self) -> str:
        """A short, stable name."""
        return hashlib.sha256(str(self).encode()).hexdigest()[:10]

    def __str__(self) -> str:
        return f"{self.scenario}:{self.phase}:{self.given}:{self.row}:{self.difference}"


def cause_of(scenario: str, departure: Departure) -> Cause:
    """Return the key of `departure`, found in `scenario`."""
    met = [row for row in departure.rows if not row.startswith("contract/")]
    row = (met or departure.rows or ("nothing",))[-1]
    return Cause(scenario, departure.phase, departure.given.name, row, difference(departure))


def difference(departure: Departure) -> str:
    """Name the most telling way in which the observed output differs from every expected one."""
    seen = departure.observed
    returned = seen.returned
    if returned is not None and returned.code in NOT_FAILURES and all(map(_fails, departure.expected)):
        return "success"
    codes = {item.returned.code for item in departure.expected if item.returned}
    if returned is None or not any(_same_code(item, seen) for item in departure.expected):
        return "code"
    if not any(item.emissions == seen.emissions for item in departure.expected):
        return "emissions"
    return "direction" if returned.code in codes else "code"


def _fails(output: Output) -> bool:
    return output.returned is not None and output.returned.code not in NOT_FAILURES - {"EOF"}


def _same_code(expected: Output, seen: Output) -> bool:
    if expected.returned is None or seen.returned is None:
        return False
    return expected.returned.code == seen.returned.code or expected.returned.admits(seen.returned)
