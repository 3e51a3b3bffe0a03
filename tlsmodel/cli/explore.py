"""`tlsmodel explore`: the whole state space of a machine or a pair, counted or served as a page."""

from __future__ import annotations

import sys
from collections.abc import Mapping

import typer

from tlsmodel.cli.output import Status, fail, faults_in_one_line, say_json, settings_of

MEBIBYTE = 1 << 20


def command(
    name: str = typer.Argument(
        None, help="A machine, as tls13-client or tls13-client:handshake; a pair, as tls13."
    ),
    setting: list[str] = typer.Option([], "--set", help="A setting, as inbox=2; for a pair, as channel=3."),
    detailed: bool = typer.Option(False, "--report", help="Also what a machine answers, input by input."),
    memory: int = typer.Option(2048, min=16, max=1 << 20, help="MiB that the states of a pair may take."),
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
    with faults_in_one_line():
        found = _explore(name, settings_of(setting), memory * MEBIBYTE, detailed)
    if not found.get("complete", True):
        print(f"tlsmodel: {name}: stopped at the limit of {memory} MiB", file=sys.stderr)
    if as_json:
        say_json(found)
        return
    for key, value in found.items():
        print(f"{key:18} {_text(value)}")


def _text(value: object) -> str:
    if not isinstance(value, list):
        return str(value)
    lines = (" ".join(map(str, item.values())) if isinstance(item, dict) else item for item in value)
    return "\n  ".join(lines) or "none"


def _explore(name: str, settings: Mapping[str, str], memory: int, detailed: bool) -> dict[str, object]:
    from tlsmodel.spec.pairs import PAIRS

    if name in PAIRS:
        from tlsmodel.explore.pairs import explore_pair
        from tlsmodel.machine.pair import pair

        return explore_pair(pair(name, settings), memory=memory).to_json()
    from tlsmodel.explore import explore
    from tlsmodel.machine import named

    machine = named(name, settings)
    found = explore(machine).to_json()
    if detailed:
        from tlsmodel.explore.minimise import minimise
        from tlsmodel.explore.report import report

        space = machine.expand()
        found |= {"minimal_states": minimise(space).states, **report(machine, space).to_json()}
    return found


def _serve(name: str | None, port: int) -> None:
    """Serve the page on the loopback address until interrupted."""
    from tlsmodel.cli.loopback import serve_page
    from tlsmodel.cli.page import written

    with faults_in_one_line():
        document = written((name,) if name else ())
        serve_page(document.encode(), port)
