"""The language of properties: predicates over states and steps, and what may happen in time.

Formulas are syntax trees without lambdas, so that they print, go out as `ltl` and can be drawn.  What they are
evaluated on is behind two protocols: a state gives the values of its attributes, a step gives what was called,
met, sent and returned.  A temporal formula is watched by an observer automaton in row form (`monitor`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from tlsmodel.spec.row import Row, Verb
from tlsmodel.spec.symbols import Output, Symbol

SELF = ""
"""The end that a single session has; pairs have ``client`` and ``server``."""


class StateView(Protocol):
    """What a predicate may ask of a state."""

    def value(self, end: str, attribute: str) -> str:
        """Return an attribute as text: ``value("client", "phase")``."""
        ...


class StepView(Protocol):
    """What a predicate may ask of a step: who took it, on what input, with what answer, by which rows."""

    @property
    def end(self) -> str: ...
    @property
    def given(self) -> Symbol: ...
    @property
    def output(self) -> Output: ...
    @property
    def rows(self) -> tuple[Row, ...]: ...
    @property
    def before(self) -> StateView: ...
    @property
    def after(self) -> StateView: ...


class StateFormula:
    """A predicate over states; combine with ``&``, ``|`` and ``~``."""

    def holds(self, state: StateView) -> bool:
        """Tell whether it holds in `state`."""
        raise NotImplementedError

    def atoms(self) -> Iterator[Is]:
        """Yield the atoms that it is built of."""
        raise NotImplementedError

    def __and__(self, other: StateFormula) -> StateFormula:
        return StateAnd(self, other)

    def __or__(self, other: StateFormula) -> StateFormula:
        return StateOr(self, other)

    def __invert__(self) -> StateFormula:
        return StateNot(self)


@dataclass(frozen=True, slots=True)
class Is(StateFormula):
    """An attribute of one end, or of the register (`end` = ``register``), has one of these values."""

    end: str
    attribute: str
    values: tuple[str, ...]

    def holds(self, state: StateView) -> bool:
        return state.value(self.end, self.attribute) in self.values

    def atoms(self) -> Iterator[Is]:
        yield self

    def __str__(self) -> str:
        name = f"{self.end}.{self.attribute}" if self.end else self.attribute
        return name if self.values == ("True",) else f"{name} = {'|'.join(self.values)}"


@dataclass(frozen=True, slots=True)
class StateAnd(StateFormula):
    """Both hold."""

    left: StateFormula
    right: StateFormula

    def holds(self, state: StateView) -> bool:
        return self.left.holds(state) and self.right.holds(state)

    def atoms(self) -> Iterator[Is]:
        yield from self.left.atoms()
        yield from self.right.atoms()

    def __str__(self) -> str:
        return f"({self.left} and {self.right})"


@dataclass(frozen=True, slots=True)
class StateOr(StateFormula):
    """One of them holds."""

    left: StateFormula
    right: StateFormula

    def holds(self, state: StateView) -> bool:
        return self.left.holds(state) or self.right.holds(state)

    def atoms(self) -> Iterator[Is]:
        yield from self.left.atoms()
        yield from self.right.atoms()

    def __str__(self) -> str:
        return f"({self.left} or {self.right})"


@dataclass(frozen=True, slots=True)
class StateNot(StateFormula):
    """It does not hold."""

    inner: StateFormula

    def holds(self, state: StateView) -> bool:
        return not self.inner.holds(state)

    def atoms(self) -> Iterator[Is]:
        yield from self.inner.atoms()

    def __str__(self) -> str:
        return f"not {self.inner}"


class StepFormula:
    """A predicate over steps; combine with ``&``, ``|`` and ``~``."""

    def holds(self, step: StepView) -> bool:
        """Tell whether it holds of `step`."""
        raise NotImplementedError

    def atoms(self) -> Iterator[Is]:
        """Yield the atoms over states that it is built of."""
        yield from ()

    def __and__(self, other: StepFormula) -> StepFormula:
        return StepAnd(self, other)

    def __or__(self, other: StepFormula) -> StepFormula:
        return StepOr(self, other)

    def __invert__(self) -> StepFormula:
        return StepNot(self)


@dataclass(frozen=True, slots=True)
class By(StepFormula):
    """One end of a pair takes the step."""

    end: str

    def holds(self, step: StepView) -> bool:
        return step.end == self.end

    def __str__(self) -> str:
        return f"by the {self.end}"


@dataclass(frozen=True, slots=True)
class Calls(StepFormula):
    """The application calls one of these."""

    names: tuple[str, ...]

    def holds(self, step: StepView) -> bool:
        return step.given.kind == "call" and step.given.name in self.names

    def __str__(self) -> str:
        return f"calls {'|'.join(self.names)}"


@dataclass(frozen=True, slots=True)
class Meets(StepFormula):
    """One of these deliveries (none named: any) is met by a row with one of these verbs, at one of these places
    (none named: any).
    """

    names: tuple[str, ...]
    verbs: tuple[Verb, ...]
    at: tuple[str, ...] = ()

    def holds(self, step: StepView) -> bool:
        return any(
            row.on.kind == "deliver"
            and row.verb in self.verbs
            and (not self.names or row.on.name in self.names)
            and (not self.at or row.at in self.at)
            for row in step.rows
        )

    def __str__(self) -> str:
        place = f" in {'|'.join(self.at)}" if self.at else ""
        return f"{'|'.join(verb.value for verb in self.verbs)} {'|'.join(self.names) or 'anything'}{place}"


@dataclass(frozen=True, slots=True)
class Sends(StepFormula):
    """At least `times` of these emissions go out in the step."""

    names: tuple[str, ...]
    times: int = 1

    def holds(self, step: StepView) -> bool:
        return sum(item.name in self.names for item in step.output.emissions) >= self.times

    def __str__(self) -> str:
        often = f" {self.times} times" if self.times > 1 else ""
        return f"sends {'|'.join(self.names)}{often}"


@dataclass(frozen=True, slots=True)
class Returns(StepFormula):
    """The call returns one of these codes, and where `direction` is given, with this direction bit."""

    codes: tuple[str, ...]
    direction: int | None = None

    def holds(self, step: StepView) -> bool:
        returned = step.output.returned
        if returned is None or returned.code not in self.codes:
            return False
        return self.direction is None or returned.direction == self.direction

    def __str__(self) -> str:
        direction = "" if self.direction is None else f" ({('read', 'write')[self.direction]})"
        return f"returns {'|'.join(self.codes)}{direction}"


@dataclass(frozen=True, slots=True)
class Was(StepFormula):
    """The state before the step is such."""

    state: StateFormula

    def holds(self, step: StepView) -> bool:
        return self.state.holds(step.before)

    def atoms(self) -> Iterator[Is]:
        yield from self.state.atoms()

    def __str__(self) -> str:
        return f"before: {self.state}"


@dataclass(frozen=True, slots=True)
class Becomes(StepFormula):
    """The state after the step is such."""

    state: StateFormula

    def holds(self, step: StepView) -> bool:
        return self.state.holds(step.after)

    def atoms(self) -> Iterator[Is]:
        yield from self.state.atoms()

    def __str__(self) -> str:
        return f"after: {self.state}"


@dataclass(frozen=True, slots=True)
class Changes(StepFormula):
    """The step changes an attribute of an end."""

    end: str
    attribute: str

    def holds(self, step: StepView) -> bool:
        return step.before.value(self.end, self.attribute) != step.after.value(self.end, self.attribute)

    def atoms(self) -> Iterator[Is]:
        yield Is(self.end, self.attribute, ())

    def __str__(self) -> str:
        return f"changes {self.attribute}"


@dataclass(frozen=True, slots=True)
class StepAnd(StepFormula):
    """Both hold."""

    left: StepFormula
    right: StepFormula

    def holds(self, step: StepView) -> bool:
        return self.left.holds(step) and self.right.holds(step)

    def atoms(self) -> Iterator[Is]:
        yield from self.left.atoms()
        yield from self.right.atoms()

    def __str__(self) -> str:
        return f"({self.left} and {self.right})"


@dataclass(frozen=True, slots=True)
class StepOr(StepFormula):
    """One of them holds."""

    left: StepFormula
    right: StepFormula

    def holds(self, step: StepView) -> bool:
        return self.left.holds(step) or self.right.holds(step)

    def atoms(self) -> Iterator[Is]:
        yield from self.left.atoms()
        yield from self.right.atoms()

    def __str__(self) -> str:
        return f"({self.left} or {self.right})"


@dataclass(frozen=True, slots=True)
class StepNot(StepFormula):
    """It does not hold."""

    inner: StepFormula

    def holds(self, step: StepView) -> bool:
        return not self.inner.holds(step)

    def atoms(self) -> Iterator[Is]:
        yield from self.inner.atoms()

    def __str__(self) -> str:
        return f"not {self.inner}"
