"""Sequence charts of traces: the application, the target and its peer, step by step from top to bottom."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from html import escape

from tlsmodel.draw import theme
from tlsmodel.machine.trace import Step, Trace
from tlsmodel.spec.symbols import Kind, Output

APPLICATION, TARGET, PEER = 130, 430, 730
WIDTH, ROW, TOP = 860, 26, 92
_LANES = ((APPLICATION, "application"), (TARGET, "{}"), (PEER, "peer"))


@dataclass(slots=True)
class _Chart:
    """Lines of SVG and the height reached."""

    y: int = TOP
    parts: list[str] = field(default_factory=list)

    def arrow(self, start: int, end: int, text: str, *, dashed: bool = False, bold: bool = False) -> None:
        self.y += ROW
        dash = ' stroke-dasharray="5 4"' if dashed else ""
        weight = ' font-weight="bold"' if bold else ""
        middle = (start + end) // 2
        tip = end - 6 if end > start else end + 6
        self.parts.append(
            f'<g class="edge"><path d="M{start} {self.y}H{tip}" fill="none" stroke="{theme.FAINT}"'
            f' stroke-width="1.3"{dash} marker-end="url(#tip)"/></g>'
            f'<text x="{middle}" y="{self.y - 5}" text-anchor="middle" font-size="12"{weight}>'
            f"{escape(text)}</text>"
        )

    def note(self, x: int, text: str) -> None:
        self.y += ROW
        self.parts.append(
            f'<text class="faint" x="{x}" y="{self.y - 4}" text-anchor="middle" font-size="11"'
            f' font-style="italic" fill="{theme.FAINT}">{escape(text)}</text>'
        )

    def number(self, number: int) -> None:
        self.parts.append(
            f'<text class="faint" x="16" y="{self.y + ROW - 4}" font-size="11"'
            f' fill="{theme.FAINT}">{number}</text>'
        )


def sequence_svg(trace: Trace, expected: Sequence[Output] = ()) -> str:
    """Return a chart of `trace` as an SVG that stands alone.

    Parameters
    ----------
    trace: the steps; calls and returns are drawn left of the target, messages right of it.
    expected: for a trace that ends in a departure, what the model permits at the last step.
    """
    chart = _Chart()
    for number, step in enumerate(trace, 1):
        chart.number(number)
        _step(chart, step)
    if expected:
        _departure(chart, expected, trace.steps[-1].output)
    height = chart.y + 34
    role = trace.machine
    title = f"{role}: {'departure from the model' if expected else 'a run'} in {len(trace)} steps"
    lanes = "".join(
        f'<text x="{x}" y="{TOP - 22}" text-anchor="middle" font-size="13" font-weight="bold">'
        f"{escape(name.format(role))}</text>"
        f'<path class="lane" d="M{x} {TOP - 12}V{height - 16}" stroke="{theme.FAINT}" stroke-width="1"'
        ' stroke-dasharray="2 4" fill="none"/>'
        for x, name in _LANES
    )
    return (
        f'<svg role="img" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}"'
        f' height="{height}" font-family="{theme.FONT}">\n<title>{escape(title)}</title>\n'
        f"<desc>{escape('; '.join(map(str, trace)))}</desc>\n<style>{theme.STYLE}</style>\n"
        '<defs><marker id="tip" viewBox="0 0 8 8" refX="2" refY="4" markerWidth="7" markerHeight="7"'
        f' orient="auto"><path d="M0 0L8 4L0 8z" fill="{theme.FAINT}"/></marker></defs>\n'
        f'<rect class="paper" width="{WIDTH}" height="{height}" fill="white"/>\n'
        f'<text x="{WIDTH // 2}" y="30" text-anchor="middle" font-size="16" font-weight="bold">'
        f"{escape(title)}</text>\n"
        f"{lanes}\n" + "\n".join(chart.parts) + "\n</svg>\n"
    )


def _step(chart: _Chart, step: Step) -> None:
    name = step.given.name
    if step.given.kind is Kind.DELIVERY:
        chart.arrow(PEER, TARGET, name)
    elif step.given.kind is Kind.ENVIRONMENT:
        chart.note((TARGET + PEER) // 2, f"⚡ armed: {name.replace('_', ' ')}")
    else:
        chart.arrow(APPLICATION, TARGET, f"{name}()", bold=True)
        for item in step.output.emissions:
            chart.arrow(TARGET, PEER, item.name)
        if step.output.returned is not None:
            chart.arrow(TARGET, APPLICATION, str(step.output.returned), dashed=True)


def _departure(chart: _Chart, expected: Sequence[Output], observed: Output) -> None:
    lines = [f"✗ observed   {observed}"]
    lines += [
        f"{'expected' if not number else '      or'}   {output}" for number, output in enumerate(expected[:6])
    ]
    top = chart.y + 16
    chart.y = top + 18 * len(lines) + 10
    chart.parts.append(
        f'<g class="departure"><rect x="40" y="{top}" width="{WIDTH - 80}" height="{18 * len(lines) + 10}"'
        f' rx="6" fill="none" stroke="{theme.DEPARTURE}" stroke-width="2"/></g>'
    )
    chart.parts += [
        f'<text x="54" y="{top + 20 + 18 * number}" font-size="12" xml:space="preserve">'
        f"{escape(line[:118])}</text>"
        for number, line in enumerate(lines)
    ]
