"""How fast a pair is explored, beside Spin on the export of the same pair, and how that grows: writes a page.

Both search breadth first or depth first for nothing, without reductions, on one core, in turns; the number of
states must be the same.  Run with `PYTHONPATH=. python benchmarks/exploration.py -o docs/exploration.md`.
"""

from __future__ import annotations

import argparse
import platform
import subprocess
import tempfile
from pathlib import Path
from typing import NamedTuple

from tests.spin import Spun, Verifier
from tlsmodel.explore import explore
from tlsmodel.explore.pairs import PairSpace, explore_pair
from tlsmodel.export.promela import to_promela
from tlsmodel.machine import build
from tlsmodel.machine.pair import Pair, pair
from tlsmodel.spec.scenario import SCENARIOS

NAME = "tls12"
FIXED = {"channel": 4, "data": 0, "renewals": 0, "byes": 0}
GROWTH = (
    {"duplicates": 1, "reorders": 1},
    {"duplicates": 2, "reorders": 1},
    {"duplicates": 2, "reorders": 2},
    {"duplicates": 2, "reorders": 2, "losses": 1},
    {"duplicates": 2, "reorders": 2, "losses": 2},
)
TOO_LITTLE = 64 << 20
PAGE = """# How fast pairs are explored

The pair `{name}` ({fixed}) under a network that may double, move and lose ever more records, explored
in one run by `tlsmodel explore` and by Spin ({spin}; safety, no partial order reduction, one core,
`gcc -O2`, compilation not counted), which must find the same number of states. Best of {rounds}, in turns.

This page is generated, by `PYTHONPATH=. python benchmarks/exploration.py` with
`--rounds {rounds} -o docs/exploration.md`. Compare the columns of one row;
the machine may have been doing something else as well.

| {heads} |
|--|--:|--:|--:|--:|--:|--:|--:|--:|--:|
{rows}

{growth}

{stopped}

## Session machines

`tlsmodel explore` of each, in Python, from the tables to the last state; best of {rounds}.

| machine | states | transitions | s |
|--|--:|--:|--:|
{sessions}

{machine}
"""
HEADS = (
    *("network", "states", "transitions", "tlsmodel, s", "Spin, s"),
    *("states/s", "Spin's states/s", "ratio", "bytes a state", "MiB"),
)


class Row(NamedTuple):
    """One pair, explored by both."""

    network: str
    ours: PairSpace
    seconds: float
    spun: Spun | None

    @property
    def rate(self) -> float:
        return self.ours.states / self.seconds

    def text(self) -> str:
        found = self.ours.found
        theirs = self.spun.states / self.spun.seconds if self.spun and self.spun.seconds else None
        cells = (
            self.network,
            f"{self.ours.states:,}",
            f"{found.transitions:,}",
            f"{self.seconds:.3f}",
            f"{self.spun.seconds:.2f}" if self.spun else "",
            f"{self.rate:,.0f}",
            f"{theirs:,.0f}" if theirs else "too short to time",
            f"{self.rate / theirs:.1f}" if theirs else "",
            f"{found.memory / self.ours.states:.1f}",
            f"{found.memory / (1 << 20):,.0f}",
        )
        return f"| {' | '.join(cells)} |"


def built(network: dict[str, int]) -> Pair:
    """Return the pair under a network."""
    return pair(NAME, {key: str(value) for key, value in (FIXED | network).items()})


def described(network: dict[str, int]) -> str:
    """Return ``duplicates 2, reorders 1``."""
    return ", ".join(f"{key} {value}" for key, value in network.items())


def measured(network: dict[str, int], rounds: int) -> Row:
    """Explore one pair with both, in turns; raises `ValueError` where they do not find the same states."""
    made = built(network)
    ours: list[PairSpace] = []
    theirs: list[Spun] = []
    with tempfile.TemporaryDirectory() as directory:
        spin = Verifier(to_promela(made), Path(directory), optimise="-O2")
        for _ in range(rounds):
            ours.append(explore_pair(made))
            theirs.append(spin.count())
    if {space.states for space in ours} != {spun.states for spun in theirs}:
        raise ValueError(f"{described(network)}: {ours[0].states} states, and Spin has {theirs[0].states}")
    best = min(ours, key=lambda space: space.found.seconds)
    return Row(described(network), best, best.found.seconds, min(theirs, key=lambda spun: spun.seconds))


def grown(rows: list[Row]) -> str:
    """Say how time and memory grow from the first row to the last."""
    first, last = rows[0], rows[-1]
    states = last.ours.states / first.ours.states
    memory = last.ours.found.memory / first.ours.found.memory
    each = last.ours.found.memory / last.ours.states
    return (
        f"From {first.ours.states:,} to {last.ours.states:,} states, {states:,.0f} times as many, time grows "
        f"{last.seconds / first.seconds:,.0f} times and memory {memory:,.0f} times. At the largest pair "
        f"a state takes {each:.1f} bytes; ten million would take {10_000_000 * each / (1 << 30):.2f} GiB."
    )


def session(name: str, rounds: int) -> str:
    """Return the row of a session machine."""
    found = min((explore(build(name)) for _ in range(rounds)), key=lambda space: space.seconds)
    return f"| {name} | {found.states:,} | {found.transitions:,} | {found.seconds:.2f} |"


def stopped() -> str:
    """Say what a search does for which there is too little memory."""
    space = explore_pair(built(GROWTH[-1]), memory=TOO_LITTLE)
    if space.found.complete:
        raise ValueError("it was meant to be too large")
    return (
        f"With no more than {TOO_LITTLE >> 20} MiB the largest of them stops at {space.states:,} states and "
        f"depth {space.found.depth}, says so, and still has a shortest trace to each of them."
    )


def main() -> None:
    """Measure, and write the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("-o", "--output", type=Path, required=True)
    chosen = parser.parse_args()
    rows = [measured(network, chosen.rounds) for network in GROWTH]
    version = subprocess.run(["spin", "-V"], capture_output=True, text=True, check=True).stdout
    chosen.output.write_text(
        PAGE.format(
            name=NAME,
            fixed=", ".join(f"{key} {value}" for key, value in FIXED.items()),
            spin=" ".join(version.split()[:3]),
            rounds=chosen.rounds,
            heads=" | ".join(HEADS),
            rows="\n".join(row.text() for row in rows),
            growth=grown(rows),
            stopped=stopped(),
            sessions="\n".join(session(name, chosen.rounds) for name in SCENARIOS),
            machine=f"CPython {platform.python_version()}, {platform.machine()}, {platform.system()}.",
        ),
        "utf-8",
    )


if __name__ == "__main__":
    main()
