"""A machine as compact plain data, for the page and the stepper: its whole graph with names and reasons.

The arrays of transitions are ordered by state and, within a state, by the alphabet.  Targets are differences
to the target before, which compress well because states are numbered in order of discovery.
"""

from __future__ import annotations

import base64
import json
import zlib
from collections.abc import Hashable, Iterable, Mapping
from typing import Any, Final, TypeVar

from tlsmodel.display import DrawingUnavailable
from tlsmodel.draw.diagram import Diagram
from tlsmodel.draw.explain import headline
from tlsmodel.draw.layout import edge_id, node_id
from tlsmodel.draw.svg import part_of_page
from tlsmodel.machine.machine import VIEW_SUFFIX, Machine
from tlsmodel.machine.trace import output_to_json
from tlsmodel.spec.contract import ContractRow
from tlsmodel.spec.dtls12.flight import FlightRow
from tlsmodel.spec.row import Row, Verb
from tlsmodel.spec.scenario import LIMITS, PARAMETERS
from tlsmodel.spec.symbols import emission
from tlsmodel.spec.tables import tables_for
from tlsmodel.spec.wire import arrival

OPEN, COMPLETE, FAILED = range(3)
"""What a state is."""
MOST_STATES: Final = 500_000
"""States that are taken into a page or a notebook."""
VIEWS: Final = {False: "session", True: "messages only"}

T = TypeVar("T", bound=Hashable)


class _Index(dict[T, int]):
    """Numbers things in the order in which they are first met."""

    def __missing__(self, thing: T) -> int:
        number = self[thing] = len(self)
        return number


def facets(machine: Machine[Any]) -> dict[str, str]:
    """Return what tells `machine` from others: view, version, role and the parameters of its scenario."""
    setting = machine.scenario
    view = VIEWS[machine.name.endswith(VIEW_SUFFIX)]
    found = {"view": view, "version": setting.version.value, "role": setting.role.value}
    for item in PARAMETERS.values():
        if setting.version in item.versions and setting.role in item.roles:
            found[item.name] = setting.value(item.name)
    return found


def packed(machine: Machine[Any], diagrams: Mapping[str, Diagram]) -> dict[str, object]:
    """Return all of `machine` as plain data that JSON carries.

    Parameters
    ----------
    diagrams: pictures of it by a short name, on which a reader marks phases and rows; left away where nothing
        can lay them out.

    Raises `MemoryError` where the machine does not fit.
    """
    inputs: _Index[Any] = _Index((item, number) for number, item in enumerate(machine.inputs))
    outputs, rows, ways, words = _Index[Any](), _Index[str](), _Index[tuple[int, ...]](), _Index[str]()
    degrees, given, answers, targets, reasons = (list[int]() for _ in range(5))
    last = source = 0
    while source < machine.discovered:
        if machine.discovered > MOST_STATES:
            raise MemoryError(f"{machine.name}: more than {MOST_STATES:,} states; give a smaller setting")
        before = len(given)
        for item in machine.enabled(source):
            for output, target, names in machine.successors(source, item):
                given.append(inputs[item])
                answers.append(outputs[output])
                targets.append(target - last)
                reasons.append(ways[tuple(rows[name] for name in names)])
                last = target
        degrees.append(len(given) - before)
        source += 1
    states = [machine.state(number) for number in range(source)]
    final = tables_for(machine.scenario).final
    try:
        drawn = [_drawn(name, diagram, rows) for name, diagram in diagrams.items()]
    except DrawingUnavailable:
        drawn = []
    return {
        "name": machine.name,
        "title": headline(machine),
        "bounds": {name: getattr(machine.scenario, name) for name in LIMITS},
        "initial": machine.initial,
        "inputs": [[item.kind.value, item.name, item.cite] for item in machine.inputs],
        "outputs": [output_to_json(output) for output in outputs],
        "labels": [[words[part] for part in machine.label(n).split(", ")] for n in range(source)],
        "phases": [words[state.phase] for state in states],
        "kinds": [_kind(state, final) for state in states],
        "degrees": degrees,
        "given": given,
        "answers": answers,
        "targets": targets,
        "reasons": reasons,
        "diagrams": drawn,
        "ways": [list(way) for way in ways],
        "words": list(words),
        "rows": [_reason(name, machine.rows.get(name)) for name in rows],
    }


def arrivals(graphs: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """Return as which delivery each emission of packed machines arrives."""
    sent = {name for graph in graphs for output in graph["outputs"] for name in output["emissions"]}
    return {name: arrival(emission(name)).name for name in sorted(sent)}


def compressed(data: dict[str, object]) -> str:
    """Return plain data as text that fits into a page: JSON, deflated, in base 64."""
    document = json.dumps(data, separators=(",", ":")).encode()
    return base64.b64encode(zlib.compress(document, 9)).decode("ascii")


def _kind(state: Any, final: frozenset[str]) -> int:
    if state.failed:
        return FAILED
    return COMPLETE if getattr(state, "complete", state.phase in final) else OPEN


def _drawn(name: str, diagram: Diagram, rows: _Index[str]) -> dict[str, object]:
    return {
        "name": name,
        "legend": list(diagram.legend),
        "svg": part_of_page(diagram),
        "nodes": {node.id: node_id(diagram, number) for number, node in enumerate(diagram.nodes)},
        "edges": {
            edge_id(diagram, number): [rows[name] for name in edge.rows]
            for number, edge in enumerate(diagram.edges)
            if edge.rows
        },
    }


def _reason(name: str, row: Row | ContractRow | FlightRow | None) -> list[str | None]:
    """The row's id, source, what its choice leaves open, and for one that advances its place, input, next."""
    if row is None:
        return [name, None, None]
    choice = None if isinstance(row, FlightRow) else row.choice
    left_open = f"{choice.name}: {choice.sentence} ({choice.cite})" if choice else None
    advances = [row.at, str(row.on), row.to] if isinstance(row, Row) and row.verb is Verb.ADVANCE else []
    return [name, row.cite, left_open, *advances]
