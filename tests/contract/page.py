"""docs/contract.md, made of a run's reports: statements, codes and differences with their results."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from impl import Code
from tests.contract.codes import NOT_PROVOKED, SHEET
from tests.contract.differences import DIFFERENCES
from tests.contract.drivers import gnutls_library

_HEAD = """# The contract, held against both stacks

What the manual pages of `gnutls_handshake(3)` and its neighbours promise, each statement run as the same test
against `impl` and the real libgnutls {version}. This page is written by a run of the tests:

    pytest tests/contract --contract-page docs/contract.md

`impl` means the implementation of this repository; at the other end are peers of both stacks. A result is
*passed* (with the number of cases), *failed*, or *passed, differs* where the stack's answer differs from the
source and the difference is asserted exactly.
"""


@dataclass
class _Row:
    results: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    sources: tuple[str, ...] = ()
    differences: set[str] = field(default_factory=set)


@dataclass
class Run:
    """Everything that a run has reported."""

    rows: dict[str, _Row] = field(default_factory=lambda: defaultdict(_Row))
    codes: dict[tuple[str, str], set[str]] = field(default_factory=lambda: defaultdict(set))
    used: set[str] = field(default_factory=set)

    def take(self, report: Any) -> None:
        """Add one report of a test's call."""
        if (
            "tests/contract/" not in report.nodeid
            or "test_contract_page" in report.nodeid
            or (report.when != "call" and report.passed)
        ):
            return
        name = report.nodeid.rpartition("::")[2].partition("[")[0]
        row = self.rows[name]
        stack = ""
        for kind, value in report.user_properties:
            if kind == "stack":
                stack = value
            elif kind == "sources":
                row.sources = tuple(value)
            elif kind == "difference":
                row.differences.add(value)
                self.used.add(value)
            elif kind == "code":
                whose, call, code = value
                self.codes[code, whose].add(call)
        row.results[stack].append(report.outcome)

    def text(self) -> str:
        """Return the page."""
        unused = sorted(set(DIFFERENCES) - self.used)
        parts = [
            _HEAD.format(version=gnutls_library.version()),
            "## Statements\n\n| source | statement | impl | libgnutls | differences |\n|---|---|---|---|---|",
            *self._statements(),
            "\n## Codes\n\nWho has returned them to which call in this run.\n",
            "| code | value | fatal | impl | libgnutls |\n|---|---|---|---|---|",
            *self._codes(),
            "\n## Remaining differences\n\n| number | stack | source says | stack does | reason |",
            "|---|---|---|---|---|",
            *_differences(),
        ]
        if unused:
            parts.append(f"\nNot met in this run: {', '.join(map(_number, unused))}.")
        return "\n".join(parts) + "\n"

    def _statements(self) -> list[str]:
        lines = []
        for name, row in self.rows.items():
            sources = sorted(set(row.sources), key=_rank)
            cells = [
                "; ".join(sources),
                statement(name),
                *(self._result(row, stack) for stack in ("impl", "gnutls")),
                ", ".join(map(_number, sorted(row.differences, key=list(DIFFERENCES).index))),
            ]
            lines.append(([_rank(source) for source in sources], f"| {' | '.join(cells)} |"))
        return [line for _, line in sorted(lines, key=lambda item: item[0])]

    def _result(self, row: _Row, stack: str) -> str:
        found = row.results.get(stack) or row.results.get("", [])
        if not found:
            return "–"
        failed = len(found) - found.count("passed")
        if failed:
            return f"**failed** ({failed} of {len(found)})"
        differs = any(DIFFERENCES[key].stack == stack for key in row.differences)
        return f"passed{', differs' if differs else ''} ({len(found)})"

    def _codes(self) -> list[str]:
        lines = []
        for name, number in SHEET.items():
            known = name in Code.__members__
            fatal = "–" if not known else "yes" if Code[name].is_fatal else "no"
            cells = [self._calls(name, stack) for stack in ("impl", "gnutls")]
            lines.append(f"| `{name}` | {number} | {fatal} | {' | '.join(cells)} |")
        return lines

    def _calls(self, code: str, stack: str) -> str:
        calls = sorted(self.codes[code, stack])
        return ", ".join(calls) or NOT_PROVOKED.get((stack, code)) or NOT_PROVOKED.get(("", code), "–")


def statement(test: str) -> str:
    """The sentence that a test's name is."""
    return test.removeprefix("test_").replace("_", " ")


def _rank(source: str) -> tuple[bool, bool, str]:
    return not source.startswith("gnutls_handshake("), source.startswith("RFC"), source


def _differences() -> list[str]:
    rows = (
        (_number(key), row.stack, f"{row.wanted} ({row.cite})", _shown(row.observed), row.reason)
        for key, row in DIFFERENCES.items()
    )
    return [f"| {' | '.join(cells)} |" for cells in rows]


def _number(key: str) -> str:
    return f"D{list(DIFFERENCES).index(key) + 1}"


def _shown(observed: Any) -> str:
    """The observed codes; what is no code is told by the reason alone."""
    codes = [observed] if isinstance(observed, str) else observed
    if not isinstance(codes, list | set) or not all(isinstance(code, str) for code in codes):
        return "see the reason"
    return ", ".join(f"`{code}`" for code in sorted(set(codes)))
