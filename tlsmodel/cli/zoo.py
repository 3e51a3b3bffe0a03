"""`tlsmodel zoo`: the seeded bugs."""

from __future__ import annotations

import typer

from tlsmodel.cli.output import say_json


def command(as_json: bool = typer.Option(False, "--json", help="Print JSON.")) -> None:
    """List the historical bugs that can be hunted as zoo:ID."""
    from tlsmodel.targets.zoo import BUGS

    if as_json:
        say_json(
            {
                "bugs": [
                    {
                        "id": bug.id,
                        "title": bug.title,
                        "reference": bug.reference,
                        "role": list(bug.roles),
                        "version": [version.name.lower() for version in bug.versions],
                    }
                    for bug in BUGS.values()
                ]
            }
        )
        return
    for bug in BUGS.values():
        print(f"zoo:{bug.id}  {bug.title} ({bug.reference})")
