"""A diagram laid out by Graphviz, which pygraphviz carries in its wheel: no system package is needed.

The order of a diagram is the order of the layout, so that one machine gives one picture.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from html import escape
from typing import Any

from tlsmodel.display import DrawingUnavailable
from tlsmodel.draw import theme
from tlsmodel.draw.diagram import Diagram, Edge, EdgeKind, Line, LineKind, Node, NodeKind, printable

FORMATS = ("svg", "png", "pdf")


def laid_out(diagram: Diagram, form: str, heading: bool = True) -> bytes:
    """Return the picture as Graphviz writes it, in one of `FORMATS`; `heading` adds title and legend."""
    graph = _graphviz().AGraph(directed=True, strict=False, name=diagram.name)
    graph.graph_attr.update(
        id=diagram.name,
        label=_heading(diagram) if heading else "",
        labelloc="t",
        labeljust="l",
        bgcolor=theme.PAPER,
        fontname=theme.FONT,
        nodesep="0.5",
        ranksep="0.32",
        pad="0.2",
        dpi="96" if form == "png" else "72",
    )
    graph.node_attr.update(fontname=theme.FONT, fontsize="14", margin="0.14,0.05", height="0.4")
    graph.edge_attr.update(fontname=theme.FONT, fontsize="13", arrowsize="0.8")
    for number, node in enumerate(diagram.nodes):
        graph.add_node(node.id, id=node_id(diagram, number), **_node(node))
    loops = Counter(edge.source for edge in diagram.edges if edge.source == edge.target)
    for number, edge in enumerate(diagram.edges):
        attributes = _edge(edge, crowded=loops[edge.source] > 1)
        name = edge_id(diagram, number)
        graph.add_edge(edge.source, edge.target, key=str(number), id=name, **attributes)
    for cluster in diagram.clusters:
        members = [node.id for node in diagram.nodes if node.cluster == cluster.id]
        graph.add_subgraph(
            members,
            name=f"cluster_{cluster.id}",
            label=_table((Line(LineKind.NOTED, cluster.label),)),
            color=theme.MUTED,
            style="rounded",
        )
    drawn: bytes = graph.draw(format=form, prog="dot")
    return drawn


def _graphviz() -> Any:
    try:
        import pygraphviz
    except ImportError:
        raise DrawingUnavailable("pictures of machines need Graphviz: pip install pygraphviz") from None
    return pygraphviz


def missing() -> str:
    """Say in a line what has to be installed before anything can be laid out, or nothing."""
    try:
        _graphviz()
    except DrawingUnavailable as fault:
        return str(fault)
    return ""


def node_id(diagram: Diagram, number: int) -> str:
    """Name the drawn node in an SVG, unique among different diagrams on one page."""
    return f"{diagram.name}-n{number}"


def edge_id(diagram: Diagram, number: int) -> str:
    """Name the drawn edge in an SVG."""
    return f"{diagram.name}-e{number}"


def _node(node: Node) -> dict[str, str]:
    style = theme.NODES[node.kind]
    width = theme.MARKED_WIDTH if node.marked else style.width
    return {
        "label": _table(node.lines, align="LEFT" if len(node.lines) > 1 else "CENTER", bold=node.marked),
        "shape": style.shape,
        "style": style.style,
        "fillcolor": style.fill,
        "color": theme.RED if node.marked and node.kind is not NodeKind.FINAL else style.line,
        "penwidth": str(width),
        "peripheries": str(style.rings),
    }


def _edge(edge: Edge, crowded: bool) -> dict[str, str]:
    """The looks of an edge; where loops are `crowded`, that of a call goes to the other side."""
    style = theme.EDGES[edge.kind]
    found = {
        "style": style.style,
        "arrowhead": style.head,
        "color": theme.RED if edge.marked else style.line,
        "penwidth": str(theme.MARKED_WIDTH if edge.marked else 1.3),
    }
    if edge.lines:
        found["label"] = _table(edge.lines, indent=True)
    if edge.source == edge.target:
        west = edge.kind is EdgeKind.CALL and crowded
        found["tailport"] = found["headport"] = "w" if west else "e"
    return found


def _heading(diagram: Diagram) -> str:
    rows = [_cell(diagram.title, theme.INK, size=19, bold=True)]
    rows += [_cell(text, theme.MUTED, size=13) for text in diagram.legend]
    return f'<<TABLE BORDER="0" CELLSPACING="0" CELLPADDING="2">{"".join(rows)}</TABLE>>'


def _table(lines: Iterable[Line], align: str = "LEFT", bold: bool = False, indent: bool = False) -> str:
    """A label of several lines; `indent` keeps it off the line that it stands beside."""
    strong = (LineKind.STEP, LineKind.FAULT, *([LineKind.NAME] if bold else []))
    margin = '<TD WIDTH="7"></TD>' if indent else ""
    rows = (
        _cell(line.text, theme.TEXT[line.kind], align=align, bold=line.kind in strong, margin=margin)
        for line in lines
    )
    return f'<<TABLE BORDER="0" CELLSPACING="0" CELLPADDING="1">{"".join(rows)}</TABLE>>'


def _cell(
    text: str,
    color: str,
    *,
    size: int | None = None,
    align: str = "LEFT",
    bold: bool = False,
    margin: str = "",
) -> str:
    words = escape(printable(text)) or " "
    words = f"<B>{words}</B>" if bold else words
    points = f' POINT-SIZE="{size}"' if size else ""
    return f'<TR>{margin}<TD ALIGN="{align}"><FONT COLOR="{color}"{points}>{words}</FONT></TD>{margin}</TR>'
