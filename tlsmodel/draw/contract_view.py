"""The contract region of one call: its micro-states, what each signal does, and what the caller gets back."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tlsmodel.draw.diagram import Diagram, Edge, EdgeKind, Line, LineKind, Node, NodeKind
from tlsmodel.spec.choices import Outcome
from tlsmodel.spec.contract import ROWS, Action, ContractRow, Micro, Signal
from tlsmodel.spec.symbols import NOT_FAILURES, Symbol

LEGEND: Final = (
    "a signal of the other regions moves the call on; in brackets what it does before",
    "oval: the call begins; double frame: it is done; note: call it again; octagon: the session is dead",
    "solid arrow: the session goes on; dotted arrow: the transport held it up, or it fails",
)
AGAIN: Final = ("AGAIN", "INTERRUPTED")
BY_ROW: Final = {
    Signal.NOTIFIED: ("NOTIFIED", "non-fatal code of the row that met the message", NodeKind.NOTE),
    Signal.REFUSED: ("REFUSED", "fatal code and alert of the row that met the message", NodeKind.FAILED),
}
"""Where the phase or closure row has the answer."""
Way = tuple[Node, EdgeKind]


def contract(call: Symbol) -> Diagram:
    """Return the contract of `call` as a picture; raises `ValueError` where the contract has no such call."""
    rows = [row for row in ROWS if row.call is call]
    if not rows:
        raise ValueError(f"the contract has no call {call.name!r}")
    nodes: dict[str, Node] = {}
    merged: dict[tuple[str, str, EdgeKind], list[ContractRow]] = {}
    for micro in Micro:
        if any(row.at is micro for row in rows):
            nodes[micro] = _micro(micro, call)
    for row in rows:
        for node, kind in _ways(row):
            nodes.setdefault(node.id, node)
            merged.setdefault((row.at, node.id, kind), []).append(row)
    edges = tuple(
        Edge(source, target, kind, tuple(map(_line, found)), rows=tuple(row.id for row in found))
        for (source, target, kind), found in merged.items()
    )
    title = f"{call.name}(), the caller's contract"
    return Diagram(
        name=f"contract-{call.name}",
        title=title,
        alternative=_alternative(title, nodes, edges),
        legend=LEGEND,
        nodes=tuple(nodes.values()),
        edges=edges,
    )


def _micro(micro: Micro, call: Symbol) -> Node:
    if micro is Micro.ENTER:
        lines = (Line(LineKind.CALLED, f"{call.name}()"), Line(LineKind.NOTED, micro))
        return Node(micro, NodeKind.START, lines)
    return Node(micro, NodeKind.STATE, (Line(LineKind.NAME, micro),))


def _ways(row: ContractRow) -> Iterator[Way]:
    """Where a row leads: to micro-states, to returns, to the outcomes of a choice, or where its row says."""
    held_up = row.signal in (Signal.BLOCKED, Signal.INTERRUPTED)
    for micro in row.then:
        yield Node(micro, NodeKind.STATE, ()), EdgeKind.DELIVERY
    for returned in row.returns:
        kind = NodeKind.NOTE if returned.code in AGAIN else NodeKind.FINAL
        node = Node(str(returned), kind, (Line(LineKind.NAME, str(returned)),))
        yield node, EdgeKind.ENVIRONMENT if held_up else EdgeKind.DELIVERY
    if row.choice is not None:
        survives = all(outcome.code in NOT_FAILURES for outcome in row.choice.outcomes)
        lines = [Line(LineKind.NAME, row.choice.name)]
        lines += [Line(LineKind.NOTED, text) for text in dict.fromkeys(map(_outcome, row.choice.outcomes))]
        kind = NodeKind.FINAL if survives else NodeKind.FAILED
        yield Node(row.choice.name, kind, tuple(lines)), EdgeKind.REFUSAL
    if row.signal in BY_ROW and not (row.then or row.returns or row.choice):
        name, words, kind = BY_ROW[row.signal]
        edge = EdgeKind.REFUSAL if kind is NodeKind.FAILED else EdgeKind.DELIVERY
        yield Node(name, kind, (Line(LineKind.NOTED, words),)), edge


def _outcome(outcome: Outcome) -> str:
    sent = "" if outcome.alert is None else f" !{outcome.alert}"
    return f"{outcome.code}{sent}{', the session ends' * outcome.kills}"


def _line(row: ContractRow) -> Line:
    held_up = row.signal in (Signal.BLOCKED, Signal.INTERRUPTED)
    done = "" if row.action is Action.NOTHING else f" [{row.action}]"
    return Line(LineKind.NOTED if held_up else LineKind.RECEIVED, f"{row.signal.replace('_', ' ')}{done}")


def _alternative(title: str, nodes: dict[str, Node], edges: tuple[Edge, ...]) -> str:
    def name(node: str) -> str:
        return ", ".join(line.text for line in nodes[node].lines)

    ways = (
        f"{name(edge.source)} to {name(edge.target)} on {' or '.join(line.text for line in edge.lines)}"
        for edge in edges
    )
    return f"{title}. {'. '.join(ways)}."
