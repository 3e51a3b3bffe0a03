"""The phases view: one page per version and role, read from the phase table.

Refusals and messages that several phases ignore are gathered in one note, parallel rows share one arrow.  A
trace may be shown on it: its steps are numbered along the arrows they took.  Nothing here knows how it looks.
"""

from __future__ import annotations

import textwrap
from collections.abc import Collection, Iterable, Iterator
from typing import Any

from tlsmodel.draw.diagram import (
    Diagram,
    Edge,
    EdgeKind,
    Line,
    LineKind,
    Node,
    NodeKind,
    identifier,
    printable,
)
from tlsmodel.draw.explain import explained, headline, in_words
from tlsmodel.machine.machine import Machine
from tlsmodel.machine.trace import Step, Trace
from tlsmodel.spec.choices import Choice
from tlsmodel.spec.row import Emit, Row, Verb
from tlsmodel.spec.symbols import Kind, Output
from tlsmodel.spec.tables import SessionTables, tables_for

FAILED, ANY, DEPARTURE = "FAILED", "ANY", "DEPARTURE"
LEGEND = (
    "?Message is received, !Message is sent, call() is made by the application",
    "solid arrow: a message drives it; dashed arrow: a call drives it; oval: start; double frame: complete",
)
AFTERWARDS = {Verb.DELIVER: " to the application", Verb.IGNORE: " ignored"}
Steps = dict[str, list[int]]


def phases(
    machine: Machine[Any],
    highlight: Trace | None = None,
    expected: Collection[Output] | None = None,
    rows: Collection[str] = (),
    refusals: bool = True,
) -> Diagram:
    """Return the phases view of a machine (of a session as well as of its messages-only view).

    Parameters
    ----------
    highlight: a trace whose arrows and phases are marked, with the numbers of its steps.
    expected: what the model permits instead of that trace's last step, which is then shown as a departure.
    rows: ids of rows to mark, as a hunt has covered them.
    refusals: whether to show what is refused, and how.
    """
    tables = tables_for(machine.scenario)
    steps: Steps = {name: [] for name in rows}
    departure = _follow(machine, highlight or Trace(machine.name), expected, steps)
    edges = (*_advances(tables, steps), *_stays(tables, steps))
    passed = {row.id for row in tables.phase if row.id in steps}
    nodes = [*_phase_nodes(tables, passed)]
    if refusals:
        refused = _refusals(tables, steps)
        edges = (*edges, refused)
        nodes += _notes(tables, refused.marked)
    if departure is not None:
        place, node = departure
        nodes.append(node)
        edges = (*edges, Edge(place, DEPARTURE, EdgeKind.LINK, marked=True))
    title = f"{headline(machine)}, phases of the handshake"
    return Diagram(
        name=identifier(f"{machine.scenario.name}-phases{'' if refusals else '-only'}"),
        title=title,
        alternative=_alternative(title, tables, edges, nodes),
        legend=LEGEND,
        nodes=tuple(nodes),
        edges=edges,
    )


def _follow(
    machine: Machine[Any], trace: Trace, expected: Collection[Output] | None, steps: Steps
) -> tuple[str, Node] | None:
    """Number the rows that a trace took; return the departure at its end and the phase where it happened."""
    at = tables_for(machine.scenario).start
    departs = expected is not None and len(trace) > 0
    for number, rows in enumerate(explained(machine, trace, departs), 1):
        for row in rows:
            steps.setdefault(row.id, []).append(number)
            at = row.to
    if not departs:
        return None
    return at, _departure_node(trace.steps[-1], len(trace), in_words(expected or ()))


def _phase_nodes(tables: SessionTables, passed: set[str]) -> Iterator[Node]:
    marked = {place for row in tables.phase if row.id in passed for place in (row.at, row.to)}
    special = {tables.start: NodeKind.START, **dict.fromkeys(tables.final, NodeKind.FINAL)}
    for place in tables.phase.places:
        kind = special.get(place, NodeKind.STATE)
        yield Node(place, kind, (Line(LineKind.NAME, place),), marked=place in marked)


