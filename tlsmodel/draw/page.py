"""The explorer: one HTML file that opens from disk, with machines, pictures, verdicts and the stepper.

``assets`` holds its parts as plain files.  Modules are joined in order of their imports into one script, so
that nothing has to be fetched; names are unique among them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from importlib import metadata, resources
from types import MappingProxyType
from typing import Any, Final

from tlsmodel.draw import theme
from tlsmodel.draw.contract_view import contract
from tlsmodel.draw.diagram import Diagram
from tlsmodel.draw.flight_view import flight
from tlsmodel.draw.generation_view import generations
from tlsmodel.draw.packed import arrivals, compressed, facets, packed
from tlsmodel.draw.phase_view import phases
from tlsmodel.draw.verdicts import PageVerdict
from tlsmodel.machine.machine import VIEW_SUFFIX, Machine
from tlsmodel.spec.scenario import Version
from tlsmodel.spec.symbols import Kind
from tlsmodel.spec.tables import tables_for

_IMPORT: Final = re.compile(r'^import \{[^}]*\} from "\./([a-z]+\.js)";\n', re.MULTILINE)
_EXPORT: Final = re.compile(r"^export (?=(?:async |)(?:const|function|class) )", re.MULTILINE)
_HOLE: Final = re.compile(r"\{\{(\w+)\}\}")


def page(
    machines: Iterable[Machine[Any]],
    pairs: Mapping[str, tuple[str, str]] = MappingProxyType({}),
    verdicts: Iterable[PageVerdict] = (),
    progress: Callable[[str], None] | None = None,
) -> str:
    """Return the page as an HTML document.

    Parameters
    ----------
    machines: what it shows, the first one first; each is expanded in full.
    pairs: by a name, the names of two of these machines, client and server, to step through together.
    verdicts: results of property checks.
    progress: called with each machine's name before it is packed.

    Raises `MemoryError` where a machine is too large.
    """
    shown: dict[str, dict[str, object]] = {}
    heard: dict[str, str] = {}
    for machine in machines:
        if progress is not None:
            progress(machine.name)
        graph = packed(machine, pictures_of(machine))
        shown[machine.name] = {"facets": facets(machine), "graph": compressed(graph)}
        heard |= arrivals([graph])
    for name, ends in pairs.items():
        facets_of_pair = {"view": "pair", "version": name}
        shown[name] = {"facets": facets_of_pair, "ends": list(ends)}
    data = {
        "machines": shown,
        "arrivals": heard,
        "verdicts": [verdict.to_json() for verdict in verdicts],
    }
    parts = {
        "style": style(":root"),
        "version": metadata.version("tlsmodel"),
        "data": json.dumps(data).replace("<", "\\u003c"),
        "script": script("page.js"),
    }
    return _HOLE.sub(lambda hole: parts[hole[1]], asset("page.html"))


def pictures_of(machine: Machine[Any]) -> dict[str, Diagram]:
    """Return the pictures that a reader of `machine` can turn to, by a short name."""
    drawn = {"Phases": phases(machine, refusals=False), "Phases and refusals": phases(machine)}
    if machine.name.endswith(VIEW_SUFFIX):
        return drawn
    if tables_for(machine.scenario).rehandshake is not None:
        drawn["Re-handshakes"] = generations(machine)
    if machine.scenario.version is Version.DTLS12:
        drawn["Retransmission timer"] = flight()
    return drawn | {f"{call.name}()": contract(call) for call in machine.inputs if call.kind is Kind.CALL}


@cache
def asset(name: str) -> str:
    """Return the text of a part of the page."""
    return resources.files("tlsmodel.draw").joinpath("assets", name).read_text("utf-8")


def script(name: str) -> str:
    """Return a module with all that it imports as one script without imports."""
    joined: dict[str, None] = {}
    _join(name, joined)
    return "".join(_EXPORT.sub("", _IMPORT.sub("", asset(module))) for module in joined)


def _join(name: str, joined: dict[str, None]) -> None:
    for imported in _IMPORT.findall(asset(name)):
        _join(imported, joined)
    joined.setdefault(name)


def style(root: str) -> str:
    """Return the style sheet of page and stepper: colours for light and dark, which `root` selects, then the
    rules."""
    light = theme.variables({colour: colour for colour in theme.NAMES.values()})
    dark = theme.variables(theme.DARK)
    return (
        f"{root}{{color-scheme:light;{light}}}"
        f"@media(prefers-color-scheme:dark){{{root}:not([data-theme=light]){{color-scheme:dark;{dark}}}}}"
        f"{root}[data-theme=dark]{{color-scheme:dark;{dark}}}"
        f"{theme.by_name()}\n{asset('style.css')}"
    )
