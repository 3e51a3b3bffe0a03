"""From things to pictures: files by their extension, and what a notebook shows."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tlsmodel.draw.diagram import Diagram
from tlsmodel.draw.layout import FORMATS, laid_out
from tlsmodel.draw.phase_view import phases
from tlsmodel.draw.sequence import sequence_svg
from tlsmodel.draw.svg import to_svg
from tlsmodel.draw.text import TEXTS
from tlsmodel.machine.machine import Machine
from tlsmodel.machine.trace import Trace


def render(diagram: Diagram, path: Path) -> None:
    """Write `diagram` in the format of the path's extension: svg, png, pdf, dot, mmd or puml.

    Raises `ValueError` for any other extension and `OSError` where the file cannot be written.
    """
    form = path.suffix.removeprefix(".").lower()
    if form in TEXTS:
        path.write_text(TEXTS[form](diagram), "utf-8")
    elif form == "svg":
        path.write_text(to_svg(diagram), "utf-8")
    elif form in FORMATS:
        path.write_bytes(laid_out(diagram, form))
    else:
        raise ValueError(f"{path.name!r}: draw to a file that ends in {', '.join((*FORMATS, *TEXTS))}")


def machine_svg(machine: Machine[Any]) -> str:
    """Return the phases view of `machine` as an SVG document."""
    return to_svg(phases(machine))


@dataclass(frozen=True, slots=True)
class Picture:
    """An SVG document that a notebook displays."""

    document: str

    def _repr_svg_(self) -> str:
        return self.document


def show(thing: Machine[Any] | Trace | Diagram) -> Picture:
    """Return the picture of a machine, a trace or a diagram, for the last line of a notebook's cell."""
    match thing:
        case Trace():
            return Picture(sequence_svg(thing))
        case Diagram():
            return Picture(to_svg(thing))
        case _:
            return Picture(machine_svg(thing))
