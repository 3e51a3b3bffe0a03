"""The Hypothesis state machine that drives a system under test beside the oracle.

One rule draws one number; a rule per symbol is several times slower.  Each departure raises an exception type
of its cause's own, so that Hypothesis shrinks every cause apart and reports them all.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Any, Final

from hypothesis import HealthCheck, Phase, Verbosity, settings
from hypothesis import seed as seeded
from hypothesis import strategies as st
from hypothesis.errors import Flaky
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from tlsmodel.hunt.cause import Cause, cause_of
from tlsmodel.hunt.coverage import Coverage
from tlsmodel.hunt.known import Known
from tlsmodel.hunt.steer import NUMBERS, Steering, Tried
from tlsmodel.hunt.sut import SystemUnderTest
from tlsmodel.machine import Departure, Machine, Oracle, Step, Trace
from tlsmodel.spec.symbols import INPUTS

STEPS_PER_EXAMPLE: Final = 40
CAUSES: Final = 2
"""New causes that one batch shrinks; further ones are left to later batches, so that progress goes on."""


class Departed(Exception):
    """A run on which the target left the model; each cause has a subclass of its own."""


@dataclass(slots=True)
class Catch:
    """The shortest departure seen for one cause."""

    cause: Cause
    trace: Trace
    departure: Departure
    known: Known | None = None


@dataclass(slots=True)
class Tally:
    """What a hunt has done so far; shared by all batches of one target.

    Parameters
    ----------
    passed_by: causes that were shrunk already, so that the hunt goes on behind them.
    """

    examples: int = 0
    steps: int = 0
    seconds: float = 0.0
    coverage: Coverage = field(default_factory=Coverage)
    catches: dict[Cause, Catch] = field(default_factory=dict)
    known: dict[str, Catch] = field(default_factory=dict)
    passed_by: set[Cause] = field(default_factory=set)
    tried: dict[str, Tried] = field(default_factory=dict)


class Batch:
    """A number of examples on one system under test.

    Parameters
    ----------
    system: target and scenario.
    machine: the model of that scenario, with the hunt's bounds.
    known: departures to pass by.
    tally: where everything is noted.
    """

    def __init__(
        self, system: SystemUnderTest, machine: Machine[Any], known: tuple[Known, ...], tally: Tally
    ) -> None:
        self.system = system
        self.known = known
        self.tally = tally
        self.oracle = Oracle(machine, system.alphabet)
        self.tried = tally.tried.setdefault(system.scenario.name, Tried())
        self.steering = Steering(machine, self.tried)
        self.deadline = float("inf")
        self._types: dict[Cause, type[Departed]] = {}

    def run(self, seed: int, examples: int, deadline: float) -> None:
        """Run `examples` examples from `seed`; after `deadline` (monotonic seconds) the rest does nothing."""
        self.deadline = deadline
        factory = seeded(seed)(_machine_class(self))
        chosen = settings(
            max_examples=examples,
            stateful_step_count=STEPS_PER_EXAMPLE,
            database=None,
            deadline=None,
            phases=(Phase.generate, Phase.shrink),
            suppress_health_check=list(HealthCheck),
            verbosity=Verbosity.quiet,
            print_blob=False,
        )
        try:
            run_state_machine_as_test(factory, settings=chosen)
        except* (Departed, Flaky):
            # Each is in the tally already, with the shortest trace that Hypothesis came to; a target that
            # does not do the same twice is found out when its trace is run again.
            self.tally.passed_by.update(self.tally.catches)

    def depart(self, steps: list[Step], departure: Departure) -> bool:
        """Note a departure; returns whether it is known, and raises `Departed` where it is new."""
        trace = Trace(
            self.system.scenario.name, (*steps, Step(departure.given, departure.observed, departure.rows))
        )
        for entry in self.known:
            if entry.explains(trace, departure):
                self._keep(self.tally.known, entry.id, trace, departure, entry)
                return True
        cause = cause_of(self.system.scenario.name, departure)
        if cause in self.tally.passed_by or (cause not in self._types and len(self._types) == CAUSES):
            return True
        self._keep(self.tally.catches, cause, trace, departure, None)
        raise self._types.setdefault(cause, type(f"Departed{cause.id}", (Departed,), {}))(str(cause))

    def _keep(
        self, into: dict[Any, Catch], key: object, trace: Trace, departure: Departure, known: Known | None
    ) -> None:
        before = into.get(key)
        if before is None or len(trace) <= len(before.trace):
            into[key] = Catch(cause_of(trace.machine, departure), trace, departure, known)


def _machine_class(batch: Batch) -> type[RuleBasedStateMachine]:
    tally, oracle, system, steering = batch.tally, batch.oracle, batch.system, batch.steering
    name = system.scenario.name

    class Run(RuleBasedStateMachine):
        """One example: a fresh session, driven until it departs or leaves the model."""

        def __init__(self) -> None:
            super().__init__()
            self.steps: list[Step] = []
            self.masked = 0
            self.over = time.monotonic() > batch.deadline
            if not self.over:
                tally.examples += 1
                system.reset()
                oracle.reset()

        @initialize(masked=st.integers(0, (1 << len(INPUTS)) - 1))
        def choose_swarm(self, masked: int) -> None:
            """Draw which inputs this run does without."""
            self.masked = masked

        @rule(number=st.integers(0, NUMBERS - 1))
        def step(self, number: int) -> None:
            """Feed one input and compare."""
            given = None if self.over else steering.pick(oracle, number, self.masked)
            if given is None:
                return
            batch.tried[oracle.phases[0], given] += 1
            seen = system.step(given)
            tally.steps += 1
            answer = oracle.observe(given, seen)
            if isinstance(answer, Departure):
                self.over = batch.depart(self.steps, answer)
                return
            tally.coverage.add(name, answer.rows)
            self.steps.append(Step(given, seen, answer.rows))

    return Run