def _advances(tables: SessionTables, steps: Steps) -> Iterator[Edge]:
    pairs: dict[tuple[str, str, EdgeKind], list[Row]] = {}
    for row in tables.phase:
        if row.verb is Verb.ADVANCE and row.to != row.at:
            pairs.setdefault((row.at, row.to, _driven_by(row)), []).append(row)
    for (source, target, kind), rows in pairs.items():
        yield _edge(source, target, kind, rows, steps)


def _stays(tables: SessionTables, steps: Steps) -> Iterator[Edge]:
    """Self-loops, but for what several phases ignore: that is in the note."""
    shared = {symbol for symbol, _ in _ignored(tables)}
    for place in tables.phase.places:
        rows = [
            row
            for row in tables.phase
            if row.at == row.to == place
            and row.verb is not Verb.REFUSE
            and not (row.verb is Verb.IGNORE and row.on.name in shared)
        ]
        for kind in EdgeKind:
            same = [row for row in rows if _driven_by(row) is kind]
            if same:
                yield _edge(place, place, kind, same, steps)


def _edge(source: str, target: str, kind: EdgeKind, rows: list[Row], steps: Steps) -> Edge:
    alike: dict[tuple[Emit, ...], list[Row]] = {}
    for row in rows:
        alike.setdefault(row.emit, []).append(row)
    lines = tuple(line for emit, group in alike.items() for line in _group_lines(group, emit, steps))
    return Edge(source, target, kind, lines, _marked(rows, steps), _ids(rows))


def _ids(rows: Iterable[Row]) -> tuple[str, ...]:
    return tuple(row.id for row in rows)


def _driven_by(row: Row) -> EdgeKind:
    return EdgeKind.CALL if row.on.kind is Kind.CALL else EdgeKind.DELIVERY


def _marked(rows: Iterable[Row], steps: Steps) -> bool:
    return any(row.id in steps for row in rows)


def _group_lines(rows: list[Row], emit: tuple[Emit, ...], steps: Steps) -> Iterator[Line]:
    """The inputs of rows that send the same, and once what they send."""
    for row in rows:
        yield from _taken(steps.get(row.id, []))
        if row.on.kind is Kind.CALL:
            yield Line(LineKind.CALLED, f"{row.on.name}()")
        else:
            after = f" returns {row.code}" if row.verb is Verb.NOTIFY else AFTERWARDS.get(row.verb, "")
            yield Line(LineKind.RECEIVED, f"?{row.on.name}{after}")
    for item in emit:
        yield Line(LineKind.SENT, f"!{item.symbol.name}{' (optional)' * item.once}")


def _taken(numbers: Collection[int], most: int = 4) -> Iterator[Line]:
    """Say which steps of the trace came this way."""
    if numbers:
        first, last = sorted(numbers)[:most], max(numbers)
        shown = ", ".join(map(str, first)) + (f", …, {last}" if len(numbers) > most else "")
        yield Line(LineKind.STEP, f"step{'s' * (len(numbers) > 1)} {shown}")


def _ignored(tables: SessionTables) -> Iterator[tuple[str, list[str]]]:
    """Yield the messages that more than one phase ignores, with those phases."""
    places: dict[str, list[str]] = {}
    for row in tables.phase:
        if row.verb is Verb.IGNORE:
            places.setdefault(row.on.name, []).append(row.at)
    return ((name, found) for name, found in places.items() if len(found) > 1)


