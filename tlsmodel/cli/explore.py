"""`tlsmodel explore`: the whole state space of a machine."""

from __future__ import annotations

import typer

from tlsmodel.cli.output import faults_in_one_line, say_json, settings_of


def command(
    name: str = typer.Argument(help="A machine, as tls13-client or tls13-client:handshake."),
    setting: list[str] = typer.Option([], "--set", help="A bound of the scenario, as inbox=2."),
    as_json: bool = typer.Option(False, "--json", help="Print JSON."),
) -> None:
    """Count a machine's reachable states and transitions."""
    from tlsmodel.explore import explore
    from tlsmodel.machine import named

    with faults_in_one_line():
        space = explore(named(name, settings_of(setting)))
    if as_json:
        say_json(space.to_json())
        return
    for key, value in space.to_json().items():
        print(f"{key:18} {', '.join(value) or 'none' if isinstance(value, list) else value}")
