"""Pairs as Promela, for Spin: a second engine that has to find the same states and the same verdicts.

Each end is a process with one label per local state, so that Spin stores exactly the states of
`tlsmodel.machine.pair`: two program counters, two channels and the fields of the register.  Every step is one
indivisible statement.  A bit that a formula asks about follows from a program counter and adds no state.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from tlsmodel.machine.attacker import Item
from tlsmodel.machine.local import Act, Automaton, Motion
from tlsmodel.machine.pair import Interference, Pair
from tlsmodel.machine.register import Effect

ALWAYS = "_nr_pr > 0"
"""True, though not by its form: Spin refuses what looks like a loop that nothing can end."""
CHANNELS = ("to_server", "to_client")
_MOVES = {
    "lost": "{channel}?{record}",
    "doubled": "{channel}!{record}",
    "delayed": "{channel}?{record}; {channel}!{record}",
}
_ROOM = {"doubled": "nfull({channel})", "delayed": "len({channel}) > 1"}


class Watched(NamedTuple):
    """A bit that formulas may use: whether an end is in one of some local states."""

    name: str
    end: int
    locals: frozenset[int]


def to_promela(pair: Pair, watched: Sequence[Watched] = (), formulas: Mapping[str, str] | None = None) -> str:
    """Return `pair` as a Promela model.

    Parameters
    ----------
    pair: the pair, with its monitors in the register.
    watched: bits that follow the ends.
    formulas: `ltl` formulas by name, over watched bits and fields of the register.
    """
    records = dict.fromkeys(_record(item) for items in pair.items for item in items)
    settings = ", ".join(f"{key}={value}" for key, value in pair.setting.bounds().items())
    lines = [
        f"/* {pair.name}: a client and a server, {settings}.",
        "   Generated from the tables of the model; labels are local states of the ends. */",
        "",
        f"mtype = {{ {', '.join(records)} }};",
        *(f"chan {name} = [{pair.setting.channel}] of {{ mtype }};" for name in CHANNELS),
        *(f"{_kind(field.size)} {field.name} = {field.first};" for field in pair.register.fields),
        *(f"bit {bit.name} = {int(0 in bit.locals)};" for bit in watched),
    ]
    for index, end in enumerate(pair.ends):
        mine = [bit for bit in watched if bit.end == index]
        lines += ["", f"active proctype {end.role}()", "{", *_process(pair, index, mine), "}"]
    lines += _network(pair)
    for name, formula in (formulas or {}).items():
        lines += ["", f"ltl {name} {{ {formula} }}"]
    return "\n".join(lines) + "\n"


def _kind(size: int) -> str:
    return "bit" if size == 2 else "byte"


def _record(item: Item) -> str:
    return re.sub(r"\W", "_", item.name) + ("_protected" if item.closed else "")


def labels(end: Automaton) -> tuple[str, ...]:
    """Return the label of every local state; those in which an end may rest for good begin with ``end``."""
    found = []
    for number in range(len(end.locals)):
        prefix = "end_" if end.settled(number) else ""
        found.append(f"{prefix}{re.sub(r'[^A-Za-z0-9]', '_', end.end(number).phase)}_{number}")
    return tuple(found)


def _process(pair: Pair, index: int, watched: Sequence[Watched]) -> Iterator[str]:
    end = pair.ends[index]
    names = labels(end)
    for number, acts in enumerate(pair.acts[index]):
        yield f"{names[number]}: /* {end.label(number)} */"
        if not acts:
            yield "  (false);"
            continue
        yield "  if"
        for act in acts:
            yield f"  :: {_step(act, index, number, watched)} -> goto {names[act.target]} /* {_story(act)} */"
        yield "  fi;"


def _story(act: Act) -> str:
    return str(act.step).replace("*/", "* /")


def _step(act: Act, index: int, number: int, watched: Sequence[Watched]) -> str:
    outgoing, incoming = CHANNELS[index], CHANNELS[1 - index]
    settings = [
        f"{bit.name} = {int(act.target in bit.locals)}"
        for bit in watched
        if (act.target in bit.locals) != (number in bit.locals)
    ]
    if act.motion is Motion.INSIDE:
        return _statement(act.effect, "", "", settings)
    record = _record(act.item) if act.item else ""
    if act.motion is Motion.WRITE:
        return _statement(act.effect, f"nfull({outgoing})", f"{outgoing}!{record}", settings)
    return _statement(act.effect, f"{incoming}?[{record}]", f"{incoming}?{record}", settings)


def _statement(change: Effect, possible: str, move: str, settings: Sequence[str] = ()) -> str:
    """One indivisible statement: enabled where the effect and the channel allow it."""
    needs = [f"{name} == {value}" for name, value in change.when]
    sets = [*(f"{name} = {value}" for name, value in change.then), *settings]
    if not needs and not sets:
        return move or ALWAYS
    if move and not needs:
        return f"d_step {{ {'; '.join([move, *sets])} }}"
    guard = " && ".join([*needs, *([possible] if possible else [])]) or ALWAYS
    rest = "; ".join([*([move] if move else []), *sets])
    return f"d_step {{ {guard} -> {rest or 'skip'} }}" if rest else f"({guard})"


def _network(pair: Pair) -> Iterator[str]:
    if not any(any(kinds) for kinds in pair.interference):
        return
    yield from ("", "active proctype network()", "{", "end_network:", "  do")
    for index, kinds in enumerate(pair.interference):
        for moves in kinds:
            for one in moves:
                yield f"  :: {_interfere(index, one)} /* {one.step} */"
    yield from ("  od", "}")


def _interfere(index: int, one: Interference) -> str:
    channel, record = CHANNELS[index], _record(one.item)
    needs = [f"{name} == {value}" for name, value in one.effect.when]
    needs.append(f"{channel}?[{record}]")
    needs += [_ROOM[one.kind].format(channel=channel)] if one.kind in _ROOM else []
    move = _MOVES[one.kind].format(channel=channel, record=record)
    sets = [f"{name} = {value}" for name, value in one.effect.then]
    return f"d_step {{ {' && '.join(needs)} -> {'; '.join([move, *sets])} }}"
