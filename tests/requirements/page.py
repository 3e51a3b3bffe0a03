"""docs/requirements.md, made of the register."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from tests.requirements.references import modules, split
from tests.requirements.register import OTHERS, REASONS, REGISTER, Document, Requirement

PAGE: Final = REGISTER.with_suffix(".md")

_HEAD: Final = """# Requirements

Every sentence with a keyword of RFC 2119 (MUST, SHALL, REQUIRED, SHOULD, RECOMMENDED and their negations; not
MAY) in the sections on message order, alerts, closure, renegotiation, resumption, key update, timers and
fragmentation: by RFC, section and running number within the section, with the rows and properties of the
model and the tests that carry it, or the reason why none does. The sentences are put in words of our own; the
text is the RFC's. A row pattern stands for all rows that it matches.

This page is written from [docs/requirements](requirements) by

    python -m tests.requirements

and a test fails when it is not up to date, or when a row, property or test that it cites is gone.
"""


def text(documents: Sequence[Document]) -> str:
    """Return the page."""
    everything = [item for document in documents for item in document.requirements]
    parts = [_HEAD, "## Share covered\n", *_shares(documents), "", *_reasons(everything)]
    for document in documents:
        parts += ["", *_section(document)]
    return "\n".join(parts) + "\n"


def write(documents: Sequence[Document], path: Path = PAGE) -> None:
    """Write the page."""
    path.write_text(text(documents))


def _shares(documents: Sequence[Document]) -> Iterator[str]:
    yield "| RFC | sections | requirements | rows | properties | tests | covered | share | of ours |"
    yield "|---|---|--:|--:|--:|--:|--:|--:|--:|"
    for document in documents:
        yield _share(f"[{document.rfc}](#rfc-{document.rfc})", document.scope, document.requirements)
    yield _share("all", "", [item for document in documents for item in document.requirements])


def _share(name: str, scope: str, items: Sequence[Requirement]) -> str:
    carried = sum(item.carried for item in items)
    counts = (
        len(items),
        sum(bool(item.rows) for item in items),
        sum(bool(item.properties) for item in items),
        sum(bool(item.tests) for item in items),
        carried,
    )
    ours = sum(item.why not in OTHERS for item in items)
    shares = f"{carried / len(items):.0%} | {carried / ours:.0%}"
    return f"| {name} | {scope} | {' | '.join(map(str, counts))} | {shares} |"


def _reasons(items: Sequence[Requirement]) -> Iterator[str]:
    counts = Counter(item.why for item in items if item.why)
    yield "Rows, properties and tests: how many requirements are carried by such. "
    yield f"The last column leaves out what is *{'* or *'.join(OTHERS)}*.\n"
    yield f"Nothing carries the other {counts.total()}, because the requirement\n"
    for why, meaning in REASONS.items():
        yield f"- {meaning} (*{why}*): {counts[why]}"


def _section(document: Document) -> Iterator[str]:
    yield f"## RFC {document.rfc}\n"
    yield f"{document.title}, {document.scope}.\n"
    silent = [name for name in document.sections if name not in {r.section for r in document.requirements}]
    if silent:
        yield f"Without such a sentence: {', '.join(silent)}.\n"
    yield "| requirement | keyword | in short | rows and properties | tests |\n|---|---|---|---|---|"
    for item in document.requirements:
        cells = (item.id, ", ".join(item.keywords), item.says, *_carriers(item))
        yield f"| {' | '.join(cells)} |"


def _carriers(item: Requirement) -> tuple[str, str]:
    if item.why:
        return "", f"*{item.why}*: {item.reason}"
    model = [*(f"`{pattern}`" for pattern in item.rows), *(f"*{name}*" for name in item.properties)]
    return "<br>".join(model), "<br>".join(map(_link, item.tests))


def _link(citation: str) -> str:
    module, test, case = split(citation)
    sentence = test.removeprefix("test_").replace("_", " ") + (f" ({case})" if case else "")
    return f"[{sentence}](../{modules()[module].path})"
