"""Reads published bug patterns: automata (DOT), their list (XML) and their parametric messages (.lang)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final
from xml.etree import ElementTree

from tlsmodel.patterns.automaton import Automaton, Edge, Pattern, Severity
from tlsmodel.patterns.dot import INITIAL_MARK, read_dot
from tlsmodel.patterns.labels import Parameters, read_label

MAX_FILE: Final = 1 << 20
"""Bytes of a file that is read."""
_SEVERITIES: Final = {"HIGH": Severity.SECURITY, "MEDIUM": Severity.CONTRACT, "LOW": Severity.CONTRACT}


def read_automaton(text: str, parameters: Parameters | None = None) -> Automaton:
    """Read a pattern's automaton: accepting states are double circles, the initial one is marked or red.

    Raises `ValueError` naming the line or label at fault.
    """
    graph = read_dot(text)
    edges = tuple(
        Edge(source, read_label(attributes.get("label", "")), target)
        for source, target, attributes in graph.edges
        if source != INITIAL_MARK
    )
    accepting = {
        name for name, attributes in graph.nodes.items() if attributes.get("shape") == "doublecircle"
    }
    return Automaton(graph.initial(), frozenset(accepting), edges, parameters or Parameters())


def read_parameters(text: str) -> Parameters:
    """Read the definition of parametric messages: fields, messages, functions.

    Raises `ValueError` naming the line at fault.
    """
    fields: dict[str, frozenset[str]] = {}
    messages: dict[str, tuple[str, bool]] = {}
    functions: dict[str, dict[str, str]] = {}
    section = ""
    for number, raw in enumerate(text.splitlines(), 1):
        line = raw.strip()
        if not line:
            continue
        try:
            if line.endswith("="):
                section = line.removesuffix("=").strip()
                if section.startswith("func "):
                    functions[section.removeprefix("func ").strip()] = {}
            elif section == "parametric_messages":
                name, value = _message(line)
                messages[name] = value
            elif section == "fields":
                name, values = line.split("->")
                fields[name.strip()] = frozenset(item.strip() for item in values.split(","))
            elif section.startswith("func "):
                given, result = line.split("->")
                functions[section.removeprefix("func ").strip()][given.strip()] = result.strip()
            else:
                raise ValueError
        except ValueError:
            raise ValueError(f"line {number}: {line[:60]!r} is no definition") from None
    return Parameters(fields, messages, functions)


def _message(line: str) -> tuple[str, tuple[str, bool]]:
    for opening, closing in ("()", "{}"):
        name, mark, rest = line.partition(opening)
        if mark and rest.endswith(closing):
            return name.strip(), (rest[:-1].strip(), opening == "{")
    raise ValueError


def read_patterns(folder: Path) -> tuple[Pattern, ...]:
    """Read the patterns that a folder's ``patterns.xml`` lists and enables.

    Raises `ValueError` naming the file at fault.
    """
    listing = folder / "patterns.xml"
    text = _text(listing)
    if "<!" in text:
        raise ValueError(f"{listing}: declarations are not read")
    try:
        root = ElementTree.fromstring(text)
        language = root.findtext("patternLanguage")
        parameters = None if language is None else read_parameters(_text(_inside(folder, language)))
        return tuple(_pattern(folder, entry, parameters) for entry in _enabled(root))
    except ElementTree.ParseError as fault:
        raise ValueError(f"{listing}: {fault}") from None


def _enabled(root: ElementTree.Element) -> Iterator[ElementTree.Element]:
    for entry in root.findall("bugPattern"):
        if (entry.findtext("enabled") or "true").strip() == "true":
            yield entry


def _pattern(folder: Path, entry: ElementTree.Element, parameters: Parameters | None) -> Pattern:
    said = {
        key: (entry.findtext(key) or "").strip() for key in ("name", "bugLanguage", "description", "severity")
    }
    path = _inside(folder, said["bugLanguage"])
    try:
        made = read_automaton(_text(path), parameters)
    except ValueError as fault:
        raise ValueError(f"{path}: {fault}") from None
    return Pattern(
        id=path.stem,
        title=said["name"],
        sentence=said["description"],
        cite="",
        severity=_SEVERITIES.get(said["severity"] or "LOW", Severity.CONTRACT),
        automaton=made,
    )


def _inside(folder: Path, name: str) -> Path:
    if not name or Path(name).name != name:
        raise ValueError(f"{folder}: {name!r} is no file of this folder")
    return folder / name


def _text(path: Path) -> str:
    try:
        if path.stat().st_size > MAX_FILE:
            raise ValueError(f"{path}: larger than {MAX_FILE} bytes")
        return path.read_text("utf-8")
    except OSError as fault:
        raise ValueError(f"{path}: {fault.strerror}") from None
    except UnicodeDecodeError:
        raise ValueError(f"{path}: not UTF-8") from None
