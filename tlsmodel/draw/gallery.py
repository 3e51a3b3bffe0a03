"""The pictures of ``diagrams/``, made from the model and nothing else, and the check that they are fresh.

``tlsmodel draw --all -o diagrams`` or ``python -m tlsmodel.draw.gallery diagrams`` writes them.
"""

from __future__ import annotations

import sys
from collections import deque
from pathlib import Path
from typing import Any, Final

from tlsmodel.draw.chart import chart, headline
from tlsmodel.draw.contract_view import contract
from tlsmodel.draw.mermaid import sequence_mermaid
from tlsmodel.draw.phase_view import phases
from tlsmodel.draw.sequence import sequence_svg
from tlsmodel.draw.svg import texts, to_svg
from tlsmodel.draw.text import to_mermaid
from tlsmodel.machine.machine import VIEW_SUFFIX, Machine, build
from tlsmodel.machine.trace import Step, Trace
from tlsmodel.spec.row import Row
from tlsmodel.spec.scenario import SCENARIOS, scenario
from tlsmodel.spec.symbols import CALLS, HANDSHAKE, Symbol
from tlsmodel.spec.tables import tables_for

INDEX: Final = "README.md"
INBOX: Final = {"inbox": "8"}
"""A whole flight of the peer may wait."""
HEAD: Final = """# Diagrams

Drawn from the tables in `tlsmodel/spec` by one command; `tests/unit/draw/test_gallery.py` fails when a
picture no longer shows what the tables say. Do not edit.

```
tlsmodel draw --all -o diagrams
```

In all of them `?Message` is received, `!Message` is sent and `call()` is made by the application. The
handshakes are found by walking the model: the peer sends each flight at once, and the application calls
`handshake()` until it returns `SUCCESS`.
"""

CONTRACT: Final = """## The caller's contract

What a call does until it returns, the same for every version and role. Only FLUSH and PULL can be held up, so
a call that is repeated finds everything else done.
"""


def pictures() -> dict[str, str]:
    """Return every file of the gallery: name and content."""
    files: dict[str, str] = {}
    parts = [HEAD]
    for name in SCENARIOS:
        machine = build(scenario(name).with_settings(INBOX))
        view, trace = phases(machine), full_handshake(machine)
        files[f"{name}.svg"] = to_svg(view)
        files[f"{name}.mmd"] = to_mermaid(view)
        files[f"{name}-sequence.svg"] = sequence_svg(trace)
        files[f"{name}-sequence.mmd"] = sequence_mermaid(trace)
        parts.append(
            f"## {headline(machine)}\n\n"
            f"![{_plain(view.alternative)}]({name}.svg)\n\n"
            f"The same as [Mermaid text]({name}.mmd). "
            f"A full handshake (as [Mermaid text]({name}-sequence.mmd)):\n\n"
            f"![{_plain(chart(trace).alternative)}]({name}-sequence.svg)\n"
        )
    parts.append(CONTRACT)
    for call in CALLS:
        view = contract(call)
        files[f"{view.name}.svg"] = to_svg(view)
        files[f"{view.name}.mmd"] = to_mermaid(view)
        parts.append(
            f"### {call.name}()\n\n![{_plain(view.alternative)}]({view.name}.svg)\n\n"
            f"The same as [Mermaid text]({view.name}.mmd).\n"
        )
    files[INDEX] = "\n".join(parts)
    return files


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


def full_handshake(machine: Machine[Any]) -> Trace:
    """Return an undisturbed full handshake of a session machine whose inbox holds a flight.

    The peer sends what a shortest way through the phases asks for; the application calls after each flight.
    """
    state = machine.initial
    steps: list[Step] = []
    for given in (HANDSHAKE, *_inputs(build(f"{machine.scenario.name}{VIEW_SUFFIX}")), HANDSHAKE):
        if steps and given is HANDSHAKE and not machine.state(state).inbox:
            continue
        answer = max(machine.successors(state, given), key=lambda item: len(item.output.emissions))
        steps.append(Step(given, answer.output, answer.rows))
        state = answer.target
    return Trace(machine.name, tuple(steps))


def _inputs(view: Machine[Any]) -> list[Symbol]:
    """Return a shortest way to the last phase, with a call wherever the peer must wait for an answer."""
    final = tables_for(view.scenario).final
    ways: dict[int, list[Symbol]] = {view.initial: []}
    queue = deque([view.initial])
    while queue:
        number = queue.popleft()
        if view.state(number).phase in final:
            return ways[number]
        for given in view.enabled(number):
            for _, target, rows in view.successors(number, given):
                if target not in ways:
                    row = view.rows[rows[0]]
                    answered = isinstance(row, Row) and any(not item.once for item in row.emit)
                    ways[target] = [*ways[number], given, *([HANDSHAKE] if answered else [])]
                    queue.append(target)
    raise LookupError(f"{view.name}: {' or '.join(sorted(final))} is out of reach")


def _plain(alternative: str) -> str:
    return alternative.replace("[", "(").replace("]", ")")


if __name__ == "__main__":
    print(*write_gallery(Path(sys.argv[1] if len(sys.argv) > 1 else "diagrams")), sep="\n")
