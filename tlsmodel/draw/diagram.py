"""The neutral diagram: nodes, edges, notes and marks, without any idea of how they will look.

Every renderer (Graphviz, DOT text, Mermaid, PlantUML) reads only this.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Shape(StrEnum):
    """What a node stands for."""

    START = "start"
    PHASE = "phase"
    FINAL = "final"
    DEAD = "dead"


class Mark(StrEnum):
    """Why a node or edge stands out."""

    NONE = "none"
    USED = "used"
    DEPARTURE = "departure"


@dataclass(frozen=True, slots=True)
class Label:
    """What an edge says: the input (``handshake()`` is a call, ``?Finished`` a delivery) and what is sent."""

    given: str
    sent: tuple[str, ...] = ()

    def lines(self) -> tuple[str, ...]:
        """The label as plain lines; emissions begin with ``!``."""
        return (self.given, *(f"!{name}" for name in self.sent))


@dataclass(frozen=True, slots=True)
class Node:
    """A place: `notes` are small lines below its name."""

    id: str
    name: str
    shape: Shape = Shape.PHASE
    notes: tuple[str, ...] = ()
    mark: Mark = Mark.NONE


@dataclass(frozen=True, slots=True)
class Edge:
    """A way from `source` to `target`; parallel ones are one edge with several labels."""

    source: str
    target: str
    labels: tuple[Label, ...]
    mark: Mark = Mark.NONE


@dataclass(frozen=True, slots=True)
class Diagram:
    """A picture in the abstract.

    Parameters
    ----------
    title: heading.
    description: alternative text for those who cannot see it.
    nodes, edges: in a stable order.
    legend: lines that explain the signs.
    """

    title: str
    description: str
    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    legend: tuple[str, ...] = ()
