"""Runs the contestants against each other, round by round, so that what slows the machine slows them all."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median
from types import ModuleType

from handshake import aioquic, bare, gnutls, impl, openssl, tlslite
from handshake.cases import Case, Unsupported

CONTESTANTS: tuple[ModuleType, ...] = (impl, gnutls, openssl, aioquic, tlslite, bare)
BURST, SETTLE = 10, 2


@dataclass(frozen=True, slots=True)
class Result:
    """Median of one contestant in one case, in milliseconds, or why there is none."""

    milliseconds: float | None
    reason: str = ""


def race(cases: Sequence[Case], rounds: int) -> dict[tuple[str, str], Result]:
    """Measure all contestants in all cases; keys are the names of case and contestant."""
    results: dict[tuple[str, str], Result] = {}
    running: dict[tuple[str, str], Callable[[], None]] = {}
    for case in cases:
        for contestant in CONTESTANTS:
            place = case.name, contestant.NAME
            try:
                running[place] = contestant.make(case)
            except Unsupported as reason:
                results[place] = Result(None, str(reason))
    times = _rounds(running, rounds)
    return results | {place: Result(median(seconds) * 1e3) for place, seconds in times.items()}


def _rounds(
    running: dict[tuple[str, str], Callable[[], None]], rounds: int
) -> dict[tuple[str, str], list[float]]:
    times: dict[tuple[str, str], list[float]] = {place: [] for place in running}
    gc.collect()
    for _ in range(rounds):
        for place, once in running.items():
            for _ in range(SETTLE):  # gets its code into the caches that the others have filled
                once()
            for _ in range(BURST):
                began = time.perf_counter()
                once()
                times[place].append(time.perf_counter() - began)
    return times
