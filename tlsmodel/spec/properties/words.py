"""Short ways to write what properties often say."""

from __future__ import annotations

from typing import Final

from tlsmodel.spec.codes import NON_FATAL
from tlsmodel.spec.properties.formula import (
    SELF,
    Becomes,
    Calls,
    Is,
    Meets,
    Returns,
    Sends,
    StateFormula,
    StepFormula,
    Was,
)
from tlsmodel.spec.row import Verb

YES: Final = ("True",)
NON_FATAL_RETURNS: Final = Returns(tuple(sorted(NON_FATAL - {"SUCCESS"})))


def holds(attribute: str, end: str = SELF) -> StateFormula:
    """An attribute that is true or false, a collection that is not empty, or has a member (``flags.awaits``)."""
    return Is(end, attribute, YES)


def phase(*names: str, end: str = SELF) -> StateFormula:
    """The end is in one of these phases."""
    return Is(end, "phase", names)


def accepts(*names: str) -> StepFormula:
    """A delivery is taken in and moves the handshake on."""
    return Meets(names, (Verb.ADVANCE,))


def delivers(*names: str) -> StepFormula:
    """A record is handed to the application; without names, any."""
    return Meets(names, (Verb.DELIVER,))


def sends(*names: str) -> StepFormula:
    """One of these goes out."""
    return Sends(names)


def calls(*names: str) -> StepFormula:
    """The application makes one of these calls."""
    return Calls(names)


def completes(end: str = SELF) -> StepFormula:
    """The step ends a handshake with success."""
    return Was(~holds("complete", end)) & Becomes(holds("complete", end))


def succeeds(end: str = SELF) -> StepFormula:
    """handshake() ends with SUCCESS; a re-handshake that is refused only goes back to what there was."""
    return completes(end) & Returns(("SUCCESS",))


def implies(left: StateFormula, right: StateFormula) -> StateFormula:
    """Where the one holds, so does the other."""
    return ~left | right
