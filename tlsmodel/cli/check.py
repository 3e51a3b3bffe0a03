"""`tlsmodel check`: the properties of the model, with shortest counterexamples."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

import typer

from tlsmodel.cli.output import Status, fail, faults_in_one_line, say_json, settings_of

if TYPE_CHECKING:
    from tlsmodel.explore.verdict import Verdict

MEBIBYTE = 1 << 20


def command(
    name: str = typer.Argument(None, help="A machine or pair, as tls13-client or tls13; by default all."),
    wanted: list[str] = typer.Option([], "--property", help="Only this property."),
    bug: str = typer.Option(None, "--with-bug", help="With a seeded bug, as T19."),
    setting: list[str] = typer.Option([], "--set", help="A setting, as auth=require or channel=3."),
    memory: int = typer.Option(2048, min=16, max=1 << 20, help="MiB that the states of one may take."),
    as_json: bool = typer.Option(False, "--json", help="Print JSON."),
) -> None:
    """Check the properties of machines and pairs; status 1 and a shortest trace where one is violated."""
    found: list[Verdict] = []
    interrupted = False
    with faults_in_one_line():
        try:
            _check(name, wanted, bug, settings_of(setting), memory * MEBIBYTE, found, quiet=as_json)
        except KeyboardInterrupt:
            interrupted = True
    if as_json:
        verdicts = [verdict.to_json() for verdict in found]
        say_json({"bug": bug, "finished": not interrupted, "properties": verdicts})
    if interrupted:
        fail(Status.INTERRUPTED, f"interrupted after {len(found)} verdicts")
    if any(verdict.counterexample for verdict in found):
        raise typer.Exit(Status.FOUND)
    if any(not verdict.complete for verdict in found):
        fail(Status.USAGE, f"undecided within {memory} MiB: give more --memory, or smaller settings")


def _check(
    name: str | None,
    wanted: Sequence[str],
    bug: str | None,
    settings: Mapping[str, str],
    memory: int,
    found: list[Verdict],
    quiet: bool,
) -> None:
    """Put verdict after verdict into `found`, so that an interruption loses none, and print them."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    from tlsmodel.explore.check import check_at, plan
    from tlsmodel.spec.mutations import MUTATIONS
    from tlsmodel.spec.properties import PROPERTIES

    _known(wanted, PROPERTIES, "property")
    _known([bug] if bug else [], MUTATIONS, "bug")
    mutation = MUTATIONS[bug] if bug else None
    todo = plan(name, [PROPERTIES[item] for item in wanted] or None, mutation)
    console = Console(file=sys.stderr)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task("", total=sum(map(len, todo.values())))
        for (where, own), properties in todo.items():
            progress.update(task, description=where)
            for verdict in check_at(where, {**dict(own), **settings}, properties, mutation, memory):
                found.append(verdict)
                progress.advance(task)
                if not quiet:
                    print(_told(verdict), flush=True)


def _known(given: Iterable[str], known: Mapping[str, object], kind: str) -> None:
    for item in given:
        if item not in known:
            raise ValueError(f"unknown {kind} {item!r}: choose from {', '.join(known)}")


def _told(verdict: Verdict) -> str:
    said = verdict.checked
    line = f"{verdict.ruling:9} {said.name:26} {verdict.machine:46} {verdict.states:>10,} states"
    if verdict.counterexample is None:
        return line
    return f"{line}\n  {said.sentence} ({said.cite})\n{verdict.counterexample}"
