"""Two ends, two bounded channels and a register, packed into one 64-bit word.

Bits from the low end: the register, the client's local state, the server's, the channel to the server, the
channel to the client.  A channel is a row of slots with its oldest record lowest; 0 is an empty slot.  No
state is the word 0, because local states count from 1.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from copy import copy
from itertools import pairwise
from typing import NamedTuple

from tlsmodel.machine.attacker import FIELDS, Cryptography, Item
from tlsmodel.machine.endpoint import End, Endpoint
from tlsmodel.machine.local import Act, Automaton, Motion
from tlsmodel.machine.machine import Machine
from tlsmodel.machine.observed import OBSERVER, observe
from tlsmodel.machine.register import Effect, Field, Register
from tlsmodel.machine.trace import Step, Trace
from tlsmodel.spec.mutation import Mutation
from tlsmodel.spec.pairs import PairSetting, pair_setting
from tlsmodel.spec.properties.temporal import Monitor
from tlsmodel.spec.scenario import Role
from tlsmodel.spec.symbols import QUIET, emission

WORD = 64
NETWORK = "network"


class Interference(NamedTuple):
    """One thing the network may do to the oldest record of a channel: lose, double, or move it to the end."""

    kind: str
    item: Item
    effect: Effect
    step: Step


class PairState(NamedTuple):
    """An unpacked state: local states, channels (oldest record first) and the register, as numbers."""

    locals: tuple[int, int]
    channels: tuple[tuple[int, ...], tuple[int, ...]]
    register: int


class Pair:
    """A client and a server over bounded channels.

    Parameters
    ----------
    setting: what is fixed before they start.

    Attributes
    ----------
    ends: the two automata; `ends[0]` is the client.
    acts: for each end, the acts of every local state.
    items: the records of each channel, `items[0]` to the server; a slot holds an index into its tuple plus 1.
    interference: what may happen to the oldest record of each channel.
    register: the shared register.
    """

    def __init__(self, setting: PairSetting, mutation: Mutation | None = None) -> None:
        self.name = setting.name
        self.setting = setting
        self.ends = _ends(setting, mutation)
        self._lay_out(tuple(end.acts for end in self.ends), _fields(setting))

    def observed(self, monitor: Monitor, name: str = OBSERVER) -> Pair:
        """Return this pair with an observer of its steps in the register field called `name`."""
        watched = copy(self)
        acts = tuple(
            tuple(observe(end, acts, monitor, name)) for end, acts in zip(self.ends, self.acts, strict=True)
        )
        watched._lay_out(acts, (*self.register.fields, Field(name, monitor.size)))
        return watched

    def _lay_out(self, acts: tuple[Sequence[tuple[Act, ...]], ...], fields: tuple[Field, ...]) -> None:
        setting = self.setting
        self.acts = acts
        self.items = tuple(end.said for end in self.ends)
        self.slots = tuple({item: slot for slot, item in enumerate(items, 1)} for items in self.items)
        self.register = Register(fields)
        self.interference = tuple(
            tuple(_interfere(setting, self.register, end.role, item) for item in end.said)
            for end in self.ends
        )
        self.slot_bits = tuple(len(items).bit_length() for items in self.items)
        register_bits = (self.register.size - 1).bit_length()
        local_bits = [len(end.locals).bit_length() for end in self.ends]
        channel_bits = [bits * setting.channel for bits in self.slot_bits]
        self.shifts = (register_bits, register_bits + local_bits[0], register_bits + sum(local_bits))
        self.bits = self.shifts[2] + sum(channel_bits)
        if self.bits > WORD:
            raise ValueError(
                f"{self.name}: a state takes {self.bits} bits of {WORD}; give a smaller channel or setting"
            )

    def initial(self) -> int:
        """Return the packed state before the first call."""
        return self.pack(PairState((0, 0), ((), ()), self.register.first))

    def pack(self, state: PairState) -> int:
        """Return the word of a state."""
        word = state.register
        word |= (state.locals[0] + 1) << self.shifts[0] | (state.locals[1] + 1) << self.shifts[1]
        shift = self.shifts[2]
        for bits, channel in zip(self.slot_bits, state.channels, strict=True):
            for place, slot in enumerate(channel):
                word |= slot << (shift + bits * place)
            shift += bits * self.setting.channel
        return word

    def unpack(self, word: int) -> PairState:
        """Return the state of a word."""
        first, second, shift = self.shifts
        channels = []
        for bits in self.slot_bits:
            slots = (
                word >> (shift + bits * place) & ((1 << bits) - 1) for place in range(self.setting.channel)
            )
            channels.append(tuple(slot for slot in slots if slot))
            shift += bits * self.setting.channel
        client = (word >> first & ((1 << second - first) - 1)) - 1
        server = (word >> second & ((1 << self.shifts[2] - second) - 1)) - 1
        return PairState((client, server), (channels[0], channels[1]), word & ((1 << first) - 1))

    def label(self, word: int) -> str:
        """Describe a state in a line."""
        state = self.unpack(word)
        parts = [
            f"{end.role} {end.label(number)}" for end, number in zip(self.ends, state.locals, strict=True)
        ]
        for peer, items, channel in zip(("server", "client"), self.items, state.channels, strict=True):
            parts += (
                [f"to the {peer}: {', '.join(str(items[slot - 1]) for slot in channel)}"] if channel else []
            )
        parts += [name for name, value in self.register.values(state.register).items() if value]
        return "; ".join(parts)

    def settled(self, word: int) -> bool:
        """Tell whether both ends may rest here for good."""
        state = self.unpack(word)
        return all(end.settled(number) for end, number in zip(self.ends, state.locals, strict=True))

    def successors(self, word: int) -> Iterator[tuple[Step, int]]:
        """Yield every enabled step with the state after it, in the order of the compiled search."""
        state = self.unpack(word)
        for index in range(2):
            acts = self.acts[index][state.locals[index]]
            for act in sorted(acts, key=lambda act: act.motion is Motion.READ):
                after = self._act(state, index, act)
                if after is not None:
                    yield act.step, self.pack(after)
        for index in range(2):
            yield from self._interferences(state, index)

    def _act(self, state: PairState, index: int, act: Act) -> PairState | None:
        register = self.register.apply(act.effect, state.register)
        if register is None:
            return None
        channels = list(state.channels)
        if act.motion is Motion.WRITE and act.item:
            if len(channels[index]) == self.setting.channel:
                return None
            channels[index] = (*channels[index], self.slots[index][act.item])
        elif act.motion is Motion.READ and act.item:
            incoming = channels[1 - index]
            if incoming[:1] != (self.slots[1 - index].get(act.item),):
                return None
            channels[1 - index] = incoming[1:]
        ends = list(state.locals)
        ends[index] = act.target
        return PairState((ends[0], ends[1]), (channels[0], channels[1]), register)

    def _interferences(self, state: PairState, index: int) -> Iterator[tuple[Step, int]]:
        channel = state.channels[index]
        if not channel:
            return
        for kind, _, change, step in self.interference[index][channel[0] - 1]:
            register = self.register.apply(change, state.register)
            moved = {
                "lost": channel[1:],
                "doubled": (*channel, channel[0]),
                "delayed": (*channel[1:], channel[0]),
            }[kind]
            alone = kind == "delayed" and len(channel) == 1
            if register is None or len(moved) > self.setting.channel or alone:
                continue
            channels = (moved, state.channels[1]) if index == 0 else (state.channels[0], moved)
            yield step, self.pack(PairState(state.locals, channels, register))

    def trace(self, words: list[int]) -> Trace:
        """Return the steps along a path of packed states that starts at the initial one."""
        steps = []
        for before, after in pairwise(words):
            steps.append(next(step for step, word in self.successors(before) if word == after))
        return Trace(self.name, tuple(steps))


def pair(name: str, settings: Mapping[str, str] | None = None, mutation: Mutation | None = None) -> Pair:
    """Return the pair called `name` (``tls13?auth=require``), with settings as by ``--set channel=3``.

    Raises `ValueError` naming the pairs that exist, the setting at fault, or the bits that a state takes.
    """
    return Pair(pair_setting(name, settings or {}), mutation)


def _ends(setting: PairSetting, mutation: Mutation | None) -> tuple[Automaton, Automaton]:
    """Build both ends, each for what the other one may say, until neither learns a new record."""
    points = {role: Endpoint(setting, role, mutation) for role in Role}
    machines: dict[Role, Machine[End]] = {role: Machine(points[role], setting.end(role)) for role in Role}
    said: tuple[tuple[Item, ...], tuple[Item, ...]] = ((), ())
    while True:
        client, server = (
            Automaton(setting, role, machines[role], heard, points[role])
            for role, heard in zip(Role, reversed(said), strict=True)
        )
        if (client.said, server.said) == said:
            return client, server
        said = (client.said, server.said)


def _counters(setting: PairSetting) -> dict[str, int]:
    return {"lost": setting.losses, "doubled": setting.duplicates, "delayed": setting.reorders}


def _fields(setting: PairSetting) -> tuple[Field, ...]:
    budgets = tuple(
        Field(f"{kind}_{role}", most + 1, most)
        for kind, most in _counters(setting).items()
        for role in Role
        if most
    )
    return (*(FIELDS if setting.attacker else ()), *budgets)


def _interfere(
    setting: PairSetting, register: Register, sender: Role, item: Item
) -> tuple[Interference, ...]:
    """Return what the network, or somebody on the path, may do to a record of `sender`."""
    record = emission(item.name)
    found = [
        Interference(
            kind, item, change, Step(record, QUIET, actor=NETWORK, note=f"from the {sender}, {kind}")
        )
        for kind, most in _counters(setting).items()
        if most and item.name != "EndOfStream"
        for change in register.counting_down(f"{kind}_{sender}")
    ]
    if setting.attacker:
        change = Cryptography(setting.end(sender)).dropping(item)
        if change is not None:
            note = f"from the {sender}, dropped by the attacker"
            found.append(Interference("lost", item, change, Step(record, QUIET, actor=NETWORK, note=note)))
    return tuple(found)
