"""Sequence charts as SVG: a line for everyone who takes part, one numbered band for each step."""

from __future__ import annotations

import textwrap
from collections.abc import Collection, Iterator
from html import escape

from tlsmodel.draw import theme
from tlsmodel.draw.chart import Arrow, ArrowKind, Chart, ChartStep, Lane
from tlsmodel.draw.charts import chart
from tlsmodel.draw.diagram import printable
from tlsmodel.draw.svg import opening
from tlsmodel.machine.trace import Trace
from tlsmodel.spec.symbols import Output

MARGIN, TOP, ROW, GAP = 24, 128, 30, 14
X = {
    Lane.APPLICATION: 110.0,
    Lane.TARGET: 440.0,
    Lane.PEER: 830.0,
    Lane.CLIENT: 320.0,
    Lane.NETWORK: 590.0,
    Lane.SERVER: 860.0,
    Lane.OTHER_APPLICATION: 1070.0,
}
EDGE = 150.0
"""From the last lane to the edge of the picture."""
SESSIONS = (Lane.TARGET, Lane.CLIENT, Lane.SERVER)
"""Lanes whose calls take time and whose phases are shown."""
PHASE_GAP = 12.0
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
    width = _width(picture)
    tops = [float(TOP + ROW)]
    for step in picture.steps:
        tops.append(tops[-1] + _height(step))
    end = tops.pop()
    box = _departure_lines(picture)
    height = end + (ROW * len(box) + 2 * GAP if box else 0) + MARGIN
    parts = [
        opening(
            *(width, height, f"0 0 {width:.0f} {height:.0f}"),
            *(picture.title, picture.alternative, theme.dark_mode()),
        ),
        f'<rect width="{width:.0f}" height="{height:.0f}" fill="{theme.PAPER}"/>\n',
        _text(MARGIN, 32, picture.title, size=19, weight="bold"),
        _text(MARGIN, 54, LEGEND, colour=theme.MUTED),
    ]
    for number, (step, top) in enumerate(zip(picture.steps, tops, strict=True)):
        if number % 2 == 0:
            parts.append(_band(top, _height(step), width))
    parts += [_lane(lane, heading, end) for lane, heading in picture.lanes.items()]
    parts += [_phase(TOP + 10, phase, lane) for lane, phase in picture.start.items()]
    departing = picture.steps[-1:] if box else ()
    for step, top in zip(picture.steps, tops, strict=True):
        parts += _step(step, top, width, step in departing)
    if picture.loop is not None:
        parts.append(_loop([*tops, end][picture.loop], end, width))
    parts += _departure(box, end, width)
    return "".join([*parts, "</svg>\n"])


def _height(step: ChartStep) -> float:
    return ROW * (len(step.arrows) + (step.phase is not None and len(step.arrows) == 1)) + GAP


def _width(picture: Chart) -> float:
    return max(X[lane] for lane in picture.lanes) + EDGE


def _band(top: float, height: float, width: float) -> str:
    return (
        f'<rect x="{MARGIN}" y="{top:.0f}" width="{width - 2 * MARGIN:.0f}" height="{height:.0f}" '
        f'fill="{theme.QUIET}"/>\n'
    )


def _lane(lane: Lane, heading: str, end: float) -> str:
    x = X[lane]
    return (
        f'<line x1="{x:.0f}" y1="{TOP - 12}" x2="{x:.0f}" y2="{end:.0f}" stroke="{theme.MUTED}"/>\n'
        f'<rect x="{x - 75:.0f}" y="{TOP - 46}" width="150" height="34" rx="6" fill="{theme.PALE_BLUE}" '
        f'stroke="{theme.BLUE}"/>\n' + _text(x, TOP - 24, heading, anchor="middle", weight="bold", size=15)
    )


