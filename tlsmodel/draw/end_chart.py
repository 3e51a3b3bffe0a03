"""The sequence chart of one end: its application, itself and the peer."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

from tlsmodel.draw.chart import TARGET, Arrow, ArrowKind, Chart, ChartStep, Lane, in_sentences
from tlsmodel.draw.explain import explained, headline, in_words
from tlsmodel.machine.machine import Machine, build
from tlsmodel.machine.trace import Step, Trace
from tlsmodel.spec.scenario import Role
from tlsmodel.spec.symbols import Kind, Output


def end_chart(trace: Trace, expected: Collection[Output] | None = None) -> Chart:
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
        alternative=in_sentences(steps, words),
        lanes={Lane.APPLICATION: "application", Lane.TARGET: str(role), Lane.PEER: f"peer ({other})"},
        start={Lane.TARGET: machine.state(machine.initial).phase},
        steps=steps,
        departure=words,
    )


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
            yield TARGET.arrow(ArrowKind.CALL, f"{step.given.name}()")
        case Kind.ENVIRONMENT:
            yield TARGET.arrow(ArrowKind.DISTURBANCE, step.given.name.replace("_", " "))
        case _:
            yield TARGET.arrow(ArrowKind.DELIVERY, step.given.name)
    for item in output.emissions:
        yield TARGET.arrow(ArrowKind.EMISSION, item.name)
    if output.returned is not None:
        yield TARGET.arrow(ArrowKind.RETURN, str(output.returned))
