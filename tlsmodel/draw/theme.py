"""Colours, line styles and fonts, in one place; nothing is told by colour alone.

The hues are Okabe and Ito's, safe for colour-blind readers, darkened where text needs the contrast.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple

from tlsmodel.draw.diagram import EdgeKind, LineKind, NodeKind

FONT: Final = "Helvetica,Arial,sans-serif"

PAPER, INK, MUTED, QUIET = "#ffffff", "#1f2328", "#59636e", "#f2f4f7"
BLUE, GREEN, RED = "#005a93", "#00694b", "#a53f00"
PALE_BLUE, PALE_GREEN, PALE_RED, PALE_YELLOW = "#e3effa", "#def3ea", "#fbe9de", "#fff4c2"

DARK: Final = {
    PAPER: "#0d1117",
    INK: "#e6edf3",
    MUTED: "#a2abb5",
    QUIET: "#1b222b",
    BLUE: "#79c0ff",
    GREEN: "#56d4a5",
    RED: "#ffa36b",
    PALE_BLUE: "#11304d",
    PALE_GREEN: "#0f3a2b",
    PALE_RED: "#48220d",
    PALE_YELLOW: "#46390a",
}
"""Each colour on a dark page."""

NAMES: Final = {
    "paper": PAPER,
    "ink": INK,
    "muted": MUTED,
    "quiet": QUIET,
    "blue": BLUE,
    "green": GREEN,
    "red": RED,
    "pale-blue": PALE_BLUE,
    "pale-green": PALE_GREEN,
    "pale-red": PALE_RED,
    "pale-yellow": PALE_YELLOW,
}
"""Each colour as style sheets call it."""

TEXT: Final = {
    LineKind.NAME: INK,
    LineKind.RECEIVED: INK,
    LineKind.SENT: BLUE,
    LineKind.CALLED: GREEN,
    LineKind.NOTED: MUTED,
    LineKind.STEP: RED,
    LineKind.FAULT: RED,
}


class NodeStyle(NamedTuple):
    """Shape, fill and outline of a node."""

    shape: str
    style: str
    fill: str
    line: str
    width: float
    rings: int = 1


NODES: Final = {
    NodeKind.START: NodeStyle("oval", "filled", PALE_BLUE, BLUE, 1.4),
    NodeKind.STATE: NodeStyle("box", "rounded,filled", QUIET, MUTED, 1.0),
    NodeKind.FINAL: NodeStyle("box", "filled", PALE_GREEN, GREEN, 1.4, 2),
    NodeKind.FAILED: NodeStyle("octagon", "filled", PALE_RED, RED, 1.4),
    NodeKind.NOTE: NodeStyle("note", "filled", PAPER, MUTED, 1.0),
    NodeKind.DEPARTURE: NodeStyle("note", "filled,dashed", PALE_YELLOW, RED, 2.5),
}


class EdgeStyle(NamedTuple):
    """Line, arrowhead and colour of an edge."""

    style: str
    head: str
    line: str


EDGES: Final = {
    EdgeKind.DELIVERY: EdgeStyle("solid", "normal", INK),
    EdgeKind.CALL: EdgeStyle("dashed", "normal", GREEN),
    EdgeKind.ENVIRONMENT: EdgeStyle("dotted", "normal", MUTED),
    EdgeKind.REFUSAL: EdgeStyle("dotted", "tee", RED),
    EdgeKind.LINK: EdgeStyle("dashed", "none", RED),
}
MARKED_WIDTH: Final = 3.2


def variables(colours: Mapping[str, str]) -> str:
    """Return the declarations that give the names of style sheets these values for each light colour."""
    return "".join(f"--{name}:{colours[light]};" for name, light in NAMES.items())


def by_name() -> str:
    """Return a style sheet under which a picture takes its colours from the page's variables."""
    return "".join(
        f'.tlsmodel [{part}="{light}"]{{{part}:var(--{name})}}'
        for name, light in NAMES.items()
        for part in ("fill", "stroke")
    )


def dark_mode() -> str:
    """Return a style sheet that exchanges the colours on a dark page."""
    rules = "".join(
        f'.tlsmodel [fill="{light}"]{{fill:{dark}}}.tlsmodel [stroke="{light}"]{{stroke:{dark}}}'
        for light, dark in DARK.items()
    )
    return f"@media (prefers-color-scheme: dark){{{rules}}}"
