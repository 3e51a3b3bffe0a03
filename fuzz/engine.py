"""The coverage-guided fuzzer in a process of its own: `python -m fuzz.engine TARGET RUNS TALLY OPTION…`.

The options are libFuzzer's.  `fuzz.run` starts it and reads the tally, for libFuzzer never returns.
"""

from __future__ import annotations

import json
import sys
import warnings
from collections import Counter
from pathlib import Path

import atheris

EVERY: int = 1000
"""Runs between two tallies, besides that after the last run."""


def main(target: str, runs: int, tally: Path, options: list[str]) -> None:
    """Fuzz a target `runs` times; `tally` is told how often each outcome came."""
    # FFDHE is deprecated in the package that computes it, which says so once for each exchange.
    warnings.simplefilter("ignore")
    with atheris.instrument_imports(include=["impl"]):
        from fuzz.targets import TARGETS
    outcomes: Counter[str] = Counter()
    decide = TARGETS[target]

    def one(data: bytes) -> None:
        outcomes[decide(data)] += 1
        count = outcomes.total()
        if count == runs or count % EVERY == 0:
            tally.write_text(json.dumps(outcomes))

    atheris.Setup([sys.argv[0], f"-runs={runs}", *options], one)
    atheris.Fuzz()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), Path(sys.argv[3]), sys.argv[4:])
