"""The sequence chart of a pair: client and server, each with its application, and the network between them.

A record is sent in one step and read in another, and in between somebody may lose, double or forge it; what
a call only queues is no arrow yet.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tlsmodel.draw.chart import Arrow, ArrowKind, Chart, ChartStep, End, Lane, in_sentences
from tlsmodel.draw.explain import version_words
from tlsmodel.machine.machine import VIEW_SUFFIX, build
from tlsmodel.machine.trace import Step, Trace
from tlsmodel.spec.pairs import pair_setting
from tlsmodel.spec.row import Row, Verb
from tlsmodel.spec.scenario import Role
from tlsmodel.spec.symbols import Kind

ENDS: Final = {
    Role.CLIENT: End(Lane.APPLICATION, Lane.CLIENT, Lane.NETWORK),
    Role.SERVER: End(Lane.OTHER_APPLICATION, Lane.SERVER, Lane.NETWORK),
}
HEADINGS: Final = {
    Lane.APPLICATION: "application",
    Lane.CLIENT: "client",
    Lane.NETWORK: "network",
    Lane.SERVER: "server",
    Lane.OTHER_APPLICATION: "application",
}


def pair_chart(trace: Trace) -> Chart:
    """Return the chart of a pair's trace; raises `ValueError` where it names an unknown pair."""
    setting = pair_setting(trace.machine, {})
    views = {role: build(f"{setting.end(role).name}{VIEW_SUFFIX}") for role in Role}
    every = (row for view in views.values() for row in view.rows.values())
    rows = {row.id: row for row in every if isinstance(row, Row)}
    start = {role: views[role].state(views[role].initial).phase for role in Role}
    at, steps = dict(start), []
    for number, step in enumerate(trace, 1):
        role = Role(step.actor) if step.actor in ENDS else None
        reached = None if role is None else _reached(step, rows, at[role])
        if role is not None and reached is not None:
            at[role] = reached
        lane = ENDS[role].itself if role else Lane.NETWORK
        steps.append(ChartStep(number, tuple(_arrows(step, role)), reached, lane, step.actor))
    counted = f"a trace of {len(steps)} step{'s' * (len(steps) != 1)}"
    return Chart(
        title=f"{version_words(setting.version)}, client and server, {counted}",
        alternative=in_sentences(tuple(steps), None),
        lanes=HEADINGS,
        start={ENDS[role].itself: phase for role, phase in start.items()},
        steps=tuple(steps),
    )


def _reached(step: Step, rows: dict[str, Row], at: str) -> str | None:
    """Return the phase that a step reaches, if it is another one."""
    found = [rows[name].to for name in step.rows if name in rows and rows[name].verb is Verb.ADVANCE]
    return found[-1] if found and found[-1] != at else None


def _arrows(step: Step, role: Role | None) -> Iterator[Arrow]:
    note = f" ({step.note})" if step.note else ""
    if role is None:
        yield Arrow(ArrowKind.DISTURBANCE, f"{step.given.name}{note}", Lane.CLIENT, Lane.SERVER)
        return
    end = ENDS[role]
    match step.given.kind:
        case Kind.CALL:
            yield end.arrow(ArrowKind.CALL, f"{step.given.name}(){note}")
        case Kind.EMISSION:
            yield end.arrow(ArrowKind.EMISSION, f"{step.given.name}{note}")
        case _:
            yield end.arrow(ArrowKind.DELIVERY, f"{step.given.name}{note}")
    if step.output.returned is not None:
        yield end.arrow(ArrowKind.RETURN, str(step.output.returned))
