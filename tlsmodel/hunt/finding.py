"""Findings: a shrunk trace on which a target left the model, kept as a directory that stands alone.

``finding.json`` is the record, ``trace.svg`` its sequence chart, ``path.svg`` its way through the phases,
``test_finding.py`` a pytest file that fails as long as the departure is there.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from tlsmodel.display import Displayed
from tlsmodel.draw import missing, phases, render, sequence_svg
from tlsmodel.hunt.cause import Cause
from tlsmodel.machine import Trace, build, trace_from_json
from tlsmodel.machine.trace import output_from_json, output_to_json
from tlsmodel.patterns import PATTERNS, Severity, diagram
from tlsmodel.spec.scenario import Scenario, scenario
from tlsmodel.spec.symbols import Output

RECORD = "finding.json"
MAX_RECORD = 1 << 22
MAX_LIST = 10_000
HUNT_BOUNDS = {
    "inbox": "3",
    "warnings": "16",
    "key_updates": "4",
    "armed": "2",
    "unfinished": "3",
    "crowd": "4",
    "rehandshakes": "1",
}


def hunted(name: str) -> Scenario:
    """Return the scenario called `name` with the bounds of a hunt, which are the manual's or wider."""
    return scenario(name).with_settings(HUNT_BOUNDS)


@dataclass(frozen=True, slots=True)
class Place:
    """One place where a finding shows.

    Parameters
    ----------
    scenario, phase, given: where in the model, and on which input.
    times: how often it was met.
    steps: length of the shortest trace to it.
    """

    scenario: str
    phase: str
    given: str
    times: int
    steps: int


@dataclass(frozen=True, slots=True)
class Finding(Displayed):
    """One bug of one target, as far as symptoms can be told apart.

    Parameters
    ----------
    id: from its cause; the same cause has the same id in every run.
    title: one line.
    target, version: where it was found.
    seed: of the run that found it.
    trace: the steps up to and including the departure, with what was observed.
    expected: the outputs that the model permits at the last step; none where the run only fits a bug pattern.
    cause: its key in words.
    cites: sources of the rows that the model would have followed.
    reproducible: whether a second run of the same steps departed too.
    known: the id of a known departure, or None.
    severity: what is at risk.
    sentence: what the model demanded.
    patterns: ids of the bug patterns that the trace shows.
    places: everywhere it was met, the shortest way first.
    before: connections that must come before it on the same target; mostly none.
    """

    id: str
    title: str
    target: str
    version: str
    seed: int
    trace: Trace
    expected: tuple[Output, ...]
    cause: str
    cites: tuple[str, ...]
    reproducible: bool
    known: str | None = None
    severity: Severity = Severity.CONTRACT
    sentence: str = ""
    patterns: tuple[str, ...] = ()
    places: tuple[Place, ...] = ()
    before: tuple[Trace, ...] = ()

    @property
    def observed(self) -> Output:
        """What the target did at the last step."""
        return self.trace.steps[-1].output

    def to_json(self) -> dict[str, object]:
        """Return the finding as plain data, read back by `finding_from_json`."""
        return {
            "id": self.id,
            "title": self.title,
            "target": self.target,
            "version": self.version,
            "scenario": self.trace.machine,
            "seed": self.seed,
            "steps": self.trace.to_json()["steps"],
            "expected": [output_to_json(output) for output in self.expected],
            "observed": output_to_json(self.observed),
            "cause": self.cause,
            "cites": list(self.cites),
            "reproducible": self.reproducible,
            "known": self.known,
            "severity": self.severity.value,
            "sentence": self.sentence,
            "patterns": list(self.patterns),
            "places": [asdict(place) for place in self.places],
            "before": [trace.to_json()["steps"] for trace in self.before],
        }


def title_of(cause: Cause, observed: Output) -> str:
    """Say in a line what happened."""
    return f"{cause.group}: {cause.given}() in {cause.phase}: {observed}"


