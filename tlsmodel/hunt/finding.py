"""Findings: a shrunk trace on which a target left the model, kept as a directory that stands alone.

``finding.json`` is the record, ``trace.svg`` its sequence chart, ``path.svg`` its way through the phases,
``test_finding.py`` a pytest file that fails as long as the departure is there.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tlsmodel.display import Displayed
from tlsmodel.draw import phases, render, sequence_svg
from tlsmodel.hunt.cause import Cause
from tlsmodel.machine import Trace, build, trace_from_json
from tlsmodel.machine.trace import output_from_json, output_to_json
from tlsmodel.spec.scenario import SCENARIOS, Scenario, scenario
from tlsmodel.spec.symbols import Output

RECORD = "finding.json"
MAX_RECORD = 1 << 20
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
class Finding(Displayed):
    """One departure of one target.

    Parameters
    ----------
    id: from its cause; the same cause has the same id in every run.
    title: one line.
    target, version: where it was found.
    seed: of the run that found it.
    trace: the steps up to and including the departure, with what was observed.
    expected: the outputs that the model permits at the last step.
    cause: its key in words.
    cites: sources of the rows that the model would have followed.
    reproducible: whether a second run of the same steps departed too.
    known: the id of a known departure, or None.
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
        }


def title_of(cause: Cause, observed: Output) -> str:
    """Say in a line what happened."""
    message = cause.row.rpartition("/")[2]
    return f"{cause.given}() in {cause.phase} on {message}: {observed}"


def finding_from_json(data: object) -> Finding:
    """Read a finding back; raises `ValueError` naming the value at fault."""
    if not isinstance(data, Mapping):
        raise ValueError("a finding is a JSON object")
    texts = {key: data.get(key) for key in ("id", "title", "target", "version", "scenario", "cause")}
    for key, value in texts.items():
        if not isinstance(value, str):
            raise ValueError(f'"{key}" must be a string')
    if texts["scenario"] not in SCENARIOS:
        raise ValueError(f"unknown scenario {texts['scenario']!r}")
    trace = trace_from_json({"machine": texts["scenario"], "steps": data.get("steps")})
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
    )


def write(finding: Finding, out: Path) -> Path:
    """Write the finding's directory below `out` and return it; raises `OSError`."""
    target = finding.target.replace(":", "-")
    directory = out / f"{target}-{finding.trace.machine}-{finding.id}"
    directory.mkdir(parents=True, exist_ok=True)
    record = json.dumps(finding.to_json(), indent=2) + "\n"
    directory.joinpath(RECORD).write_text(record, "utf-8")
    directory.joinpath("trace.svg").write_text(sequence_svg(finding.trace, finding.expected), "utf-8")
    picture = phases(build(f"{finding.trace.machine}:handshake"), finding.trace, finding.expected)
    render(picture, directory / "path.svg")
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
