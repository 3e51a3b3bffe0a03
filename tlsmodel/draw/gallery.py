"""The pictures of `diagrams/`, made from the model and nothing else, and the check that they are fresh."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

from tlsmodel.draw.render import to_svg
from tlsmodel.draw.sequence import sequence_svg
from tlsmodel.draw.text import to_mermaid
from tlsmodel.draw.views import phases
from tlsmodel.machine import Machine, Trace, build
from tlsmodel.machine.regions import State
from tlsmodel.machine.trace import Step
from tlsmodel.spec.row import Row, Verb
from tlsmodel.spec.scenario import SCENARIOS
from tlsmodel.spec.symbols import HANDSHAKE, Kind

INDEX: Final = "README.md"


def pictures() -> dict[str, str]:
    """Return every file of the gallery: name -> content."""
    files: dict[str, str] = {}
    lines = [
        "# Diagrams",
        "",
        "Generated from the tables by `tlsmodel draw --all -o diagrams`; do not edit.",
        "",
    ]
    for name in SCENARIOS:
        view = phases(build(f"{name}:handshake"))
        chart = honest_run(build(name))
        files[f"{name}.svg"] = to_svg(view)
        files[f"{name}.mmd"] = to_mermaid(view)
        files[f"{name}-sequence.svg"] = sequence_svg(chart)
        lines += [
            f"## {name}",
            "",
            f"![{view.description}]({name}.svg)",
            "",
            f"A full handshake, call by call ([Mermaid source of the phases]({name}.mmd)):",
            "",
            f"![Sequence chart of a full handshake of {name} in {len(chart)} steps]({name}-sequence.svg)",
            "",
        ]
    files[INDEX] = "\n".join(lines)
    return files


def write_gallery(directory: Path) -> list[Path]:
    """Write the gallery; raises `OSError`."""
    directory.mkdir(parents=True, exist_ok=True)
    written = []
    for name, content in pictures().items():
        path = directory / name
        path.write_text(content, "utf-8")
        written.append(path)
    return written


def stale(directory: Path) -> list[str]:
    """Return the names of files that are missing or do not show what the model says.

    Layouts of different Graphviz versions differ, so of laid-out pictures only the texts are compared.
    """
    wrong = []
    for name, content in pictures().items():
        path = directory / name
        there = path.read_text("utf-8") if path.is_file() else ""
        laid_out = name.endswith(".svg") and "-sequence" not in name
        same = texts(there) == texts(content) if laid_out else there == content
        if not same:
            wrong.append(name)
    return wrong


def texts(svg: str) -> list[str]:
    """Return all texts of an SVG, sorted."""
    return sorted(re.findall(r">([^<>]*[^<>\s][^<>]*)</(?:text|title|desc)>", svg))


def honest_run(machine: Machine[State]) -> Trace:
    """Return the undisturbed handshake of a session machine: what is waited for comes, and is read."""
    expected = {
        row.at: row.on
        for row in reversed(list(machine.rows.values()))
        if isinstance(row, Row) and row.verb is Verb.ADVANCE and row.on.kind is Kind.DELIVERY
        if not row.to.endswith("_R") and row.on.name != "CertificateRequest"
    }
    state, steps = machine.initial, []
    while not machine.state(state).complete:
        here = machine.state(state)
        nothing_sent = here.phase == "START" and here.phase not in expected
        given = HANDSHAKE if nothing_sent or here.inbox else expected[here.phase]
        answer = machine.successors(state, given)[0]
        steps.append(Step(given, answer.output, answer.rows))
        state = answer.target
    return Trace(machine.name, tuple(steps))
