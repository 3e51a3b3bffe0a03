"""Runs a recorded finding again, on the target that it names."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from tlsmodel.credentials import shared_credentials
from tlsmodel.hunt.examine import Examined, examine, follower_of
from tlsmodel.hunt.finding import Finding, hunted, read
from tlsmodel.hunt.sut import SystemUnderTest
from tlsmodel.machine import build
from tlsmodel.targets.base import Target
from tlsmodel.targets.registry import target


@dataclass(frozen=True, slots=True)
class Replayed:
    """What came of it.

    Parameters
    ----------
    finding: the record.
    reproduced: whether the target left the model, or showed the bug pattern, again.
    summary: one line.
    """

    finding: Finding
    reproduced: bool
    summary: str


def replay(directory: Path) -> Replayed:
    """Run the finding in `directory` again.

    Raises `ValueError` naming the file at fault, and `TargetUnavailable` where a library is missing.
    """
    finding = read(directory)
    stack = target(finding.target, shared_credentials())
    try:
        found = run_again(finding, stack)
    finally:
        stack.close()
    if found.cause is None:
        return Replayed(finding, False, f"{finding.id}: not reproduced, the target agrees with the model")
    if found.departure is None:
        titles = ", ".join(pattern.title for pattern in found.patterns)
        return Replayed(finding, True, f"{finding.id}: reproduced: the run shows {titles}")
    expected = " | ".join(map(str, found.departure.expected))
    return Replayed(
        finding, True, f"{finding.id}: reproduced: expected {expected}; observed {found.departure.observed}"
    )


def run_again(finding: Finding, stack: Target) -> Examined:
    """Feed the finding's inputs to `stack`, after those of the connections that must come before."""
    setting = hunted(finding.trace.machine)
    system = SystemUnderTest(stack, setting, shared_credentials())
    follower = follower_of(system, build(setting))
    for trace in finding.before:
        examine(follower, (step.given for step in trace))
    return examine(follower, (step.given for step in finding.trace))
