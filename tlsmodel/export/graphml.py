"""The flattened machine as GraphML, for graph tools."""

from __future__ import annotations

from typing import Any

import networkx as nx

from tlsmodel.machine.machine import Machine


def to_graphml(machine: Machine[Any]) -> str:
    """Return the whole graph of `machine` as GraphML, with the attributes of `Machine.graph`; rows are joined
    by spaces."""
    graph = machine.graph()
    for _, _, attributes in graph.edges(data=True):
        attributes["rows"] = " ".join(attributes["rows"])
    return "\n".join([*nx.generate_graphml(graph), ""])
