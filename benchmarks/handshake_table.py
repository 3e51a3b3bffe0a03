"""Compares handshakes of impl, other implementations and the bare operations; writes docs/benchmarks.md.

`PYTHONPATH=. python benchmarks/handshake_table.py [--rounds N] [-o FILE]`
"""

from __future__ import annotations

import argparse
from pathlib import Path

from handshake import impl
from handshake.cases import CASES
from handshake.profile import profile
from handshake.race import race
from handshake.report import page


def main() -> None:
    """Run the race and write the page, or print it."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rounds", type=int, default=40, help="turns of each contestant (40)")
    options.add_argument("-o", "--output", type=Path, help="file to write; printed otherwise")
    chosen = options.parse_args()
    profiles = {case.name: profile(impl.make(case)) for case in CASES}
    text = page(CASES, race(CASES, chosen.rounds), profiles, chosen.rounds)
    if chosen.output is None:
        print(text, end="")
    else:
        chosen.output.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
