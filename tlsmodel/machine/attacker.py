"""What somebody on the path can do, and what cryptography leaves of it (Dolev and Yao's attacker, in bits).

Each end knows whether the key share that it accepted came from its honest peer (`agreed`) and whether it
reads and writes under keys from such a share (`reads`, `writes`); everything else is readable and forgeable.
Two bits of the register say whether the attacker has touched the transcript of either end.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from tlsmodel.machine.register import ALWAYS, Effect, Field, effect
from tlsmodel.spec.scenario import Role, Scenario
from tlsmodel.spec.symbols import END_OF_STREAM, Kind, Symbol, delivery
from tlsmodel.spec.tables import tables_for
from tlsmodel.spec.wire import (
    ALWAYS_PROTECTED,
    BINDING,
    KEYS,
    NEEDS_KEYS,
    SHARED_SECRET,
    UNFORGEABLE,
    VERIFIED,
    arrival,
    hashed,
)

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
    """A record in a channel: the delivery that it is, whether honest keys protect it, and of a hello, whether
    it renews a connection.
    """

    name: str
    closed: bool = False
    renews: bool = False

    def __str__(self) -> str:
        marks = [word for word, holds in (("protected", self.closed), ("renewing", self.renews)) if holds]
        return f"{self.name} ({', '.join(marks)})" if marks else self.name


class Grip(NamedTuple):
    """What an end's keys are worth.

    Parameters
    ----------
    agreed: the key exchange was with the honest peer.
    reads, writes: such keys protect what it reads and writes.
    renews: the connection that the handshake under way renews was with the honest peer; None in a first one.
    spliced: a re-handshake was completed with somebody else than the handshake before it.
    """

    agreed: bool = False
    reads: bool = False
    writes: bool = False
    renews: bool | None = None
    spliced: bool = False


class Reading(NamedTuple):
    """One way in which a record, or a forgery, reaches an end."""

    delivered: Symbol
    honest: bool
    effect: Effect
    note: str = ""


class Taken(NamedTuple):
    """What matters of a step to its keys.

    Parameters
    ----------
    accepted: the handshake took in what was read.
    sent: the emissions, in order.
    starts, completes: the step begins, or ends, a handshake.
    renewing: that handshake is a re-handshake.
    """

    accepted: bool
    sent: tuple[Symbol, ...]
    starts: bool
    completes: bool
    renewing: bool


class Cryptography:
    """The rules of one end."""

    def __init__(self, scenario: Scenario) -> None:
        self._version = scenario.version
        self._keys = KEYS[scenario.version, scenario.role]
        self._touched = TOUCHED[scenario.role]
        tables = tables_for(scenario)
        self._binds = tables.rehandshake is not None
        self._alphabet = tuple(item for item in tables.inputs if item.kind is Kind.DELIVERY)
        secret = scenario.value("exchange") in ("psk", "ecdhe_psk")
        self._needs_no_share = secret or scenario.value("exchange") == "rsa"
        self._secret = secret

    def reading(self, grip: Grip, item: Item, renewing: bool) -> Iterator[Reading]:
        """Yield the ways in which an honest peer's record is read; `renewing` in a re-handshake."""
        found = delivery(item.name)
        if self._binds and found.message in BINDING and item.renews != renewing:
            astray = delivery(f"{found.message}.misbound")
            found = astray if astray in self._alphabet else found
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
        for item in self._alphabet:
            if self._can_make(grip, item):
                yield Reading(item, False, ALWAYS, "forged")

    def _can_make(self, grip: Grip, item: Symbol) -> bool:
        if item is END_OF_STREAM or item.message in self._keys.plain:
            return True
        if grip.reads:
            return item is BAD_RECORD
        if item.name in NEEDS_KEYS and grip.agreed:
            return False
        return item.name not in UNFORGEABLE[self._version] and item is not BAD_RECORD

    def after(self, grip: Grip, read: Reading | None, step: Taken) -> tuple[Grip, Effect, tuple[Item, ...]]:
        """Return keys, effect on the register, and the records sent, after a step."""
        accepted = read.delivered if read and step.accepted else None
        change = read.effect if read else ALWAYS
        if step.starts:
            change = change.also({}, {self._touched: 0})
            grip = grip._replace(renews=grip.agreed if step.renewing else None, agreed=False)
        if accepted and read:
            grip = self._take_in(grip, accepted, read.honest, step.sent)
            if not read.honest and hashed(self._version, accepted):
                change = change.also({}, {self._touched: 1})
        records = []
        for item in step.sent:
            grip = self._send(grip, item)
            name, plain = arrival(item).name, item.message in self._keys.plain
            closed = (grip.writes and not plain) or item.name in ALWAYS_PROTECTED
            records.append(Item(name, closed, step.renewing and self._binds and item.message in BINDING))
            if item.message in self._keys.write_sent:
                grip = grip._replace(writes=grip.agreed)
        if step.completes and grip.renews is not None:
            agreed = (
                grip.agreed if step.accepted else grip.renews
            )  # a refused one leaves everything as it was
            grip = grip._replace(agreed=agreed, spliced=grip.spliced or agreed != grip.renews, renews=None)
        return grip, change, tuple(records)

    def _take_in(self, grip: Grip, accepted: Symbol, honest: bool, sent: tuple[Symbol, ...]) -> Grip:
        if any(item.message == "HelloRetryRequest" for item in sent):
            return grip
        if accepted.message in self._keys.share:
            grip = grip._replace(agreed=honest or self._secret)
        if accepted.name in SHARED_SECRET or any(item.name in SHARED_SECRET for item in sent):
            grip = grip._replace(agreed=True)
        if accepted.message in self._keys.read:
            grip = grip._replace(reads=grip.agreed)
        if accepted.message in self._keys.write_accepted:
            grip = grip._replace(writes=grip.agreed)
        return grip

    def _send(self, grip: Grip, item: Symbol) -> Grip:
        """A client needs no share where the server's certificate or a common secret is enough."""
        if item.message == "ClientKeyExchange" and self._needs_no_share:
            return grip._replace(agreed=True)
        return grip

    def dropping(self, item: Item) -> Effect | None:
        """Return what it does to drop a record that this end sent, or None where nobody but the peer can."""
        found = delivery(item.name)
        if item.closed or found is END_OF_STREAM:
            return None
        return effect({}, {self._touched: 1}) if hashed(self._version, found) else ALWAYS
