"""What fuzzing came to, as a table in a page: one row a target, written by the run itself."""

from __future__ import annotations

import platform
import re
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Final

BEGIN: Final = "<!-- runs: written by python -m fuzz.run --report, one row a target -->"
END: Final = "<!-- end of runs -->"
_HEAD: Final = """\
| target | runs | failed | command | seconds | edges | outcomes |
|---|---|---|---|---|---|---|"""
_MOST: Final = 12
"""How many outcomes a row shows."""


@dataclass(frozen=True)
class Run:
    """A run of the fuzzer in which nothing failed.

    Parameters
    ----------
    runs: how many inputs were tried, as libFuzzer says.
    edges: how many edges of the implementation's code they went over.
    outcomes: how often each came.
    """

    target: str
    runs: int
    seed: int
    seconds: int
    edges: int
    outcomes: Mapping[str, int]

    @property
    def command(self) -> str:
        """What repeats it."""
        return f"python -m fuzz.run --target {self.target} --runs {self.runs} --seed {self.seed}"

    def line(self) -> str:
        """Return one line for people."""
        return (
            f"{self.target}: {self.runs:,} runs, none failed, {self.seconds} seconds, {self.edges:,} edges; "
            + _outcomes(self.outcomes)
        )

    def row(self) -> str:
        """Return the row of the table."""
        return (
            f"| {self.target} | {self.runs:,} | 0 | `{self.command}` | {self.seconds:,} | {self.edges:,} "
            f"| {_outcomes(self.outcomes)} |"
        )


def _outcomes(outcomes: Mapping[str, int]) -> str:
    ranked = sorted(outcomes.items(), key=lambda item: -item[1])
    shown = [f"{name} {count:,}" for name, count in ranked[:_MOST]]
    rest = sum(count for _, count in ranked[_MOST:])
    return ", ".join([*shown, f"{len(ranked) - _MOST} others {rest:,}"] if rest else shown)


def update(page: Path, run: Run) -> None:
    """Put a run into the table of `page`, in place of the row of its target; raises `ValueError`."""
    text = page.read_text(encoding="utf-8")
    if BEGIN not in text or END not in text:
        raise ValueError(f"{page}: no table of runs between {BEGIN!r} and {END!r}")
    before, rest = text.split(BEGIN, 1)
    table, after = rest.split(END, 1)
    rows = {match[1]: match[0] for match in re.finditer(r"^\| (\w+) \| [\d,]+ \|.*$", table, re.MULTILINE)}
    rows[run.target] = run.row()
    made = f"Python {platform.python_version()}, atheris {version('atheris')}."
    body = "\n".join([_HEAD, *(rows[name] for name in sorted(rows))])
    page.write_text(f"{before}{BEGIN}\n\n{body}\n\nMade with {made}\n\n{END}{after}", encoding="utf-8")
