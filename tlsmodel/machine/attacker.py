"""What somebody on the path can do, and what cryptography leaves of it (Dolev and Yao's attacker, in bits).

Each end knows whether the key share that it accepted came from its honest peer (`agreed`) and whether it
reads and writes under keys from such a share (`reads`, `writes`); everything else is readable and forgeable.
Two bits of the register say whether the attacker has touched the transcript of either end.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from tlsmodel.machine.register import ALWAYS, Effect, Field, effect
from tlsmodel.spec.scenario import Role, Version
from tlsmodel.spec.symbols import DELIVERIES, END_OF_STREAM, Symbol, delivery
from tlsmodel.spec.wire import KEYS, NEEDS_KEYS, UNFORGEABLE, VERIFIED, hashed

BAD_RECORD = delivery("BadRecord")
TOUCHED = {role: f"touched_{role}" for role in Role}
"""Register fields: the transcript of that end has something in it that its peer's has not."""
FIELDS = tuple(Field(name, 2) for name in TOUCHED.values())
_EQUAL = effect(dict.fromkeys(TOUCHED.values(), 0))
_DIFFERENT = (
    effect({TOUCHED[Role.CLIENT]: 1}),
    effect({TOUCHED[Role.CLIENT]: 0, TOUCHED[Role.SERVER]: 1}),
)


class Item(NamedTuple):
    """A record in a channel: the delivery that it is, and whether honest keys protect it."""

    name: str
    closed: bool = False

    def __str__(self) -> str:
        return f"{self.name} (protected)" if self.closed else self.name


class Grip(NamedTuple):
    """What an end's keys are worth: `agreed` with the honest peer, reading and writing under such keys."""

    agreed: bool = False
    reads: bool = False
    writes: bool = False


class Reading(NamedTuple):
    """One way in which a record, or a forgery, reaches an end."""

    delivered: Symbol
    honest: bool
    effect: Effect
    note: str = ""


class Cryptography:
    """The rules of one end."""

    def __init__(self, version: Version, role: Role) -> None:
        self._version = version
        self._keys = KEYS[version, role]
        self._touched = TOUCHED[role]

    def reading(self, grip: Grip, item: Item) -> Iterator[Reading]:
        """Yield the ways in which an honest peer's record is read."""
        found = delivery(item.name)
        readable = item.closed == grip.reads or found.message in self._keys.plain or found is END_OF_STREAM
        if not readable:
            yield Reading(BAD_RECORD, True, ALWAYS, "under other keys")
        elif found.name not in VERIFIED:
            yield Reading(found, True, ALWAYS)
        elif found.name in NEEDS_KEYS and not item.closed and grip.agreed:
            yield Reading(delivery(f"{item.name}.bad"), True, ALWAYS, "computed under other keys")
        else:
            yield Reading(found, True, _EQUAL)
            for different in _DIFFERENT:
                yield Reading(delivery(f"{item.name}.bad"), True, different, "over another transcript")

    def forging(self, grip: Grip) -> Iterator[Reading]:
        """Yield everything that the attacker can make an end read at once."""
        for item in DELIVERIES:
            if self._can_make(grip, item):
                yield Reading(item, False, ALWAYS, "forged")

    def _can_make(self, grip: Grip, item: Symbol) -> bool:
        if item is END_OF_STREAM or item.message in self._keys.plain:
            return True
        if grip.reads:
            return item is BAD_RECORD
        if item.name in NEEDS_KEYS and grip.agreed:
            return False
        return item.name not in UNFORGEABLE and item is not BAD_RECORD

    def after(
        self, grip: Grip, read: Reading | None, accepted: bool, sent: tuple[Symbol, ...], starts: bool
    ) -> tuple[Grip, Effect, tuple[bool, ...]]:
        """Return keys, effect on the register, and which of `sent` honest keys protect, after a step.

        `accepted`: the handshake took in what was read; `starts`: the step begins a handshake.
        """
        message = read.delivered.message if read and accepted else ""
        change = read.effect if read else ALWAYS
        if starts:
            change = change.also({}, {self._touched: 0})
        if message in self._keys.share and read:
            grip = grip._replace(agreed=read.honest)
        if message in self._keys.read:
            grip = grip._replace(reads=grip.agreed)
        if message in self._keys.write_accepted:
            grip = grip._replace(writes=grip.agreed)
        if read and accepted and not read.honest and hashed(self._version, read.delivered):
            change = change.also({}, {self._touched: 1})
        protected = []
        for item in sent:
            protected.append(grip.writes and item.message not in self._keys.plain)
            if item.message in self._keys.write_sent:
                grip = grip._replace(writes=grip.agreed)
        return grip, change, tuple(protected)

    def dropping(self, item: Item) -> Effect | None:
        """Return what it does to drop a record that this end sent, or None where nobody but the peer can."""
        found = delivery(item.name)
        if item.closed or found is END_OF_STREAM:
            return None
        return effect({}, {self._touched: 1}) if hashed(self._version, found) else ALWAYS
