"""Finishing an SVG: words for those who do not see it, a dark page, and the same bytes on every run."""

from __future__ import annotations

import re
from html import escape, unescape

from tlsmodel.draw import theme
from tlsmodel.draw.diagram import Diagram, printable
from tlsmodel.draw.layout import laid_out

_COMMENT = re.compile(r"<!--.*?-->\n?", re.DOTALL)
_SIZE = re.compile(r'<svg width="([\d.]+)pt" height="([\d.]+)pt"\s+viewBox="([^"]*)"[^>]*>')
_TEXT = re.compile(r"<(text|title|desc)\b[^>]*>([^<]*)</\1>")


def to_svg(diagram: Diagram) -> str:
    """Return `diagram` as an SVG document of its own."""
    return _finished(diagram, laid_out(diagram, "svg"), theme.dark_mode())


def part_of_page(diagram: Diagram) -> str:
    """Return `diagram` as an SVG for a page that has the colours, the title and the legend itself."""
    return _finished(diagram, laid_out(diagram, "svg", heading=False), "")


def _finished(diagram: Diagram, raw: bytes, style: str) -> str:
    drawn = _COMMENT.sub("", raw.decode())
    size = _SIZE.search(drawn)
    if size is None:
        raise RuntimeError("Graphviz wrote an SVG without a size")
    width, height, box = size.groups()
    head = opening(float(width), float(height), box, diagram.title, diagram.alternative, style)
    return head + drawn[size.end() :]


def opening(width: float, height: float, box: str, title: str, alternative: str, style: str) -> str:
    """Return the first lines of an SVG document: size in pixels, title, description, style sheet."""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:.0f}" height="{height:.0f}" viewBox="{box}" '
        f'role="img" class="tlsmodel" font-family="{theme.FONT}">\n'
        f"<title>{escape(printable(title))}</title>\n"
        f"<desc>{escape(printable(alternative))}</desc>\n" + (f"<style>{style}</style>\n" if style else "")
    )


def texts(document: str) -> list[str]:
    """Return every word that an SVG shows or says, sorted: what stays when another Graphviz lays it out."""
    return sorted(unescape(found) for _, found in _TEXT.findall(document))
