"""Writes what people read of the known departures: `python -m tests.findings_page` after a change of them.

`docs/findings.md` explains each, and the README's table under "First catch" names them.
"""

from __future__ import annotations

from pathlib import Path

from tlsmodel.hunt.known import Known, known_departures

ROOT = Path(__file__).parents[1]
PAGE, README = ROOT / "docs" / "findings.md", ROOT / "README.md"
HEAD = "| what it does | against |\n|---|---|\n"


def section(entry: Known) -> str:
    """Return the part of the page that explains one departure."""
    return f"## {entry.title}\n\n*{entry.cite}* · `{entry.id}`\n\n{entry.explanation}\n"


def page(old: str, entries: tuple[Known, ...]) -> str:
    """Return the page with its opening words kept."""
    opening = old.partition("\n## ")[0].rstrip()
    return "\n".join((opening + "\n", *map(section, entries)))


def readme(old: str, entries: tuple[Known, ...]) -> str:
    """Return the README with its table replaced."""
    before, _, rest = old.partition(HEAD)
    after = rest[rest.index("\n\n") :]
    table = "\n".join(f"| {entry.title} | {entry.cite} |" for entry in entries)
    return f"{before}{HEAD}{table}{after}"


if __name__ == "__main__":
    found = known_departures("gnutls")
    PAGE.write_text(page(PAGE.read_text("utf-8"), found), "utf-8")
    README.write_text(readme(README.read_text("utf-8"), found), "utf-8")
