"""Sequence charts as SVG: application, target and peer, one numbered band for each step."""

from __future__ import annotations

import textwrap
from collections.abc import Collection, Iterator
from html import escape

from tlsmodel.draw import theme
from tlsmodel.draw.chart import LANES, Arrow, ArrowKind, Chart, ChartStep, Lane, chart
from tlsmodel.draw.diagram import printable
from tlsmodel.draw.svg import opening
from tlsmodel.machine.trace import Trace
from tlsmodel.spec.symbols import Output

WIDTH, MARGIN, TOP, ROW, GAP = 980, 24, 128, 30, 14
X = {Lane.APPLICATION: 110.0, Lane.TARGET: 440.0, Lane.PEER: 830.0}
PHASE_X = 452.0
BAR = 5.0
HEAD = 9.0
WORDS = 105
"""Letters on a line of the departure's box."""

COLOURS = {
    ArrowKind.CALL: theme.GREEN,
    ArrowKind.RETURN: theme.GREEN,
    ArrowKind.EMISSION: theme.BLUE,
    ArrowKind.DELIVERY: theme.INK,
    ArrowKind.DISTURBANCE: theme.RED,
}
LEGEND = (
    "?Message delivered to it, !Message sent by it, call() and its return (dashed); the phase it reaches "
    "stands on its line"
)


def sequence_svg(trace: Trace, expected: Collection[Output] | None = None) -> str:
    """Return the sequence chart of `trace` as an SVG document.

    With `expected`, the last step is marked as a departure, with what was expected and what was observed.
    Raises `ValueError` where the trace names an unknown machine.
    """
    return drawn(chart(trace, expected))


def drawn(picture: Chart) -> str:
    """Return a chart as an SVG document."""
    tops = [float(TOP + ROW)]
    for step in picture.steps:
        tops.append(tops[-1] + _height(step))
    end = tops.pop()
    box = _departure_lines(picture)
    height = end + (ROW * len(box) + 2 * GAP if box else 0) + MARGIN
    parts = [
        opening(
            WIDTH, height, f"0 0 {WIDTH} {height:.0f}", picture.title, picture.alternative, theme.dark_mode()
        ),
        f'<rect width="{WIDTH}" height="{height:.0f}" fill="{theme.PAPER}"/>\n',
        _text(MARGIN, 32, picture.title, size=19, weight="bold"),
        _text(MARGIN, 54, LEGEND, colour=theme.MUTED),
    ]
    for number, (step, top) in enumerate(zip(picture.steps, tops, strict=True)):
        if number % 2 == 0:
            parts.append(_band(top, _height(step)))
    parts += [_lane(lane, picture.lanes[lane], end) for lane in Lane]
    parts.append(_phase(TOP + 10, picture.start))
    departing = picture.steps[-1:] if box else ()
    for step, top in zip(picture.steps, tops, strict=True):
        parts += _step(step, top, step in departing)
    parts += _departure(box, end)
    return "".join([*parts, "</svg>\n"])


def _height(step: ChartStep) -> float:
    return ROW * (len(step.arrows) + (step.phase is not None and len(step.arrows) == 1)) + GAP


def _band(top: float, height: float) -> str:
    return (
        f'<rect x="{MARGIN}" y="{top:.0f}" width="{WIDTH - 2 * MARGIN}" height="{height:.0f}" '
        f'fill="{theme.QUIET}"/>\n'
    )


def _lane(lane: Lane, heading: str, end: float) -> str:
    x = X[lane]
    return (
        f'<line x1="{x:.0f}" y1="{TOP - 12}" x2="{x:.0f}" y2="{end:.0f}" stroke="{theme.MUTED}"/>\n'
        f'<rect x="{x - 75:.0f}" y="{TOP - 46}" width="150" height="34" rx="6" fill="{theme.PALE_BLUE}" '
        f'stroke="{theme.BLUE}"/>\n' + _text(x, TOP - 24, heading, anchor="middle", weight="bold", size=15)
    )


def _step(step: ChartStep, top: float, departing: bool) -> Iterator[str]:
    colour = theme.RED if departing else theme.MUTED
    middle = top + GAP / 2 + ROW / 2
    if departing:
        yield (
            f'<rect x="{MARGIN}" y="{top:.0f}" width="{WIDTH - 2 * MARGIN}" height="{_height(step):.0f}" '
            f'fill="none" stroke="{theme.RED}" stroke-width="2.5" stroke-dasharray="7 4"/>\n'
        )
    words = f"{step.number} \N{BALLOT X}" if departing else str(step.number)
    yield _text(MARGIN + 8, middle + 5, words, colour=colour, weight="bold")
    if step.arrows[0].kind is ArrowKind.CALL:
        last = middle + ROW * (len(step.arrows) - 1)
        yield (
            f'<rect x="{X[Lane.TARGET] - BAR:.0f}" y="{middle - 4:.0f}" width="{2 * BAR:.0f}" '
            f'height="{last - middle + 8:.0f}" fill="{theme.PALE_GREEN}" stroke="{theme.GREEN}"/>\n'
        )
    for number, arrow in enumerate(step.arrows):
        yield (
            _disturbance(arrow, middle)
            if arrow.kind is ArrowKind.DISTURBANCE
            else _arrow(arrow, middle + number * ROW)
        )
    if step.phase is not None:
        yield _phase(middle + ROW * max(1, len(step.arrows) - 1), step.phase)


