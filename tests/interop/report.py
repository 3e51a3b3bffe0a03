"""The matrix as a page, written from what a run has found."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from tests.interop.features import DTLS12, FEATURES, TLS12, TLS13, Feature
from tests.interop.peers import COLUMNS

PASSED, FAILED = "passed", "**failed**"


class Matrix:
    """What became of every cell."""

    def __init__(self, found: dict[str, str] | None = None) -> None:
        self.found = {} if found is None else found

    @staticmethod
    def key(feature: Feature, column: str) -> str:
        """Return the name of a cell."""
        return f"{feature.name} | {column}"

    def note(self, feature: Feature, column: str, reason: str) -> None:
        """A peer lacks a feature."""
        self.found[self.key(feature, column)] = reason

    @contextmanager
    def trying(self, feature: Feature, column: str) -> Iterator[None]:
        """A cell that passes unless the block raises."""
        self.found[self.key(feature, column)] = FAILED
        yield
        self.found[self.key(feature, column)] = PASSED


def page(found: dict[str, str], versions: list[str]) -> str:
    """Return the page.

    Parameters
    ----------
    found: what became of every cell.
    versions: of the peers, a line each.
    """
    reasons: list[str] = []
    counts = {PASSED: 0, FAILED: 0, "–": 0}

    def shown(feature: Feature, column: str) -> str:
        outcome = found.get(Matrix.key(feature, column), FAILED)
        if outcome in (PASSED, FAILED):
            counts[outcome] += 1
            return "✓" if outcome == PASSED else FAILED
        counts["–"] += 1
        if outcome not in reasons:
            reasons.append(outcome)
        return f"– <sup>{reasons.index(outcome) + 1}</sup>"

    lines: list[str] = []
    for version in (TLS12, TLS13, DTLS12):
        lines += ["", f"## {version}", "", "| feature | " + " | ".join(name for name, _ in COLUMNS) + " |"]
        lines.append("|---|" + ":-:|" * len(COLUMNS))
        for feature in FEATURES:
            if feature.needs.version == version:
                cells = [shown(feature, column) for column, _ in COLUMNS]
                lines.append(f"| {feature.title} | " + " | ".join(cells) + " |")
    head = [
        "# Interoperation",
        "",
        "Made by `pytest tests/interop --interop-report docs/interop.md` from real runs, and not by hand.",
        "A column is a peer in its role, and `impl` plays the other one. A ✓ is a handshake over a real",
        "socket with the certificate verified, the feature observed, data both ways and close_notify;",
        "a – is a feature that this peer does not have, for the reason below.",
        "",
        *(f"- {version}" for version in versions),
        "",
        f"{counts[PASSED]} passed, {counts['–']} not supported by that peer, {counts[FAILED]} failed.",
    ]
    notes = ["", "## Reasons", "", *(f"{number}. {reason}." for number, reason in enumerate(reasons, 1))]
    return "\n".join([*head, *lines, *notes]) + "\n"


def write(path: Any, found: dict[str, str], versions: list[str]) -> None:
    """Write the page to `path`."""
    path.write_text(page(found, versions), encoding="utf-8")
