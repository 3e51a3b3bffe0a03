"""The neutral diagram: nodes, edges, clusters and words, without layout, colour or file format.

Every picture and every text export of a graph reads only this; what is extracted from a machine and how it
looks are decided elsewhere.  Pure data, in drawing order.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum


class NodeKind(StrEnum):
    """What a node stands for."""

    START = "start"
    STATE = "state"
    FINAL = "final"
    FAILED = "failed"
    NOTE = "note"
    DEPARTURE = "departure"


class EdgeKind(StrEnum):
    """What makes the machine take an edge."""

    DELIVERY = "delivery"
    CALL = "call"
    ENVIRONMENT = "environment"
    REFUSAL = "refusal"
    LINK = "link"


class LineKind(StrEnum):
    """What one line of a label says."""

    NAME = "name"
    RECEIVED = "received"
    SENT = "sent"
    CALLED = "called"
    NOTED = "noted"
    STEP = "step"
    FAULT = "fault"


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a label."""

    kind: LineKind
    text: str


@dataclass(frozen=True, slots=True)
class Node:
    """A node; `marked` when a highlighted path passes through it."""

    id: str
    kind: NodeKind
    lines: tuple[Line, ...]
    cluster: str | None = None
    marked: bool = False


@dataclass(frozen=True, slots=True)
class Edge:
    """All parallel transitions between two nodes, one label; `marked` when a highlighted path takes it.

    `rows` are the ids of the table rows that it stands for, so that a reader can point at it.
    """

    source: str
    target: str
    kind: EdgeKind
    lines: tuple[Line, ...] = ()
    marked: bool = False
    rows: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Cluster:
    """Nodes that belong together, named by `Node.cluster`."""

    id: str
    label: str


@dataclass(frozen=True, slots=True)
class Diagram:
    """A picture before it is drawn.

    Parameters
    ----------
    name: the machine and view, fit for a file name or an identifier.
    title: a heading.
    alternative: the same in words, for those who do not see it.
    legend: how to read the notation, one line each.
    nodes, edges, clusters: in the order in which they are to be drawn.
    """

    name: str
    title: str
    alternative: str
    legend: tuple[str, ...]
    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    clusters: tuple[Cluster, ...] = ()


def printable(text: str) -> str:
    """Return `text` with what no file format can be trusted to carry replaced by U+FFFD."""
    return "".join(character if character.isprintable() else "\ufffd" for character in text)


def identifier(text: str) -> str:
    """Return `text` as a name that is fit for files and for identifiers in documents."""
    return re.sub(r"[^A-Za-z0-9.]+", "-", text)


def some(texts: tuple[str, ...], most: int = 3) -> str:
    """Return alternatives in words, at most so many of them."""
    shown = " or ".join(texts[:most])
    return f"{shown} or {len(texts) - most} more" if len(texts) > most else shown
