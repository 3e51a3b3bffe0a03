"""The re-handshake region: first handshake, connection, another handshake, and what leads on.

No table says it in full, since re-handshakes go through the same phases as the first: it is read from the
explored machine, whose states are put together by their place in the table of re-handshakes.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from tlsmodel.draw.diagram import Diagram, Edge, EdgeKind, Line, LineKind, Node, NodeKind, identifier
from tlsmodel.draw.explain import headline
from tlsmodel.machine.compose import Session
from tlsmodel.machine.machine import Machine, Successor
from tlsmodel.machine.regions import State
from tlsmodel.spec import rehandshake
from tlsmodel.spec.row import Row, Verb
from tlsmodel.spec.scenario import Role
from tlsmodel.spec.symbols import Kind, Symbol
from tlsmodel.spec.tables import tables_for

FAILED: Final = "failed"
WORDS: Final = {
    rehandshake.FIRST: ("first handshake, the peer's hello is awaited", NodeKind.START),
    rehandshake.LATER: ("first handshake under way", NodeKind.STATE),
    rehandshake.BOUND: ("connection", NodeKind.FINAL),
    rehandshake.UNBOUND: ("connection without RFC 5746", NodeKind.FINAL),
    rehandshake.AGAIN_HELLO: ("re-handshake, the peer's hello is awaited", NodeKind.STATE),
    rehandshake.AGAIN_HELLO_UNBOUND: ("re-handshake without RFC 5746, hello is awaited", NodeKind.STATE),
    rehandshake.AGAIN: ("re-handshake under way", NodeKind.STATE),
    FAILED: ("FAILED", NodeKind.FAILED),
}
LEGEND: Final = (
    "states of the session machine, put together by how far handshakes have come",
    "?Message is read, !Message is sent, call() is made by the application, and what the call returns",
    "oval: start; double frame: complete; dotted arrow: refused for what RFC 5746 demands or the manual says",
)
Way = tuple[str, str, EdgeKind]


def generations(machine: Machine[Any]) -> Diagram:
    """Return the re-handshake region of a session machine; raises `ValueError` where a version has none."""
    if tables_for(machine.scenario).rehandshake is None:
        raise ValueError(f"{machine.name} has no re-handshakes")
    merged: dict[Way, dict[Line, None]] = {}
    reasons: dict[Way, dict[str, None]] = {}
    for source, target, given, answer in _changes(machine):
        for way, line, row in _ways(machine, source, target, given, answer):
            merged.setdefault(way, {})[line] = None
            reasons.setdefault(way, {})[row] = None
    used = {place for source, target, _ in merged for place in (source, target)}
    title = f"{headline(machine)}, re-handshakes"
    edges = tuple(Edge(*way, tuple(lines), rows=tuple(reasons[way])) for way, lines in merged.items())
    return Diagram(
        name=identifier(f"{machine.scenario.name}-generations"),
        title=title,
        alternative=_alternative(title, edges),
        legend=LEGEND,
        nodes=tuple(
            Node(place, kind, (Line(LineKind.NAME, words),))
            for place, (words, kind) in WORDS.items()
            if place in used
        ),
        edges=edges,
    )


def _changes(machine: Machine[Any]) -> Iterator[tuple[str, str, Symbol, Successor]]:
    """Yield every call of an undisturbed session that changes the place of the re-handshake table.

    A call that begins a handshake is shown where nothing waits to be read yet, so that what it begins and
    what it meets are two arrows.
    """
    asks = machine.scenario.role is Role.CLIENT
    start = machine.state(machine.initial).phase
    session = Session(machine.scenario)
    machine.expand()

    def place(number: int) -> str:
        state = machine.state(number)
        return FAILED if state.failed else session.generation(state)

    places = [place(number) for number in range(machine.discovered)]
    for number, source in enumerate(places):
        state = machine.state(number)
        begins = state.complete or (asks and state.phase == start)
        if source == FAILED or not _undisturbed(state) or (begins and state.inbox):
            continue
        for given in machine.enabled(number):
            if given.kind is not Kind.CALL:
                continue
            for answer in machine.successors(number, given):
                if places[answer.target] != source:
                    yield source, places[answer.target], given, answer


def _undisturbed(state: State) -> bool:
    armed = state.read or state.write or state.due or state.late or state.unfinished
    return state.closure == "open" and not armed


def _ways(
    machine: Machine[Any], source: str, target: str, given: Symbol, answer: Successor
) -> Iterator[tuple[Way, Line, str]]:
    """What to write on the arrow: the row that made the difference, or what the call returned."""
    rows = [machine.rows[name] for name in answer.rows]
    met = [row for row in rows if isinstance(row, Row)]
    if target == FAILED:
        wanted = [row for row in met if row.table.endswith(".rehandshake") and row.verb is Verb.REFUSE]
        for row in wanted:
            yield (source, target, EdgeKind.REFUSAL), _refused(row), row.id
        return
    called = bool(met) and met[-1].on.kind is Kind.CALL
    sent = "".join(f" !{item.name}" for item in answer.output.emissions)
    if met and not called:
        line = Line(LineKind.RECEIVED, f"?{met[-1].on.name}{_returned(answer)}")
    else:
        line = Line(LineKind.CALLED, f"{given.name}(){sent if called else ''}{_returned(answer)}")
    kind = EdgeKind.CALL if called else EdgeKind.DELIVERY
    yield (source, target, kind), line, answer.rows[-1]


def _refused(row: Row) -> Line:
    name = f"{row.on.name}()" if row.on.kind is Kind.CALL else f"?{row.on.name}"
    return Line(LineKind.FAULT, name)


def _returned(answer: Successor) -> str:
    returned = answer.output.returned
    return f" returns {returned.code}" if returned and returned.code not in ("AGAIN", "INTERRUPTED") else ""


def _alternative(title: str, edges: tuple[Edge, ...]) -> str:
    ways = (
        f"{WORDS[edge.source][0]} to {WORDS[edge.target][0]} on "
        + " or ".join(line.text for line in edge.lines)
        for edge in edges
    )
    return f"{title}. {'. '.join(ways)}."
