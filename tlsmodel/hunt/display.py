"""What a notebook shows of findings and of a whole hunt."""

from __future__ import annotations

from html import escape

from tlsmodel.display import Bundle
from tlsmodel.draw.bundle import bundle, html_table, image
from tlsmodel.draw.chart import Chart
from tlsmodel.draw.charts import chart
from tlsmodel.draw.sequence import drawn
from tlsmodel.hunt.finding import Finding
from tlsmodel.hunt.report import HuntReport, TargetReport
from tlsmodel.patterns import PATTERNS

HEADS = ("target", "version", "examples", "steps", "transitions", "new", "known")


def of_finding(finding: Finding) -> Bundle:
    """Return the sequence chart of a finding with its departure."""
    picture = _chart(finding)
    return bundle(lambda: drawn(picture), lambda: _words(finding), str_of(finding))


def of_report(report: HuntReport) -> Bundle:
    """Return a hunt's results as a table, with each new finding to unfold."""
    table = html_table(f"Hunt, seed {report.seed}", HEADS, map(_row, report.targets))
    found = "".join(_unfolding(finding) for result in report.targets for finding in result.new)
    return {"text/html": table + found, "text/plain": str(report)}


def str_of(finding: Finding) -> str:
    """Return a finding as text: its title, its steps, and what is wrong with the last one."""
    shown = "; ".join(PATTERNS[name].title for name in finding.patterns)
    expected = " or ".join(map(str, finding.expected))
    fault = f"expected {expected}" if expected else f"shows {shown}"
    return f"{finding.target} {finding.version}: {finding.title}\n{finding.trace}\n{fault}"


def _chart(finding: Finding) -> Chart:
    return chart(finding.trace, finding.expected or None)


def _words(finding: Finding) -> str:
    return f"<pre>{escape(str_of(finding))}</pre>"


def _row(result: TargetReport) -> tuple[object, ...]:
    covered = f"{result.transitions_covered} of {result.transitions_total}"
    counts = (result.examples, result.steps, covered, len(result.new), len(result.known))
    return (result.target, result.version, *counts)


def _unfolding(finding: Finding) -> str:
    title = f"{escape(finding.target)}: {escape(finding.title)}"
    return f"<details><summary>{title}</summary>{image(_chart(finding))}</details>"
