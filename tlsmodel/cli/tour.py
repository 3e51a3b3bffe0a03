"""`tlsmodel tour`: every input at every state that a target can be brought to."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import typer

from tlsmodel.cli.output import Status, faults_in_one_line, say_json

if TYPE_CHECKING:
    from tlsmodel.hunt.tour import Covered, TourReport

DEFAULT_OUT = Path("findings")


def command(
    target: str = typer.Option("impl", "--target", "-t", help="impl, gnutls, openssl or zoo:ID."),
    seconds: float = typer.Option(1e6, min=0.1, max=1e7, help="Time for each machine at most."),
    scenario: list[str] = typer.Option([], help="A machine, as tls13-client; may be repeated."),
    out: Path = typer.Option(DEFAULT_OUT, help="Directory for findings."),
    as_json: bool = typer.Option(False, "--json", help="Print JSON."),
) -> None:
    """Walk a transition cover of the model on a target; every departure is a finding."""
    from tlsmodel.hunt.tour import tour
    from tlsmodel.spec.scenario import SCENARIOS

    with faults_in_one_line():
        report = tour(target, tuple(scenario) or tuple(SCENARIOS), seconds, out, None if as_json else _tell)
    if as_json:
        say_json({"targets": [report.to_json()]})
    else:
        _conclude(report)
    raise typer.Exit(Status.FINE if report.clean else Status.FOUND)


def _tell(covered: Covered) -> None:
    done = "every input at every state met" if covered.complete else f"{covered.open} inputs left"
    print(
        f"{covered.machine}: {covered.states_met} of {covered.states} states, {covered.tried} of "
        f"{covered.transitions} inputs, {covered.rows} of {covered.rows_possible} rows; {done}; "
        f"{covered.bounded} behind the bound of warnings, {covered.departed} departures; "
        f"{covered.steps} steps in {covered.seconds:.1f} s",
        flush=True,
    )
    if covered.unmet:
        why = ", behind answers that the target does not give" if covered.complete else " so far"
        print(f"  not met{why}: {_counts(covered.unmet)}")


def _counts(unmet: dict[str, int]) -> str:
    return ", ".join(f"{phase} {number}" for phase, number in unmet.items())


def _conclude(report: TourReport) -> None:
    for finding, directory in report.findings:
        word = "known" if finding.known else "new"
        print(f"{word} {report.target}: {finding.title}" + (f" ({directory})" if directory else ""))
