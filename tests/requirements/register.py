"""The requirements as `docs/requirements/*.toml` has them: one for each sentence with an RFC 2119 keyword.

A file stands for one RFC.  It lists the sections that were read; an entry's name is section and running
number, its keywords are those of the sentence, and the rest says what carries it, or why nothing does.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

REGISTER: Final = Path(__file__).parents[2] / "docs" / "requirements"

KEYWORDS: Final = (
    "MUST NOT", "MUST", "SHALL NOT", "SHALL", "REQUIRED",
    "SHOULD NOT", "SHOULD", "NOT RECOMMENDED", "RECOMMENDED",
)  # fmt: skip

REASONS: Final = {
    "future": "addresses authors of later specifications and cipher suites",
    "application": "is decided by the application or its operator, through a setting or a call",
    "absent": "concerns a feature, role or version that is neither implemented nor modelled",
    "library": "is done by the cryptography package",
    "hidden": "has no effect that a peer or a caller could observe",
    "departure": "is not followed, for the reason given",
}
"""Why nothing carries a requirement."""

OTHERS: Final = ("future", "absent")
"""The reasons of requirements that concern others."""

_ENTRY: Final = {"keyword", "says", "rows", "properties", "tests", "why", "reason"}
_NAME: Final = re.compile(r"([0-9A-Z]+(?:\.[0-9]+)*)-([1-9][0-9]*)")


@dataclass(frozen=True, slots=True)
class Requirement:
    """One requirement.

    Parameters
    ----------
    rfc, section, number: where it stands; the number counts the requirements of its section from 1.
    keywords: of RFC 2119, each once, in the order of the sentence.
    says: the requirement in words of our own.
    rows: ids of the model's rows, or patterns of `fnmatch` for them without their conditions.
    properties: names of the model's properties.
    tests: as ``module::test`` or ``module::test[case]``.
    why, reason: a key of `REASONS`, and its explanation; empty where something carries the requirement.
    """

    rfc: int
    section: str
    number: int
    keywords: tuple[str, ...]
    says: str
    rows: tuple[str, ...] = ()
    properties: tuple[str, ...] = ()
    tests: tuple[str, ...] = ()
    why: str = ""
    reason: str = ""

    @property
    def id(self) -> str:
        """``8446-4.1.2-3``"""
        return f"{self.rfc}-{self.section}-{self.number}"

    @property
    def carried(self) -> bool:
        """Whether a row, a property or a test carries it."""
        return bool(self.rows or self.properties or self.tests)


@dataclass(frozen=True, slots=True)
class Document:
    """What was read of one RFC.

    Parameters
    ----------
    scope: the sections in words.
    sections: all of them, those without a requirement too.
    """

    rfc: int
    title: str
    scope: str
    sections: tuple[str, ...]
    requirements: tuple[Requirement, ...]


def load(directory: Path = REGISTER) -> list[Document]:
    """Return all documents; raises `ValueError` with file and entry if one is not of the form."""
    return [read(path.name, path.read_text()) for path in sorted(directory.glob("*.toml"))]


def read(name: str, text: str) -> Document:
    """Return the document that a file stands for; raises `ValueError`."""
    try:
        content = tomllib.loads(text)
        head = {key: value for key, value in content.items() if not isinstance(value, dict)}
        sections = tuple(head["sections"])
        entries = {key: value for key, value in content.items() if isinstance(value, dict)}
        requirements = tuple(_requirement(head["rfc"], key, entry) for key, entry in entries.items())
        _check_numbers(requirements, sections)
        return Document(head["rfc"], head["title"], head["scope"], sections, requirements)
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError(f"{name}: {error}") from error


def _requirement(rfc: int, name: str, entry: Mapping[str, Any]) -> Requirement:
    found = _NAME.fullmatch(name)
    if found is None:
        raise ValueError(f"{name} is not a section and a number")
    if not {"keyword", "says"} <= entry.keys() <= _ENTRY:
        raise ValueError(f"{name} has the keys {', '.join(entry)}")
    made = Requirement(
        rfc=rfc,
        section=found[1],
        number=int(found[2]),
        keywords=tuple(entry["keyword"].split(", ")),
        says=entry["says"],
        rows=tuple(entry.get("rows", ())),
        properties=tuple(entry.get("properties", ())),
        tests=tuple(entry.get("tests", ())),
        why=entry.get("why", ""),
        reason=entry.get("reason", ""),
    )
    if not set(made.keywords) <= set(KEYWORDS):
        raise ValueError(f"{name} has the keyword {entry['keyword']}")
    if made.carried == bool(made.why) or bool(made.why) != bool(made.reason):
        raise ValueError(f"{name} needs either what carries it or why nothing does, with a reason")
    if made.why and made.why not in REASONS:
        raise ValueError(f"{name} gives {made.why} as the kind of its reason")
    return made


def _check_numbers(requirements: tuple[Requirement, ...], sections: tuple[str, ...]) -> None:
    """Require that each section counts from 1 without a gap, and that sections stand in their order."""
    expected = [
        (section, number)
        for section in sections
        for number, _ in enumerate([item for item in requirements if item.section == section], 1)
    ]
    for item, wanted in zip(requirements, expected, strict=False):
        if (item.section, item.number) != wanted:
            raise ValueError(f"{item.section}-{item.number} stands where {wanted[0]}-{wanted[1]} belongs")
    if len(expected) != len(requirements):
        raise ValueError("an entry belongs to no section that was read")
