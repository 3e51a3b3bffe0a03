"""The page of the handshake benchmark, in Markdown."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterator, Mapping, Sequence

from handshake import bare, gnutls, impl
from handshake.cases import Case
from handshake.profile import Profile
from handshake.race import BURST, CONTESTANTS, SETTLE, Result

Results = Mapping[tuple[str, str], Result]
COMMAND = "PYTHONPATH=. python benchmarks/handshake_table.py --rounds {} -o docs/benchmarks.md"


def page(cases: Sequence[Case], results: Results, profiles: Mapping[str, Profile], rounds: int) -> str:
    """Return the whole page."""
    blocks = [
        "# What a handshake costs",
        "One row is one handshake pair, client and server in one process and one thread, from two fresh ends"
        " to both being done: X25519, ECDSA P-256, AES-128-GCM with SHA-256, the client verifies the server's"
        " certificate. Resumption is by a ticket that is used again and again, in TLS 1.3 with a fresh key"
        " exchange; servers issue no tickets in TLS 1.3. Medians; the contestants take turns in every"
        f" round, each with {BURST} handshakes in a row, after {SETTLE} that do not count.",
        f"This page is generated: `{COMMAND.format(rounds)}`. Compare the rows of one page, never two pages.",
        *(f"## {case.name}\n\n" + "\n".join(_table(case, results)) for case in cases),
        "## Contestants and machine\n\n" + "\n".join(_contestants()),
        "## Where impl's time goes",
        "By cProfile, which makes Python code look dearer than it is, for it charges every call, and C code"
        " cheaper.",
        *(f"### {name}\n\n" + "\n".join(_profile(found)) for name, found in profiles.items()),
    ]
    return "\n\n".join(blocks) + "\n"


def _table(case: Case, results: Results) -> Iterator[str]:
    yield "| | ms | of libgnutls | of bare |"
    yield "|---|--:|--:|--:|"
    for contestant in CONTESTANTS:
        result = results[case.name, contestant.NAME]
        if result.milliseconds is None:
            yield f"| {contestant.NAME} | {result.reason} | | |"
            continue
        ratios = (_ratio(result, results[case.name, name]) for name in (gnutls.NAME, bare.NAME))
        yield f"| {contestant.NAME} | {result.milliseconds:.3f} | {' | '.join(ratios)} |"


def _ratio(result: Result, reference: Result) -> str:
    if result.milliseconds is None or reference.milliseconds is None:
        return ""
    return f"{result.milliseconds / reference.milliseconds:.2f}"


def _contestants() -> Iterator[str]:
    for contestant in CONTESTANTS:
        name = f"**{contestant.NAME}**"
        yield f"- {name} ({contestant.version()}): {contestant.NOTE}."
    yield ""
    python = f"{platform.python_implementation()} {platform.python_version()}"
    yield f"{python}, {os.cpu_count()} CPUs, {platform.machine()}, {platform.system()}."


def _profile(found: Profile) -> Iterator[str]:
    yield "| part | share |"
    yield "|---|--:|"
    for part, share in found.shares.items():
        yield f"| {part} | {share:.0%} |"
    yield ""
    yield f"| function of {impl.NAME} or below | calls | µs |"
    yield "|---|--:|--:|"
    for name, calls, microseconds in found.top:
        yield f"| `{name}` | {calls:g} | {microseconds:.1f} |"
