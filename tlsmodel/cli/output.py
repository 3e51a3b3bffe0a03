"""How commands speak: one JSON object, or text; one line for a fault; and the exit statuses of the design."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from enum import IntEnum
from typing import NoReturn

import typer

from tlsmodel.display import DrawingUnavailable
from tlsmodel.targets.base import TargetUnavailable


class Status(IntEnum):
    """Exit statuses."""

    FINE = 0
    FOUND = 1
    USAGE = 2
    MISSING = 3
    INTERRUPTED = 130


def say_json(data: Mapping[str, object]) -> None:
    """Print one JSON object and nothing else."""
    json.dump(data, sys.stdout, indent=2)
    sys.stdout.write("\n")


def fail(status: Status, fault: object) -> NoReturn:
    """Print one line on standard error and end with `status`."""
    print(f"tlsmodel: {' '.join(str(fault).split())}", file=sys.stderr)
    raise typer.Exit(status)


@contextmanager
def faults_in_one_line() -> Iterator[None]:
    """Turn what the library raises for wrong input or a missing component into a line and a status."""
    try:
        yield
    except (TargetUnavailable, DrawingUnavailable) as fault:
        fail(Status.MISSING, fault)
    except OSError as fault:
        where = f"{fault.filename}: " if fault.filename else ""
        fail(Status.USAGE, f"{where}{fault.strerror or fault}")
    except (ValueError, MemoryError) as fault:
        fail(Status.USAGE, fault)


def settings_of(pairs: list[str]) -> dict[str, str]:
    """Read ``key=value`` options; raises `ValueError` naming the one that is not."""
    split = [pair.partition("=") for pair in pairs]
    for key, sign, _ in split:
        if not sign:
            raise ValueError(f"--set {key!r}: give key=value")
    return {key: value for key, _, value in split}
