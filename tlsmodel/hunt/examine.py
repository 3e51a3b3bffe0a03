"""One run of given inputs on a system under test: where it leaves the model, and which bugs it shows."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from tlsmodel.hunt.cause import Cause, cause_of, pattern_cause
from tlsmodel.hunt.sut import SystemUnderTest
from tlsmodel.machine import Departure, Machine, Oracle, Step, Trace
from tlsmodel.patterns import Pattern, Watch, patterns_for
from tlsmodel.spec.symbols import Symbol

PATIENCE: Final = 30.0
"""Seconds that removing steps from one trace may take."""
TRIALS: Final = 300
"""Runs that removing steps from one trace may take."""


@dataclass(frozen=True, slots=True)
class Examined:
    """What came of a run.

    Parameters
    ----------
    trace: the steps, up to and including a departure or the step that shows a bug pattern.
    departure: how the last step left the model, or None.
    patterns: the bugs that the run shows.
    cause: what it is a symptom of, or None where it is in order.
    """

    trace: Trace
    departure: Departure | None
    patterns: tuple[Pattern, ...]
    cause: Cause | None


class Follower:
    """Feeds a system under test, and holds what it does against the model and the bug patterns.

    Parameters
    ----------
    system: target and scenario.
    oracle: the model of that scenario.
    """

    def __init__(self, system: SystemUnderTest, oracle: Oracle) -> None:
        self.system = system
        self.oracle = oracle
        self.name = system.scenario.name
        self._watch = Watch(patterns_for(self.name))

    def reset(self) -> None:
        """Begin a fresh session."""
        self.system.reset()
        self.oracle.reset()
        self._watch.reset()
        self._seen = 0
        self.steps: list[Step] = []
        self.patterns: tuple[Pattern, ...] = ()

    def feed(self, given: Symbol) -> Cause | None:
        """Feed one input; returns what the step is a symptom of, if the run is not in order any more."""
        observed = self.system.step(given)
        phase = self.oracle.phases[0]
        answer = self.oracle.observe(given, observed)
        self.departure = answer if isinstance(answer, Departure) else None
        self.rows = answer.rows
        self.steps.append(Step(given, observed, answer.rows))
        shown = self._look()
        if shown:
            self.patterns = (*self.patterns, *shown)
        if self.departure is not None:
            return cause_of(self.name, self.departure)
        return pattern_cause(self.name, phase, given, shown[0]) if shown else None

    def _look(self) -> tuple[Pattern, ...]:
        letters = self.system.letters
        if len(letters) == self._seen:
            return ()
        shown = tuple(pattern for letter in letters[self._seen :] for pattern in self._watch.see(letter))
        self._seen = len(letters)
        return shown

    @property
    def trace(self) -> Trace:
        """The steps so far."""
        return Trace(self.name, tuple(self.steps))


def examine(follower: Follower, inputs: Iterable[Symbol]) -> Examined:
    """Feed `inputs` to a fresh session, up to the first step that is not in order.

    Inputs that the model does not answer in the state reached are left out.
    """
    follower.reset()
    for given in inputs:
        if not follower.oracle.allows(given):
            continue
        cause = follower.feed(given)
        if cause is not None:
            return Examined(follower.trace, follower.departure, follower.patterns, cause)
    return Examined(follower.trace, None, follower.patterns, None)


def polish(follower: Follower, found: Examined, patience: float = PATIENCE) -> Examined:
    """Remove steps from a trace as long as the same symptom remains; what is left lacks no single step.

    A run may come to the symptom along another way than the one that was shrunk; then no step of it is
    superfluous to Hypothesis, but some are to the target.
    """
    return _polish(lambda inputs: examine(follower, inputs), found, time.monotonic() + patience)


def _polish(run: Callable[[Sequence[Symbol]], Examined], found: Examined, end: float) -> Examined:
    best, at, kept = found, len(found.trace) - 1, 0
    for _ in range(TRIALS):
        if kept == len(best.trace) or time.monotonic() > end:
            break
        given = [step.given for step in best.trace]
        shorter = run(given[:at] + given[at + 1 :])
        if shorter.cause == best.cause and len(shorter.trace) < len(best.trace):
            best, kept = shorter, 0
        else:
            kept += 1
        at = (at - 1) % len(best.trace)
    return best


def follower_of(system: SystemUnderTest, machine: Machine[Any]) -> Follower:
    """Return what follows `system` beside `machine`."""
    return Follower(system, Oracle(machine, system.alphabet, system.target.capabilities.view))
