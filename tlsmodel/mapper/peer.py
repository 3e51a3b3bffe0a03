"""The peer without a state machine: sends what it is told, names what comes back."""

from __future__ import annotations

from typing import Final

from tlsmodel.credentials import TestCredentials
from tlsmodel.mapper.build import build
from tlsmodel.mapper.classify import Classifier
from tlsmodel.mapper.connection import Connection
from tlsmodel.spec.scenario import Scenario
from tlsmodel.spec.symbols import Symbol, emissions

MAX_EMISSIONS: Final = 1000
"""Messages named between two calls of `take_emissions`; what a flood brings beyond is dropped unread."""


class Peer:
    """The other end of a target's connection.

    Parameters
    ----------
    scenario: version, and the target's role; the peer has the other role.
    credentials: the certificate that a server shows; the target trusts its authority.
    """

    def __init__(self, scenario: Scenario, credentials: TestCredentials) -> None:
        self._connection = Connection(scenario, credentials)
        self._classifier = Classifier(self._connection)
        self._heard: list[str] = []

    def build(self, symbol: Symbol) -> bytes:
        """Return the wire bytes of a delivery at this moment, under the keys in force."""
        return build(self._connection, symbol)

    def receive(self, data: bytes) -> None:
        """Take bytes that the target wrote, in any portions."""
        room = MAX_EMISSIONS - len(self._heard)
        if room > 0:
            self._heard += self._classifier.feed(data)[:room]

    def take_emissions(self) -> tuple[Symbol, ...]:
        """Return what the target has sent since the last call, one emission a message."""
        heard, self._heard = self._heard, []
        return emissions(heard)
