"""A diagram as PlantUML text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from tlsmodel.draw.diagram import Diagram, Edge, EdgeKind, Line, Node, NodeKind, printable

STEREOTYPES: Final = {
    NodeKind.START: " <<start_phase>>",
    NodeKind.STATE: "",
    NodeKind.FINAL: " <<complete>>",
    NodeKind.FAILED: " <<failed>>",
    NodeKind.NOTE: " <<remark>>",
    NodeKind.DEPARTURE: " <<departure>>",
}
LINES: Final = {
    EdgeKind.DELIVERY: "",
    EdgeKind.CALL: "dashed",
    EdgeKind.ENVIRONMENT: "dotted",
    EdgeKind.REFUSAL: "dotted",
    EdgeKind.LINK: "dashed",
}


def to_plantuml(diagram: Diagram) -> str:
    """Return `diagram` as a PlantUML state diagram."""
    return "\n".join(["@startuml", *_body(diagram), "@enduml", ""])


def _body(diagram: Diagram) -> Iterator[str]:
    names = {node.id: f"n{number}" for number, node in enumerate(diagram.nodes)}
    yield f"title {_escaped(diagram.title)}"
    yield "legend top left"
    yield from (f"  {_escaped(text)}" for text in diagram.legend)
    yield "endlegend"
    yield "hide empty description"
    yield from (_declared(node, names) for node in diagram.nodes if node.cluster is None)
    for number, cluster in enumerate(diagram.clusters):
        yield f'state "{_escaped(cluster.label)}" as c{number} {{'
        yield from (f"  {_declared(node, names)}" for node in diagram.nodes if node.cluster == cluster.id)
        yield "}"
    yield from (f"[*] --> {names[node.id]}" for node in diagram.nodes if node.kind is NodeKind.START)
    yield from (_edge(edge, names) for edge in diagram.edges)


def _declared(node: Node, names: dict[str, str]) -> str:
    bold = " ##[bold]black" if node.marked else ""
    return f'state "{_label(node.lines)}" as {names[node.id]}{STEREOTYPES[node.kind]}{bold}'


def _edge(edge: Edge, names: dict[str, str]) -> str:
    style = ",".join(filter(None, (LINES[edge.kind], "thickness=3" if edge.marked else "")))
    arrow = f"-[{style}]->" if style else "-->"
    label = f" : {_label(edge.lines)}" if edge.lines else ""
    return f"{names[edge.source]} {arrow} {names[edge.target]}{label}"


def _label(lines: Iterable[Line]) -> str:
    return "\\n".join(_escaped(line.text) for line in lines)


def _escaped(text: str) -> str:
    """Write PlantUML's own signs as character codes."""
    signs = {"\\": "<U+005C>", '"': "<U+0022>", "<": "<U+003C>", "~": "<U+007E>"}
    return "".join(signs.get(character, character) for character in printable(text))
