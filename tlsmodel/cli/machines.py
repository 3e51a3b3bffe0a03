"""`tlsmodel machines`: what there is to explore, draw and hunt with."""

from __future__ import annotations

import typer

from tlsmodel.cli.output import say_json


def command(as_json: bool = typer.Option(False, "--json", help="Print JSON.")) -> None:
    """List the machines with their sizes."""
    from tlsmodel.machine import build
    from tlsmodel.spec.scenario import LIMITS, SCENARIOS

    found = []
    for name in SCENARIOS:
        for suffix in ("", ":handshake"):
            machine = build(name + suffix)
            space = machine.expand()
            found.append(
                {
                    "name": name + suffix,
                    "states": space.states,
                    "transitions": len(space.source),
                    "inputs": len(machine.inputs),
                    "settings": {key: getattr(machine.scenario, key) for key in LIMITS} if not suffix else {},
                }
            )
    if as_json:
        say_json({"machines": found})
        return
    from rich.console import Console
    from rich.table import Table

    table = Table("machine", "states", "transitions", "inputs")
    for item in found:
        table.add_row(
            str(item["name"]), f"{item['states']:,}", f"{item['transitions']:,}", str(item["inputs"])
        )
    Console().print(table)