def finding_from_json(data: object) -> Finding:
    """Read a finding back; raises `ValueError` naming the value at fault."""
    if not isinstance(data, Mapping):
        raise ValueError("a finding is a JSON object")
    texts = {key: data.get(key) for key in ("id", "title", "target", "version", "scenario", "cause")}
    for key, value in texts.items():
        if not isinstance(value, str):
            raise ValueError(f'"{key}" must be a string')
    name = str(texts["scenario"])
    scenario(name)
    trace = trace_from_json({"machine": name, "steps": data.get("steps")})
    if not trace.steps:
        raise ValueError('"steps" must not be empty')
    expected, cites, seed = data.get("expected"), data.get("cites", []), data.get("seed", 0)
    if not (isinstance(expected, list) and isinstance(cites, list) and isinstance(seed, int)):
        raise ValueError('"expected" and "cites" must be lists and "seed" a number')
    return Finding(
        id=str(texts["id"]),
        title=str(texts["title"]),
        target=str(texts["target"]),
        version=str(texts["version"]),
        seed=seed,
        trace=trace,
        expected=tuple(map(output_from_json, expected)),
        cause=str(texts["cause"]),
        cites=tuple(map(str, cites)),
        reproducible=bool(data.get("reproducible", True)),
        known=str(data["known"]) if data.get("known") else None,
        severity=Severity(data.get("severity", Severity.CONTRACT)),
        sentence=str(data.get("sentence", "")),
        patterns=tuple(map(_pattern, _list(data, "patterns"))),
        places=tuple(map(_place, _list(data, "places"))),
        before=tuple(trace_from_json({"machine": name, "steps": steps}) for steps in _list(data, "before")),
    )


def _list(data: Mapping[str, Any], key: str) -> list[Any]:
    found = data.get(key, [])
    if not (isinstance(found, list) and len(found) <= MAX_LIST):
        raise ValueError(f'"{key}" must be a list of at most {MAX_LIST}')
    return found


def _pattern(name: object) -> str:
    if name not in PATTERNS:
        raise ValueError(f"unknown pattern {name!r}")
    return str(name)


def _place(data: object) -> Place:
    match data:
        case {
            "scenario": str(name),
            "phase": str(phase),
            "given": str(given),
            "times": int(times),
            "steps": int(steps),
        }:
            return Place(name, phase, given, times, steps)
    raise ValueError(f"not a place: {json.dumps(data)[:80]}")


def write(finding: Finding, out: Path) -> Path:
    """Write the finding's directory below `out` and return it; raises `OSError`.

    Pictures that have to be laid out are left away where `missing` says so.
    """
    directory = out / f"{finding.target.replace(':', '-').replace('/', '-')}-{finding.id}"
    directory.mkdir(parents=True, exist_ok=True)
    record = json.dumps(finding.to_json(), indent=2) + "\n"
    directory.joinpath(RECORD).write_text(record, "utf-8")
    expected = finding.expected or None
    directory.joinpath("trace.svg").write_text(sequence_svg(finding.trace, expected), "utf-8")
    if not missing():
        picture = phases(build(f"{finding.trace.machine}:handshake"), finding.trace, expected)
        render(picture, directory / "path.svg")
        for name in finding.patterns:
            render(diagram(PATTERNS[name]), directory / f"pattern-{name}.svg")
    directory.joinpath("test_finding.py").write_text(
        _TEST.replace("{title}", finding.title.replace("\\", " ").replace(chr(34) * 3, "")), "utf-8"
    )
    return directory


def read(directory: Path) -> Finding:
    """Read a finding's directory; raises `ValueError` naming the file and what is wrong with it."""
    path = directory / RECORD
    try:
        if path.stat().st_size > MAX_RECORD:
            raise ValueError(f"{path}: larger than {MAX_RECORD} bytes")
        return finding_from_json(json.loads(path.read_text("utf-8")))
    except OSError as fault:
        raise ValueError(f"{path}: {fault.strerror}") from None
    except (json.JSONDecodeError, UnicodeDecodeError) as fault:
        raise ValueError(f"{path}: not JSON: {fault}") from None
    except RecursionError:
        raise ValueError(f"{path}: nested too deeply") from None
    except ValueError as fault:
        raise ValueError(f"{path}: {fault}") from None


_TEST = '''"""{title}

Fails as long as the target departs from the model on the recorded steps.
"""

from pathlib import Path

from tlsmodel.hunt import replay


def test_the_target_agrees_with_the_model():
    replayed = replay(Path(__file__).parent)

    assert not replayed.reproduced, replayed.summary
'''
