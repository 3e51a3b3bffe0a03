"""What a notebook shows of the model's things: a picture where one can be drawn, else a table, and text.

A bundle holds no HTML beside a picture, because notebooks would prefer it and code hosts would not show it.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Iterable
from html import escape
from typing import Any, Protocol

from tlsmodel.display import Bundle, DrawingUnavailable
from tlsmodel.draw.chart import Chart
from tlsmodel.draw.charts import lasso
from tlsmodel.draw.diagram import printable
from tlsmodel.draw.picture import machine_svg
from tlsmodel.draw.sequence import drawn, sequence_svg
from tlsmodel.machine.machine import Machine
from tlsmodel.machine.trace import Trace
from tlsmodel.spec.tables import tables_for


def of_machine(machine: Machine[Any]) -> Bundle:
    """Return the phases view of a machine, or its phase table."""

    def table() -> str:
        rows = [(row.at, row.on, row.verb, row.to, row.cite) for row in tables_for(machine.scenario).phase]
        return html_table(machine.name, ("phase", "input", "does", "next phase", "source"), rows)

    return bundle(lambda: machine_svg(machine), table, repr(machine))


def of_trace(trace: Trace) -> Bundle:
    """Return the sequence chart of a trace, or its steps."""

    def table() -> str:
        rows = [(number, step.given, step.output) for number, step in enumerate(trace, 1)]
        return html_table(trace.machine, ("step", "input", "output"), rows)

    return bundle(lambda: sequence_svg(trace), table, str(trace))


class Lasso(Protocol):
    """What a counterexample shows: steps, and after how many of them the others are taken for ever."""

    @property
    def trace(self) -> Trace: ...
    @property
    def loop(self) -> int | None: ...


class Ruled(Protocol):
    """What the verdict on a property shows."""

    @property
    def counterexample(self) -> Lasso | None: ...


def of_counterexample(found: Lasso) -> Bundle:
    """Return the sequence chart of a counterexample, with its loop if it has one."""
    return {"image/svg+xml": drawn(lasso(found.trace, found.loop)), "text/plain": str(found)}


def of_verdict(verdict: Ruled) -> Bundle:
    """Return what a verdict says in a line, and the chart of its counterexample below it."""
    line, text = str(verdict).partition("\n")[0], str(verdict)
    if verdict.counterexample is None:
        return {"text/html": f"<p>{escape(line)}</p>", "text/plain": text}
    chart = image(lasso(verdict.counterexample.trace, verdict.counterexample.loop))
    return {"text/html": f"<p>{escape(line)}</p>{chart}", "text/plain": text}


def image(picture: Chart) -> str:
    """Return a chart as an image in HTML, since notebooks do not trust drawings in the HTML of others."""
    data = b64encode(drawn(picture).encode()).decode("ascii")
    return f'<img alt="{escape(picture.alternative)}" src="data:image/svg+xml;base64,{data}" />'


def bundle(picture: Callable[[], str], table: Callable[[], str], text: str) -> Bundle:
    """Return the picture and `text`; where it cannot be drawn, the table with what to install, and `text`."""
    try:
        return {"image/svg+xml": picture(), "text/plain": text}
    except DrawingUnavailable as fault:
        return {"text/html": f"<p>{escape(str(fault))}</p>{table()}", "text/plain": text}


def html_table(title: str, heads: Iterable[str], rows: Iterable[Iterable[object]]) -> str:
    """Return a table as HTML; everything in it is text."""
    head = "".join(f'<th scope="col">{_text(name)}</th>' for name in heads)
    body = "".join("<tr>" + "".join(f"<td>{_text(cell)}</td>" for cell in row) + "</tr>" for row in rows)
    caption = f"<caption>{_text(title)}</caption>"
    return f"<table>{caption}<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _text(thing: object) -> str:
    return escape(printable(str(thing)))
