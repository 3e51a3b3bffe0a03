"""Diagrams and sequence charts as Mermaid text, which code hosts and Markdown readers draw by themselves."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from typing import Final

from tlsmodel.draw.chart import ArrowKind, Chart, ChartStep
from tlsmodel.draw.charts import chart
from tlsmodel.draw.diagram import Diagram, Edge, Line, Node, NodeKind, printable
from tlsmodel.machine.trace import Trace
from tlsmodel.spec.symbols import Output

CLASSES: Final = {
    NodeKind.START: "stroke-width:2px",
    NodeKind.FINAL: "stroke-width:4px",
    NodeKind.FAILED: "stroke-dasharray:2 2,stroke-width:2px",
    NodeKind.NOTE: "stroke-width:1px",
    NodeKind.DEPARTURE: "stroke-dasharray:8 3,stroke-width:4px",
}
ARROWS: Final = {
    ArrowKind.CALL: "->>",
    ArrowKind.RETURN: "-->>",
    ArrowKind.EMISSION: "->>",
    ArrowKind.DELIVERY: "->>",
}


def to_mermaid(diagram: Diagram) -> str:
    """Return `diagram` as a Mermaid ``stateDiagram-v2``."""
    return "\n".join([*_header(diagram.title, diagram.alternative, "stateDiagram-v2"), *_states(diagram), ""])


def sequence_mermaid(trace: Trace, expected: Collection[Output] | None = None) -> str:
    """Return the sequence chart of `trace` as a Mermaid ``sequenceDiagram``.

    Raises `ValueError` where the trace names an unknown machine.
    """
    picture = chart(trace, expected)
    return "\n".join([*_header(picture.title, None, "sequenceDiagram"), *_sequence(picture), ""])


def _header(title: str, alternative: str | None, kind: str) -> Iterator[str]:
    yield from ("---", f"title: {_quoted(title)}", "---", kind)
    yield f"  accTitle: {_escaped(title)}"
    if alternative is not None:
        yield f"  accDescr: {_escaped(alternative)}"


def _quoted(text: str) -> str:
    return '"' + printable(text).replace("\\", "\\\\").replace('"', '\\"') + '"'


def _states(diagram: Diagram) -> Iterator[str]:
    names = {
        node.id: f"n{number}_{re.sub(r'[^A-Za-z0-9]', '_', node.id)}"
        for number, node in enumerate(diagram.nodes)
    }
    yield "  direction TB"
    yield from (f"  classDef is_{kind} {style}" for kind, style in CLASSES.items())
    yield "  classDef is_marked stroke-width:4px"
    yield from (_declared(node, names) for node in diagram.nodes if node.cluster is None)
    for number, cluster in enumerate(diagram.clusters):
        yield f'  state "{_escaped(cluster.label)}" as c{number} {{'
        yield from (f"  {_declared(node, names)}" for node in diagram.nodes if node.cluster == cluster.id)
        yield "  }"
    yield from (f"  [*] --> {names[node.id]}" for node in diagram.nodes if node.kind is NodeKind.START)
    yield from (_edge(edge, names) for edge in diagram.edges)
    for node in diagram.nodes:
        if node.kind in CLASSES or node.marked:
            yield f"  class {names[node.id]} is_{'marked' if node.marked else node.kind}"


def _declared(node: Node, names: dict[str, str]) -> str:
    return f'  state "{_label(node.lines)}" as {names[node.id]}'


def _edge(edge: Edge, names: dict[str, str]) -> str:
    return f"  {names[edge.source]} --> {names[edge.target]} : {_label(edge.lines) or edge.kind}"


def _label(lines: Iterable[Line]) -> str:
    return "<br/>".join(_escaped(line.text) for line in lines)


def _sequence(picture: Chart) -> Iterator[str]:
    yield "  autonumber"
    for lane, heading in picture.lanes.items():
        yield f"  participant {lane} as {_escaped(heading)}"
    for lane, phase in picture.start.items():
        yield f"  Note over {lane}: {_escaped(phase)}"
    for step in picture.steps:
        yield from _step(step)
    if picture.departure is not None:
        permitted, observed = map(_escaped, picture.departure)
        words = f"step {picture.steps[-1].number} departs<br/>expected {permitted}<br/>observed {observed}"
        yield f"  Note over application,peer: {words}"


def _step(step: ChartStep) -> Iterator[str]:
    for arrow in step.arrows:
        text = _escaped(arrow.label)
        if arrow.kind is ArrowKind.DISTURBANCE:
            yield f"  Note over {arrow.source},{arrow.target}: {text}"
        else:
            yield f"  {arrow.source}{ARROWS[arrow.kind]}{arrow.target}: {text}"
    if step.phase is not None:
        yield f"  Note over {step.lane}: {_escaped(step.phase)}"


def _escaped(text: str) -> str:
    """Write what Mermaid would read as its own signs as character codes."""
    return re.sub(r"[#;:<>\"{}`%]", lambda found: f"#{ord(found[0])};", printable(text))
