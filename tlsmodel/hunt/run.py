"""A hunt over targets and scenarios, in batches, until its time or its number of examples is over."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import cycle, islice
from pathlib import Path
from typing import Any, Final

from tlsmodel.credentials import shared_credentials
from tlsmodel.draw import missing, phases, render
from tlsmodel.hunt.finding import hunted, write
from tlsmodel.hunt.gather import gather
from tlsmodel.hunt.known import known_departures
from tlsmodel.hunt.pages import write_pages
from tlsmodel.hunt.report import HuntReport, TargetReport
from tlsmodel.hunt.saving import NothingKept
from tlsmodel.hunt.stateful import Batch, Tally
from tlsmodel.hunt.sut import SystemUnderTest
from tlsmodel.machine import Machine, build
from tlsmodel.mapper import SETTINGS
from tlsmodel.spec.scenario import SCENARIOS, Scenario, variations
from tlsmodel.spec.symbols import HANDSHAKE, REHANDSHAKE
from tlsmodel.targets.base import Target
from tlsmodel.targets.registry import target as target_called

BATCH: Final = 10
"""Examples between two reports of progress."""
HUNTED: Final = (*SCENARIOS, *(setting.name for setting in variations()))
"""The default scenario of every version and role, and one for every value of every parameter."""
DRAWN: Final = 12
"""Where a hunt has more scenarios than this, only the default ones get a picture of what was covered."""
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
    scenarios: tuple[str, ...] = HUNTED
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
        if not any(fits(target, item) for item in plan.scenarios):
            raise ValueError(f"{name}: none of the scenarios {', '.join(plan.scenarios)} fits this target")


def hunt(plan: Plan, progress: Progress | None = None) -> HuntReport:
    """Carry out `plan`; an interrupt (Ctrl-C) ends it early and keeps what was found.

    Raises `ValueError` for an unknown target or scenario, `TargetUnavailable` for one that is not installed.
    """
    check(plan)
    targets = [(name, target_called(name, shared_credentials())) for name in plan.targets]
    results: list[TargetReport] = []
    pictures: dict[str, set[str]] = {}
    interrupted = False
    for name, target in targets:
        tally = Tally()
        scenarios = [item for item in plan.scenarios if fits(target, item)]
        begun = time.monotonic()
        try:
            _drive(plan, name, target, scenarios, tally, progress)
        except KeyboardInterrupt:
            interrupted = True
        tally.seconds = time.monotonic() - begun
        results.append(_conclude(plan, name, target, scenarios, tally))
        for scenario in scenarios:
            pictures.setdefault(scenario, set()).update(tally.coverage.used(scenario))
        target.close()
        if interrupted:
            break
    drawn = _draw(plan.out, pictures) if plan.out else ()
    report = HuntReport(plan.seed, tuple(results), drawn, interrupted)
    if plan.out is not None:
        write_pages(report, plan.out)
    return report


def fits(target: Target, name: str) -> bool:
    """Tell whether mapper and target can both play the scenario called `name`."""
    setting = hunted(name)
    played = all(value in SETTINGS.get(key, ()) for key, value in setting.parameters)
    return played and target.capabilities.fit(setting)


def _bounded(target: Target, name: str) -> Scenario:
    again = HANDSHAKE in target.capabilities.calls and REHANDSHAKE in target.capabilities.calls
    return hunted(name) if again else hunted(name).with_settings({"rehandshakes": "0"})


def _turns(scenarios: Sequence[str]) -> Iterator[str]:
    """Yield scenarios without end: the default ones, then some of the others, and so on."""
    plain = [name for name in scenarios if name in SCENARIOS]
    others = cycle([name for name in scenarios if name not in SCENARIOS])
    while True:
        yield from plain
        yield from islice(others, max(3, 2 * len(plain)))


def _drive(
    plan: Plan,
    name: str,
    target: Target,
    scenarios: Sequence[str],
    tally: Tally,
    progress: Progress | None,
) -> None:
    known = known_departures(name)
    machines: dict[str, Machine[Any]] = {}
    begun = time.monotonic()
    end = begun + plan.seconds if plan.examples is None else float("inf")
    turns = iter(_turns(scenarios)) if plan.examples is None else cycle(scenarios)
    for number, scenario in enumerate(turns):
        if sum(machine.discovered for machine in machines.values()) > MAX_STATES:
            machines.clear()
        if scenario not in machines:
            machines[scenario] = build(_bounded(target, scenario))
        size, done = BATCH, (time.monotonic() - begun) / plan.seconds
        if plan.examples is not None:
            left = plan.examples - number // len(scenarios) * BATCH
            size, done = min(BATCH, left), 1 - left / plan.examples
        if size <= 0 or time.monotonic() >= end:
            return
        system = SystemUnderTest(target, machines[scenario].scenario, shared_credentials())
        try:
            system.reset()
        except NothingKept as fault:
            tally.left_out[scenario] = str(fault)
            continue
        Batch(system, machines[scenario], known, tally).run(plan.seed + number, size, end)
        if progress is not None:
            progress(name, scenario, min(1.0, done), tally)
        if plan.first and tally.catches:
            return


def _conclude(plan: Plan, name: str, target: Target, scenarios: Sequence[str], tally: Tally) -> TargetReport:
    catches = (*tally.catches.values(), *tally.known.values())
    found = gather(catches, name, lambda: target_called(name, shared_credentials()), plan.seed)
    findings = tuple(
        (finding, write(finding, plan.out) if plan.out and not finding.known else None) for finding in found
    )
    alphabet = SystemUnderTest(target, hunted(scenarios[0]), shared_credentials()).alphabet
    covered, total = tally.coverage.count(scenarios, alphabet)
    return TargetReport(
        target=name,
        version=target.version,
        examples=tally.examples,
        connections=tally.connections,
        steps=tally.steps,
        seconds=tally.seconds,
        transitions_covered=covered,
        transitions_total=total,
        findings=findings,
        left_out=dict(tally.left_out),
    )


def _draw(out: Path, used: dict[str, set[str]]) -> tuple[Path, ...]:
    """Draw what the whole hunt has covered, where it can be laid out: one picture per scenario."""
    out.mkdir(parents=True, exist_ok=True)
    if missing():
        return ()
    paths = []
    chosen = [name for name in used if len(used) <= DRAWN or name in SCENARIOS]
    for scenario in chosen:
        path = out / f"coverage-{scenario.replace('?', '-').replace('&', '-').replace('=', '-')}.svg"
        render(phases(build(f"{scenario}:handshake"), rows=frozenset(used[scenario])), path)
        paths.append(path)
    return tuple(paths)
