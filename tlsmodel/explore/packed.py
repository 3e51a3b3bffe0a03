"""Compiled breadth-first search of pairs: states are 64-bit words, all else is table look-up.

The visited words lie in an open-addressing table (linear probing, doubled at 13/16 full) and once more in
order of discovery, with the index of the parent: at most 12 + 8 * 2 * 16 / 13 = 31.7 bytes a state.
Successors of a block of states are computed first and looked up afterwards, so that the cache misses of one
block overlap.  This is the only module that needs numba.
"""

from __future__ import annotations

import time
from collections.abc import Iterable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from tlsmodel.machine.local import Motion
from tlsmodel.machine.pair import Interference, Pair
from tlsmodel.machine.register import ALWAYS, Effect

try:
    from numba import njit
except ImportError:
    raise ValueError("exploring pairs needs numba: pip install numba") from None

SMALLEST = 1 << 16
FULL = 13 / 16
BLOCK = 64
STORED = 12
"""Bytes of a word and its parent's index."""
REPORTED = 1000
"""Deadlocks whose states are kept; more are only counted."""
KINDS = {"lost": 0, "doubled": 1, "delayed": 2}

Ints = NDArray[np.int32]
Words = NDArray[np.uint64]
Number = Any
"""A scalar inside compiled code, which has no types of its own for them."""


class EndPlan(NamedTuple):
    """Where the tables of one end begin, and its places in the word.

    `steps` starts the ranges of calls and writes, by local state; `reads` those of what it reads, by local
    state and record; `settled` says where it may rest.  An act is a target, an effect and a record (0: none).
    """

    shift: int
    width: int
    outgoing: int
    out_bits: int
    incoming: int
    in_bits: int
    records: int
    heads: int
    steps: int
    reads: int
    settled: int


class Layout(NamedTuple):
    """All numbers that the compiled search needs beside the tables."""

    registers: int
    register_bits: int
    effects: int
    client: EndPlan
    server: EndPlan
    to_server: int
    to_client: int
    widest: int


class _Writer:
    """Lays tables one after another and remembers where each begins."""

    def __init__(self) -> None:
        self.values: list[int] = []
        self.effects: dict[Effect, int] = {ALWAYS: 0}

    def add(self, values: Iterable[int]) -> int:
        place = len(self.values)
        self.values += values
        return place

    def ranges(self, rows: list[list[tuple[int, ...]]]) -> int:
        """Write rows of equally wide entries, and before them where each begins and the last one ends."""
        width = next((len(entry) for row in rows for entry in row), 1)
        first = len(self.values) + len(rows) + 1
        starts = [first]
        for row in rows:
            starts.append(starts[-1] + width * len(row))
        return self.add(starts + [value for row in rows for entry in row for value in entry])

    def effect(self, change: Effect) -> int:
        return self.effects.setdefault(change, len(self.effects))


def compile_pair(pair: Pair) -> tuple[Layout, Ints]:
    """Return the layout and the tables of `pair`."""
    writer = _Writer()
    client, server = (_end(pair, index, writer) for index in range(2))
    channels = [writer.ranges([[], *(_moves(of, writer) for of in kinds)]) for kinds in pair.interference]
    effects = [pair.register.table(change).tolist() for change in writer.effects]
    layout = Layout(
        registers=pair.register.size,
        register_bits=pair.shifts[0],
        effects=writer.add(value for table in effects for value in table),
        client=client,
        server=server,
        to_server=channels[0],
        to_client=channels[1],
        widest=sum(max(map(len, acts)) for acts in pair.acts) + 2 * len(KINDS) * pair.register.size,
    )
    return layout, np.array(writer.values, dtype=np.int32)


def _moves(found: tuple[Interference, ...], writer: _Writer) -> list[tuple[int, ...]]:
    return [(KINDS[one.kind], writer.effect(one.effect)) for one in found]


