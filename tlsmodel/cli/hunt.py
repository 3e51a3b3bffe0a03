"""`tlsmodel hunt`: the main job."""

from __future__ import annotations

import secrets
import signal
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from tlsmodel.cli.output import Status, faults_in_one_line, say_json

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType

    from tlsmodel.hunt import HuntReport, Plan
    from tlsmodel.hunt.run import Progress
    from tlsmodel.hunt.stateful import Tally

DEFAULT_SECONDS = 60.0
DEFAULT_OUT = Path("findings")
QUIET_SECONDS = 10.0
"""Seconds between two lines of progress where there is no terminal."""


def command(
    target: list[str] = typer.Option(
        [], "--target", "-t", help="impl, gnutls, openssl, zoo:ID; may be repeated."
    ),
    seconds: float = typer.Option(DEFAULT_SECONDS, min=0.1, max=1e7, help="Time for all targets together."),
    examples: int = typer.Option(None, min=1, help="Examples per target and scenario, instead of a time."),
    seed: int = typer.Option(None, min=0, help="Seed of the random choices; printed in any case."),
    out: Path = typer.Option(DEFAULT_OUT, help="Directory for findings and pictures."),
    scenario: list[str] = typer.Option([], help="A machine, as tls13-client; may be repeated."),
    as_json: bool = typer.Option(False, "--json", help="Print JSON."),
) -> None:
    """Drive targets at random beside the model; keep, shrink and draw what departs."""
    from tlsmodel.hunt import Plan, check
    from tlsmodel.hunt.run import HUNTED

    with faults_in_one_line():
        names = tuple(target) or _present(as_json)
        plan = Plan(
            targets=names,
            scenarios=tuple(scenario) or HUNTED,
            seconds=seconds / len(names),
            examples=examples,
            seed=secrets.randbelow(1 << 32) if seed is None else seed,
            out=out,
        )
        check(plan)
        _say_what_is_missing(as_json)
        report = _run(plan, as_json)
    if as_json:
        say_json(report.to_json())
    else:
        _show(report, out)
    if report.interrupted and report.clean:
        raise typer.Exit(Status.INTERRUPTED)
    raise typer.Exit(Status.FINE if report.clean else Status.FOUND)


def _present(quiet: bool) -> tuple[str, ...]:
    """The targets of a hunt that names none: `impl`, and libgnutls where it is installed."""
    from tlsmodel.targets.base import TargetUnavailable
    from tlsmodel.targets.gnutls_ffi import library

    try:
        library()
    except TargetUnavailable as fault:
        print(f"tlsmodel: {fault}; going on without it", file=sys.stderr if quiet else sys.stdout)
        return ("impl",)
    return ("impl", "gnutls")


def _say_what_is_missing(quiet: bool) -> None:
    from tlsmodel.draw import missing

    if fault := missing():
        print(f"tlsmodel: {fault}; going on without them", file=sys.stderr if quiet else sys.stdout)


def _run(plan: Plan, quiet: bool) -> HuntReport:
    from tlsmodel.hunt import hunt

    stopping = _interrupts()
    if quiet:
        return hunt(plan, lambda *_: stopping())
    print(f"seed {plan.seed}", flush=True)
    if not sys.stdout.isatty():
        tell = _lines()

        def report_progress(name: str, scenario: str, share: float, tally: Tally) -> None:
            stopping()
            tell(name, scenario, share, tally)

        return hunt(plan, report_progress)
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description:24}"), BarColumn(), TextColumn("{task.fields[told]}"))
    with Progress(*columns, TimeElapsedColumn()) as bar:
        tasks = {name: bar.add_task(name, total=1.0, told="") for name in plan.targets}

        def advance(name: str, scenario: str, share: float, tally: Tally) -> None:
            stopping()
            bar.update(tasks[name], completed=share, told=f"{scenario}: {_told(tally)}")

        report = hunt(plan, advance)
        for task in tasks.values():
            bar.update(task, completed=1.0)
    return report


def _interrupts() -> Callable[[], None]:
    """Remember Ctrl-C, so that one swallowed in the depths of a run still ends the hunt."""
    struck: list[int] = []

    def strike(number: int, _frame: FrameType | None) -> None:
        struck.append(number)
        raise KeyboardInterrupt

    signal.signal(signal.SIGINT, strike)

    def check_struck() -> None:
        if struck:
            raise KeyboardInterrupt

    return check_struck


def _lines() -> Progress:
    last = [time.monotonic()]

    def tell(name: str, scenario: str, share: float, tally: Tally) -> None:
        if time.monotonic() - last[0] > QUIET_SECONDS:
            last[0] = time.monotonic()
            print(f"{name} {scenario} {share:4.0%}: {_told(tally)}", flush=True)

    return tell


def _told(tally: Tally) -> str:
    return f"{tally.examples} examples, {tally.steps} steps, {len(tally.groups)} findings"


def _show(report: HuntReport, out: Path) -> None:
    from rich.console import Console
    from rich.table import Table

    heads = ("target", "version", "examples", "steps", "steps/s", "transitions", "new findings", "known")
    table = Table(*heads)
    for result in report.targets:
        table.add_row(
            result.target,
            result.version,
            f"{result.examples:,}",
            f"{result.steps:,}",
            f"{result.steps_per_second:,}",
            f"{result.transitions_covered} of {result.transitions_total}",
            str(len(result.new)),
            str(len(result.known)),
        )
    console = Console(width=None if sys.stdout.isatty() else 110)
    console.print(table)
    for result in report.targets:
        for finding, directory in result.findings:
            mark = "known" if finding.known else "NEW  "
            console.print(f"{mark} {result.target}: {finding.title}", markup=False, highlight=False)
            if directory:
                flaky = "" if finding.reproducible else "  (did not happen again)"
                console.print(f"      {directory}{flaky}", markup=False, highlight=False)
    for path in report.pictures:
        print(f"picture {path}")
    if report.interrupted:
        print(f"interrupted; what was found is kept in {out}")
