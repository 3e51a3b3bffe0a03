"""A small diagram with every kind of thing in it, and words that no format may choke on."""

import pytest

from tlsmodel.draw.diagram import Cluster, Diagram, Edge, EdgeKind, Line, LineKind, Node, NodeKind

HOSTILE = "\"<&>'\\ ]]> --> ; : # { } ` %% \x00\x1b[31m\u202e\n@enduml"


@pytest.fixture
def small():
    """One node and edge of each kind, in one cluster."""
    nodes = [Node(kind, kind, (Line(LineKind.NAME, kind.upper()),), cluster="some") for kind in NodeKind]
    edges = [
        Edge(NodeKind.START, NodeKind.FINAL, kind, (Line(LineKind.RECEIVED, f"?{kind}"),), marked=True)
        for kind in EdgeKind
    ]
    return Diagram(
        "small", "A title", "In words.", ("legend",), tuple(nodes), tuple(edges), (Cluster("some", "Some"),)
    )


@pytest.fixture
def hostile():
    """Every text is `HOSTILE`."""
    line = Line(LineKind.NAME, HOSTILE)
    nodes = (Node("a", NodeKind.START, (line, line), "c"), Node("b", NodeKind.FINAL, (line,)))
    edges = (Edge("a", "b", EdgeKind.DELIVERY, (line,)), Edge("b", "b", EdgeKind.CALL, (line, line)))
    return Diagram("x", HOSTILE, HOSTILE, (HOSTILE,), nodes, edges, (Cluster("c", HOSTILE),))
