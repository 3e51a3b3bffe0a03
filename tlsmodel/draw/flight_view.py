"""The retransmission timer of DTLS 1.2, read from its table."""

from __future__ import annotations

from typing import Final

from tlsmodel.draw.diagram import Diagram, Edge, EdgeKind, Line, LineKind, Node, NodeKind
from tlsmodel.spec.dtls12.flight import TABLE, Flight, FlightRow

TITLE: Final = "DTLS 1.2, the retransmission timer"
LEGEND: Final = (
    "where our last flight of messages stands, for client and server alike (RFC 6347 4.2.4)",
    "solid arrow: the handshake or the peer drives it; dotted arrow: the timer; "
    "oval: start; double frame: nothing is sent again unless the peer asks",
)
SENT: Final = "!the whole flight"
KINDS: Final = {Flight.PREPARING: NodeKind.START, Flight.FINISHED: NodeKind.FINAL}


def flight() -> Diagram:
    """Return the table of flights as a picture."""
    edges = tuple(_edge(row) for row in TABLE)
    ways = (
        f"{edge.source} to {edge.target} on {' '.join(line.text for line in edge.lines)}" for edge in edges
    )
    return Diagram(
        name="dtls12-timer",
        title=TITLE,
        alternative=f"{TITLE}. It starts in {Flight.PREPARING}. {'. '.join(ways)}.",
        legend=LEGEND,
        nodes=tuple(
            Node(place, KINDS.get(place, NodeKind.STATE), (Line(LineKind.NAME, place),)) for place in Flight
        ),
        edges=edges,
    )


def _edge(row: FlightRow) -> Edge:
    timed = row.on.startswith("timer")
    lines = [Line(LineKind.NOTED if timed else LineKind.RECEIVED, row.on)]
    if row.sends:
        lines.append(Line(LineKind.SENT, SENT))
    kind = EdgeKind.ENVIRONMENT if timed else EdgeKind.DELIVERY
    return Edge(row.at, row.to, kind, tuple(lines), rows=(row.id,))
