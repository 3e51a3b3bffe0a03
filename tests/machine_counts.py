"""Writes tests/counts.toml, the sizes of machines: `python -m tests.machine_counts` after a change."""

from __future__ import annotations

from pathlib import Path

from tlsmodel.machine import build
from tlsmodel.spec.scenario import SCENARIOS

FILE = Path(__file__).with_name("counts.toml")
HEAD = "# States and transitions of every machine: a change must be seen in review.\n"


def text() -> str:
    """Return what the file should say."""
    lines = [HEAD]
    for name in (item for scenario in SCENARIOS for item in (scenario, f"{scenario}:handshake")):
        space = build(name).expand()
        lines.append(f'["{name}"]\nstates = {space.states}\ntransitions = {len(space.source)}\n')
    return "".join(lines)


if __name__ == "__main__":
    FILE.write_text(text(), "utf-8")
