"""What may happen in time, and the observer automata that watch it.

`Always`, `Never`, `Precedes` and `AtMost` are safety: a finite trace breaks them.  `LeadsTo` and `NotForever` are
liveness: only a trace with a loop does, and only a fair one counts.  `Possible` is neither: it asks that a way is
left open.  `NoDeadlock` asks that no state is stuck in which an end may not rest.
"""

from __future__ import annotations

from dataclasses import dataclass

from tlsmodel.spec.properties.formula import StateFormula, StepFormula


@dataclass(frozen=True, slots=True)
class MonitorRow:
    """One transition of an observer: in `at`, a step of which `on` holds leads to `to`."""

    at: int
    on: StepFormula
    to: int


@dataclass(frozen=True, slots=True)
class Monitor:
    """An observer automaton: states 0 (the first) to `size` - 1; the first row that fits decides, else it stays.

    `bad` is the state that must not be reached.
    """

    rows: tuple[MonitorRow, ...]
    size: int
    bad: int


@dataclass(frozen=True, slots=True)
class Always:
    """Every reachable state is such."""

    state: StateFormula

    def monitor(self) -> None:
        """States need no observer."""

    def __str__(self) -> str:
        return f"always {self.state}"


@dataclass(frozen=True, slots=True)
class Never:
    """No step is such."""

    step: StepFormula

    def monitor(self) -> Monitor:
        """Return the observer."""
        return Monitor((MonitorRow(0, self.step, 1),), 2, bad=1)

    def __str__(self) -> str:
        return f"never {self.step}"


@dataclass(frozen=True, slots=True)
class Precedes:
    """No `then` without a `first` before it (or in the same step), since the last `again` if there is one.

    With `once_asked` the first one is due only after an `again`.
    """

    first: StepFormula
    then: StepFormula
    again: StepFormula | None = None
    once_asked: bool = False

    def monitor(self) -> Monitor:
        """Return the observer, of which one state waits for `first`, one has seen it and one is broken."""
        waits, seen = (1, 0) if self.once_asked else (0, 1)
        rows = [MonitorRow(waits, self.first, seen), MonitorRow(waits, self.then, 2)]
        if self.again is not None:
            rows.append(MonitorRow(seen, self.again & ~self.first, waits))
        return Monitor(tuple(rows), 3, bad=2)

    def __str__(self) -> str:
        again = f", anew after {self.again}" if self.again else ""
        return f"{self.first} precedes {self.then}{again}"


@dataclass(frozen=True, slots=True)
class AtMost:
    """At most `count` steps are such, since the last `again` if there is one."""

    count: int
    step: StepFormula
    again: StepFormula | None = None

    def monitor(self) -> Monitor:
        """Return the observer, which counts."""
        rows = []
        for seen in range(self.count + 1):
            if self.again is not None:
                rows.append(MonitorRow(seen, self.again & self.step, 1))
                rows.append(MonitorRow(seen, self.again, 0))
            rows.append(MonitorRow(seen, self.step, seen + 1))
        return Monitor(tuple(rows), self.count + 2, bad=self.count + 1)

    def __str__(self) -> str:
        again = f" until {self.again}" if self.again else ""
        return f"at most {self.count} times {self.step}{again}"


@dataclass(frozen=True, slots=True)
class LeadsTo:
    """From every reachable state that is `this`, a fair run comes to one that is `that`."""

    this: StateFormula
    that: StateFormula

    def __str__(self) -> str:
        return f"{self.this} leads to {self.that}"


@dataclass(frozen=True, slots=True)
class NotForever:
    """No run has only such steps from some point on."""

    step: StepFormula

    def __str__(self) -> str:
        return f"not forever {self.step}"


@dataclass(frozen=True, slots=True)
class Possible:
    """From every reachable state that is `this`, some run comes to one that is `that`."""

    this: StateFormula
    that: StateFormula

    def __str__(self) -> str:
        return f"from {self.this} it stays possible: {self.that}"


@dataclass(frozen=True, slots=True)
class NoDeadlock:
    """No reachable state is without a successor, save those in which both ends may rest."""

    def __str__(self) -> str:
        return "no deadlock"


Safety = Always | Never | Precedes | AtMost
Temporal = Safety | LeadsTo | NotForever | Possible | NoDeadlock
