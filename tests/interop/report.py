"""The matrix as a page, written from what a run has found."""

from __future__ import annotations

from typing import Any

from tests.interop.needs import DTLS12, TLS12, TLS13, Feature
from tests.interop.paths import explanation
from tests.interop.peers import COLUMNS
from tests.interop.rows import FEATURES
from tests.interop.variants import events

PASSED, FAILED = "passed", "**failed**"


class Matrix:
    """What became of every cell."""

    def __init__(self, found: dict[str, str] | None = None) -> None:
        self.found = {} if found is None else found
        self.traces: list[dict[str, Any]] = []

    @staticmethod
    def key(feature: Feature, column: str) -> str:
        """Return the name of a cell."""
        return f"{feature.name} | {column}"

    def begin(self, feature: Feature, column: str) -> None:
        """A cell has failed until something else is said."""
        self.found[self.key(feature, column)] = FAILED

    def lacks(self, feature: Feature, column: str, reason: str) -> None:
        """A peer has been shown to lack a feature."""
        self.found[self.key(feature, column)] = reason

    def passed(self, feature: Feature, column: str, run: Any) -> None:
        """A run was good: what passed in each connection is a path of the model, and is kept."""
        role = "server" if run.ours_is_server else "client"
        for number, trace in enumerate(run.traces):
            version = trace.agreed(feature.needs.version)
            seen = events(trace, version)
            explained = explanation(version, role, tuple(seen))
            assert explained.whole, f"no path of the model: {seen[: explained.seen + 1]}"
            self.traces.append(
                {
                    "version": version,
                    "role": role,
                    "scenario": explained.scenario.name,
                    "feature": feature.name,
                    "peer": column,
                    "connection": number,
                    "events": [list(event) for event in seen],
                }
            )
        self.found[self.key(feature, column)] = PASSED


def page(found: dict[str, str], versions: dict[str, str]) -> str:
    """Return the page.

    Parameters
    ----------
    found: what became of every cell.
    versions: of the stacks, by the words that stand for them in reasons.
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
        "socket with the certificate verified, the feature observed, data both ways and close_notify,",
        "or a refusal where that is the feature. A – is a feature that this peer does not have, for the",
        "reason below, which was put to the test in the same run: most by trying the feature all the same.",
        "The messages of every connection behind a ✓ are a path of the model, which the run has found;",
        "only an alert that refuses what a certificate says comes behind it, "
        "for the model does not read them.",
        "",
        f"- GnuTLS {versions['gnutls']}: library, gnutls-cli, gnutls-serv",
        f"- OpenSSL {versions['openssl']}: openssl s_client, openssl s_server",
        f"- OpenSSL {versions['newer']}, through pyOpenSSL",
        "",
        f"{counts[PASSED]} passed, {counts['–']} not supported by that peer, {counts[FAILED]} failed.",
    ]
    notes = ["", "## Reasons", "", *(f"{number}. {reason}." for number, reason in enumerate(reasons, 1))]
    notes = [note.format(**versions) for note in notes]
    return "\n".join([*head, *lines, *notes]) + "\n"


def write(path: Any, found: dict[str, str], versions: dict[str, str]) -> None:
    """Write the page to `path`."""
    path.write_text(page(found, versions), encoding="utf-8")
