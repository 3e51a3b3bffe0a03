"""Verdicts on properties, as the explorer shows them; read from what ``check --json`` prints."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from tlsmodel.machine.trace import trace_from_json
from tlsmodel.spec.pairs import PAIRS
from tlsmodel.spec.properties import PROPERTIES

RULINGS: Final = ("holds", "violated", "undecided")
MOST: Final = 10_000
"""Verdicts that a page takes."""


@dataclass(frozen=True, slots=True)
class PageVerdict:
    """What a property's check came to.

    Parameters
    ----------
    machine: the machine or pair that was checked, with its settings.
    property, sentence, cite: what was asked.
    verdict: ``holds``, ``violated`` or ``undecided``.
    steps: a counterexample in words.
    record: the same as `Trace.to_json` gives it, with a ``title``, where a stepper can play it, or None.
    """

    machine: str
    property: str
    sentence: str
    cite: str
    verdict: str
    steps: tuple[str, ...] = ()
    record: dict[str, object] | None = None

    def to_json(self) -> dict[str, object]:
        """Return the verdict as plain data."""
        return {name: getattr(self, name) for name in self.__slots__}


def verdicts_from_json(data: object) -> tuple[PageVerdict, ...]:
    """Read verdicts; raises `ValueError` naming the value at fault."""
    entries = data.get("properties") if isinstance(data, Mapping) else None
    if not (isinstance(entries, list) and len(entries) <= MOST):
        raise ValueError(f'needs "properties", a list of at most {MOST:,}')
    return tuple(map(_verdict, entries))


def _verdict(data: object) -> PageVerdict:
    match data:
        case {"name": str(name), "machine": str(machine), "verdict": str(ruling), "trace": list(steps)}:
            pass
        case _:
            raise ValueError(f"not a verdict: {json.dumps(data)[:80]}")
    if name not in PROPERTIES or ruling not in RULINGS or len(machine) > 400:
        raise ValueError(f"not a verdict on a property: {json.dumps(data)[:80]}")
    checked, trace = PROPERTIES[name], trace_from_json({"machine": machine, "steps": steps})
    playable = bool(steps) and machine.partition("?")[0] not in PAIRS
    return PageVerdict(
        machine=machine,
        property=name,
        sentence=checked.sentence,
        cite=checked.cite,
        verdict=ruling,
        steps=tuple(map(str, trace)),
        record=trace.to_json() | {"title": f"{name}: a counterexample"} if playable else None,
    )
