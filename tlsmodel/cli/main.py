"""The command `tlsmodel`: registers one module per command and keeps the exit statuses."""

from __future__ import annotations

import os
import sys
from importlib import import_module
from typing import Final, cast

import typer

from tlsmodel.cli.output import Status

COMMANDS: Final = (
    "machines",
    "explore",
    "compare",
    "check",
    "draw",
    "page",
    "export",
    "hunt",
    "tour",
    "replay",
    "zoo",
    "patterns",
    "connect",
    "serve",
)
# typer carries its own click, whose base class of all usage faults it does not export.
UsageFault: Final = cast("type[typer.BadParameter]", typer.BadParameter.__mro__[1])
app = typer.Typer(
    name="tlsmodel",
    help="A TLS handshake state machine to read, draw, explore and hold against real TLS stacks.",
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


def _version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        print(f"tlsmodel {version('tlsmodel')}")
        raise typer.Exit


@app.callback()
def options(
    _show: bool = typer.Option(
        False, "--version", help="Print the version.", callback=_version, is_eager=True
    ),
) -> None:
    """A TLS handshake state machine to read, draw, explore and hold against real TLS stacks."""


for _name in COMMANDS:
    app.command(_name)(import_module(f"tlsmodel.cli.{_name}").command)


def run() -> None:
    """Entry point: one line and status 2 for wrong usage, a quiet end for a closed pipe."""
    try:
        status = app(standalone_mode=False)
        sys.stdout.flush()
    except UsageFault as fault:
        print(f"tlsmodel: {' '.join(fault.format_message().split())}", file=sys.stderr)
        sys.exit(Status.USAGE)
    except (KeyboardInterrupt, typer.Abort):
        sys.exit(Status.INTERRUPTED)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(Status.FINE)
    sys.exit(status if isinstance(status, int) else Status.FINE)
