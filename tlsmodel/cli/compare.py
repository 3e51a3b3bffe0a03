"""`tlsmodel compare`: whether two machines show the same traces."""

from __future__ import annotations

import typer

from tlsmodel.cli.output import Status, faults_in_one_line, say_json, settings_of


def command(
    left: str = typer.Argument(help="A machine, as tls13-client:handshake."),
    right: str = typer.Argument(help="Another one."),
    setting: list[str] = typer.Option([], "--set", help="A setting of the second one only, as warnings=2."),
    as_json: bool = typer.Option(False, "--json", help="Print JSON."),
) -> None:
    """Tell whether two machines show the same traces; if not, print a shortest one that only one shows."""
    from tlsmodel.explore.difference import difference
    from tlsmodel.machine import build, named

    with faults_in_one_line():
        found = difference(build(left), named(right, settings_of(setting)))
    if as_json:
        trace = found.trace.to_json() if found else None
        names = {"shown_by": found.shown_by, "not_by": found.not_by} if found else {}
        say_json({"machines": [left, right], "equivalent": found is None, **names, "trace": trace})
    elif found is None:
        print(f"{left} and {right} show the same traces")
    else:
        print(f"{found.shown_by} shows this, {found.not_by} does not:\n{found.trace}")
    if found is not None:
        raise typer.Exit(Status.FOUND)
