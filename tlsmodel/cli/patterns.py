"""`tlsmodel patterns`: the classes of bugs that every hunt looks for, and a search in learned machines."""

from __future__ import annotations

from pathlib import Path

import typer

from tlsmodel.cli.output import Status, faults_in_one_line, say_json


def command(
    learned: Path = typer.Option(None, help="A learned Mealy machine (DOT) to search, instead of listing."),
    published: Path = typer.Option(None, help="The folder of published patterns to search it for."),
    as_json: bool = typer.Option(False, "--json", help="Print JSON."),
) -> None:
    """List the bug patterns, or search a machine learned from a stack for published ones."""
    from tlsmodel.patterns import PATTERNS

    if (learned is None) != (published is None):
        raise typer.BadParameter("--learned and --published go together")
    if learned is not None:
        with faults_in_one_line():
            _search(learned, published, as_json)
        return
    if as_json:
        entries = [
            {
                "id": pattern.id,
                "title": pattern.title,
                "sentence": pattern.sentence,
                "cite": pattern.cite,
                "severity": pattern.severity.value,
                "machines": list(pattern.machines),
            }
            for pattern in PATTERNS.values()
        ]
        say_json({"patterns": entries})
        return
    for pattern in PATTERNS.values():
        print(f"{pattern.id}  {pattern.sentence} ({pattern.cite}; {pattern.severity})")


def _search(learned: Path, published: Path, as_json: bool) -> None:
    from tlsmodel.patterns import Unfolded, read_learned_file, read_patterns
    from tlsmodel.spec.scenario import SCENARIOS

    setting = next(iter(SCENARIOS.values()))
    machine = Unfolded(read_learned_file(learned, setting))
    found = [
        (pattern, trace)
        for pattern in read_patterns(published)
        if (trace := machine.witness(pattern.automaton)) is not None
    ]
    if as_json:
        say_json(
            {
                "machine": machine.name,
                "matches": [
                    {"id": pattern.id, "title": pattern.title, "trace": trace.to_json()}
                    for pattern, trace in found
                ],
            }
        )
    for pattern, trace in () if as_json else found:
        print(f"{pattern.title}: {pattern.sentence}\n{trace}")
    raise typer.Exit(Status.FOUND if found else Status.FINE)
