"""`tlsmodel machines`: what there is to explore, draw and hunt with."""

from __future__ import annotations

import typer

from tlsmodel.cli.output import say_json


def command(as_json: bool = typer.Option(False, "--json", help="Print JSON.")) -> None:
    """List the machines with their sizes."""
    from tlsmodel.machine import build, names
    from tlsmodel.machine.machine import VIEW_SUFFIX
    from tlsmodel.spec.pairs import PAIRS
    from tlsmodel.spec.scenario import LIMITS

    found: list[dict[str, object]] = []
    for name in names():
        machine = build(name)
        space = machine.expand()
        bounded = () if name.endswith(VIEW_SUFFIX) else LIMITS
        found.append(
            {
                "name": name,
                "states": space.states,
                "transitions": len(space.source),
                "inputs": len(machine.inputs),
                "settings": {key: getattr(machine.scenario, key) for key in bounded},
            }
        )
    found += [_pair(name) for name in PAIRS]
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


def _pair(name: str) -> dict[str, object]:
    from tlsmodel.explore.pairs import explore_pair
    from tlsmodel.machine.pair import pair
    from tlsmodel.spec.pairs import PAIR_LIMITS

    built = pair(name)
    space = explore_pair(built)
    return {
        "name": name,
        "states": space.states,
        "transitions": space.found.transitions,
        "inputs": sum(len(end.machine.inputs) for end in built.ends),
        "settings": {key: getattr(built.setting, key) for key in PAIR_LIMITS},
    }
