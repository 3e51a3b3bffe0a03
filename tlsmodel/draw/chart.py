"""The neutral sequence chart: who told whom what, step by step, without layout or file format.

A trace names inputs and outputs; a chart turns each into arrows between three lanes.  Every renderer of
sequence charts reads only this.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from tlsmodel.draw.diagram import printable, some
from tlsmodel.machine.machine import VIEW_SUFFIX, Machine, build
from tlsmodel.machine.oracle import Agreed, Oracle
from tlsmodel.machine.trace import Step, Trace
from tlsmodel.spec.row import Row
from tlsmodel.spec.scenario import Role
from tlsmodel.spec.symbols import Kind, Output


class Lane(StrEnum):
    """The three that take part, from left to right."""

    APPLICATION = "application"
    TARGET = "target"
    PEER = "peer"


class ArrowKind(StrEnum):
    """What an arrow of the chart is."""

    CALL = "call"
    RETURN = "return"
    EMISSION = "emission"
    DELIVERY = "delivery"
    DISTURBANCE = "disturbance"


LANES = {
    ArrowKind.CALL: (Lane.APPLICATION, Lane.TARGET),
    ArrowKind.RETURN: (Lane.TARGET, Lane.APPLICATION),
    ArrowKind.EMISSION: (Lane.TARGET, Lane.PEER),
    ArrowKind.DELIVERY: (Lane.PEER, Lane.TARGET),
    ArrowKind.DISTURBANCE: (Lane.TARGET, Lane.PEER),
}
WIDEST = 46
PREFIX = {ArrowKind.EMISSION: "!", ArrowKind.DELIVERY: "?"}


@dataclass(frozen=True, slots=True)
class Arrow:
    """One event; its kind says between which lanes."""

    kind: ArrowKind
    text: str

    @property
    def label(self) -> str:
        """The text with its sign, short enough to stand on an arrow."""
        text = printable(self.text)
        return PREFIX.get(self.kind, "") + (text if len(text) <= WIDEST else f"{text[: WIDEST - 1]}…")


@dataclass(frozen=True, slots=True)
class ChartStep:
    """One step of the trace: its arrows in order of time, and the phase it ends in if that is new."""

    number: int
    arrows: tuple[Arrow, ...]
    phase: str | None


@dataclass(frozen=True, slots=True)
class Chart:
    """A sequence chart before it is drawn.

    Parameters
    ----------
    title: a heading.
    alternative: the same in words.
    lanes: a heading for each lane.
    start: the phase before the first step.
    steps: in order of time.
    departure: for a last step that the model does not permit, what it expected and what it saw.
    """

    title: str
    alternative: str
    lanes: dict[Lane, str]
    start: str
    steps: tuple[ChartStep, ...]
    departure: tuple[str, str] | None = None


def chart(trace: Trace, expected: Collection[Output] | None = None) -> Chart:
    """Return the chart of `trace`; with `expected`, its last step is a departure from those outputs.

    Raises `ValueError` where the trace names an unknown machine.
    """
    machine = build(trace.machine)
    role = machine.scenario.role
    other = Role.SERVER if role is Role.CLIENT else Role.CLIENT
    departs = expected is not None and len(trace) > 0
    steps = tuple(_steps(machine, trace, departs))
    words = (in_words(expected or ()), str(trace.steps[-1].output)) if departs else None
    title = f"{headline(machine)}, a trace of {len(steps)} step{'s' * (len(steps) != 1)}"
    return Chart(
        title=title if words is None else f"{title}, the last one a departure",
        alternative=_alternative(steps, words),
        lanes={Lane.APPLICATION: "application", Lane.TARGET: str(role), Lane.PEER: f"peer ({other})"},
        start=machine.state(machine.initial).phase,
        steps=steps,
        departure=words,
    )


def headline(machine: Machine[Any]) -> str:
    """Return version and role as one writes them: ``TLS 1.3 client``."""
    version = machine.scenario.version.value
    return f"{version[:-2].upper()} {version[-2]}.{version[-1]} {machine.scenario.role}"


def in_words(expected: Collection[Output]) -> str:
    """Return what the model permits, at most three outputs of it."""
    return some(tuple(map(str, expected))) or "no such input"


def explained(machine: Machine[Any], trace: Trace, departs: bool) -> Iterator[tuple[Row, ...]]:
    """Yield for each step the rows of the phase table that it took, asking the oracle if no step names any.

    A last step that `departs` took none, whatever rows it should have taken.
    """
    phase_rows = build(f"{machine.scenario.name}{VIEW_SUFFIX}").rows
    oracle = None if any(step.rows for step in trace) else Oracle(machine)
    for number, step in enumerate(trace, 1):
        ids = step.rows
        if oracle is not None:
            answer = oracle.observe(step.given, step.output) if step.given in oracle.enabled() else None
            ids = answer.rows if isinstance(answer, Agreed) else ()
        found = (phase_rows.get(name) for name in ids if not (departs and number == len(trace)))
        yield tuple(row for row in found if isinstance(row, Row))


def _steps(machine: Machine[Any], trace: Trace, departs: bool) -> Iterator[ChartStep]:
    at = machine.state(machine.initial).phase
    taken = zip(trace, explained(machine, trace, departs), strict=True)
    for number, (step, rows) in enumerate(taken, 1):
        reached = rows[-1].to if rows else at
        yield ChartStep(number, tuple(_arrows(step)), None if reached == at else reached)
        at = reached


def _arrows(step: Step) -> Iterator[Arrow]:
    output: Output = step.output
    match step.given.kind:
        case Kind.CALL:
            yield Arrow(ArrowKind.CALL, f"{step.given.name}()")
        case Kind.ENVIRONMENT:
            yield Arrow(ArrowKind.DISTURBANCE, step.given.name.replace("_", " "))
        case _:
            yield Arrow(ArrowKind.DELIVERY, step.given.name)
    for item in output.emissions:
        yield Arrow(ArrowKind.EMISSION, item.name)
    if output.returned is not None:
        yield Arrow(ArrowKind.RETURN, str(output.returned))


def _alternative(steps: tuple[ChartStep, ...], departure: tuple[str, str] | None) -> str:
    said = {
        ArrowKind.CALL: "the application calls {}",
        ArrowKind.RETURN: "the call returns {}",
        ArrowKind.EMISSION: "it sends {}",
        ArrowKind.DELIVERY: "the peer sends {}",
        ArrowKind.DISTURBANCE: "disturbance: {}",
    }
    sentences = (
        f"{step.number}. {', '.join(said[arrow.kind].format(arrow.text) for arrow in step.arrows)}"
        + (f", phase {step.phase}." if step.phase else ".")
        for step in steps
    )
    end = f" Departure, expected {departure[0]}, observed {departure[1]}." if departure else ""
    return " ".join(sentences) + end
