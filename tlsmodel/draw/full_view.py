"""The full view: every state of a flattened machine, clustered by phase, where that is few enough to draw."""

from __future__ import annotations

from collections import Counter
from typing import Any

from tlsmodel.draw.diagram import Cluster, Diagram, Edge, EdgeKind, Line, LineKind, Node, NodeKind, identifier
from tlsmodel.draw.explain import headline
from tlsmodel.machine.machine import VIEW_SUFFIX, Machine
from tlsmodel.spec.symbols import QUIET, Kind, Output, Symbol
from tlsmodel.spec.tables import tables_for

LIMIT = 60
"""Nodes on one picture; beyond that nobody can read it."""
LABELS = 6
"""Lines on one arrow before the rest is counted only; refusals get fewer."""
REFUSALS = 3

LEGEND = (
    "?Message is received, !Message is sent, call() is made by the application, ~event of the transport",
    "solid arrow: a message drives it; dashed arrow: a call; dotted arrow: the transport, or the end; "
    "oval: start; double frame: complete",
)
KINDS = {
    Kind.CALL: (EdgeKind.CALL, LineKind.CALLED, "{}()"),
    Kind.DELIVERY: (EdgeKind.DELIVERY, LineKind.RECEIVED, "?{}"),
    Kind.ENVIRONMENT: (EdgeKind.ENVIRONMENT, LineKind.NOTED, "~{}"),
}


def full(machine: Machine[Any], limit: int = LIMIT) -> Diagram:
    """Return the flattened graph; raises `ValueError` where it has more than `limit` states."""
    try:
        space = machine.expand(limit)
    except MemoryError:
        space = None
    if space is None or space.states > limit:
        raise ValueError(
            f"{machine.name}: more than {limit} states are not drawn; take the phases view, "
            f"{machine.scenario.name}{VIEW_SUFFIX}, or export the graph"
        )
    sizes = Counter(machine.state(number).phase for number in range(space.states))
    clusters = [phase for phase, size in sizes.items() if phase and size > 1]
    nodes = [_node(machine, number, clusters) for number in range(space.states)]
    return Diagram(
        name=identifier(f"{machine.name}-full"),
        title=f"{headline(machine)}, all {space.states} states",
        alternative=f"All {space.states} states of {machine.name} and {len(space.source)} transitions.",
        legend=LEGEND,
        nodes=tuple(nodes),
        edges=_edges(machine, space.states),
        clusters=tuple(Cluster(phase, phase) for phase in clusters),
    )


def _node(machine: Machine[Any], number: int, clusters: list[str]) -> Node:
    state = machine.state(number)
    kind = NodeKind.STATE
    if number == machine.initial:
        kind = NodeKind.START
    elif state.failed:
        kind = NodeKind.FAILED
    elif state.phase in tables_for(machine.scenario).final:
        kind = NodeKind.FINAL
    label = machine.label(number).split(", ")
    lines = (Line(LineKind.NAME, label[0]), *(Line(LineKind.NOTED, part) for part in label[1:]))
    return Node(f"s{number}", kind, lines, cluster=state.phase if state.phase in clusters else None)


def _edges(machine: Machine[Any], states: int) -> tuple[Edge, ...]:
    merged: dict[tuple[int, int, EdgeKind], dict[Line, None]] = {}
    loops: dict[int, EdgeKind] = {}
    for source in range(states):
        for given in machine.enabled(source):
            for output, target, _ in machine.successors(source, given):
                dies = machine.state(target).failed and not machine.state(source).failed
                kind = EdgeKind.REFUSAL if dies else KINDS[given.kind][0]
                # One loop at most: Graphviz puts the labels of several on top of one another.
                kind = loops.setdefault(source, kind) if source == target else kind
                merged.setdefault((source, target, kind), {})[_line(given, output)] = None
    return tuple(
        Edge(f"s{source}", f"s{target}", kind, _shortened(tuple(lines), kind))
        for (source, target, kind), lines in merged.items()
    )


def _line(given: Symbol, output: Output) -> Line:
    _, kind, form = KINDS[given.kind]
    answer = "" if output == QUIET else f" / {output}"
    return Line(kind, form.format(given.name) + answer)


def _shortened(lines: tuple[Line, ...], kind: EdgeKind) -> tuple[Line, ...]:
    most = REFUSALS if kind is EdgeKind.REFUSAL else LABELS
    if len(lines) <= most:
        return lines
    return (*lines[: most - 1], Line(LineKind.NOTED, f"and {len(lines) - most + 1} more"))
