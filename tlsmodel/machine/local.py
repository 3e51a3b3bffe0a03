"""One end of a pair as an automaton over channels: calls, writes, reads and what is forged to it.

What an end sends in one step leaves it record by record, so that an interrupted or blocked write is a write
that comes later.  An end with something unwritten makes no other call (gnutls_record_get_direction(3)); only
a caller whose handshake is complete may read meanwhile what draws no answer.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from typing import NamedTuple

from tlsmodel.machine.attacker import Cryptography, Grip, Item, Reading, Taken
from tlsmodel.machine.endpoint import End, Endpoint
from tlsmodel.machine.machine import Machine
from tlsmodel.machine.register import ALWAYS, Effect
from tlsmodel.machine.trace import Step
from tlsmodel.spec.pairs import PairSetting
from tlsmodel.spec.scenario import Role
from tlsmodel.spec.symbols import QUIET, Kind, Output, Symbol, delivery, emission
from tlsmodel.spec.wire import arrival


class Motion(StrEnum):
    """What an act does to the channels."""

    INSIDE = "inside"
    """Neither reads nor writes: a call, or something forged that is read at once."""
    WRITE = "write"
    """Puts its item at the end of the outgoing channel."""
    READ = "read"
    """Takes its item from the head of the incoming channel."""


class Local(NamedTuple):
    """A node: the end's machine state, records not written yet, and what its keys are worth."""

    number: int
    pending: tuple[Item, ...] = ()
    grip: Grip = Grip()


class Act(NamedTuple):
    """One thing an end may do; `target` numbers the local state after it, `forged` marks an attack."""

    motion: Motion
    item: Item | None
    target: int
    effect: Effect
    step: Step
    forged: bool = False


class _Answer(NamedTuple):
    """One answer of an end's machine."""

    before: End
    after: End
    output: Output
    rows: tuple[str, ...]


class Automaton:
    """All local states of one end, numbered in order of discovery, with the acts of each.

    Parameters
    ----------
    setting, role: which end of which pair.
    machine: the end's machine (shared between the rounds in which the peer's alphabet is found).
    heard: the records that may be in the incoming channel.
    endpoint: the transition function that the machine numbers.
    """

    def __init__(
        self,
        setting: PairSetting,
        role: Role,
        machine: Machine[End],
        heard: tuple[Item, ...],
        endpoint: Endpoint,
    ) -> None:
        self.role = role
        self.machine = machine
        self.heard = heard
        self._setting = setting
        self._endpoint = endpoint
        self._crypto = Cryptography(setting.end(role))
        self._numbers: dict[Local, int] = {}
        self.locals: list[Local] = []
        self.acts: list[tuple[Act, ...]] = []
        self._intern(Local(machine.initial))
        while len(self.acts) < len(self.locals):
            local = self.locals[len(self.acts)]
            self.acts.append(tuple(self._distinct(self._acts(local))))

    def _intern(self, local: Local) -> int:
        number = self._numbers.get(local)
        if number is None:
            number = self._numbers[local] = len(self.locals)
            self.locals.append(local)
        return number

    @property
    def said(self) -> tuple[Item, ...]:
        """Every record that this end may write, in order of discovery."""
        written = (act.item for acts in self.acts for act in acts if act.motion is Motion.WRITE)
        return tuple(dict.fromkeys(item for item in written if item))

    def end(self, number: int) -> End:
        """Return the machine state behind a local state."""
        return self.machine.state(self.locals[number].number)

    def settled(self, number: int) -> bool:
        """Tell whether the end may rest in a local state for good."""
        return self.end(number).settled and not self.locals[number].pending

    def label(self, number: int) -> str:
        """Describe a local state in a line."""
        local = self.locals[number]
        return ", ".join([self.machine.label(local.number), *(f"unwritten {item}" for item in local.pending)])

    @staticmethod
    def _distinct(acts: Iterator[Act]) -> Iterator[Act]:
        """Drop acts that differ from an earlier one in nothing but their story."""
        met = set()
        for act in acts:
            key = (act.motion, act.item, act.target, act.effect)
            if key not in met:
                met.add(key)
                yield act

    def _acts(self, local: Local) -> Iterator[Act]:
        end = self.machine.state(local.number)
        if local.pending:
            first, rest = local.pending[0], local.pending[1:]
            step = Step(emission(first.name), QUIET, actor=self.role.value)
            yield Act(Motion.WRITE, first, self._intern(local._replace(pending=rest)), ALWAYS, step)
        else:
            for given in self.machine.enabled(local.number):
                if given.kind is Kind.CALL:
                    yield from self._answers(local, given, None)
        for item in self.heard:
            for act in self._read(local, end, item):
                yield act._replace(motion=Motion.READ, item=item)
        if self._setting.attacker and not end.deaf:
            for reading in self._crypto.forging(local.grip):
                yield from self._answers(local, reading.delivered, reading)

    def _read(self, local: Local, end: End, item: Item) -> Iterator[Act]:
        if end.deaf:
            step = Step(delivery(item.name), QUIET, actor=self.role.value, note="not looked at")
            yield Act(Motion.READ, item, self._intern(local), ALWAYS, step)
        elif self._setting.attacker:
            for reading in self._crypto.reading(local.grip, item, end.session.renewal):
                yield from self._answers(local, reading.delivered, reading)
        else:
            reading = Reading(delivery(item.name), True, ALWAYS)
            yield from self._answers(local, reading.delivered, reading)

    def _answers(self, local: Local, given: Symbol, reading: Reading | None) -> Iterator[Act]:
        end = self.machine.state(local.number)
        for output, target, rows in self.machine.successors(local.number, given):
            after = self.machine.state(target)
            if local.pending and (output.emissions or not end.complete):
                continue
            step = _Answer(end, after, output, rows)
            pending, grip, change = self._send(local, step, given, reading)
            honest = reading is None or reading.honest
            yield Act(
                Motion.INSIDE,
                None,
                self._intern(Local(target, local.pending + pending, grip)),
                change,
                Step(given, output, rows, self.role.value, reading.note if reading else ""),
                forged=not honest,
            )

    def _send(
        self, local: Local, step: _Answer, given: Symbol, reading: Reading | None
    ) -> tuple[tuple[Item, ...], Grip, Effect]:
        """Return the records sent in a step, and what it does to keys and register."""
        end, after, sent = step.before, step.after, step.output.emissions
        if not self._setting.attacker:
            return tuple(Item(arrival(item).name) for item in sent), Grip(), ALWAYS
        completes = after.complete and not end.complete
        taken = Taken(
            accepted=self._endpoint.accepts(given, step.rows),
            sent=sent,
            starts=self._endpoint.starts(end, after),
            completes=completes,
            renewing=end.session.renewal,
        )
        grip, change, records = self._crypto.after(local.grip, reading, taken)
        if after.deaf:
            grip = Grip(writes=grip.writes and not after.failed, agreed=grip.agreed, spliced=grip.spliced)
        return records, grip, change