def _arrow(arrow: Arrow, y: float) -> str:
    source, target = LANES[arrow.kind]
    colour = COLOURS[arrow.kind]
    way = 1 if X[target] > X[source] else -1
    start, tip = X[source] + way * _bar(source), X[target] - way * _bar(target)
    dash = ' stroke-dasharray="6 4"' if arrow.kind is ArrowKind.RETURN else ""
    neck = tip - way * HEAD
    return (
        f'<line x1="{start:.0f}" y1="{y:.0f}" x2="{neck:.0f}" y2="{y:.0f}" stroke="{colour}" '
        f'stroke-width="1.6"{dash}/>\n'
        f'<path d="M{tip:.0f},{y:.0f} L{neck:.0f},{y - 4.5:.1f} v9 Z" fill="{colour}"/>\n'
        + _text(
            (X[source] + X[target]) / 2,
            y - 6,
            arrow.label,
            colour=colour,
            anchor="middle",
        )
    )


def _bar(lane: Lane) -> float:
    return BAR if lane is Lane.TARGET else 0.0


def _disturbance(arrow: Arrow, y: float) -> str:
    """A bolt on the transport between target and peer."""
    x = (X[Lane.TARGET] + X[Lane.PEER]) / 2
    return (
        f'<line x1="{X[Lane.TARGET]:.0f}" y1="{y:.0f}" x2="{X[Lane.PEER]:.0f}" y2="{y:.0f}" '
        f'stroke="{theme.RED}" stroke-dasharray="2 5"/>\n'
        f'<rect x="{x - 100:.0f}" y="{y - 12:.0f}" width="200" height="24" rx="12" '
        f'fill="{theme.PALE_YELLOW}" stroke="{theme.RED}"/>\n'
        f'<path d="M{x - 80:.0f},{y - 8:.0f} l-7,9 h5 l-3,7 l9,-10 h-5 l4,-6 Z" fill="{theme.RED}"/>\n'
        + _text(x + 6, y + 5, arrow.label, anchor="middle", weight="bold")
    )


def _phase(y: float, name: str) -> str:
    width = 9.2 * len(name) + 14
    return (
        f'<rect x="{PHASE_X:.0f}" y="{y - 10:.0f}" width="{width:.0f}" height="20" rx="10" '
        f'fill="{theme.PAPER}" stroke="{theme.MUTED}"/>\n'
        + _text(PHASE_X + width / 2, y + 4, name, size=12, anchor="middle", weight="bold", colour=theme.MUTED)
    )


def _departure_lines(picture: Chart) -> list[tuple[str, str]]:
    if picture.departure is None:
        return []
    expected, observed = picture.departure
    lines = [("The last step departs from the model.", "bold")]
    for heading, words in (("expected", expected), ("observed", observed)):
        wrapped = textwrap.wrap(
            f"{heading}: {printable(words)}", WORDS, subsequent_indent="    ", max_lines=3
        )
        lines += [(line, "normal") for line in wrapped]
    return lines


def _departure(lines: list[tuple[str, str]], top: float) -> Iterator[str]:
    if not lines:
        return
    yield (
        f'<rect x="{MARGIN}" y="{top + GAP:.0f}" width="{WIDTH - 2 * MARGIN}" '
        f'height="{ROW * len(lines) + GAP:.0f}" fill="{theme.PALE_YELLOW}" stroke="{theme.RED}" '
        'stroke-width="2.5"/>\n'
    )
    for number, (line, weight) in enumerate(lines, 1):
        yield _text(MARGIN + 14, top + GAP + ROW * number - 4, line, weight=weight, size=15)


def _text(
    x: float,
    y: float,
    words: str,
    *,
    colour: str = theme.INK,
    size: int = 14,
    anchor: str = "start",
    weight: str = "normal",
) -> str:
    return (
        f'<text x="{x:.0f}" y="{y:.0f}" fill="{colour}" font-size="{size}" text-anchor="{anchor}" '
        f'font-weight="{weight}">{escape(printable(words))}</text>\n'
    )
