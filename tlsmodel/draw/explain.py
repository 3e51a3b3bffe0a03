"""What a trace did in the phase table, and the words for it that all pictures share."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

from tlsmodel.draw.diagram import some
from tlsmodel.machine.machine import VIEW_SUFFIX, Machine, build
from tlsmodel.machine.oracle import Agreed, Oracle
from tlsmodel.machine.trace import Trace
from tlsmodel.spec.row import Row
from tlsmodel.spec.scenario import Version
from tlsmodel.spec.symbols import Output


def headline(machine: Machine[Any]) -> str:
    """Return version and role as one writes them, with what differs from the defaults: ``TLS 1.3 client``."""
    setting = machine.scenario
    chosen = ", ".join(f"{key}={value}" for key, value in setting.parameters)
    return f"{version_words(setting.version)} {setting.role}" + (f" with {chosen}" if chosen else "")


def version_words(version: Version) -> str:
    """Return a version as one writes it: ``TLS 1.3``."""
    return f"{version[:-2].upper()} {version[-2]}.{version[-1]}"


def in_words(expected: Collection[Output]) -> str:
    """Return what the model permits, at most three outputs of it."""
    return some(tuple(map(str, expected))) or "no such input"


def explained(machine: Machine[Any], trace: Trace, departs: bool) -> Iterator[tuple[Row, ...]]:
    """Yield for each step the rows of the phase table that it took, asking the oracle if no step names any.

    A last step that `departs` took none, whatever rows it should have taken.
    """
    phase_rows = build(f"{machine.scenario.name}{VIEW_SUFFIX}").rows
    oracle = None if any(step.rows for step in trace) else Oracle(machine)
    for number, step in enumerate(trace, 1):
        ids = step.rows
        if oracle is not None:
            answer = oracle.observe(step.given, step.output) if step.given in oracle.enabled() else None
            ids = answer.rows if isinstance(answer, Agreed) else ()
        found = (phase_rows.get(name) for name in ids if not (departs and number == len(trace)))
        yield tuple(row for row in found if isinstance(row, Row))
