"""The flattened machine as JSON, and back: a stable format for other programs.

One object with the keys

``format``, ``version``
    ``"tlsmodel-machine"`` and 1; a change that an old reader would misunderstand raises the version.
``machine``
    the machine's name.
``states``
    a list; the index is the state's number, 0 the initial state.  Each has ``label``, ``phase`` and
    ``failed`` (dead after a fatal code).
``inputs``
    the alphabet, as ``"call handshake"`` or ``"deliver ServerHello"``.
``outputs``
    each with ``code`` (null where no call returned), ``direction`` (0 read, 1 write, or null) and
    ``emissions``.
``rows``
    ids of the table rows that transitions come from.
``transitions``
    lists ``[source, input, output, target, [row, ...]]`` of indices into the lists above.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, TypeVar

from tlsmodel.machine.machine import Machine
from tlsmodel.machine.trace import output_from_json, output_to_json
from tlsmodel.spec.symbols import Output, Symbol, symbol

FORMAT, VERSION = "tlsmodel-machine", 1
LARGEST = 256 * 1024 * 1024
"""Characters that `read_json` accepts; the largest machine of this project needs a fraction of it."""

T = TypeVar("T")


class StateRecord(NamedTuple):
    """A state as other programs see it."""

    label: str
    phase: str
    failed: bool


class Transition(NamedTuple):
    """One transition; the fields are indices into the document's lists."""

    source: int
    given: int
    output: int
    target: int
    rows: tuple[int, ...]


class Record(NamedTuple):
    """An explicit machine, comparable by value; state 0 is the initial one."""

    machine: str
    states: tuple[StateRecord, ...]
    inputs: tuple[Symbol, ...]
    outputs: tuple[Output, ...]
    rows: tuple[str, ...]
    transitions: tuple[Transition, ...]


def record(machine: Machine[Any]) -> Record:
    """Return the whole of `machine` as plain values."""
    space = machine.expand()
    inputs = {given: number for number, given in enumerate(machine.inputs)}
    outputs: dict[Output, int] = {}
    rows: dict[str, int] = {}
    transitions = [
        Transition(
            source,
            inputs[given],
            outputs.setdefault(output, len(outputs)),
            target,
            tuple(rows.setdefault(row, len(rows)) for row in names),
        )
        for source in range(space.states)
        for given in machine.enabled(source)
        for output, target, names in machine.successors(source, given)
    ]
    states = ((machine.label(number), machine.state(number)) for number in range(space.states))
    return Record(
        machine.name,
        tuple(StateRecord(label, state.phase, state.failed) for label, state in states),
        machine.inputs,
        tuple(outputs),
        tuple(rows),
        tuple(transitions),
    )


def to_json(machine: Machine[Any] | Record) -> str:
    """Return the document of `machine`, one list element a line."""
    whole = record(machine) if isinstance(machine, Machine) else machine
    lists: dict[str, Sequence[object]] = {
        "states": [state._asdict() for state in whole.states],
        "inputs": [str(given) for given in whole.inputs],
        "outputs": [output_to_json(output) for output in whole.outputs],
        "rows": list(whole.rows),
        "transitions": [[*transition[:4], list(transition.rows)] for transition in whole.transitions],
    }
    head = {"format": FORMAT, "version": VERSION, "machine": whole.machine}
    parts = [f'"{key}": {json.dumps(value)}' for key, value in head.items()]
    for key, items in lists.items():
        lines = ",\n".join(json.dumps(item) for item in items)
        parts.append(f'"{key}": [\n{lines}\n]')
    return "{\n" + ",\n".join(parts) + "\n}\n"


def read_json(text: str) -> Record:
    """Read a document back; equal to the one that was written.

    Raises `ValueError`, one line that names the place, for anything that is not such a document.
    """
    if len(text) > LARGEST:
        raise ValueError(f"more than {LARGEST:,} characters")
    try:
        data = json.loads(text)
    except RecursionError:
        raise ValueError("not a machine: nested too deeply") from None
    except ValueError as fault:
        raise ValueError(f"not JSON: {str(fault).splitlines()[0][:120]}") from None
    if not isinstance(data, dict) or data.get("format") != FORMAT:
        raise ValueError(f'not a machine: "format" must be "{FORMAT}"')
    if type(data.get("version")) is not int or data["version"] != VERSION:
        raise ValueError(f'"version" must be {VERSION}')
    states = _each(data, "states", _state)
    inputs = _each(data, "inputs", _input)
    outputs = _each(data, "outputs", output_from_json)
    rows = _each(data, "rows", _text)
    sizes = (len(states), len(inputs), len(outputs), len(rows))
    if not states:
        raise ValueError('"states" must hold the initial state')
    return Record(
        _text(data.get("machine")),
        states,
        inputs,
        outputs,
        rows,
        _each(data, "transitions", lambda item: _transition(item, sizes)),
    )


def _each(data: dict[str, object], key: str, read: Callable[[object], T]) -> tuple[T, ...]:
    items = data.get(key)
    if not isinstance(items, list):
        raise ValueError(f'"{key}" must be a list')
    found = []
    for number, item in enumerate(items):
        try:
            found.append(read(item))
        except ValueError as fault:
            raise ValueError(f"{key}[{number}]: {fault}") from None
    return tuple(found)


def _text(item: object) -> str:
    if not (isinstance(item, str) and len(item) < 1000 and item.isprintable()):
        raise ValueError("not a printable text")
    return item


def _state(item: object) -> StateRecord:
    match item:
        case {"label": label, "phase": phase, "failed": bool(failed)}:
            return StateRecord(_text(label), _text(phase), failed)
    raise ValueError('a state needs "label", "phase" and "failed"')


def _input(item: object) -> Symbol:
    return symbol(_text(item))


def _transition(item: object, sizes: tuple[int, int, int, int]) -> Transition:
    states, inputs, outputs, rows = sizes
    match item:
        case [source, given, output, target, list(names)]:
            return Transition(
                _index(source, states),
                _index(given, inputs),
                _index(output, outputs),
                _index(target, states),
                tuple(_index(name, rows) for name in names),
            )
    raise ValueError("a transition is [source, input, output, target, [row, ...]]")


def _index(value: object, size: int) -> int:
    if type(value) is not int or not 0 <= value < size:
        raise ValueError(f"an index must be a whole number below {size}")
    return value
