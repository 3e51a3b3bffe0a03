"""What is fuzzed: one function a target, from an input to the name of its outcome.

A function raises if anything that must hold does not.  Fuzzers and tests call the same functions.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from fuzz.certificates import check_chain
from fuzz.decisions import Decisions
from fuzz.deeds import DEEDS, Deed, mutate
from fuzz.layers import PROTECTIONS, check_datagrams, check_join, check_reassembly, check_stream
from fuzz.parsers import check_kept, check_parser, honest, parsers
from fuzz.stage import Point, points
from fuzz.verdict import endure

MOST_DEEDS: Final = 12
"""How often the hostile peer of one run gets its turn."""


def codec(data: bytes) -> str:
    """Let one parser read arbitrary bytes, or changed ones of an honest peer."""
    decisions = Decisions(data)
    name = decisions.choice((*sorted(parsers()), "a kept session", "a chain of certificates"))
    if name == "a kept session":
        check_kept(decisions.rest())
        return name
    if name == "a chain of certificates":
        return f"{name}: {check_chain(decisions)}"
    pieces = honest(name)
    if decisions.number() % 2 and pieces:
        place, count = decisions.number(2), decisions.number() % 4
        body = mutate(pieces[place % len(pieces)], decisions.take(4 * count))
    else:
        body = decisions.rest()
    return "understood" if check_parser(name, body) else "refused"


def record(data: bytes) -> str:
    """Let one part of the record layer read a stream or datagrams, some of it authentic."""
    decisions = Decisions(data)
    part = decisions.choice(sorted(_PARTS))
    return f"{part}: {_PARTS[part](decisions)}"


_PARTS: Final[Mapping[str, Callable[[Decisions], str]]] = {
    **{f"stream, {keys}": lambda decisions, keys=keys: check_stream(decisions, keys) for keys in PROTECTIONS},
    **{
        f"datagrams, {keys}": lambda decisions, keys=keys: check_datagrams(decisions, keys)
        for keys in ("clear", "tls12")
    },
    "messages in records": check_join,
    "messages in fragments": check_reassembly,
}


def script(data: bytes) -> tuple[Point, list[Deed]]:
    """Return what an input of `session` means: where the hostile peer begins, and what it does."""
    decisions = Decisions(data)
    point = decisions.choice(points())
    deeds = []
    while decisions and len(deeds) < MOST_DEEDS:
        name, number = decisions.choice(sorted(DEEDS)), decisions.number(3)
        deeds.append(Deed(name, decisions.some(), number))
    return point, deeds


def session(data: bytes) -> str:
    """Let a session meet a peer that holds the keys and says what it likes."""
    code = endure(*script(data))
    return "it lives" if code is None else code.name


TARGETS: Final[Mapping[str, Callable[[bytes], str]]] = {
    "codec": codec,
    "record": record,
    "session": session,
}
"""Name -> input -> outcome."""
