"""A hunt over targets and scenarios, in batches, until its time or its number of examples is over."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from tlsmodel.credentials import TestCredentials, shared_credentials
from tlsmodel.draw import phases, render
from tlsmodel.hunt.finding import Finding, hunted, title_of, write
from tlsmodel.hunt.known import known_departures
from tlsmodel.hunt.replay import departure_on
from tlsmodel.hunt.report import HuntReport, TargetReport
from tlsmodel.hunt.stateful import Batch, Catch, Tally
from tlsmodel.hunt.sut import SystemUnderTest
from tlsmodel.machine import Machine, build
from tlsmodel.mapper import SETTINGS
from tlsmodel.spec.scenario import SCENARIOS
from tlsmodel.targets.base import Target
from tlsmodel.targets.registry import target as target_called

BATCH: Final = 100
"""Examples between two reports of progress."""
MAX_STATES: Final = 300_000
"""States that a machine may remember before it is built anew, so that a long hunt's memory stays bounded."""

Progress = Callable[[str, str, float, Tally], None]
"""(target, scenario, share of the target's work done, tally): called after each batch."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What to hunt.

    Parameters
    ----------
    targets: names as the registry knows them.
    scenarios: machine names.
    seconds: for each target; ignored where `examples` is given.
    examples: for each target and scenario, or None to go by time.
    seed: where the random choices start.
    out: where findings and pictures are written, or None.
    first: whether a target is left as soon as something new is found in it.
    """

    targets: tuple[str, ...]
    scenarios: tuple[str, ...] = tuple(SCENARIOS)
    seconds: float = 30.0
    examples: int | None = None
    seed: int = 0
    out: Path | None = None
    first: bool = False


def check(plan: Plan) -> None:
    """Raise `ValueError` for an unknown target or scenario, or for a target that no scenario fits,
    `TargetUnavailable` for one not installed."""
    for name in plan.scenarios:
        hunted(name)
    for name in plan.targets:
        target = target_called(name, shared_credentials())
        if not any(_fits(target, item) for item in plan.scenarios):
            raise ValueError(f"{name}: none of the scenarios {', '.join(plan.scenarios)} fits this target")


def hunt(plan: Plan, progress: Progress | None = None) -> HuntReport:
    """Carry out `plan`; an interrupt (Ctrl-C) ends it early and keeps what was found.

    Raises `ValueError` for an unknown target or scenario, `TargetUnavailable` for one that is not installed.
    """
    credentials = shared_credentials()
    check(plan)
    targets = [(name, target_called(name, credentials)) for name in plan.targets]
    results: list[TargetReport] = []
    pictures: dict[str, set[str]] = {}
    interrupted = False
    for name, target in targets:
        tally = Tally()
        scenarios = [item for item in plan.scenarios if _fits(target, item)]
        begun = time.monotonic()
        try:
            _drive(plan, name, target, scenarios, credentials, tally, progress)
        except KeyboardInterrupt:
            interrupted = True
        tally.seconds = time.monotonic() - begun
        results.append(_conclude(plan, name, target, scenarios, credentials, tally))
        for scenario in scenarios:
            pictures.setdefault(scenario, set()).update(tally.coverage.used(scenario))
        target.close()
        if interrupted:
            break
    drawn = _draw(plan.out, pictures) if plan.out else ()
    return HuntReport(plan.seed, tuple(results), drawn, interrupted)


def _fits(target: Target, name: str) -> bool:
    setting = hunted(name)
    played = all(value in SETTINGS.get(key, ()) for key, value in setting.parameters)
    return played and target.capabilities.fit(setting)


def _drive(
    plan: Plan,
    name: str,
    target: Target,
    scenarios: Sequence[str],
    credentials: TestCredentials,
    tally: Tally,
    progress: Progress | None,
) -> None:
    known = known_departures(name)
    machines: dict[str, Machine[Any]] = {}
    begun = time.monotonic()
    end = begun + plan.seconds if plan.examples is None else float("inf")
    number = 0
    while True:
        scenario = scenarios[number % len(scenarios)]
        if scenario not in machines or machines[scenario].discovered > MAX_STATES:
            machines[scenario] = build(hunted(scenario))
        size, done = BATCH, (time.monotonic() - begun) / plan.seconds
        if plan.examples is not None:
            left = plan.examples - number // len(scenarios) * BATCH
            size, done = min(BATCH, left), 1 - left / plan.examples
        if size <= 0 or time.monotonic() >= end:
            return
        system = SystemUnderTest(target, hunted(scenario), credentials)
        Batch(system, machines[scenario], known, tally).run(plan.seed + number, size, end)
        number += 1
        if progress is not None:
            progress(name, scenario, min(1.0, done), tally)
        if plan.first and tally.catches:
            return


def _conclude(
    plan: Plan,
    name: str,
    target: Target,
    scenarios: Sequence[str],
    credentials: TestCredentials,
    tally: Tally,
) -> TargetReport:
    findings: list[tuple[Finding, Path | None]] = []
    for catch in (*tally.catches.values(), *tally.known.values()):
        system = SystemUnderTest(target, hunted(catch.cause.scenario), credentials)
        again = departure_on(system, (step.given for step in catch.trace))
        finding = _finding(plan.seed, name, target, catch, again is not None)
        findings.append((finding, write(finding, plan.out) if plan.out and not finding.known else None))
    covered, total = tally.coverage.count(scenarios)
    return TargetReport(
        target=name,
        version=target.version,
        examples=tally.examples,
        steps=tally.steps,
        seconds=tally.seconds,
        transitions_covered=covered,
        transitions_total=total,
        findings=tuple(findings),
    )


def _finding(seed: int, name: str, target: Target, catch: Catch, reproducible: bool) -> Finding:
    departure, cause, known = catch.departure, catch.cause, catch.known
    rows = build(catch.trace.machine).rows
    return Finding(
        id=cause.id if known is None else known.id,
        title=title_of(cause, departure.observed) if known is None else known.title,
        target=name,
        version=target.version,
        seed=seed,
        trace=catch.trace,
        expected=departure.expected,
        cause=str(cause),
        cites=tuple(dict.fromkeys(rows[row].cite for row in departure.rows if row in rows)),
        reproducible=reproducible,
        known=None if known is None else known.id,
    )


def _draw(out: Path, used: dict[str, set[str]]) -> tuple[Path, ...]:
    """Draw what the whole hunt has covered, one picture per scenario."""
    out.mkdir(parents=True, exist_ok=True)
    paths = []
    for scenario, rows in used.items():
        path = out / f"coverage-{scenario}.svg"
        render(phases(build(f"{scenario}:handshake"), rows=frozenset(rows)), path)
        paths.append(path)
    return tuple(paths)
