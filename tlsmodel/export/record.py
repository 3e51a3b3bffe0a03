"""JSON: a stable, documented form of a machine that is read back.

``{"format": "tlsmodel-machine", "version": 1, "name", "inputs": [symbol], "outputs": [output], "states":
[label], "transitions": [[source, input, output, target]]}`` with indices into the lists; state 0 is initial.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Final

from tlsmodel.machine import Machine
from tlsmodel.machine.trace import output_from_json, output_to_json
from tlsmodel.spec.symbols import Output, Symbol, symbol

FORMAT: Final = "tlsmodel-machine"
MAX_ENTRIES: Final = 20_000_000


@dataclass(frozen=True, slots=True)
class Record:
    """A machine as data.

    Parameters
    ----------
    name: its name.
    inputs, outputs, states: what the indices stand for; state 0 is the initial one.
    transitions: (source, input, output, target).
    """

    name: str
    inputs: tuple[Symbol, ...]
    outputs: tuple[Output, ...]
    states: tuple[str, ...]
    transitions: tuple[tuple[int, int, int, int], ...]


def record(machine: Machine[Any]) -> Record:
    """Return the whole machine as a `Record`."""
    space = machine.expand()
    columns = (space.source, space.given, space.output, space.target)
    return Record(
        machine.name,
        space.inputs,
        space.outputs,
        tuple(machine.label(number) for number in range(space.states)),
        tuple(zip(*(column.tolist() for column in columns), strict=True)),
    )


def to_json(machine: Machine[Any]) -> str:
    """Return the whole machine as JSON text."""
    found = record(machine)
    data = {
        "format": FORMAT,
        "version": 1,
        "name": found.name,
        "inputs": [str(item) for item in found.inputs],
        "outputs": [output_to_json(item) for item in found.outputs],
        "states": found.states,
        "transitions": found.transitions,
    }
    return json.dumps(data) + "\n"


def from_json(text: str) -> Record:
    """Read a machine back; raises `ValueError` naming what is wrong."""
    try:
        data = json.loads(text)
    except (json.JSONDecodeError, RecursionError) as fault:
        raise ValueError(f"not JSON: {fault}") from None
    match data:
        case {
            "format": "tlsmodel-machine",
            "version": 1,
            "name": str(name),
            "inputs": list(inputs),
            "outputs": list(outputs),
            "states": list(states),
            "transitions": list(transitions),
        } if len(transitions) <= MAX_ENTRIES:
            pass
        case _:
            raise ValueError(f"not a {FORMAT} of version 1")
    limits = (len(states), len(inputs), len(outputs), len(states))
    for number, entry in enumerate(transitions):
        if not _indices(entry, limits):
            raise ValueError(f"transition {number}: not four indices in range: {str(entry)[:60]}")
    return Record(
        name,
        tuple(symbol(str(item)) for item in inputs),
        tuple(map(output_from_json, outputs)),
        tuple(map(str, states)),
        tuple(map(tuple, transitions)),
    )


def _indices(entry: object, limits: tuple[int, int, int, int]) -> bool:
    return (
        isinstance(entry, list)
        and len(entry) == len(limits)
        and all(type(index) is int and 0 <= index < limit for index, limit in zip(entry, limits, strict=True))
    )
