"""`tlsmodel page`: the explorer as one file."""

from __future__ import annotations

import json
import sys
from errno import ENOENT
from os import strerror
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from tlsmodel.cli.output import faults_in_one_line, say_json

if TYPE_CHECKING:
    from tlsmodel.draw.verdicts import PageVerdict


def command(
    out: Path = typer.Option(..., "--output", "-o", help="File to write, as explorer.html."),
    machine: list[str] = typer.Option([], help="Show this machine or pair; may be repeated; by default all."),
    verdicts: Path = typer.Option(None, help="File with what `tlsmodel check --json` has printed."),
    as_json: bool = typer.Option(False, "--json", help="Print JSON."),
) -> None:
    """Write the explorer: one HTML file to step through the machines, from disk and without a network."""
    with faults_in_one_line():
        if not out.parent.is_dir():
            raise FileNotFoundError(ENOENT, strerror(ENOENT), str(out))
        document = written(tuple(machine), read_verdicts(verdicts) if verdicts else ())
        out.write_text(document, "utf-8")
    if as_json:
        say_json({"file": str(out), "bytes": len(document.encode())})
    else:
        print(f"{out}: {len(document.encode()):,} bytes")


def written(chosen: tuple[str, ...], verdicts: tuple[PageVerdict, ...] = ()) -> str:
    """Return the page with these machines and pairs, or with all; raises `ValueError` for unknown ones."""
    from tlsmodel.draw.page import page
    from tlsmodel.machine import build, names
    from tlsmodel.machine.machine import VIEW_SUFFIX
    from tlsmodel.spec.pairs import PAIRS
    from tlsmodel.spec.scenario import Role, variations

    def told(name: str) -> None:
        if sys.stderr.isatty():
            print(f"packing {name}", file=sys.stderr, flush=True)

    others = (f"{scenario.name}{VIEW_SUFFIX}" for scenario in variations())
    wanted = chosen or (*names(), *others, *PAIRS)
    pairs = {
        name: (PAIRS[name].end(Role.CLIENT).name, PAIRS[name].end(Role.SERVER).name)
        for name in wanted
        if name in PAIRS
    }
    ends = (end for pair in pairs.values() for end in pair)
    machines = dict.fromkeys((*(name for name in wanted if name not in pairs), *ends))
    return page(map(build, machines), pairs, verdicts, told)


def read_verdicts(path: Path) -> tuple[PageVerdict, ...]:
    """Read the output of `tlsmodel check --json`; raises `ValueError` naming the file and what is wrong."""
    from tlsmodel.draw.verdicts import verdicts_from_json

    try:
        return verdicts_from_json(json.loads(path.read_text("utf-8")))
    except OSError as fault:
        raise ValueError(f"{path}: {fault.strerror}") from None
    except RecursionError:
        raise ValueError(f"{path}: nested too deeply") from None
    except ValueError as fault:
        raise ValueError(f"{path}: {fault}") from None
