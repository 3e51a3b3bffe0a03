"""A transition cover: every input at every state of a machine that a target can be brought to.

Where the model permits several answers the target gives one of them; the states behind the others are not
met, and the report counts them apart.  A place is the set of model states that are possible after a run.
"""

from __future__ import annotations

import heapq
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any, Final

from tlsmodel.credentials import shared_credentials
from tlsmodel.hunt.cause import Cause
from tlsmodel.hunt.coverage import possible_rows
from tlsmodel.hunt.examine import Follower, follower_of
from tlsmodel.hunt.finding import Finding, write
from tlsmodel.hunt.gather import gather
from tlsmodel.hunt.known import Known, known_departures
from tlsmodel.hunt.report import finding_entry
from tlsmodel.hunt.run import fits
from tlsmodel.hunt.stateful import Catch
from tlsmodel.hunt.sut import SystemUnderTest
from tlsmodel.machine import Machine, build
from tlsmodel.spec.scenario import scenario
from tlsmodel.spec.symbols import DELIVERIES, Symbol
from tlsmodel.targets.registry import target as target_called

Place = tuple[int, ...]
LONGEST: Final = 40
"""Steps behind the place gone to, after which a run begins anew, so that the ways to places stay short."""

WARNINGS: Final = frozenset(
    item
    for item in DELIVERIES
    if item.name in ("Alert.warning", "Alert.no_renegotiation", "Alert.user_canceled")
)
"""Alerts that are counted in a handshake."""


def _warned(state: Any) -> int:
    return 0 if state.complete else state.warnings + sum(item in WARNINGS for item in state.inbox)


@dataclass(frozen=True, slots=True)
class Covered:
    """How far a tour has come.

    Parameters
    ----------
    machine: its name.
    states, transitions: how many states the model has, and how many inputs can be fed at them.
    states_met, tried: how many states were met, and how many inputs were fed there.
    open: inputs at places that were met and that were not fed; none when the tour is complete.
    bounded: inputs that would pass the machine's bound of warnings, which is not the target's.
    departed: inputs at which the target left the model, behind which nothing can be told.
    unmet: phase -> how many states of it were not met; where the tour is complete they lie behind answers
        that the target does not give.
    rows, rows_possible: rows of the tables that took part, and that can take part.
    steps, seconds: the effort.
    """

    machine: str
    states: int
    transitions: int
    states_met: int
    tried: int
    open: int
    bounded: int
    departed: int
    unmet: dict[str, int]
    rows: int
    rows_possible: int
    steps: int
    seconds: float

    @property
    def complete(self) -> bool:
        """Whether every input was fed at every place that can be reached."""
        return self.open == 0

    def to_json(self) -> dict[str, object]:
        """Return the figures as plain data."""
        names = (
            "machine",
            "states",
            "transitions",
            "states_met",
            "tried",
            "open",
            "bounded",
            "departed",
            "unmet",
        )
        figures: dict[str, object] = {name: getattr(self, name) for name in (*names, "steps")}
        return figures | {
            "rows_covered": self.rows,
            "rows_total": self.rows_possible,
            "complete": self.complete,
            "seconds": round(self.seconds, 3),
            "steps_per_second": round(self.steps / self.seconds) if self.seconds else 0,
        }