def _step(step: ChartStep, top: float, width: float, departing: bool) -> Iterator[str]:
    colour = theme.RED if departing else theme.MUTED
    middle = top + GAP / 2 + ROW / 2
    if departing:
        yield (
            f'<rect x="{MARGIN}" y="{top:.0f}" width="{width - 2 * MARGIN:.0f}" height="{_height(step):.0f}" '
            f'fill="none" stroke="{theme.RED}" stroke-width="2.5" stroke-dasharray="7 4"/>\n'
        )
    words = f"{step.number} \N{BALLOT X}" if departing else str(step.number)
    yield _text(MARGIN + 8, middle + 5, words, colour=colour, weight="bold")
    if any(arrow.kind is ArrowKind.RETURN for arrow in step.arrows):
        last = middle + ROW * (len(step.arrows) - 1)
        x = X[step.arrows[0].target]
        yield (
            f'<rect x="{x - BAR:.0f}" y="{middle - 4:.0f}" width="{2 * BAR:.0f}" '
            f'height="{last - middle + 8:.0f}" fill="{theme.PALE_GREEN}" stroke="{theme.GREEN}"/>\n'
        )
    for number, arrow in enumerate(step.arrows):
        yield (
            _disturbance(arrow, middle)
            if arrow.kind is ArrowKind.DISTURBANCE
            else _arrow(arrow, middle + number * ROW)
        )
    if step.phase is not None:
        yield _phase(middle + ROW * max(1, len(step.arrows) - 1), step.phase, step.lane)


def _arrow(arrow: Arrow, y: float) -> str:
    source, target = arrow.source, arrow.target
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
    return BAR if lane in SESSIONS else 0.0


def _disturbance(arrow: Arrow, y: float) -> str:
    """A bolt on the transport between two ends."""
    x = (X[arrow.source] + X[arrow.target]) / 2
    half = max(100.0, 4.5 * len(arrow.label) + 30)
    return (
        f'<line x1="{X[arrow.source]:.0f}" y1="{y:.0f}" x2="{X[arrow.target]:.0f}" y2="{y:.0f}" '
        f'stroke="{theme.RED}" stroke-dasharray="2 5"/>\n'
        f'<rect x="{x - half:.0f}" y="{y - 12:.0f}" width="{2 * half:.0f}" height="24" rx="12" '
        f'fill="{theme.PALE_YELLOW}" stroke="{theme.RED}"/>\n'
        f'<path d="M{x - half + 20:.0f},{y - 8:.0f} l-7,9 h5 l-3,7 l9,-10 h-5 l4,-6 Z" fill="{theme.RED}"/>\n'
        + _text(x + 6, y + 5, arrow.label, anchor="middle", weight="bold")
    )


def _phase(y: float, name: str, lane: Lane) -> str:
    """The phase beside its lane, on the side of the network."""
    width = 9.2 * len(name) + 14
    left = X[lane] - PHASE_GAP - width if lane is Lane.SERVER else X[lane] + PHASE_GAP
    return (
        f'<rect x="{left:.0f}" y="{y - 10:.0f}" width="{width:.0f}" height="20" rx="10" '
        f'fill="{theme.PAPER}" stroke="{theme.MUTED}"/>\n'
        + _text(left + width / 2, y + 4, name, size=12, anchor="middle", weight="bold", colour=theme.MUTED)
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


def _departure(lines: list[tuple[str, str]], top: float, width: float) -> Iterator[str]:
    if not lines:
        return
    yield (
        f'<rect x="{MARGIN}" y="{top + GAP:.0f}" width="{width - 2 * MARGIN:.0f}" '
        f'height="{ROW * len(lines) + GAP:.0f}" fill="{theme.PALE_YELLOW}" stroke="{theme.RED}" '
        'stroke-width="2.5"/>\n'
    )
    for number, (line, weight) in enumerate(lines, 1):
        yield _text(MARGIN + 14, top + GAP + ROW * number - 4, line, weight=weight, size=15)


def _loop(top: float, end: float, width: float) -> str:
    """A frame around the steps that are taken for ever, with an arrow back along its side."""
    x, below, above = width - MARGIN, end - GAP, top + GAP
    return (
        f'<rect x="{MARGIN}" y="{top:.0f}" width="{width - 2 * MARGIN:.0f}" height="{end - top:.0f}" rx="8" '
        f'fill="none" stroke="{theme.RED}" stroke-width="2.5"/>\n'
        f'<path d="M{x:.0f},{below:.0f} h10 V{above:.0f} h-4" fill="none" stroke="{theme.RED}" '
        f'stroke-width="2"/>\n<path d="M{x:.0f},{above:.0f} l9,-5 v10 Z" fill="{theme.RED}"/>\n'
        + _text(x - 10, top + GAP + 4, "again and again", colour=theme.RED, anchor="end", weight="bold")
    )


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
