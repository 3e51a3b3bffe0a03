"""`tlsmodel explore`: the whole state space of a machine, counted or served as a page."""

from __future__ import annotations

import typer

from tlsmodel.cli.output import Status, fail, faults_in_one_line, say_json, settings_of


def command(
    name: str = typer.Argument(None, help="A machine, as tls13-client or tls13-client:handshake."),
    setting: list[str] = typer.Option([], "--set", help="A bound of the scenario, as inbox=2."),
    serve: bool = typer.Option(False, "--serve", help="Serve the explorer to a browser on this computer."),
    port: int = typer.Option(8000, min=0, max=65535, help="With --serve; 0 takes any."),
    as_json: bool = typer.Option(False, "--json", help="Print JSON."),
) -> None:
    """Count a machine's reachable states and transitions, or with --serve walk through them."""
    if serve:
        _serve(name, port)
        return
    if name is None:
        fail(Status.USAGE, "give a machine, or --serve")
    from tlsmodel.explore import explore
    from tlsmodel.machine import named

    with faults_in_one_line():
        space = explore(named(name, settings_of(setting)))
    if as_json:
        say_json(space.to_json())
        return
    for key, value in space.to_json().items():
        print(f"{key:18} {', '.join(value) or 'none' if isinstance(value, list) else value}")


def _serve(name: str | None, port: int) -> None:
    """Serve the page on the loopback address until interrupted."""
    from tlsmodel.cli.loopback import serve_page
    from tlsmodel.cli.page import written

    with faults_in_one_line():
        document = written((name,) if name else ())
        serve_page(document.encode(), port)
