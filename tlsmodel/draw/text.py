"""Diagrams as text: DOT, Mermaid and PlantUML."""

from __future__ import annotations

from html import escape

from tlsmodel.draw import theme
from tlsmodel.draw.diagram import Diagram, Edge, Label, Mark, Node, Shape

_FILL = {
    Shape.START: theme.START_FILL,
    Shape.PHASE: theme.PHASE_FILL,
    Shape.FINAL: theme.FINAL_FILL,
    Shape.DEAD: theme.DEAD_FILL,
}
_GAP = "&#160;&#160;"
_PERIPHERIES = {Shape.FINAL: 2}
_MARK_COLOUR = {Mark.NONE: theme.INK, Mark.USED: theme.USED, Mark.DEPARTURE: theme.DEPARTURE}


def to_dot(diagram: Diagram) -> str:
    """Return DOT for Graphviz, with HTML-like labels."""
    lines = [
        f'digraph "{_quoted(diagram.title)}" {{',
        f'  graph [rankdir=TB, fontname="{theme.FONT}", fontsize=12, nodesep=0.35, ranksep=0.32, pad=0.2,'
        f" labelloc=t, label=<{_heading(diagram)}>];",
        f'  node [shape=box, style="rounded,filled", fontname="{theme.FONT}", fontsize=12,'
        ' margin="0.16,0.07"];',
        f'  edge [fontname="{theme.FONT}", fontsize=10, arrowsize=0.7, color="{theme.FAINT}"];',
    ]
    lines += [f"  {_dot_node(node)}" for node in diagram.nodes]
    lines += [f"  {_dot_edge(edge)}" for edge in diagram.edges]
    return "\n".join([*lines, "}", ""])


def to_mermaid(diagram: Diagram) -> str:
    """Return a Mermaid state diagram."""
    lines = [
        "---",
        f"title: {diagram.title}",
        "---",
        "stateDiagram-v2",
        f"  accTitle: {diagram.title}",
        f"  accDescr: {diagram.description}",
    ]
    lines += [f'  state "{node.name}" as {_plain_id(node.id)}' for node in diagram.nodes]
    lines += [f"  [*] --> {_plain_id(node.id)}" for node in diagram.nodes if node.shape is Shape.START]
    lines += [
        f"  {_plain_id(edge.source)} --> {_plain_id(edge.target)}: {_one_line(label)}"
        for edge in diagram.edges
        for label in edge.labels
    ]
    for node in diagram.nodes:
        lines += [
            f"  {_plain_id(node.id)}: {note}" for note in ((node.name, *node.notes) if node.notes else ())
        ]
    return "\n".join([*lines, ""])


def to_plantuml(diagram: Diagram) -> str:
    """Return a PlantUML state diagram."""
    lines = ["@startuml", f"title {diagram.title}"]
    lines += [f'state "{node.name}" as {_plain_id(node.id)}' for node in diagram.nodes]
    lines += [f"{_plain_id(node.id)} : {note}" for node in diagram.nodes for note in node.notes]
    lines += [f"[*] --> {_plain_id(node.id)}" for node in diagram.nodes if node.shape is Shape.START]
    lines += [
        f"{_plain_id(edge.source)} --> {_plain_id(edge.target)} : {_one_line(label)}"
        for edge in diagram.edges
        for label in edge.labels
    ]
    return "\n".join([*lines, "@enduml", ""])


def _heading(diagram: Diagram) -> str:
    legend = "".join(
        f'<br/><font point-size="10" color="{theme.FAINT}">{escape(line)}</font>' for line in diagram.legend
    )
    return f'<font point-size="16"><b>{escape(diagram.title)}</b></font>{legend}<br/> '


def _dot_node(node: Node) -> str:
    notes = "".join(
        f'<br/><font point-size="9" color="{theme.FAINT}">{escape(line)}</font>'
        for note in node.notes
        for line in _wrapped(note)
    )
    cross = "✗ " if node.mark is Mark.DEPARTURE else ""
    attributes = [
        f"label=<{cross}<b>{escape(node.name)}</b>{notes}>",
        f'fillcolor="{_FILL[node.shape]}"',
        f'color="{_MARK_COLOUR[node.mark]}"',
        f"penwidth={1 if node.mark is Mark.NONE else 2.4}",
        f"peripheries={_PERIPHERIES.get(node.shape, 1)}",
        f'class="node {node.mark}"',
    ]
    return f'"{_quoted(node.id)}" [{", ".join(attributes)}];'


def _dot_edge(edge: Edge) -> str:
    calls = all(label.given.endswith("()") for label in edge.labels)
    used = edge.mark is not Mark.NONE
    attributes = [
        f"label=<{'<br/>'.join(map(_dot_label, edge.labels))}>",
        f"style={'dashed' if calls else 'solid'}",
        f'color="{theme.USED if used else theme.FAINT}"',
        f"penwidth={2.6 if used else 1.1}",
        f'class="edge {edge.mark}"',
    ]
    return f'"{_quoted(edge.source)}" -> "{_quoted(edge.target)}" [{", ".join(attributes)}];'


def _dot_label(label: Label) -> str:
    sent = "".join(f"<br/>{_GAP}<i>!{escape(name)}</i>" for name in label.sent)
    return f"{_GAP}<b>{escape(label.given)}</b>{sent}"


def _wrapped(note: str, width: int = 44) -> list[str]:
    lines, line = [], ""
    for word in note.split():
        if line and len(line) + len(word) >= width:
            lines.append(line)
            line = ""
        line = f"{line} {word}".strip()
    return [*lines, line]


def _one_line(label: Label) -> str:
    return " ".join(label.lines())


def _plain_id(text: str) -> str:
    return text if text.isidentifier() else f"s{text}"


def _quoted(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')
