"""How sharply a target's outputs can be seen, and what an expected output looks like through the same glass.

A stack whose calls return less than the manual's codes is not at fault for that; what it cannot tell apart is
compared as one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from tlsmodel.spec.symbols import NOT_FAILURES, Output, Return


@dataclass(frozen=True, slots=True)
class View:
    """What of an output can be compared.

    Parameters
    ----------
    merged: code -> the code that it cannot be told from.
    fatal_codes: whether fatal codes can be told apart.
    directions: whether the direction of an interrupted call is known.
    """

    merged: Mapping[str, str] = field(default_factory=dict)
    fatal_codes: bool = True
    directions: bool = True

    def admits(self, expected: Output, observed: Output) -> bool:
        """Tell whether `observed` is an instance of the model's `expected`, as far as can be seen."""
        if expected.emissions != observed.emissions:
            return False
        permitted, returned = expected.returned, observed.returned
        if permitted is None or returned is None:
            return permitted is returned
        if permitted.code == "ANY_FATAL":
            return returned.code not in NOT_FAILURES
        return permitted == returned or self._through(permitted) == self._through(returned)

    def _through(self, returned: Return) -> Return:
        code = self.merged.get(returned.code, returned.code)
        if not self.fatal_codes and code not in NOT_FAILURES:
            code = "ANY_FATAL"
        return Return(code, returned.direction if self.directions else None)


SHARP: Final = View()
"""Everything is seen."""
