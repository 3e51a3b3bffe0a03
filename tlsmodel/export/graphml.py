"""GraphML, for networkx, yEd, Gephi and the like."""

from __future__ import annotations

from typing import Any

import networkx as nx

from tlsmodel.machine import Machine


def to_graphml(machine: Machine[Any]) -> str:
    """Return the whole machine as GraphML, with the attributes of `Machine.graph`, lists joined by ``;``."""
    graph = machine.graph()
    for _, _, edge in graph.edges(data=True):
        edge["rows"] = "; ".join(edge["rows"])
    return "\n".join(nx.generate_graphml(graph)) + "\n"