def _end(pair: Pair, index: int, writer: _Writer) -> EndPlan:
    end = pair.ends[index]
    own, incoming = pair.slots[index], pair.slots[1 - index]
    steps: list[list[tuple[int, ...]]] = []
    reads: list[list[tuple[int, ...]]] = []
    for acts in pair.acts[index]:
        by_slot: list[list[tuple[int, ...]]] = [[] for _ in range(len(incoming) + 1)]
        steps.append([])
        for act in acts:
            entry = (act.target, writer.effect(act.effect))
            if act.motion is Motion.READ and act.item:
                by_slot[incoming[act.item]].append(entry)
            else:
                steps[-1].append((*entry, own[act.item] if act.item else 0))
        reads += by_slot
    places = [pair.shifts[2], pair.shifts[2] + pair.slot_bits[0] * pair.setting.channel]
    return EndPlan(
        shift=pair.shifts[index],
        width=pair.shifts[index + 1] - pair.shifts[index],
        outgoing=places[index],
        out_bits=pair.slot_bits[index],
        incoming=places[1 - index],
        in_bits=pair.slot_bits[1 - index],
        records=pair.setting.channel,
        heads=len(incoming) + 1,
        steps=writer.ranges(steps),
        reads=writer.ranges(reads),
        settled=writer.add(int(end.settled(number)) for number in range(len(end.locals))),
    )


@njit(cache=True, inline="always")
def _slot(word: Number, size: Number) -> Number:
    mixed = (word ^ (word >> np.uint64(32))) * np.uint64(0x9E3779B97F4A7C15)
    return ((mixed >> np.uint64(32)) * size) >> np.uint64(32)


@njit(cache=True)
def _rehash(table: Words, words: Words, count: int) -> None:
    size = np.uint64(len(table))
    for index in range(count):
        place = _slot(words[index], size)
        while table[place] != 0:
            place += np.uint64(1)
            if place == size:
                place = np.uint64(0)
        table[place] = words[index]


@njit(cache=True, inline="always")
def _length(queue: Number, bits: Number) -> Number:
    length = np.uint64(0)
    while queue != 0:
        queue >>= bits
        length += np.uint64(1)
    return length


@njit(cache=True, inline="always")
def _expand_end(
    layout: Layout, end: EndPlan, tables: Ints, word: Number, out: Words, count: Number
) -> Number:
    one = np.uint64(1)
    shift = np.uint64(end.shift)
    register = word & ((one << np.uint64(layout.register_bits)) - one)
    local = ((word >> shift) & ((one << np.uint64(end.width)) - one)) - one
    base = word - register - ((local + one) << shift)
    start = np.uint64(end.steps) + local
    for act in range(np.uint64(tables[start]), np.uint64(tables[start + one]), np.uint64(3)):
        change = tables[act + one]
        after = register
        if change != 0:
            answer = tables[np.uint64(layout.effects + layout.registers * change) + register]
            if answer < 0:
                continue
            after = np.uint64(answer)
        changed = base + after + (np.uint64(tables[act] + 1) << shift)
        item = tables[act + np.uint64(2)]
        if item != 0:
            bits, outgoing = np.uint64(end.out_bits), np.uint64(end.outgoing)
            queue = (word >> outgoing) & ((one << (bits * np.uint64(end.records))) - one)
            length = _length(queue, bits)
            if length == np.uint64(end.records):
                continue
            changed += np.uint64(item) << (outgoing + length * bits)
        out[count] = changed
        count += one
    bits, incoming = np.uint64(end.in_bits), np.uint64(end.incoming)
    queue = (word >> incoming) & ((one << (bits * np.uint64(end.records))) - one)
    if queue != 0:
        head = queue & ((one << bits) - one)
        taken = (queue - (queue >> bits)) << incoming
        start = np.uint64(end.reads) + local * np.uint64(end.heads) + head
        for act in range(np.uint64(tables[start]), np.uint64(tables[start + one]), np.uint64(2)):
            change = tables[act + one]
            after = register
            if change != 0:
                answer = tables[np.uint64(layout.effects + layout.registers * change) + register]
                if answer < 0:
                    continue
                after = np.uint64(answer)
            out[count] = base + after + (np.uint64(tables[act] + 1) << shift) - taken
            count += one
    return count


