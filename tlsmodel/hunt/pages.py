"""The report of a whole hunt for people: report.md and report.html beside the findings."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from html import escape
from pathlib import Path
from typing import Final

from tlsmodel.hunt.finding import Finding
from tlsmodel.hunt.report import HuntReport, TargetReport

_HEADS: Final = (
    "target",
    "version",
    "examples",
    "connections",
    "steps",
    "steps/s",
    "transitions",
    "new",
    "known",
)
_STYLE: Final = (
    "body{font-family:system-ui,sans-serif;max-width:72rem;margin:2rem auto;padding:0 1rem;line-height:1.5}"
    "table{border-collapse:collapse}td,th{border:1px solid #999;padding:.2rem .6rem;text-align:left}"
    "img{max-width:100%}pre{overflow-x:auto}"
)


def write_pages(report: HuntReport, out: Path) -> tuple[Path, Path]:
    """Write both pages below `out` and return their paths; raises `OSError`."""
    out.mkdir(parents=True, exist_ok=True)
    pages = out / "report.md", out / "report.html"
    for path, text in zip(pages, (as_markdown(report), as_html(report)), strict=True):
        path.write_text(text, "utf-8")
    return pages


def as_markdown(report: HuntReport) -> str:
    """Return the report in Markdown."""
    lines = [f"# Hunt, seed {report.seed}", ""]
    lines += [" | ".join(("", *_HEADS, "")).strip(), "|" + "---|" * len(_HEADS)]
    lines += ["| " + " | ".join(_figures(result)) + " |" for result in report.targets]
    for result in report.targets:
        for finding, directory in result.findings:
            lines += ["", f"## {result.target}: {_cell(finding.title)}", ""]
            lines += [f"- {name}: {_cell(text)}" for name, text in _facts(finding)]
            if directory is not None:
                lines += ["", f"![Sequence chart]({directory.name}/trace.svg)"]
            lines += ["", "```", str(finding.trace), "```"]
    return "\n".join(lines) + "\n"


def as_html(report: HuntReport) -> str:
    """Return the report as one HTML page, which shows the charts that lie beside it."""
    heads = "".join(f"<th>{head}</th>" for head in _HEADS)
    rows = "".join(
        "<tr>" + "".join(f"<td>{escape(figure)}</td>" for figure in _figures(result)) + "</tr>"
        for result in report.targets
    )
    found = "".join(_sections(report.targets))
    return (
        f'<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>Hunt, seed {report.seed}</title>'
        f"<style>{_STYLE}</style></head><body><h1>Hunt, seed {report.seed}</h1>"
        f"<table><tr>{heads}</tr>{rows}</table>{found}</body></html>\n"
    )


def _sections(results: Iterable[TargetReport]) -> Iterator[str]:
    for result in results:
        for finding, directory in result.findings:
            facts = "".join(
                f"<dt>{escape(name)}</dt><dd>{escape(text)}</dd>" for name, text in _facts(finding)
            )
            chart = ""
            if directory is not None:
                chart = f'<p><img src="{escape(directory.name)}/trace.svg" alt="Sequence chart"></p>'
            yield (
                f"<section><h2>{escape(result.target)}: {escape(finding.title)}</h2><dl>{facts}</dl>{chart}"
                f"<pre>{escape(str(finding.trace))}</pre></section>"
            )


def _figures(result: TargetReport) -> tuple[str, ...]:
    counts = (result.examples, result.connections, result.steps, result.steps_per_second)
    covered = f"{result.transitions_covered} of {result.transitions_total}"
    return (
        result.target,
        result.version,
        *(f"{count:,}" for count in counts),
        covered,
        str(len(result.new)),
        str(len(result.known)),
    )


def _facts(finding: Finding) -> Iterator[tuple[str, str]]:
    yield "severity", finding.severity.value
    if finding.known is not None:
        yield "known as", finding.known
    yield "violated", finding.sentence
    yield "source", "; ".join(finding.cites)
    yield "scenario", finding.trace.machine
    yield "expected", " | ".join(map(str, finding.expected)) or "nothing of the kind"
    yield "observed", str(finding.observed)
    yield "met", f"{sum(place.times for place in finding.places)} times at {len(finding.places)} places"
    if finding.patterns:
        yield "bug patterns", ", ".join(finding.patterns)
    if not finding.reproducible:
        yield "note", "a second run of the same steps did not show it"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")
