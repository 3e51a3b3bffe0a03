"""What makes two departures one finding: what the side did wrong, and what it met when it did.

A `Cause` is one symptom, with its place in the model.  Symptoms of the same kind that the same thing sets off
are one `Group`: a message that is accepted in five phases of both roles is one bug and not ten.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from tlsmodel.machine.oracle import Departure
from tlsmodel.patterns import Pattern, Severity
from tlsmodel.spec.symbols import NOT_FAILURES, Output, Symbol


class Kind(StrEnum):
    """How the output differs from every permitted one, the most telling way first."""

    HANGS = "hangs"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    SENT = "sent"
    ALERT = "alert"
    DIRECTION = "direction"
    CODE = "code"
    PATTERN = "pattern"


SEVERITY: Final[Mapping[Kind, Severity]] = {
    Kind.HANGS: Severity.SECURITY,
    Kind.ACCEPTED: Severity.SECURITY,
    Kind.REFUSED: Severity.CONTRACT,
    Kind.SENT: Severity.CONTRACT,
    Kind.ALERT: Severity.ALERT,
    Kind.DIRECTION: Severity.CONTRACT,
    Kind.CODE: Severity.CONTRACT,
    Kind.PATTERN: Severity.CONTRACT,
}

_SAYS: Final[Mapping[Kind, str]] = {
    Kind.HANGS: "{trigger} makes a call read without end",
    Kind.ACCEPTED: "{trigger} is accepted where it must be refused",
    Kind.REFUSED: "{trigger} is refused where it must not be",
    Kind.SENT: "after {trigger} something else is sent than must be",
    Kind.ALERT: "{trigger} is answered with another alert",
    Kind.DIRECTION: "after {trigger} the direction is wrong",
    Kind.CODE: "after {trigger} another code is returned",
    Kind.PATTERN: "{trigger}",
}
_CONTRACT, _FLIGHT = "contract/", "dtls12.flight/"
_STRIKES: Final[Mapping[str, str]] = {
    "FLUSH/blocked": "a write that would block",
    "FLUSH/interrupted": "an interrupted write",
    "FLUSH/too_large": "a datagram that is too large",
    "PULL/interrupted": "an interrupted read",
    "PULL/late": "a deadline that has passed",
    "ENTER/failed": "a failure",
    "ENTER/late": "a deadline that has passed",
    "ENTER/unfinished": "an interrupted write",
    "ENTER/write_closed": "bye",
    "ENTER/read_closed": "the peer's close_notify",
}
"""What sets off a symptom that no message does: the last of these contract rows, else the call itself."""


@dataclass(frozen=True, slots=True)
class Group:
    """What symptoms of one bug have in common.

    Parameters
    ----------
    kind: how outputs differ.
    trigger: the message, disturbance or call that sets it off.
    """

    kind: Kind
    trigger: str

    @property
    def id(self) -> str:
        """A short, stable name."""
        return hashlib.sha256(f"{self.kind}:{self.trigger}".encode()).hexdigest()[:10]

    @property
    def severity(self) -> Severity:
        """What is at risk, as far as the kind tells."""
        return SEVERITY[self.kind]

    def __str__(self) -> str:
        return _SAYS[self.kind].format(trigger=self.trigger)


@dataclass(frozen=True, slots=True)
class Cause:
    """One symptom.

    Parameters
    ----------
    scenario: machine name.
    phase: handshake phase that the model had reached.
    given: the input.
    row: id of the last table row that the model would have followed before it answered.
    group: what it has in common with others.
    """

    scenario: str
    phase: str
    given: str
    row: str
    group: Group

    @property
    def id(self) -> str:
        """The name of its group: the same bug has the same id in every run."""
        return self.group.id

    def __str__(self) -> str:
        return f"{self.scenario}:{self.phase}:{self.given}:{self.row}:{self.group.kind}"


def cause_of(scenario: str, departure: Departure) -> Cause:
    """Return what `departure` in `scenario` is a symptom of."""
    met = [row for row in departure.rows if not row.startswith((_CONTRACT, _FLIGHT))]
    row = (met or departure.rows or ("nothing",))[-1]
    group = Group(kind_of(departure), _trigger(departure, met))
    return Cause(scenario, departure.phase, departure.given.name, row, group)


def pattern_cause(scenario: str, phase: str, given: Symbol, pattern: Pattern) -> Cause:
    """Return the cause of a run that shows `pattern` without leaving the model."""
    return Cause(scenario, phase, given.name, "nothing", Group(Kind.PATTERN, pattern.sentence.rstrip(".")))


def _trigger(departure: Departure, met: list[str]) -> str:
    for row in reversed(met):
        name = row.partition("[")[0].rpartition("/")[2]
        if name != departure.given.name:
            return name
    for row in reversed(departure.rows):
        place = "/".join(row.split("/")[2:])
        if row.startswith(_CONTRACT) and place in _STRIKES:
            return _STRIKES[place]
    return f"{departure.given.name}()"


def kind_of(departure: Departure) -> Kind:
    """Name the most telling way in which the observed output differs from every expected one."""
    seen, expected = departure.observed, departure.expected
    if seen.returned is not None and seen.returned.code == "SPINS":
        return Kind.HANGS
    if not _fails(seen) and expected and all(map(_fails, expected)):
        return Kind.ACCEPTED
    if _fails(seen) and expected and not any(map(_fails, expected)):
        return Kind.REFUSED
    fitting = [item for item in expected if _same_code(item, seen)]
    if not fitting:
        return Kind.CODE
    if any(item.emissions == seen.emissions for item in fitting):
        return Kind.DIRECTION
    messages = [item.name for item in seen.emissions if item.message != "Alert"]
    alike = any(messages == [e.name for e in item.emissions if e.message != "Alert"] for item in fitting)
    return Kind.ALERT if alike else Kind.SENT


def _fails(output: Output) -> bool:
    return output.returned is not None and output.returned.code not in NOT_FAILURES - {"EOF"}


def _same_code(expected: Output, seen: Output) -> bool:
    if expected.returned is None or seen.returned is None:
        return expected.returned is seen.returned
    return expected.returned.code == seen.returned.code or expected.returned.admits(seen.returned)
