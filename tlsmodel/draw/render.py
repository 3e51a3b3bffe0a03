"""Diagrams into files: pictures by Graphviz (which the wheel of pygraphviz carries), or text."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import escape
from pathlib import Path
from typing import Final

import pygraphviz

from tlsmodel.draw import theme
from tlsmodel.draw.diagram import Diagram
from tlsmodel.draw.text import to_dot, to_mermaid, to_plantuml

TEXTS: Final[dict[str, Callable[[Diagram], str]]] = {".dot": to_dot, ".mmd": to_mermaid, ".puml": to_plantuml}
BINARIES: Final = (".png", ".pdf")
FORMATS: Final = (".svg", *BINARIES, *TEXTS)


def render(diagram: Diagram, path: Path) -> None:
    """Write `diagram` in the format of `path`'s extension: svg, png, pdf, dot, mmd or puml.

    Raises `ValueError` for another extension and `OSError` where the file cannot be written.
    """
    suffix = path.suffix.lower()
    if suffix in TEXTS:
        path.write_text(TEXTS[suffix](diagram), "utf-8")
    elif suffix == ".svg":
        path.write_text(to_svg(diagram), "utf-8")
    elif suffix in BINARIES:
        path.write_bytes(_layout(diagram, suffix[1:]))
    else:
        raise ValueError(f"unknown picture format {suffix or path.name!r}: choose from {', '.join(FORMATS)}")


def to_svg(diagram: Diagram) -> str:
    """Return `diagram` as an SVG that stands alone, with title and description for screen readers."""
    drawn = _layout(diagram, "svg").decode("utf-8")
    drawn = drawn[drawn.index("<svg") :]
    drawn = re.sub(r"<!--.*?-->\n?", "", drawn, flags=re.DOTALL)
    drawn = re.sub(r"<title>.*?</title>\n?", "", drawn, flags=re.DOTALL)
    drawn = re.sub(
        r'<polygon fill="(white|transparent|none)" stroke="[^"]*" points',
        '<polygon class="paper" fill="white" points',
        drawn,
        count=1,
    )
    drawn = re.sub(r"<svg ", '<svg role="img" ', drawn, count=1)
    head = (
        f"<title>{escape(diagram.title)}</title>\n<desc>{escape(diagram.description)}</desc>\n"
        f"<style>{theme.STYLE}</style>\n"
    )
    start = drawn.index(">") + 1
    return f"{drawn[:start]}\n{head}{drawn[start:].lstrip()}"


def _layout(diagram: Diagram, form: str) -> bytes:
    graph = pygraphviz.AGraph(string=to_dot(diagram))
    drawn: bytes = graph.draw(format=form, prog="dot")
    return drawn
