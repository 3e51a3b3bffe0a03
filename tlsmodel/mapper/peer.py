"""The mapper's face: the other end of a target's connection, which sends what it is told to.

It has no phases and no opinion; `build` and `classify` know how, `connection` remembers.
"""

from __future__ import annotations

from typing import Final

from tlsmodel.credentials import TestCredentials, rsa_twin
from tlsmodel.mapper.build import build
from tlsmodel.mapper.classify import Repeated, listener
from tlsmodel.mapper.connection import Connection
from tlsmodel.mapper.identity import identity
from tlsmodel.mapper.profile import profile_of
from tlsmodel.mapper.saved import Saved
from tlsmodel.mapper.tls12 import Connection12, DatagramConnection
from tlsmodel.mapper.tls13 import Connection13
from tlsmodel.spec.scenario import Scenario, Version
from tlsmodel.spec.symbols import Symbol, emission

MAX_EMISSIONS: Final = 1000
"""Emissions that wait to be taken; a target that sends more than this in one step is heard no further."""

_CONNECTIONS: Final[dict[Version, type[Connection12 | Connection13]]] = {
    Version.TLS12: Connection12,
    Version.TLS13: Connection13,
    Version.DTLS12: DatagramConnection,
}


class Peer:
    """A TLS peer without a state machine.

    Parameters
    ----------
    scenario: version, and role of the *target*; the peer plays the other one.
    credentials: what it shows as a server, and whom it asks for as a client.
    saved: what an earlier connection has left behind, to be resumed.
    saving: whether this connection is to leave something behind.
    """

    def __init__(
        self,
        scenario: Scenario,
        credentials: TestCredentials,
        saved: Saved | None = None,
        saving: bool = False,
    ) -> None:
        shown = rsa_twin(credentials) if scenario.value("exchange") == "rsa" else credentials
        self._connection: Connection = _CONNECTIONS[scenario.version](
            profile_of(scenario, saving), identity(shown), saved
        )
        self._listener = listener(self._connection)
        self._emissions: list[Symbol] = []
        self._fresh: list[Symbol] = []

    @property
    def saved(self) -> Saved | None:
        """What the connection has left behind so far, to be resumed by another one."""
        return self._connection.session()

    def build(self, symbol: Symbol) -> bytes:
        """Return the wire bytes of a delivery under the keys in use now.

        Raises `KeyError` for a symbol that stands for no bytes: no delivery, or the end of the stream.
        """
        return build(self._connection, symbol.name)

    def receive(self, data: bytes) -> None:
        """Take bytes that the target wrote, in any portions; never raises."""
        for name in self._listener.listen(data):
            if len(self._emissions) < MAX_EMISSIONS:
                self._emissions.append(emission(name))
                if not isinstance(name, Repeated):
                    self._fresh.append(self._emissions[-1])

    def take_emissions(self) -> tuple[Symbol, ...]:
        """Return what was heard since the last call, one symbol a message, in order."""
        taken, self._emissions = tuple(self._emissions), []
        return taken

    def take_fresh(self) -> tuple[Symbol, ...]:
        """Return what of it was sent for the first time."""
        taken, self._fresh = tuple(self._fresh), []
        return taken
