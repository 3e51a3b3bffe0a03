"""The pictures of ``diagrams/``, made from the model and nothing else, and the check that they are fresh.

``tlsmodel draw --all -o diagrams`` or ``python -m tlsmodel.draw.gallery diagrams`` writes them.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Final, NamedTuple

from tlsmodel.draw.charts import chart
from tlsmodel.draw.contract_view import contract
from tlsmodel.draw.diagram import Diagram, identifier
from tlsmodel.draw.explain import headline
from tlsmodel.draw.flight_view import flight
from tlsmodel.draw.generation_view import generations
from tlsmodel.draw.mermaid import sequence_mermaid
from tlsmodel.draw.phase_view import phases
from tlsmodel.draw.runs import Run, runs, trace_of
from tlsmodel.draw.sequence import sequence_svg
from tlsmodel.draw.svg import texts, to_svg
from tlsmodel.draw.text import to_mermaid
from tlsmodel.machine.machine import VIEW_SUFFIX, build
from tlsmodel.spec.scenario import SCENARIOS, Version
from tlsmodel.spec.symbols import CALLS

INDEX: Final = "README.md"
HEAD: Final = """# Diagrams

Drawn from the tables in `tlsmodel/spec` by one command; `tests/unit/draw/test_gallery.py` fails when a
picture no longer shows what the tables say. Do not edit.

```
tlsmodel draw --all -o diagrams
```

In all of them `?Message` is received, `!Message` is sent and `call()` is made by the application; the shapes
of arrows and nodes say it too, so that no picture depends on its colours. Each follows the reader's choice of
a light or a dark page, and is there as Mermaid text as well. The handshakes are found by walking the model:
the peer sends each flight at once, and the application calls after it.
"""
SCENARIO_NOTE: Final = """With a session to resume, full and abbreviated handshakes side by side
([Mermaid]({name}.mmd)):"""
REHANDSHAKE_NOTE: Final = """How far handshakes have come, and what refuses another one; only that
DTLS 1.2 drops a bad record ([Mermaid]({name}.mmd)):"""
CONTRACT: Final = """## The caller's contract

What a call does until it returns, the same for every version and role. Only FLUSH and PULL can be held up, so
a call that is repeated finds everything else done.
"""
TIMER: Final = "## The retransmission timer of DTLS 1.2\n"


class Entry(NamedTuple):
    """One picture of the gallery with the words that stand before it."""

    name: str
    svg: str
    mermaid: str
    alternative: str
    words: str


@cache
def pictures() -> Mapping[str, str]:
    """Return every file of the gallery: name and content."""
    files: dict[str, str] = {}
    parts = [HEAD]
    for part in _parts():
        if isinstance(part, str):
            parts.append(part)
            continue
        files[f"{part.name}.svg"] = part.svg
        files[f"{part.name}.mmd"] = part.mermaid
        words = part.words.format(name=part.name)
        parts.append(f"{words}\n\n![{_plain(part.alternative)}]({part.name}.svg)\n")
    files[INDEX] = "\n".join(parts)
    return MappingProxyType(files)


def _parts() -> Iterator[str | Entry]:
    for name in SCENARIOS:
        machine = build(f"{name}{VIEW_SUFFIX}")
        yield f"## {headline(machine)}\n"
        yield _diagram(name, phases(machine), "Its phases ([Mermaid]({name}.mmd)):")
        resuming = build(f"{name}?resume=on{VIEW_SUFFIX}")
        yield _diagram(f"{name}-resume", phases(resuming), SCENARIO_NOTE)
        if machine.scenario.version is Version.TLS12:
            region = generations(build(name))
            yield _diagram(region.name, region, REHANDSHAKE_NOTE)
        yield from (_sequence(f"{name}-{run.slug}", run) for run in runs(name))
    yield TIMER
    timer = flight()
    yield _diagram(timer.name, timer, "The same for client and server ([Mermaid]({name}.mmd)):")
    yield CONTRACT
    for call in CALLS:
        view = contract(call)
        yield _diagram(identifier(view.name), view, f"### {call.name}()\n\n([Mermaid]({{name}}.mmd))")


def _diagram(name: str, diagram: Diagram, words: str) -> Entry:
    return Entry(name, to_svg(diagram), to_mermaid(diagram), diagram.alternative, words)


def _sequence(name: str, run: Run) -> Entry:
    trace = trace_of(run)
    words = f"{run.title[0].upper()}{run.title[1:]} ([Mermaid]({{name}}.mmd)):"
    return Entry(name, sequence_svg(trace), sequence_mermaid(trace), chart(trace).alternative, words)


def write_gallery(directory: Path) -> list[Path]:
    """Write the gallery and return its files; raises `OSError`."""
    directory.mkdir(parents=True, exist_ok=True)
    written = []
    for name, content in pictures().items():
        path = directory / name
        path.write_text(content, "utf-8")
        written.append(path)
    return written


def stale(directory: Path) -> list[str]:
    """Return the names of files that are missing or do not show what the model says.

    Versions of Graphviz and fonts place things differently, so of laid-out pictures only the words count.
    """
    wrong = []
    for name, content in pictures().items():
        path = directory / name
        there = path.read_text("utf-8") if path.is_file() else ""
        fresh = texts(there) == texts(content) if name.endswith(".svg") else there == content
        if not fresh:
            wrong.append(name)
    return wrong


def _plain(alternative: str) -> str:
    return alternative.replace("[", "(").replace("]", ")")


if __name__ == "__main__":
    print(*write_gallery(Path(sys.argv[1] if len(sys.argv) > 1 else "diagrams")), sep="\n")
