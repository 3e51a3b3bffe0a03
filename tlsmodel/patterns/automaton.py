"""A bug pattern as an automaton over letters, run one letter at a time."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

from tlsmodel.patterns.labels import Label, Parameters, Registers, read_label


class Severity(StrEnum):
    """What a bug puts at risk."""

    SECURITY = "security property at risk"
    CONTRACT = "contract broken"
    ALERT = "alert differs"


class Ambiguous(ValueError):
    """A letter that two edges of one state take, which no pattern may have."""


class Configuration(NamedTuple):
    """Where a run stands: a state and what is remembered; the state None takes no letter any more."""

    state: str | None
    registers: Registers = ()


class Edge(NamedTuple):
    """One edge of a pattern."""

    source: str
    label: Label
    target: str


@dataclass(frozen=True, slots=True)
class Automaton:
    """States, edges and what accepts.

    Parameters
    ----------
    initial: where a run begins.
    accepting: states that mean that the bug has shown.
    edges: in the order in which they are drawn.
    parameters: its parametric messages.
    """

    initial: str
    accepting: frozenset[str]
    edges: tuple[Edge, ...]
    parameters: Parameters = field(default_factory=Parameters)

    @property
    def start(self) -> Configuration:
        """The configuration before the first letter."""
        return Configuration(self.initial)

    def accepts(self, configuration: Configuration) -> bool:
        """Tell whether the bug has shown."""
        return configuration.state in self.accepting

    def step(self, configuration: Configuration, letter: str) -> Configuration:
        """Take one letter; raises `Ambiguous` where two edges take it."""
        named: dict[Configuration, Edge] = {}
        others: dict[Configuration, Edge] = {}
        for edge in self.edges:
            if edge.source != configuration.state:
                continue
            taken = edge.label.take(letter, configuration.registers, self.parameters)
            if taken is not None:
                into = named if taken[0] else others
                into[Configuration(edge.target, taken[1])] = edge
        found = named or others
        if len(found) > 1:
            labels = " and ".join(repr(edge.label.text) for edge in found.values())
            raise Ambiguous(f"state {configuration.state}: {letter} fits {labels}")
        return next(iter(found), Configuration(None))

    def through(self, configuration: Configuration, word: Iterable[str]) -> Configuration:
        """Take the letters of a word, up to the one with which the bug shows."""
        for letter in word:
            if self.accepts(configuration):
                break
            configuration = self.step(configuration, letter)
        return configuration

    def run(self, word: Iterable[str]) -> bool:
        """Tell whether the bug shows in a word."""
        return self.accepts(self.through(self.start, word))


def automaton(
    *rows: tuple[str, str, str], accepting: Iterable[str] = ("bug",), parameters: Parameters | None = None
) -> Automaton:
    """Return the automaton of rows (state, label, state), which begins where the first row does.

    Raises `ValueError` for a label that cannot be read.
    """
    edges = tuple(Edge(source, read_label(text), target) for source, text, target in rows)
    return Automaton(rows[0][0], frozenset(accepting), edges, parameters or Parameters())


@dataclass(frozen=True, slots=True)
class Pattern:
    """A class of bugs.

    Parameters
    ----------
    id, title: short names.
    sentence: what the bug is.
    cite: the text that it violates.
    severity: what it puts at risk.
    automaton: how it shows.
    machines: shell patterns of the machines whose runs it is for.
    """

    id: str
    title: str
    sentence: str
    cite: str
    severity: Severity
    automaton: Automaton
    machines: tuple[str, ...] = ("*",)
