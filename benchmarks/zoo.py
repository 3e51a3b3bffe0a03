"""Finds every seeded bug by the default hunt and writes the table: ``python -m benchmarks.zoo``.

Seconds are those of the processor, on one core; shrinking is not stopped for any of them.
"""

from __future__ import annotations

import argparse
import statistics
import time
from pathlib import Path
from typing import NamedTuple

from tlsmodel.hunt import Plan, hunt
from tlsmodel.targets.zoo import BUGS

PAGE = Path(__file__).parents[1] / "docs" / "zoo.md"
HEAD = """# The seeded bugs under the default hunt

Each row is one hunt of `zoo:ID` with seed {seed}, stopped as soon as something is found or after {limit:g}
seconds of processor time of one core; no hint, no chosen scenario. Made by `python -m benchmarks.zoo`.

{summary}

| bug | what it is | steps | seconds | length of the shrunk trace | found as |
|---|---|---|---|---|---|
"""


class Row(NamedTuple):
    """One bug: whether and how fast it was found."""

    bug: str
    title: str
    steps: int
    seconds: float
    length: int | None
    found: str


def measured(bug: str, seed: int, limit: float) -> Row:
    """Hunt one bug."""
    begun = time.process_time()
    result = hunt(Plan((f"zoo:{bug}",), seconds=limit, seed=seed, first=True)).targets[0]
    seconds = time.process_time() - begun
    shortest = min(result.new, key=lambda finding: len(finding.trace), default=None)
    if shortest is None:
        return Row(bug, BUGS[bug].title, result.steps, seconds, None, "not found")
    found = f"{shortest.trace.machine}: {shortest.title.partition(': ')[0]}"
    return Row(bug, BUGS[bug].title, result.steps, seconds, len(shortest.trace), found)


def page(rows: list[Row], seed: int, limit: float) -> str:
    """Return the page."""
    found = [row for row in rows if row.length is not None]
    summary = f"Found: {len(found)} of {len(rows)}."
    if found:
        lengths = [row.length for row in found if row.length is not None]
        summary += (
            f" Median {statistics.median(row.seconds for row in found):.1f} s, longest"
            f" {max(row.seconds for row in found):.1f} s; shrunk traces of {min(lengths)} to"
            f" {max(lengths)} steps."
        )
    lines = (
        f"| {row.bug} | {row.title} | {row.steps:,} | {row.seconds:.1f} |"
        f" {'–' if row.length is None else row.length} | {row.found} |\n"
        for row in rows
    )
    return HEAD.format(seed=seed, limit=limit, summary=summary) + "".join(lines)


def main() -> None:
    """Measure and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("bugs", nargs="*", default=list(BUGS))
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--out", type=Path, default=PAGE)
    chosen = parser.parse_args()
    rows = []
    for bug in chosen.bugs:
        rows.append(measured(bug, chosen.seed, chosen.seconds))
        print(*rows[-1], sep=" | ", flush=True)
    chosen.out.write_text(page(rows, chosen.seed, chosen.seconds), "utf-8")


if __name__ == "__main__":
    main()