@njit(cache=True, inline="always")
def _expand_channel(
    layout: Layout, sender: EndPlan, start: int, tables: Ints, word: Number, out: Words, count: Number
) -> Number:
    one = np.uint64(1)
    bits, shift = np.uint64(sender.out_bits), np.uint64(sender.outgoing)
    queue = (word >> shift) & ((one << (bits * np.uint64(sender.records))) - one)
    if queue != 0:
        head = queue & ((one << bits) - one)
        first = np.uint64(start) + head
        register = word & ((one << np.uint64(layout.register_bits)) - one)
        base = word - register - (queue << shift)
        for act in range(np.uint64(tables[first]), np.uint64(tables[first + one]), np.uint64(2)):
            answer = tables[np.uint64(layout.effects + layout.registers * tables[act + one]) + register]
            kind, moved, length = tables[act], queue >> bits, _length(queue, bits)
            if kind == 1:
                moved = queue | head << (length * bits)
            elif kind == 2:
                moved |= head << ((length - one) * bits)
            full = kind == 1 and length == np.uint64(sender.records)
            if answer >= 0 and not full and not (kind == 2 and length == one):
                out[count] = base + np.uint64(answer) + (moved << shift)
                count += one
    return count


@njit(cache=True, inline="always")
def _settled(end: EndPlan, tables: Ints, word: Number) -> Number:
    one = np.uint64(1)
    local = ((word >> np.uint64(end.shift)) & ((one << np.uint64(end.width)) - one)) - one
    return tables[np.uint64(end.settled) + local] != 0


@njit(cache=True)
def _search(
    layout: Layout,
    tables: Ints,
    table: Words,
    words: Words,
    parents: NDArray[np.uint32],
    progress: NDArray[np.int64],
    dead: NDArray[np.int64],
    out: Words,
    owners: NDArray[np.uint32],
    capacity: int,
) -> None:
    """Go on until everything is found or `capacity` states are; `progress` is read and written back:
    next state to expand, states, transitions, depth, end of this level, deadlocks."""
    one = np.uint64(1)
    size = np.uint64(len(table))
    at, found, transitions, depth, level, deadlocks = progress
    while at < found and found + len(out) <= capacity:
        if at == level:
            depth += 1
            level = found
        stop = min(at + BLOCK, level)
        count = np.uint64(0)
        for index in range(at, stop):
            word = words[index]
            before = count
            count = _expand_end(layout, layout.client, tables, word, out, count)
            count = _expand_end(layout, layout.server, tables, word, out, count)
            count = _expand_channel(layout, layout.client, layout.to_server, tables, word, out, count)
            count = _expand_channel(layout, layout.server, layout.to_client, tables, word, out, count)
            if count == before and not (
                _settled(layout.client, tables, word) and _settled(layout.server, tables, word)
            ):
                if deadlocks < len(dead):
                    dead[deadlocks] = index
                deadlocks += 1
            for successor in range(before, count):
                owners[successor] = index
        transitions += count
        for successor in range(count):
            word = out[successor]
            place = _slot(word, size)
            while table[place] != 0 and table[place] != word:
                place += one
                if place == size:
                    place = np.uint64(0)
            if table[place] == 0:
                table[place] = word
                words[found] = word
                parents[found] = owners[successor]
                found += 1
        at = stop
    progress[:] = (at, found, transitions, depth, level, deadlocks)


class Found(NamedTuple):
    """What a search met.

    `words` and `parents` are in order of discovery (the first state is its own parent); `complete` is False
    where the search stopped at its limit; `dead` are indices of deadlocks, at most `REPORTED` of them;
    `memory` counts bytes, `seconds` the search without compilation.
    """

    words: Words
    parents: NDArray[np.uint32]
    transitions: int
    depth: int
    dead: NDArray[np.int64]
    deadlocks: int
    complete: bool
    memory: int
    seconds: float


