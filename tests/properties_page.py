"""Writes docs/properties.md, what is checked of the model: `python -m tests.properties_page`."""

from __future__ import annotations

from pathlib import Path

from tlsmodel.spec.mutations import MUTATIONS, UNSEEN
from tlsmodel.spec.properties import PROPERTIES, Property

PAGE = Path(__file__).parents[1] / "docs" / "properties.md"
HEAD = """# Properties

What `tlsmodel check` decides of the model, and what breaks it. How it decides is in [model.md](model.md).
This page is generated: `python -m tests.properties_page`.

"""


def section(item: Property) -> str:
    """Return what the page says of one property."""
    places = [
        f"`{name}`"
        + (f" ({', '.join(f'{key}={value}' for key, value in scope.settings)})" if scope.settings else "")
        for scope in item.scopes
        for name in scope.names
    ]
    bugs = "; ".join(f"`{bug}` ({MUTATIONS[bug].title})" for bug in item.broken_by)
    return (
        f"### {item.name}\n\n{item.sentence} *{item.cite}*\n\n"
        f"    {item.formula}\n\n"
        f"Holds of {', '.join(places)}. Broken by {bugs}.\n"
    )


def page() -> str:
    """Return the whole page."""
    pairs = [item for item in PROPERTIES.values() if item.of_pairs]
    sessions = [item for item in PROPERTIES.values() if not item.of_pairs]
    parts = [HEAD, "## Of one session\n\n", "\n".join(map(section, sessions))]
    parts += ["\n## Of a client and a server together\n\n", "\n".join(map(section, pairs))]
    parts += ["\n## Bugs that cannot be seen at this level\n\n| bug | because |\n|---|---|\n"]
    parts += [f"| {bug} | {reason} |\n" for bug, reason in UNSEEN.items()]
    return "".join(parts)


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
