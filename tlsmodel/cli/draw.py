"""`tlsmodel draw`: a machine as a picture, or the whole gallery."""

from __future__ import annotations

from enum import StrEnum
from errno import ENOENT
from os import strerror
from pathlib import Path

import typer

from tlsmodel.cli.output import Status, fail, faults_in_one_line, say_json


class View(StrEnum):
    """What to show."""

    PHASES = "phases"
    FULL = "full"


def command(
    name: str = typer.Argument(None, help="A machine, as tls13-client."),
    out: Path = typer.Option(..., "--output", "-o", help="File to write: svg, png, pdf, dot, mmd, puml."),
    view: View = typer.Option(View.PHASES, help="The phases on a page, or every state."),
    highlight: Path = typer.Option(None, help="A finding's directory or finding.json: marks its path."),
    everything: bool = typer.Option(False, "--all", help="Write the whole gallery into the directory -o."),
    as_json: bool = typer.Option(False, "--json", help="Print JSON."),
) -> None:
    """Draw a machine."""
    from tlsmodel.draw import full, phases, render
    from tlsmodel.machine import build

    if (name is None) != everything:
        fail(Status.USAGE, "give one machine, or --all")
    with faults_in_one_line():
        if not everything and not out.parent.is_dir():
            raise FileNotFoundError(ENOENT, strerror(ENOENT), str(out))
        if everything:
            from tlsmodel.draw.gallery import write_gallery

            written = write_gallery(out)
            say_json({"files": [str(path) for path in written]}) if as_json else print(*written, sep="\n")
            return
        machine = build(name)
        trace, expected = None, None
        if highlight is not None:
            from tlsmodel.hunt.finding import read

            finding = read(highlight.parent if highlight.is_file() else highlight)
            trace, expected = finding.trace, finding.expected
        diagram = phases(machine, trace, expected) if view is View.PHASES else full(machine)
        render(diagram, out)
    if as_json:
        say_json({"file": str(out), "nodes": len(diagram.nodes), "edges": len(diagram.edges)})
    else:
        print(f"{out}: {len(diagram.nodes)} nodes, {len(diagram.edges)} edges")