def _notes(tables: SessionTables, failed: bool) -> Iterator[Node]:
    lines = [Line(LineKind.NAME, "in every phase")]
    for name, places in _ignored(tables):
        everywhere = set(places) == set(tables.phase.places) - tables.final
        where = f"before {_ends(tables)}" if everywhere else f"in {', '.join(places)}"
        lines.append(Line(LineKind.RECEIVED, f"?{name} ignored {where}"))
    yield Node(ANY, NodeKind.NOTE, tuple(lines))
    yield Node(FAILED, NodeKind.FAILED, (Line(LineKind.NAME, FAILED),), marked=failed)


def _refusals(tables: SessionTables, steps: Steps) -> Edge:
    """One arrow for all refusals: what is refused, and with which alert."""
    groups: dict[str, list[Row]] = {}
    for row in tables.phase:
        if row.choice is not None:
            groups.setdefault(_alerts(row.choice), []).append(row)
    broadest = max(groups, key=lambda alerts: len(groups[alerts]))
    lines = [Line(LineKind.FAULT, "refused with !Alert.fatal")]
    for alerts, rows in sorted(groups.items(), key=lambda group: group[0] == broadest):
        lines += _taken({number for row in rows for number in steps.get(row.id, [])})
        others = {row.on.name for name in groups if name not in (alerts, broadest) for row in groups[name]}
        refused = "any other message" if alerts == broadest else _refused(rows, others)
        lines += [
            Line(LineKind.RECEIVED, text) for text in _folded(refused, f"\N{RIGHTWARDS ARROW} {alerts}")
        ]
    every = [row for rows in groups.values() for row in rows]
    return Edge(ANY, FAILED, EdgeKind.REFUSAL, tuple(lines), _marked(every, steps), _ids(every))


def _refused(rows: list[Row], others: set[str]) -> str:
    """Name the messages, and the phase of those that other phases refuse otherwise (`others`)."""
    places: dict[str, list[str]] = {}
    for row in rows:
        places.setdefault(row.on.name, []).append(row.at)
    return ", ".join(
        f"?{name}"
        + ("" if name not in others else f" in {' and '.join(found)}" if len(found) < 3 else " elsewhere")
        for name, found in places.items()
    )


def _folded(refused: str, answer: str) -> tuple[str, ...]:
    return (f"{refused} {answer}",) if len(refused + answer) < 75 else (refused, answer)


def _alerts(choice: Choice) -> str:
    alerts = sorted({item.alert.rpartition(".")[2] for item in choice.outcomes if item.alert})
    return " or ".join(alerts) if len(alerts) < 3 else f"one of {len(alerts)} alerts"


def _departure_node(step: Step, number: int, expected: str) -> Node:
    given = step.given
    name = f"{given.name}()" if given.kind is Kind.CALL else f"?{given.name}"
    return Node(
        DEPARTURE,
        NodeKind.DEPARTURE,
        (
            Line(LineKind.FAULT, f"\N{BALLOT X} step {number} departs: {name}"),
            *_wrapped(f"expected {expected}"),
            *_wrapped(f"observed {step.output}"),
        ),
        marked=True,
    )


def _wrapped(text: str) -> Iterator[Line]:
    return (Line(LineKind.NOTED, line) for line in textwrap.wrap(printable(text), 64, max_lines=3))


def _ends(tables: SessionTables) -> str:
    return " or ".join(place for place in tables.phase.places if place in tables.final)


def _alternative(title: str, tables: SessionTables, edges: Iterable[Edge], nodes: Iterable[Node]) -> str:
    ways = (
        f"{edge.source} to {edge.target} on {' '.join(line.text for line in edge.lines)}"
        for edge in edges
        if edge.kind is not EdgeKind.LINK
        and edge.source in tables.phase.places
        and edge.source != edge.target
    )
    departures = (node for node in nodes if node.kind is NodeKind.DEPARTURE)
    end = "".join(f" {', '.join(line.text for line in node.lines)}." for node in departures)
    return (
        f"{title}. It starts in {tables.start} and is complete in {_ends(tables)}. {'. '.join(ways)}. "
        f"Any other message ends in {FAILED} with a fatal alert.{end}"
    )