class Tour:
    """One walk over one machine, beside one target.

    Parameters
    ----------
    follower: the target beside the model.
    known: departures that are understood.

    Attributes
    ----------
    catches: the shortest run of each new symptom.
    known_catches: the shortest run of each known departure, by its id.
    """

    def __init__(self, follower: Follower, known: tuple[Known, ...] = ()) -> None:
        self._follower = follower
        self._known = known
        self._open: dict[Place, list[Symbol]] = {}
        self._ways: dict[Place, tuple[Symbol, ...]] = {}
        self._waiting: list[tuple[int, int, Place]] = []
        self._numbers = count()
        self._rows: set[str] = set()
        self._fed: set[tuple[int, Symbol]] = set()
        self._departed = self._bounded = self._steps = 0
        self.catches: dict[Cause, Catch] = {}
        self.known_catches: dict[str, Catch] = {}

    def run(self, seconds: float) -> Covered:
        """Walk until everything is covered or the time is over."""
        begun = time.monotonic()
        self._restart()
        while time.monotonic() - begun < seconds:
            untried = self._open[self._place]
            if untried and len(self._path) < self._limit:
                self._try(untried.pop())
            elif not self._go_on():
                break
        return self._told(time.monotonic() - begun)

    def _restart(self) -> None:
        self._follower.reset()
        self._path: list[Symbol] = []
        self._limit = LONGEST
        self._arrive()

    def _arrive(self) -> None:
        self._place: Place = self._follower.oracle.possible
        way = self._ways.get(self._place)
        if way is None:
            self._open[self._place] = self._inputs()
        if way is None or len(self._path) < len(way):
            self._ways[self._place] = tuple(self._path)
            if self._open[self._place]:
                heapq.heappush(self._waiting, (len(self._path), next(self._numbers), self._place))

    def _inputs(self) -> list[Symbol]:
        """Return what can be fed here, the first one last."""
        oracle = self._follower.oracle
        machine = oracle.machine
        states = [machine.state(number) for number in oracle.possible]
        full = any(_warned(state) >= machine.scenario.warnings for state in states)
        found = oracle.enabled()
        within = [item for item in found if not (full and item in WARNINGS)]
        self._bounded += (len(found) - len(within)) * len(states)
        return within[::-1]

    def _try(self, given: Symbol) -> None:
        self._fed.update((number, given) for number in self._place)
        if self._feed(given):
            self._arrive()
        else:
            self._departed += 1
            self._restart()

    def _feed(self, given: Symbol) -> bool:
        follower = self._follower
        self._steps += 1
        cause = follower.feed(given)
        if cause is not None:
            self._note(cause)
            return False
        self._rows.update(follower.rows)
        self._path.append(given)
        return True

    def _go_on(self) -> bool:
        """Go to the nearest place where something is left to try; tells whether there is one."""
        while self._waiting:
            _, _, place = self._waiting[0]
            if not self._open[place]:
                heapq.heappop(self._waiting)
                continue
            self._restart()
            for given in self._ways[place]:
                if not (self._follower.oracle.allows(given) and self._feed(given)):
                    break
            self._arrive()
            if self._place != place:  # the target does not do the same twice
                self._open[place].clear()
            self._limit = len(self._path) + LONGEST
            return True
        return False

    def _note(self, cause: Cause) -> None:
        follower = self._follower
        catch = Catch(cause, follower.trace, follower.departure, follower.patterns)
        for entry in self._known:
            if catch.departure is not None and entry.explains(catch.trace, catch.departure):
                catch.known = entry
                before = self.known_catches.get(entry.id)
                if before is None or len(catch.trace) < len(before.trace):
                    self.known_catches[entry.id] = catch
                return
        shortest = self.catches.get(cause)
        if shortest is None or len(catch.trace) < len(shortest.trace):
            self.catches[cause] = catch

    def _told(self, seconds: float) -> Covered:
        machine: Machine[Any] = self._follower.oracle.machine
        alphabet = self._follower.system.alphabet
        met = {number for place in self._ways for number in place}
        space = machine.expand()
        inputs = sum(
            sum(given in alphabet for given in machine.enabled(number)) for number in range(space.states)
        )
        unmet = Counter(machine.state(number).phase for number in range(space.states) if number not in met)
        possible = possible_rows(self._follower.name, alphabet)
        return Covered(
            machine=self._follower.name,
            states=space.states,
            transitions=inputs,
            states_met=len(met),
            tried=len(self._fed),
            open=sum(map(len, self._open.values())),
            bounded=self._bounded,
            departed=self._departed,
            unmet=dict(sorted(unmet.items())),
            rows=len(self._rows & possible),
            rows_possible=len(possible),
            steps=self._steps,
            seconds=seconds,
        )


@dataclass(frozen=True, slots=True)
class TourReport:
    """The result of a tour of one target.

    Parameters
    ----------
    target, version: what was toured.
    covered: one for each machine.
    findings: with the directory that each was written to, or None.
    """

    target: str
    version: str
    covered: tuple[Covered, ...]
    findings: tuple[tuple[Finding, Path | None], ...]

    @property
    def clean(self) -> bool:
        """Whether nothing new was found."""
        return all(finding.known is not None for finding, _ in self.findings)

    def to_json(self) -> dict[str, object]:
        """Return the report as plain data."""
        return {
            "target": self.target,
            "version": self.version,
            "examples": 0,
            "steps": sum(item.steps for item in self.covered),
            "transitions_covered": sum(item.rows for item in self.covered),
            "transitions_total": sum(item.rows_possible for item in self.covered),
            "machines": [item.to_json() for item in self.covered],
            "findings": [finding_entry(finding, directory) for finding, directory in self.findings],
        }


def tour(
    name: str,
    scenarios: Sequence[str],
    seconds: float,
    out: Path | None = None,
    tell: Callable[[Covered], None] | None = None,
) -> TourReport:
    """Walk over the machines of `scenarios` that fit the target called `name`.

    Parameters
    ----------
    seconds: for each machine at most.
    out: where findings are written, or None.
    tell: called after each machine.

    Raises `ValueError` for an unknown target or scenario, or where none fits.
    """
    credentials = shared_credentials()
    target = target_called(name, credentials)
    fitting = [item for item in scenarios if fits(target, item)]
    if not fitting:
        raise ValueError(f"{name}: none of the scenarios {', '.join(scenarios)} fits this target")
    known = known_departures(name)
    covered, catches = [], []
    for item in fitting:
        setting = scenario(item)
        walk = Tour(follower_of(SystemUnderTest(target, setting, credentials), build(setting)), known)
        covered.append(walk.run(seconds))
        catches += [*walk.catches.values(), *walk.known_catches.values()]
        if tell is not None:
            tell(covered[-1])
    target.close()
    found = gather(catches, name, lambda: target_called(name, credentials), seed=0)
    written = tuple((item, write(item, out) if out and not item.known else None) for item in found)
    return TourReport(name, target.version, tuple(covered), written)
