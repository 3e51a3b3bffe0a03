"""The Hypothesis state machine that drives a system under test beside the oracle.

One rule is one connection, and its argument a script of a few numbers: a rule for each step, or for each
symbol, would cost several times what the target does.  Each group of symptoms raises an exception type of its
own, so that Hypothesis shrinks every bug apart and reports them all.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from hypothesis import HealthCheck, Phase, Verbosity, settings
from hypothesis import seed as seeded
from hypothesis import strategies as st
from hypothesis.database import ExampleDatabase
from hypothesis.errors import Flaky
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from tlsmodel.hunt.cause import Cause, Group
from tlsmodel.hunt.coverage import Coverage
from tlsmodel.hunt.examine import follower_of
from tlsmodel.hunt.known import Known
from tlsmodel.hunt.steer import Steering, Tried
from tlsmodel.hunt.sut import SystemUnderTest
from tlsmodel.machine import Departure, Machine, Trace
from tlsmodel.patterns import Pattern
from tlsmodel.spec.symbols import Symbol

CONNECTIONS: Final = 10
"""Connections of one example, one after another on the same target."""
SCRIPT: Final = 40
"""Numbers of a script at most; most scripts have some six."""
LONGEST: Final = 160
"""Steps of one connection at most."""
GROUPS: Final = 2
"""New groups that one batch shrinks; further ones are left to later batches, so that progress goes on."""
SHRINKING: Final = 600
"""Connections that a batch may make from its first departure on; a count, so that a seed means one run."""
_FIRST: Final = ord("0")


class _Enough(BaseException):
    """The time of a batch is up; no ordinary exception, so that Hypothesis lets go at once."""


class Departed(Exception):
    """A run on which the target left the model; each group of symptoms has a subclass of its own."""


@dataclass(slots=True)
class Catch:
    """The shortest run seen for one symptom.

    Parameters
    ----------
    cause: what it is.
    trace: the run.
    departure: how it left the model; None where it shows a bug pattern within what the model permits.
    patterns: the bug patterns that it shows.
    before: the connections that came before it on the same target.
    known: the known departure that it is, or None.
    times: how often it was met.
    """

    cause: Cause
    trace: Trace
    departure: Departure | None
    patterns: tuple[Pattern, ...] = ()
    before: tuple[Trace, ...] = ()
    known: Known | None = None
    times: int = 1


@dataclass(slots=True)
class Tally:
    """What a hunt has done so far; shared by all batches of one target.

    Parameters
    ----------
    passed_by: groups that were shrunk already, so that the hunt goes on behind them.
    left_out: scenarios that could not be set up, with the reason.
    """

    examples: int = 0
    connections: int = 0
    steps: int = 0
    seconds: float = 0.0
    coverage: Coverage = field(default_factory=Coverage)
    catches: dict[Cause, Catch] = field(default_factory=dict)
    known: dict[str, Catch] = field(default_factory=dict)
    passed_by: set[Group] = field(default_factory=set)
    left_out: dict[str, str] = field(default_factory=dict)
    tried: dict[str, Tried] = field(default_factory=dict)

    @property
    def groups(self) -> set[Group]:
        """The bugs found so far, as far as they can be told apart."""
        return {cause.group for cause in self.catches}


class Batch:
    """A number of examples on one system under test.

    Parameters
    ----------
    system: target and scenario.
    machine: the model of that scenario, with the hunt's bounds.
    known: departures to pass by.
    tally: where everything is noted.
    database: where Hypothesis keeps examples that failed, or None.
    """

    def __init__(
        self,
        system: SystemUnderTest,
        machine: Machine[Any],
        known: tuple[Known, ...],
        tally: Tally,
        database: ExampleDatabase | None = None,
    ) -> None:
        self.tally = tally
        self.follower = follower_of(system, machine)
        self.tried = tally.tried.setdefault(system.scenario.name, Tried())
        self.steering = Steering(machine, system.alphabet, self.tried)
        self._known = known
        self._database = database
        self._deadline = float("inf")
        self._left = float("inf")
        self._types: dict[Group, type[Departed]] = {}

    def go_on(self) -> None:
        """End the batch where its time is up, or enough has been shrunk."""
        self._left -= 1
        if self._left < 0 or time.monotonic() > self._deadline:
            raise _Enough

    def run(self, seed: int, examples: int, deadline: float) -> None:
        """Run `examples` examples from `seed`; after `deadline` (monotonic seconds) the rest does nothing."""
        self._deadline = deadline
        factory = seeded(seed)(_machine_class(self))
        phases = (Phase.generate, Phase.shrink)
        chosen = settings(
            max_examples=examples,
            stateful_step_count=CONNECTIONS,
            database=self._database,
            deadline=None,
            phases=phases if self._database is None else (Phase.reuse, *phases),
            suppress_health_check=list(HealthCheck),
            verbosity=Verbosity.quiet,
            print_blob=False,
        )
        try:
            run_state_machine_as_test(factory, settings=chosen)
        except* (Departed, Flaky, _Enough):
            # Each is in the tally already, with the shortest trace that Hypothesis came to; a target that
            # does not do the same twice is found out when its trace is run again.
            self.tally.passed_by |= self.tally.groups

    def connection(self, script: str, masked: int, before: list[Trace]) -> None:
        """Drive one connection; raises `Departed` where it leaves the model in a new way."""
        follower, tally = self.follower, self.tally
        follower.reset()
        tally.connections += 1
        for given in self._inputs(script, masked):
            self.tried[follower.oracle.phases[0], given] += 1
            cause = follower.feed(given)
            tally.steps += 1
            if cause is not None:
                self._note(cause, tuple(before))
                return
            tally.coverage.add(follower.name, follower.rows)
            if len(follower.steps) == LONGEST:
                return

    def _inputs(self, script: str, masked: int) -> Iterator[Symbol]:
        oracle, steering = self.follower.oracle, self.steering
        for character in script:
            yield from steering.inputs(oracle, ord(character) - _FIRST, masked)
        yield from steering.coda(oracle)

    def _note(self, cause: Cause, before: tuple[Trace, ...]) -> None:
        follower, tally = self.follower, self.tally
        catch = Catch(cause, follower.trace, follower.departure, follower.patterns, before)
        for entry in self._known:
            if catch.departure is not None and entry.explains(catch.trace, catch.departure):
                catch.known = entry
                _keep(tally.known, entry.id, catch)
                return
        _keep(tally.catches, cause, catch)
        group = cause.group
        if group in tally.passed_by or (group not in self._types and len(self._types) == GROUPS):
            return
        if group not in self._types:
            self._types[group] = type(f"Departed{group.id}", (Departed,), {})
            self._left = min(self._left, SHRINKING)
        raise self._types[group](str(group))


def _keep(into: dict[Any, Catch], key: object, catch: Catch) -> None:
    """Keep the shorter run of two, the later one of equals, and count both."""
    before = into.get(key)
    if before is None or (len(catch.before), len(catch.trace)) <= (len(before.before), len(before.trace)):
        catch.times += 0 if before is None else before.times
        into[key] = catch
    else:
        before.times += 1


def _machine_class(batch: Batch) -> type[RuleBasedStateMachine]:
    letters = st.characters(min_codepoint=_FIRST, max_codepoint=_FIRST + batch.steering.numbers - 1)

    class Run(RuleBasedStateMachine):
        """One example: connections one after another, each driven until it departs or is over."""

        def __init__(self) -> None:
            super().__init__()
            self.before: list[Trace] = []
            self.masked = 0
            batch.tally.examples += 1

        @initialize(masked=st.integers(0, (1 << batch.steering.letters) - 1))
        def choose_swarm(self, masked: int) -> None:
            """Draw which inputs this run does without."""
            self.masked = masked

        @rule(script=st.text(letters, min_size=1, max_size=SCRIPT))
        def connect(self, script: str) -> None:
            """Open a connection and do what the script says."""
            batch.go_on()
            batch.connection(script, self.masked, self.before)
            self.before.append(batch.follower.trace)

    # Hypothesis keeps examples under the name of what failed.
    Run.__qualname__ = Run.__name__ = f"Run {batch.follower.system.target.name} {batch.follower.name}"
    return Run
