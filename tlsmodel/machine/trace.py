"""Steps and traces: the one type for what explorer, oracle, hunt and pictures tell each other."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TypeVar

from tlsmodel.display import Displayed
from tlsmodel.spec.symbols import Kind, Output, Return, Symbol, emission, symbol

_CODE = re.compile(r"[A-Z][A-Z0-9_]{0,60}")
_NAME = re.compile(r"[ -~]{1,79}")

Node = TypeVar("Node")


@dataclass(frozen=True, slots=True)
class Step:
    """One input and the output it drew.

    Parameters
    ----------
    given, output: the step; an emission that is given is a record on its way.
    rows: ids of the table rows that explain it, in order.
    actor: which end of a pair took the step, or ``network``; empty where there is only one.
    note: what else a reader has to know (``forged``).
    """

    given: Symbol
    output: Output
    rows: tuple[str, ...] = ()
    actor: str = ""
    note: str = ""

    def __str__(self) -> str:
        said = f"{self.given} -> {self.output}"
        who = f"{self.actor}: " if self.actor else ""
        return f"{who}{said}{f' ({self.note})' if self.note else ''}"


@dataclass(frozen=True, slots=True)
class Trace(Displayed):
    """A sequence of steps of one machine, from its initial state."""

    machine: str
    steps: tuple[Step, ...] = ()

    def __iter__(self) -> Iterator[Step]:
        return iter(self.steps)

    def __len__(self) -> int:
        return len(self.steps)

    def __str__(self) -> str:
        return "\n".join(f"{number:3} {step}" for number, step in enumerate(self.steps, 1))

    def to_json(self) -> dict[str, object]:
        """Return the trace as plain data, read back by `trace_from_json`."""
        return {"machine": self.machine, "steps": [_step_to_json(step) for step in self.steps]}


def read_back(parents: Mapping[Node, tuple[Node, Step] | None], node: Node) -> tuple[Step, ...]:
    """Return the steps that led a search to `node`.

    Parameters
    ----------
    parents: node -> the one that it was met from and the step, None for the first.
    """
    steps: list[Step] = []
    while (link := parents[node]) is not None:
        node, step = link
        steps.append(step)
    return tuple(reversed(steps))


def _step_to_json(step: Step) -> dict[str, object]:
    pair = {key: value for key, value in (("actor", step.actor), ("note", step.note)) if value}
    return {"input": str(step.given), **output_to_json(step.output), "rows": list(step.rows), **pair}


def output_to_json(output: Output) -> dict[str, object]:
    """Return `output` as plain data."""
    returned = output.returned
    return {
        "code": returned.code if returned else None,
        "direction": returned.direction if returned else None,
        "emissions": [item.name for item in output.emissions],
    }


def output_from_json(data: object) -> Output:
    """Read an output back; raises `ValueError` naming the value at fault."""
    match data:
        case {"code": None, "emissions": list(names)}:
            returned = None
        case {"code": str(code), "direction": (None | 0 | 1) as direction, "emissions": list(names)}:
            if not _CODE.fullmatch(code):
                raise ValueError(f"unknown code {code!r}")
            returned = Return(code, direction)
        case _:
            raise ValueError(f"not an output: {json.dumps(data)[:80]}")
    if not all(isinstance(name, str) and _NAME.fullmatch(name) for name in names):
        raise ValueError(f"not emission names: {json.dumps(names)[:80]}")
    return Output(returned, tuple(map(emission, names)))


def trace_from_json(data: object) -> Trace:
    """Read a trace back; raises `ValueError` naming the step or value at fault."""
    if not (isinstance(data, Mapping) and isinstance(data.get("machine"), str)):
        raise ValueError('a trace needs "machine", a name')
    steps = data.get("steps")
    if not isinstance(steps, list) or len(steps) > 100_000:
        raise ValueError('a trace needs "steps", a list of at most 100,000')
    numbered = enumerate(steps, 1)
    return Trace(data["machine"], tuple(_step_from_json(number, item) for number, item in numbered))


def _step_from_json(number: int, data: object) -> Step:
    if not (isinstance(data, Mapping) and isinstance(data.get("input"), str)):
        raise ValueError(f'step {number}: needs "input", a symbol')
    rows = data.get("rows", [])
    if not (isinstance(rows, list) and all(isinstance(row, str) for row in rows)):
        raise ValueError(f'step {number}: "rows" must be a list of row ids')
    try:
        given = _given(data["input"])
        return Step(given, output_from_json(dict(data)), tuple(rows), *_story(data))
    except ValueError as fault:
        raise ValueError(f"step {number}: {fault}") from None


def _given(text: str) -> Symbol:
    kind, _, name = text.partition(" ")
    if kind == Kind.EMISSION and _NAME.fullmatch(name):
        return emission(name)
    return symbol(text)


def _story(data: Mapping[str, object]) -> tuple[str, str]:
    actor, note = data.get("actor", ""), data.get("note", "")
    if not (isinstance(actor, str) and isinstance(note, str) and len(actor) < 80 and len(note) < 200):
        raise ValueError('"actor" and "note" must be short texts')
    return actor, note
