"""Graphs as arrays: who can reach whom, where a run can stay for ever, shortest ways.

Edges are parallel arrays of source and target.  Everything works on a subset of the nodes, given as a mask.
"""

from __future__ import annotations

from collections import deque
from typing import Any

import networkx as nx
import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]


class Graph:
    """A directed multigraph with numbered nodes and edges.

    Parameters
    ----------
    nodes: how many.
    source, target: of every edge.
    """

    def __init__(self, nodes: int, source: Ints, target: Ints) -> None:
        self.nodes = nodes
        self.source = source
        self.target = target
        order = np.argsort(source, kind="stable")
        self._outgoing = order
        self._starts = np.searchsorted(source[order], np.arange(nodes + 1))

    def edges_from(self, node: int) -> list[int]:
        """Return the edges that leave a node."""
        return [int(edge) for edge in self._outgoing[self._starts[node] : self._starts[node + 1]]]

    def among(self, keep: Mask) -> Mask:
        """Return the edges with both ends in `keep`."""
        return keep[self.source] & keep[self.target]

    def forward(self, begin: Mask, allowed: Mask) -> Mask:
        """Return the nodes that are reached from `begin` without leaving the `allowed` edges."""
        return _spread(begin, self.source[allowed], self.target[allowed])

    def backward(self, goal: Mask) -> Mask:
        """Return the nodes from which `goal` can be reached."""
        return _spread(goal, self.target, self.source)

    def lasting(self, allowed: Mask) -> list[list[int]]:
        """Return the strongly connected components with at least one edge, over the `allowed` edges.

        Nodes on no cycle are cut off first, level by level; what is left is mostly small.
        """
        source, target = self.source[allowed], self.target[allowed]
        while len(source):
            entered, left = np.zeros(self.nodes, dtype=bool), np.zeros(self.nodes, dtype=bool)
            left[source], entered[target] = True, True
            keep = entered[source] & left[target]
            if keep.all():
                break
            source, target = source[keep], target[keep]
        graph: nx.DiGraph[Any] = nx.DiGraph(zip(source.tolist(), target.tolist(), strict=True))
        parts = (sorted(part) for part in nx.strongly_connected_components(graph))
        return sorted(part for part in parts if len(part) > 1 or graph.has_edge(part[0], part[0]))

    def way(self, begin: list[int], goal: Mask, allowed: Mask) -> list[int] | None:
        """Return the edges of a shortest way from one of `begin` to a node of `goal`, or None."""
        parents: dict[int, int | None] = dict.fromkeys(begin)
        queue = deque(begin)
        while queue:
            node = queue.popleft()
            if goal[node]:
                return self._read_back(parents, node)
            for edge in self.edges_from(node):
                after = int(self.target[edge])
                if allowed[edge] and after not in parents:
                    parents[after] = edge
                    queue.append(after)
        return None

    def _read_back(self, parents: dict[int, int | None], node: int) -> list[int]:
        edges: list[int] = []
        while (edge := parents[node]) is not None:
            edges.append(edge)
            node = int(self.source[edge])
        return edges[::-1]


def _spread(begin: Mask, source: Ints, target: Ints) -> Mask:
    reached = begin.copy()
    order = np.argsort(source, kind="stable")
    source, target = source[order], target[order]
    starts = np.searchsorted(source, np.arange(len(begin) + 1))
    frontier = np.flatnonzero(begin)
    while len(frontier):
        fresh = np.unique(target[ranges(starts[frontier], starts[frontier + 1])])
        fresh = fresh[~reached[fresh]]
        reached[fresh] = True
        frontier = fresh
    return reached


def ranges(first: Ints, last: Ints) -> Ints:
    """Return all numbers from `first` (included) to `last` (excluded), range after range."""
    lengths = last - first
    total = int(lengths.sum())
    if not total:
        return np.zeros(0, dtype=np.int64)
    offsets = np.repeat(first - np.concatenate(([0], np.cumsum(lengths)[:-1])), lengths)
    return offsets + np.arange(total)
