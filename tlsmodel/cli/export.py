"""`tlsmodel export`: a machine for other programs."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from enum import StrEnum
from pathlib import Path

import typer

from tlsmodel.cli.output import faults_in_one_line, settings_of


class Form(StrEnum):
    """Formats."""

    JSON = "json"
    GRAPHML = "graphml"
    DOT = "dot"
    MERMAID = "mermaid"
    PLANTUML = "plantuml"
    PROMELA = "promela"


def command(
    name: str = typer.Argument(help="A machine, as tls13-client:handshake; for Promela a pair, as tls13."),
    to: Form = typer.Option(..., help="The format; pictures' formats give the phases view."),
    wanted: list[str] = typer.Option([], "--property", help="For Promela: this property as ltl formula."),
    setting: list[str] = typer.Option([], "--set", help="For Promela: a setting of the pair, as channel=3."),
    out: Path = typer.Option(None, "--output", "-o", help="File to write instead of standard output."),
) -> None:
    """Write a machine in a format that other programs read."""
    with faults_in_one_line():
        if to is Form.PROMELA:
            text = _promela(name, wanted, settings_of(setting))
        elif wanted or setting:
            raise ValueError(f"--property and --set go with --to {Form.PROMELA}")
        else:
            text = _text(name, to)
        if out is None:
            sys.stdout.write(text)
        else:
            out.write_text(text, "utf-8")


def _text(name: str, to: Form) -> str:
    from tlsmodel.draw import phases
    from tlsmodel.draw.text import to_dot, to_mermaid, to_plantuml
    from tlsmodel.export import to_graphml, to_json
    from tlsmodel.machine import build

    machine = build(name)
    match to:
        case Form.JSON:
            return to_json(machine)
        case Form.GRAPHML:
            return to_graphml(machine)
    writer = {Form.DOT: to_dot, Form.MERMAID: to_mermaid, Form.PLANTUML: to_plantuml}[to]
    return writer(phases(machine))


def _promela(name: str, wanted: Sequence[str], settings: Mapping[str, str]) -> str:
    from tlsmodel.export.ltl import write_promela
    from tlsmodel.machine.pair import pair
    from tlsmodel.spec.properties import PROPERTIES

    for item in wanted:
        if item not in PROPERTIES:
            raise ValueError(f"unknown property {item!r}: choose from {', '.join(PROPERTIES)}")
        if not PROPERTIES[item].of_pairs:
            raise ValueError(f"property {item!r} speaks of single sessions")
    return write_promela(pair(name, settings), [PROPERTIES[item] for item in wanted]).text
