"""A diagram as DOT, plain enough to be restyled by whoever lays it out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from tlsmodel.draw.diagram import Diagram, Edge, EdgeKind, Line, Node, NodeKind, printable

SHAPES: Final = {
    NodeKind.START: "shape=oval",
    NodeKind.STATE: "shape=box, style=rounded",
    NodeKind.FINAL: "shape=box, peripheries=2",
    NodeKind.FAILED: "shape=octagon",
    NodeKind.NOTE: "shape=note",
    NodeKind.DEPARTURE: "shape=note, style=dashed",
}
STYLES: Final = {
    EdgeKind.DELIVERY: "style=solid",
    EdgeKind.CALL: "style=dashed",
    EdgeKind.ENVIRONMENT: "style=dotted",
    EdgeKind.REFUSAL: "style=dotted, arrowhead=tee",
    EdgeKind.LINK: "style=dashed, arrowhead=none",
}


def to_dot(diagram: Diagram) -> str:
    """Return `diagram` in the DOT language."""
    return "\n".join([f"digraph {_quoted(diagram.name)} {{", *_body(diagram), "}", ""])


def _body(diagram: Diagram) -> Iterator[str]:
    heading = "".join(f"{_escaped(text)}\\l" for text in (diagram.title, *diagram.legend))
    yield f'  label="{heading}"; labelloc=t; labeljust=l;'
    yield '  node [fontname="Helvetica,Arial,sans-serif"];'
    yield '  edge [fontname="Helvetica,Arial,sans-serif"];'
    yield from (_node(node) for node in diagram.nodes if node.cluster is None)
    for number, cluster in enumerate(diagram.clusters):
        yield f"  subgraph cluster_{number} {{"
        yield f"    label={_quoted(cluster.label)}; style=rounded;"
        yield from (f"  {_node(node)}" for node in diagram.nodes if node.cluster == cluster.id)
        yield "  }"
    yield from map(_edge, diagram.edges)


def _node(node: Node) -> str:
    width = ", penwidth=3" if node.marked else ""
    return f"  {_quoted(node.id)} [label={_label(node.lines)}, {SHAPES[node.kind]}{width}];"


def _edge(edge: Edge) -> str:
    width = ", penwidth=3" if edge.marked else ""
    ends = f"{_quoted(edge.source)} -> {_quoted(edge.target)}"
    return f"  {ends} [label={_label(edge.lines)}, {STYLES[edge.kind]}{width}];"


def _label(lines: Iterable[Line]) -> str:
    texts = [_escaped(line.text) for line in lines]
    return f'"{texts[0]}"' if len(texts) == 1 else '"' + "".join(f"{text}\\l" for text in texts) + '"'


def _quoted(text: str) -> str:
    return f'"{_escaped(text)}"'


def _escaped(text: str) -> str:
    return printable(text).replace("\\", "\\\\").replace('"', '\\"')