def search(pair: Pair, states: int, memory: int) -> Found:
    """Find the reachable states of `pair`, at most about `states` of them and in at most `memory` bytes.

    Raises `MemoryError` when not even the smallest table fits.
    """
    layout, tables = compile_pair(pair)
    room = BLOCK * layout.widest
    most = min(states, 2**32 - 1) + room
    table: Words = np.zeros(max(SMALLEST, 2 * room), dtype=np.uint64)
    if table.nbytes > memory:
        raise MemoryError(f"{pair.name}: {memory:,} bytes are too little for any search")
    words: Words = np.empty(most, dtype=np.uint64)
    parents = np.empty(most, dtype=np.uint32)
    out, owners = np.empty(room, dtype=np.uint64), np.empty(room, dtype=np.uint32)
    dead = np.empty(REPORTED, dtype=np.int64)
    progress = np.array([0, 1, 0, 0, 1, 0], dtype=np.int64)
    words[0], parents[0] = pair.initial(), 0
    _rehash(table, words, 1)
    _search(layout, tables, table, words, parents, progress, dead, out, owners, 0)  # compiles, finds nothing
    begun = time.perf_counter()
    while True:
        most = min(most, (memory - table.nbytes) // STORED)
        capacity = min(int(len(table) * FULL), most)
        _search(layout, tables, table, words, parents, progress, dead, out, owners, capacity)
        at, found = int(progress[0]), int(progress[1])
        bigger = 2 * len(table)
        if at == found or capacity == most or (memory - 8 * bigger) // STORED < found + room:
            break
        del table
        table = np.zeros(bigger, dtype=np.uint64)
        _rehash(table, words, found)
    return Found(
        words=words[:found],
        parents=parents[:found],
        transitions=int(progress[2]),
        depth=int(progress[3]),
        dead=dead[: min(int(progress[5]), REPORTED)],
        deadlocks=int(progress[5]),
        complete=at == found,
        memory=STORED * found + table.nbytes,
        seconds=time.perf_counter() - begun,
    )


@njit(cache=True)
def _list_edges(
    layout: Layout,
    tables: Ints,
    words: Words,
    out: Words,
    found: Words,
    source: NDArray[np.int64],
    actor: NDArray[np.int8],
) -> Number:
    """Write every edge of `words`; with empty arrays only count them."""
    edges = np.int64(0)
    for index in range(len(words)):
        word = words[index]
        client = _expand_end(layout, layout.client, tables, word, out, np.uint64(0))
        server = _expand_end(layout, layout.server, tables, word, out, client)
        count = _expand_channel(layout, layout.client, layout.to_server, tables, word, out, server)
        count = _expand_channel(layout, layout.server, layout.to_client, tables, word, out, count)
        if len(found) > 0:
            for step in range(count):
                found[edges + step] = out[step]
                source[edges + step] = index
                actor[edges + step] = 0 if step < client else 1 if step < server else 2
        edges += np.int64(count)
    return edges


def edges(pair: Pair, words: Words) -> tuple[NDArray[np.int64], Words, NDArray[np.int8]]:
    """Return every edge that leaves `words`: index of its source, the word after it, and who takes it
    (0 client, 1 server, 2 network).
    """
    layout, tables = compile_pair(pair)
    out = np.empty(layout.widest, dtype=np.uint64)
    nothing: tuple[Words, NDArray[np.int64], NDArray[np.int8]] = (
        np.empty(0, dtype=np.uint64),
        np.empty(0, dtype=np.int64),
        np.empty(0, dtype=np.int8),
    )
    count = _list_edges(layout, tables, words, out, *nothing)
    found, source, actor = np.empty(count, np.uint64), np.empty(count, np.int64), np.empty(count, np.int8)
    if count:
        _list_edges(layout, tables, words, out, found, source, actor)
    return source, found, actor
