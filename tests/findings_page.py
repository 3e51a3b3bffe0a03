"""Writes what people read of the known departures: `python -m tests.findings_page` after a change of them."""

from __future__ import annotations

from pathlib import Path

from tlsmodel.hunt.known import Known, known_departures

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "findings.md"


def section(entry: Known) -> str:
    """Return the part of the page that explains one departure."""
    return f"## {entry.title}\n\n*{entry.cite}* · `{entry.id}`\n\n{entry.explanation}\n"


def page(old: str, entries: tuple[Known, ...]) -> str:
    """Return the page with its opening words kept."""
    opening = old.partition("\n## ")[0].rstrip()
    return "\n".join((opening + "\n", *map(section, entries)))


if __name__ == "__main__":
    PAGE.write_text(page(PAGE.read_text("utf-8"), known_departures("gnutls")), "utf-8")
