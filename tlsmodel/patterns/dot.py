"""A reader of the part of DOT that published automata are written in: one digraph of nodes and edges."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

MAX_TEXT: Final = 1 << 22
"""Characters of a file that is read."""
INITIAL_MARK: Final = "__start0"
"""The node that points to the initial state."""

_TOKEN = re.compile(
    r'//[^\n]*|/\*.*?\*/|\s+|(?P<mark>->|[{}\[\];=,])|"(?P<quoted>(?:[^"\\]|\\.)*)"|(?P<word>[\w.+-]+)',
    re.DOTALL,
)


@dataclass(slots=True)
class Graph:
    """What a file says.

    Parameters
    ----------
    nodes: name -> attributes, in order of appearance.
    edges: (source, target, attributes), in order.
    """

    nodes: dict[str, dict[str, str]] = field(default_factory=dict)
    edges: list[tuple[str, str, dict[str, str]]] = field(default_factory=list)

    def initial(self) -> str:
        """Return the node that `INITIAL_MARK` points to, or the red one; raises `ValueError` for none."""
        for source, target, _ in self.edges:
            if source == INITIAL_MARK:
                return target
        for name, attributes in self.nodes.items():
            if attributes.get("color") == "red":
                return name
        raise ValueError("no initial state: neither __start0 points to one nor is one red")


def read_dot(text: str) -> Graph:
    """Read a digraph; raises `ValueError` naming the line at fault."""
    if len(text) > MAX_TEXT:
        raise ValueError(f"more than {MAX_TEXT} characters")
    return _Reader(text).graph()


class _Reader:
    def __init__(self, text: str) -> None:
        self._text = text
        self._tokens = self._split()
        self._now: tuple[str, bool, int] | None = None
        self._advance()

    def _split(self) -> Iterator[tuple[str, bool, int]]:
        """Yield (text, whether it is a mark, line)."""
        at, line = 0, 1
        while at < len(self._text):
            found = _TOKEN.match(self._text, at)
            if found is None:
                raise ValueError(f"line {line}: {self._text[at : at + 20]!r} is no DOT")
            if found["mark"]:
                yield found["mark"], True, line
            elif found["quoted"] is not None:
                yield re.sub(r"\\(.)", r"\1", found["quoted"]), False, line
            elif found["word"]:
                yield found["word"], False, line
            line += found[0].count("\n")
            at = found.end()

    def _advance(self) -> None:
        self._now = next(self._tokens, None)

    def _fault(self, wanted: str) -> ValueError:
        if self._now is None:
            return ValueError(f"the file ends where {wanted} should be")
        return ValueError(f"line {self._now[2]}: {self._now[0]!r} where {wanted} should be")

    def _is(self, mark: str) -> bool:
        return self._now is not None and self._now[1] and self._now[0] == mark

    def _take(self, mark: str) -> None:
        if not self._is(mark):
            raise self._fault(repr(mark))
        self._advance()

    def _name(self, wanted: str) -> str:
        if self._now is None or self._now[1]:
            raise self._fault(wanted)
        name = self._now[0]
        self._advance()
        return name

    def graph(self) -> Graph:
        graph = Graph()
        if self._name("digraph") != "digraph":
            raise ValueError("line 1: not a digraph")
        if not self._is("{"):
            self._name("a name")
        self._take("{")
        while not self._is("}"):
            self._statement(graph)
        return graph

    def _statement(self, graph: Graph) -> None:
        if self._is(";"):
            self._advance()
            return
        name = self._name("a node")
        if self._is("="):
            self._advance()
            self._name("a value")
        elif self._is("->"):
            self._advance()
            target = self._name("a node")
            graph.nodes.setdefault(name, {})
            graph.nodes.setdefault(target, {})
            graph.edges.append((name, target, self._attributes()))
        elif name in ("node", "edge", "graph") and self._is("["):
            self._attributes()
        else:
            graph.nodes.setdefault(name, {}).update(self._attributes())

    def _attributes(self) -> dict[str, str]:
        attributes: dict[str, str] = {}
        if not self._is("["):
            return attributes
        self._advance()
        while not self._is("]"):
            if self._is(",") or self._is(";"):
                self._advance()
                continue
            key = self._name("an attribute")
            self._take("=")
            attributes[key] = self._name("a value")
        self._advance()
        return attributes
