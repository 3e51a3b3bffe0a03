"""`tlsmodel replay`: run a finding again."""

from __future__ import annotations

from pathlib import Path

import typer

from tlsmodel.cli.output import Status, faults_in_one_line, say_json


def command(
    directory: Path = typer.Argument(help="A finding's directory."),
    as_json: bool = typer.Option(False, "--json", help="Print JSON."),
) -> None:
    """Run a finding again: status 1 if it is still there, 0 if not."""
    from tlsmodel.hunt import replay

    with faults_in_one_line():
        replayed = replay(directory)
    if as_json:
        say_json({"id": replayed.finding.id, "reproduced": replayed.reproduced, "summary": replayed.summary})
    else:
        print(replayed.summary)
    raise typer.Exit(Status.FOUND if replayed.reproduced else Status.FINE)
