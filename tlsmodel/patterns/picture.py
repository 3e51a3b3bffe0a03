"""A bug pattern as a diagram, which every renderer and exporter of pictures draws."""

from __future__ import annotations

from tlsmodel.draw.diagram import Diagram, Edge, EdgeKind, Line, LineKind, Node, NodeKind
from tlsmodel.patterns.automaton import Pattern

_LEGEND = (
    "I_NAME: received, O_NAME: sent, R_CALL.CODE: returned",
    "F_...: a regular expression; other: whatever no other edge takes",
)


def diagram(pattern: Pattern) -> Diagram:
    """Return the picture of `pattern`: its states, and one edge for all labels between two of them."""
    automaton = pattern.automaton
    states = dict.fromkeys(
        (automaton.initial, *(state for edge in automaton.edges for state in (edge.source, edge.target)))
    )
    labels: dict[tuple[str, str], list[str]] = {}
    for edge in automaton.edges:
        labels.setdefault((edge.source, edge.target), []).append(edge.label.text)
    return Diagram(
        name=f"pattern-{pattern.id}",
        title=pattern.title,
        alternative=f"{pattern.sentence} An automaton of {len(states)} states.",
        legend=_LEGEND,
        nodes=tuple(Node(state, _kind(pattern, state), (Line(LineKind.NAME, state),)) for state in states),
        edges=tuple(
            Edge(
                source,
                target,
                _edge_kind(pattern, target),
                tuple(Line(LineKind.STEP, text) for text in texts),
            )
            for (source, target), texts in labels.items()
        ),
    )


def _lines(texts: list[str]) -> tuple[Line, ...]:
    return tuple(Line(LineKind.STEP, text) for text in texts)


def _kind(pattern: Pattern, state: str) -> NodeKind:
    if state in pattern.automaton.accepting:
        return NodeKind.FAILED
    return NodeKind.START if state == pattern.automaton.initial else NodeKind.STATE


def _edge_kind(pattern: Pattern, target: str) -> EdgeKind:
    return EdgeKind.REFUSAL if target in pattern.automaton.accepting else EdgeKind.DELIVERY
