"""The fuzzer's command line: `python -m fuzz.run --target session --runs 10000 --seed 1`.

Status 0: no run broke what must hold.  1: one did, and its input is kept; `--replay FILE` tells the story.
2: wrong usage.  3: atheris, which guides the fuzzer, is not installed.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from fuzz.report import Run, update
from fuzz.targets import TARGETS, script

LONGEST: Final = {"codec": 400, "record": 400, "session": 240}
"""Target -> bytes of its longest input."""
SLOWEST: Final = 60
"""Seconds of one run after which it is taken for one that never ends."""
LARGEST: Final = 2048
"""Megabytes of the whole process beyond which its memory is taken to be unbounded."""
SEEDS: Final = 500
"""Inputs that a fuzzer begins with."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; return the exit status."""
    options = _parser().parse_args(arguments)
    if options.replay is not None:
        return _replay(options.target, options.replay)
    if find_spec("atheris") is None:
        print("fuzz.run: atheris is not installed: pip install '.[fuzz]'", file=sys.stderr)
        return 3
    with tempfile.TemporaryDirectory() as folder:
        return _fuzz(options, Path(folder))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="fuzz.run", description="Fuzz the implementation with atheris.")
    parser.add_argument("--target", choices=sorted(TARGETS), required=True)
    parser.add_argument("--runs", type=int, default=10_000, help="how many inputs are tried")
    parser.add_argument("--seed", type=int, default=1, help="of the random numbers; not 0")
    parser.add_argument("--report", type=Path, help="a page whose table of runs is to say what came out")
    parser.add_argument("--findings", type=Path, default=Path("findings"), help="where a bad input is kept")
    parser.add_argument("--replay", type=Path, help="run this input alone")
    return parser


def _fuzz(options: argparse.Namespace, folder: Path) -> int:
    tally, corpus = folder / "tally.json", folder / "corpus"
    corpus.mkdir()
    for number, seed in enumerate(_seeds(options.target, options.seed)):
        (corpus / str(number)).write_bytes(seed)
    options.findings.mkdir(parents=True, exist_ok=True)
    command = [
        *(sys.executable, "-m", "fuzz.engine", options.target, str(options.runs), str(tally)),
        f"-seed={options.seed}",
        f"-max_len={LONGEST[options.target]}",
        f"-timeout={SLOWEST}",
        f"-rss_limit_mb={LARGEST}",
        f"-artifact_prefix={options.findings}/{options.target}-",
        *("-len_control=0", "-verbosity=1", str(corpus)),
    ]
    begun = time.monotonic()
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    seconds = time.monotonic() - begun
    finished = re.search(r"Done (\d+) runs", done.stdout)
    if done.returncode or finished is None:
        print(done.stdout[-6000:])
        print(f"fuzz.run: {options.target} failed; see {options.findings}", file=sys.stderr)
        return 1
    covered = re.findall(r"cov: (\d+)", done.stdout)
    run = Run(
        target=options.target,
        runs=int(finished[1]),
        seed=options.seed,
        seconds=round(seconds),
        edges=int(covered[-1]) if covered else 0,
        outcomes=json.loads(tally.read_text()),
    )
    print(run.line())
    if options.report is not None:
        update(options.report, run)
    return 0


def _seeds(target: str, seed: int) -> list[bytes]:
    """Return inputs to begin with: short ones of every length up to the longest."""
    source = random.Random(f"{target} {seed}")
    return [source.randbytes(1 + number * LONGEST[target] // SEEDS) for number in range(SEEDS)]


def _replay(target: str, path: Path) -> int:
    try:
        data = path.read_bytes()
    except OSError as error:
        print(f"fuzz.run: {path}: {error.strerror}", file=sys.stderr)
        return 2
    if target == "session":
        point, deeds = script(data)
        print(point, *deeds, sep="\n")
    print(TARGETS[target](data))
    return 0


if __name__ == "__main__":
    sys.exit(main())
