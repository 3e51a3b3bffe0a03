"""Runs a recorded finding again, on the target that it names."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from tlsmodel.credentials import shared_credentials
from tlsmodel.hunt.finding import Finding, hunted, read
from tlsmodel.hunt.sut import SystemUnderTest
from tlsmodel.machine import Departure, Oracle, build
from tlsmodel.spec.symbols import Symbol
from tlsmodel.targets.registry import target


@dataclass(frozen=True, slots=True)
class Replayed:
    """What came of it.

    Parameters
    ----------
    finding: the record.
    reproduced: whether the target left the model again.
    summary: one line.
    """

    finding: Finding
    reproduced: bool
    summary: str


def departure_on(system: SystemUnderTest, inputs: Iterable[Symbol]) -> Departure | None:
    """Feed `inputs` to a fresh session and return the first departure, or None where there is none.

    Inputs that the model does not answer in the state reached end the run.
    """
    oracle = Oracle(build(system.scenario), system.alphabet)
    system.reset()
    for given in inputs:
        if given not in oracle.enabled():
            return None
        answer = oracle.observe(given, system.step(given))
        if isinstance(answer, Departure):
            return answer
    return None


def replay(directory: Path) -> Replayed:
    """Run the finding in `directory` again.

    Raises `ValueError` naming the file at fault, and `TargetUnavailable` where a library is missing.
    """
    finding = read(directory)
    credentials = shared_credentials()
    system = SystemUnderTest(target(finding.target, credentials), hunted(finding.trace.machine), credentials)
    try:
        departure = departure_on(system, (step.given for step in finding.trace))
    finally:
        system.close()
    if departure is None:
        return Replayed(finding, False, f"{finding.id}: not reproduced, the target agrees with the model")
    expected = " | ".join(map(str, departure.expected))
    return Replayed(
        finding, True, f"{finding.id}: reproduced: expected {expected}; observed {departure.observed}"
    )
