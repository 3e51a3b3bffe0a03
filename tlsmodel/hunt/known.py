"""Known departures of a target, so that a hunt goes on behind them.

They lie in ``known/TARGET.json``, one entry each with the sentence that is violated; `findings.md` of the
documentation tells them to people.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from fnmatch import fnmatchcase
from importlib import resources
from typing import Any

from tlsmodel.machine.oracle import Departure
from tlsmodel.machine.trace import Trace


@dataclass(frozen=True, slots=True)
class Known:
    """One known departure and how it is recognised: all shell patterns that are given must fit.

    Parameters
    ----------
    id, title, cite, explanation: for people.
    scenario: machine name, without its parameters.
    settings: each must match a parameter of the scenario, as ``auth=request``.
    rows: each must match a row that the model would have followed.
    phase: the phase that the model had reached.
    observed, lacks: what the output looks like, and what it does not contain.
    after: inputs that must have come before, in any order; each by its name, or by name and output.
    """

    id: str
    title: str
    cite: str
    explanation: str
    scenario: str = "*"
    settings: tuple[str, ...] = ()
    rows: tuple[str, ...] = ()
    phase: str = "*"
    observed: str = "*"
    lacks: str = ""
    after: tuple[str, ...] = ()

    def explains(self, trace: Trace, departure: Departure) -> bool:
        """Tell whether `departure`, at the end of `trace`, is an instance of this one."""
        seen = str(departure.observed)
        base, _, settings = trace.machine.partition("?")
        chosen = settings.split("&")
        before = [step.given.name for step in trace]
        before += [f"{step.given.name} {step.output}" for step in trace]
        return (
            fnmatchcase(base, self.scenario)
            and all(any(fnmatchcase(item, wanted) for item in chosen) for wanted in self.settings)
            and fnmatchcase(departure.phase, self.phase)
            and fnmatchcase(seen, self.observed)
            and not (self.lacks and fnmatchcase(seen, self.lacks))
            and all(any(fnmatchcase(row, wanted) for row in departure.rows) for wanted in self.rows)
            and all(any(fnmatchcase(name, wanted) for name in before) for wanted in self.after)
        )


def known_departures(target: str) -> tuple[Known, ...]:
    """Return what is known of the target called `target`; nothing where there is no file."""
    name = f"{target.partition(':')[0]}.json"
    source = resources.files("tlsmodel.hunt").joinpath("known", name)
    if not source.is_file():
        return ()
    return tuple(map(_read, json.loads(source.read_text("utf-8"))))


def _read(entry: dict[str, Any]) -> Known:
    fields: dict[str, Any] = {
        key: tuple(value) if isinstance(value, list) else value for key, value in entry.items()
    }
    return Known(**fields)
