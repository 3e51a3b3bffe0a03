"""What the register may cite: rows and properties of the model, and tests, found without running them."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from pkgutil import walk_packages
from typing import Final

import tlsmodel.spec
from tests.requirements.register import Requirement
from tlsmodel.spec.contract import ROWS
from tlsmodel.spec.dtls12 import flight
from tlsmodel.spec.row import Table

ROOT: Final = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True)
class Module:
    """A module of tests.

    Parameters
    ----------
    path: relative to the repository.
    tests: its test functions.
    strings: what its cases may be called.
    """

    path: str
    tests: frozenset[str]
    strings: frozenset[str]


@cache
def modules() -> dict[str, Module]:
    """Return the modules of tests by their names, which are unique."""
    return {path.stem: _read(path) for path in sorted(ROOT.glob("tests/**/test_*.py"))}


def _read(path: Path) -> Module:
    nodes = list(ast.walk(ast.parse(path.read_text())))
    functions = (node.name for node in nodes if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))
    strings = (node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str))
    return Module(
        str(path.relative_to(ROOT)),
        frozenset(name for name in functions if name.startswith("test_")),
        frozenset(strings),
    )


@cache
def rows() -> frozenset[str]:
    """Return the ids of all rows of all tables, and of the contract and the retransmission timer."""
    tables = (value for module in _spec() for value in vars(module).values() if isinstance(value, Table))
    written = {row.id for table in tables for row in table.rows()}
    others = {row.id for row in (*ROWS, *flight.TABLE, *flight.ORDER)}
    return frozenset(written | others)


@cache
def places() -> frozenset[str]:
    """Return the ids without the conditions that some of them end with."""
    return frozenset(row.partition("[")[0] for row in rows())


def _spec() -> Iterator[object]:
    for found in walk_packages(tlsmodel.spec.__path__, "tlsmodel.spec."):
        yield import_module(found.name)


@cache
def properties() -> frozenset[str]:
    """Return the names of the model's properties."""
    if find_spec("tlsmodel.spec.properties") is None:
        return frozenset()
    return frozenset(import_module("tlsmodel.spec.properties").PROPERTIES)


def split(citation: str) -> tuple[str, str, str]:
    """Return module, test and case of ``module::test[case]``; the case may be empty."""
    module, _, rest = citation.partition("::")
    test, _, case = rest.partition("[")
    return module, test, case.removesuffix("]")


def dangling(requirements: Iterable[Requirement]) -> list[str]:
    """Return what is cited and does not exist, a line each."""
    lines = []
    for item in requirements:
        lines += [f"{item.id}: no row {pattern}" for pattern in item.rows if not _any_row(pattern)]
        lines += [f"{item.id}: no property {name}" for name in item.properties if name not in properties()]
        lines += [f"{item.id}: no test {citation}" for citation in item.tests if not _is_test(citation)]
    return lines


def _any_row(pattern: str) -> bool:
    return pattern in rows() or any(fnmatchcase(place, pattern) for place in places())


def _is_test(citation: str) -> bool:
    name, test, case = split(citation)
    module = modules().get(name)
    return module is not None and test in module.tests and (not case or case in module.strings)
