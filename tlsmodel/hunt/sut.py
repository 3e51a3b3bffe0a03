"""Target and mapper as one symbolic box: symbols in, outputs out, no bytes outside."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tlsmodel.credentials import TestCredentials
from tlsmodel.hunt.saving import Kept, keep_session
from tlsmodel.mapper import BUILDS, Peer
from tlsmodel.spec.scenario import Scenario
from tlsmodel.spec.symbols import (
    DEADLINE_PASSED,
    QUIET,
    TIMER_EXPIRED,
    Kind,
    Output,
    Return,
    Symbol,
    emission,
)
from tlsmodel.targets.base import Target
from tlsmodel.targets.transport import Spinning, Transport

_TICKET: Final = emission("NewSessionTicket")
SPINS: Final = Return("SPINS")
"""What a call "returns" that reads on and on and would never come back."""


class _Ear:
    """The mapper's peer, with a note of what passes in which order."""

    def __init__(self, peer: Peer) -> None:
        self._peer = peer
        self.letters: list[str] = []
        self.sent: list[Symbol] = []

    def build(self, symbol: Symbol) -> bytes:
        """Note that the target reads a delivery now."""
        self.letters.append(f"I_{symbol.name}")
        return self._peer.build(symbol)

    def receive(self, data: bytes) -> None:
        """Note what the target has sent."""
        self._peer.receive(data)
        self.sent += self._peer.take_emissions()
        self.letters += [f"O_{item.name}" for item in self._peer.take_fresh()]


def _counted(sent: list[Symbol]) -> Iterator[Symbol]:
    """How many tickets a server sends is its own affair (RFC 8446 4.6.1): several in a row count as one."""
    before = None
    for item in sent:
        if item is not _TICKET or before is not _TICKET:
            yield item
        before = item


class SystemUnderTest:
    """One target in one scenario.

    Parameters
    ----------
    target: the stack; it is closed by `close`.
    setting: role, version and bounds.
    credentials: what both ends of the connection share.

    Attributes
    ----------
    letters: what has passed in the session so far, for bug patterns: read, sent and returned, in order.
    """

    def __init__(self, target: Target, setting: Scenario, credentials: TestCredentials) -> None:
        self.target = target
        self.scenario = setting
        self._credentials = credentials
        self._kept: Kept | None = None

    @property
    def alphabet(self) -> frozenset[Symbol]:
        """What can be fed: the calls and disturbances of the target, and the deliveries of the mapper."""
        capabilities = self.target.capabilities
        return (capabilities.calls | capabilities.disturbances | BUILDS) - capabilities.without

    @property
    def letters(self) -> list[str]:
        """What has passed in the session so far."""
        return self._ear.letters

    def reset(self) -> None:
        """Start a fresh session with a fresh peer."""
        if self._kept is None:
            self._kept = keep_session(self.target, self.scenario, self._credentials)
        self._ear = _Ear(Peer(self.scenario, self._credentials, self._kept.saved))
        self._transport = Transport(self._ear)
        self.target.open(self.scenario, self._transport, self._kept.session)

    def step(self, given: Symbol) -> Output:
        """Feed one input and return all that it showed."""
        match given.kind:
            case Kind.CALL:
                return self._call(given)
            case Kind.DELIVERY:
                self._transport.deliver(given)
            case _ if given in (TIMER_EXPIRED, DEADLINE_PASSED):
                self.target.strike(given)
            case _:
                self._transport.arm(given)
        return QUIET

    def _call(self, given: Symbol) -> Output:
        ear = self._ear
        self._transport.begin_call()
        try:
            returned = self.target.call(given)
        except Spinning:
            returned = SPINS
        if self._transport.spinning:
            returned = SPINS
        ear.letters.append(f"R_{given.name}.{returned.code}")
        sent, ear.sent = ear.sent, []
        return Output(returned, tuple(_counted(sent)))

    def close(self) -> None:
        """Free the target's session."""
        self.target.close()
