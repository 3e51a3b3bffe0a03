"""Spin as a second engine: verifies a Promela text and says how many states it has and what it found."""

import re
import subprocess
from pathlib import Path
from typing import NamedTuple

COUNTED = re.compile(r"^ *(\d+) (?:states, stored|transitions)", re.MULTILINE)
SECONDS = re.compile(r"elapsed time ([\d.e+]+) seconds")
ERRORS = re.compile(r"errors: (\d+)")
DEPTH = 10_000_000


class Spun(NamedTuple):
    """What Spin says of one run: stored states, transitions, errors, seconds, and everything."""

    states: int
    transitions: int
    errors: int
    seconds: float
    said: str


class Verifier:
    """A Promela text, compiled once for each way of searching.

    Parameters
    ----------
    text: the model.
    directory: an empty one to work in.
    optimise: how the C compiler is called; a large model takes it long to optimise.
    """

    def __init__(self, text: str, directory: Path, optimise: str = "-O0") -> None:
        self._directory = directory
        self._optimise = optimise
        directory.joinpath("model.pml").write_text(text)
        self._run("spin", "-a", "model.pml")
        self._built: set[str] = set()

    def _run(self, *command: str) -> str:
        done = subprocess.run(
            command, cwd=self._directory, capture_output=True, text=True, check=False, timeout=3000
        )
        if done.returncode or "error:" in done.stdout.lower().replace("pan: error", ""):
            raise RuntimeError(f"{' '.join(command)}: {done.stdout[-2000:]}{done.stderr[-2000:]}")
        return done.stdout

    def _verify(self, name: str, flags: tuple[str, ...], options: tuple[str, ...]) -> Spun:
        if name not in self._built:
            self._run(
                "gcc", self._optimise, "-w", "-DNOREDUCE", "-DMEMLIM=16384", *flags, "-o", name, "pan.c"
            )
            self._built.add(name)
        said = self._run(f"./{name}", f"-m{DEPTH}", "-w24", "-n", *options)
        if "max search depth too small" in said or "out of memory" in said:
            raise RuntimeError(said)
        states, transitions = (int(number) for number in COUNTED.findall(said)[:2])
        errors, seconds = int(ERRORS.findall(said)[0]), float(SECONDS.findall(said)[0])
        return Spun(states, transitions, errors, seconds, said)

    def count(self) -> Spun:
        """Search all states for nothing."""
        return self._verify("count", ("-DSAFETY", "-DNOCLAIM"), ("-E",))

    def deadlocks(self) -> Spun:
        """Search for states without successors in which not every process may rest; stop at the first."""
        return self._verify("count", ("-DSAFETY", "-DNOCLAIM"), ())

    def safety(self, claim: str) -> Spun:
        """Search for a violation of a safety formula."""
        return self._verify("safety", ("-DSAFETY",), ("-E", "-N", claim))

    def liveness(self, claim: str) -> Spun:
        """Search for a fair run that violates a formula."""
        return self._verify("liveness", ("-DNFAIR=3",), ("-E", "-a", "-f", "-N", claim))
