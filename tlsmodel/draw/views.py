"""From machines to neutral diagrams: the phases view that fits on a page, and the full graph."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, Final

from tlsmodel.draw.diagram import Diagram, Edge, Label, Mark, Node, Shape
from tlsmodel.machine import Machine, Trace
from tlsmodel.spec.row import Row, Verb
from tlsmodel.spec.symbols import Kind, Symbol

MAX_NODES: Final = 400
"""More nodes than this make no picture that anybody could read."""

LEGEND: Final = (
    "handshake()  a call      ?Message  received      !Message  sent      !Message?  may be sent, once",
    "Any other message is refused: a fatal code and the alert that its row names.",
)
_QUIET: Final = {Verb.IGNORE: "ignores", Verb.DELIVER: "delivers", Verb.NOTIFY: "reports"}


def phases(machine: Machine[Any], trace: Trace | None = None, rows: Collection[str] = ()) -> Diagram:
    """Return the handshake phases of a machine, one node each.

    Parameters
    ----------
    machine: any machine of the version and role; its phase rows are drawn.
    trace: a run to highlight; its last step is marked as the place of a departure.
    rows: row ids to highlight, as a hunt has covered them.
    """
    table = [row for row in machine.rows.values() if isinstance(row, Row) and row.table.endswith(".phase")]
    places = list(dict.fromkeys(row.at for row in table))
    used = set(rows)
    last = None
    if trace is not None:
        used |= {row for step in trace for row in step.rows}
        last = _last_place(table, trace)
    moves: dict[tuple[str, str], list[Row]] = {}
    for row in table:
        if row.verb is Verb.ADVANCE:
            moves.setdefault((row.at, row.to), []).append(row)
    visited = {row.at for row in table if row.id in used} | {row.to for row in table if row.id in used}
    nodes = [_node(place, table, places, visited, last) for place in places]
    leaving = [row for row in table if row.verb is Verb.LEAVE]
    if leaving:
        nodes.append(Node("OUTSIDE", "re-handshake", Shape.DEAD, ("not modelled here",)))
    edges = [_edge(source, target, rows_, used) for (source, target), rows_ in moves.items()]
    edges += [_edge(place, "OUTSIDE", [row], used) for place, row in {row.at: row for row in leaving}.items()]
    name = machine.scenario.name
    return Diagram(
        title=f"{name}: handshake phases",
        description=_describe(name, places, moves),
        nodes=tuple(nodes),
        edges=tuple(edges),
        legend=LEGEND,
    )


def full(machine: Machine[Any]) -> Diagram:
    """Return every state and transition of a machine, parallel transitions in one edge.

    Raises `ValueError` when it has more than `MAX_NODES` states.
    """
    machine.expand(limit=MAX_NODES * 50)
    if machine.discovered > MAX_NODES:
        raise ValueError(
            f"{machine.name} has {machine.discovered} states, more than the {MAX_NODES} that can be drawn: "
            f"use --view phases, or {machine.scenario.name}:handshake"
        )
    labels: dict[tuple[int, int], list[Label]] = {}
    for number in range(machine.discovered):
        for given in machine.enabled(number):
            for answer in machine.successors(number, given):
                entry = labels.setdefault((number, answer.target), [])
                entry.append(Label(_given(given), tuple(item.name for item in answer.output.emissions)))
    nodes = tuple(
        Node(str(number), machine.label(number), _shape(machine, number))
        for number in range(machine.discovered)
    )
    edges = tuple(
        Edge(str(source), str(target), tuple(dict.fromkeys(entry)))
        for (source, target), entry in labels.items()
    )
    return Diagram(
        f"{machine.name}: all states",
        f"The {len(nodes)} states of {machine.name} and their transitions.",
        nodes,
        edges,
    )


def _shape(machine: Machine[Any], number: int) -> Shape:
    if number == machine.initial:
        return Shape.START
    return Shape.PHASE if machine.enabled(number) else Shape.DEAD


def _given(given: Symbol) -> str:
    return f"{given.name}()" if given.kind is Kind.CALL else f"?{given.name}"


def _node(place: str, table: list[Row], places: list[str], visited: set[str], last: str | None) -> Node:
    notes = []
    for verb, word in _QUIET.items():
        found = [row.on for row in table if row.at == place and row.verb is verb]
        messages = [item.name for item in found if item.kind is Kind.DELIVERY]
        if messages:
            notes.append(f"{word} {', '.join(messages)}")
    shape = Shape.START if place == places[0] else Shape.FINAL if place == "CONNECTED" else Shape.PHASE
    mark = Mark.DEPARTURE if place == last else Mark.USED if place in visited else Mark.NONE
    return Node(place, place, shape, tuple(notes), mark)


def _edge(source: str, target: str, rows: list[Row], used: set[str]) -> Edge:
    labels = tuple(Label(_given(row.on), tuple(map(str, row.emit))) for row in rows)
    mark = Mark.USED if any(row.id in used for row in rows) else Mark.NONE
    return Edge(source, target, labels, mark)


def _last_place(table: list[Row], trace: Trace) -> str:
    """The phase in which the last step of a trace was answered."""
    by_id = {row.id: row for row in table}
    place = table[0].at
    followed = [name for step in trace for name in step.rows if name in by_id]
    for name in followed:
        place = by_id[name].at if name == followed[-1] else by_id[name].to
    return place


def _describe(name: str, places: list[str], moves: dict[tuple[str, str], list[Row]]) -> str:
    parts = [
        f"{source} to {target} on {' or '.join(_given(row.on) for row in rows)}"
        for (source, target), rows in moves.items()
        if source != target
    ]
    return f"State diagram of {name} with {len(places)} phases: {'; '.join(parts)}."
