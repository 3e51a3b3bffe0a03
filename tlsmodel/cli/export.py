"""`tlsmodel export`: a machine for other programs."""

from __future__ import annotations

import sys
from enum import StrEnum
from pathlib import Path

import typer

from tlsmodel.cli.output import faults_in_one_line


class Form(StrEnum):
    """Formats."""

    JSON = "json"
    GRAPHML = "graphml"
    DOT = "dot"
    MERMAID = "mermaid"
    PLANTUML = "plantuml"


def command(
    name: str = typer.Argument(help="A machine, as tls13-client:handshake."),
    to: Form = typer.Option(..., help="The format; pictures' formats give the phases view."),
    out: Path = typer.Option(None, "--output", "-o", help="File to write instead of standard output."),
) -> None:
    """Write a machine in a format that other programs read."""
    from tlsmodel.draw import phases
    from tlsmodel.draw.text import to_dot, to_mermaid, to_plantuml
    from tlsmodel.export import to_graphml, to_json
    from tlsmodel.machine import build

    with faults_in_one_line():
        machine = build(name)
        match to:
            case Form.JSON:
                text = to_json(machine)
            case Form.GRAPHML:
                text = to_graphml(machine)
            case _:
                writer = {Form.DOT: to_dot, Form.MERMAID: to_mermaid, Form.PLANTUML: to_plantuml}[to]
                text = writer(phases(machine))
        if out is None:
            sys.stdout.write(text)
        else:
            out.write_text(text, "utf-8")
