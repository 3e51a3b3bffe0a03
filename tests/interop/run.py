"""One cell of the matrix: a feature tried between `impl` and a peer, over real sockets."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from impl import AntiReplay, CipherSuite, MemoryStore, NamedGroup, SqliteStore, TicketKeys
from impl.streams import TlsSocket
from tests.interop import sides
from tests.interop.identities import identity
from tests.interop.link import Link
from tests.interop.needs import PSK_IDENTITY, Feature
from tests.interop.traces import Trace
from tests.interop.wire import Wire

PATIENCE = 20.0
"""Seconds that anything may take."""
_ROTATION = 3600.0


class Run:
    """A feature with a peer.

    Parameters
    ----------
    feature: what is tried.
    peer: of a column; makes the other ends.
    folder: for what our side keeps in files.
    patience: seconds that anything may take.

    Attributes
    ----------
    traces: of each connection.
    asked: the chains that our application was asked about.
    """

    def __init__(self, feature: Feature, peer: Any, folder: Path, patience: float = PATIENCE) -> None:
        self.feature, self.needs, self.peer = feature, feature.needs, peer
        self.ours_is_server = peer.role == "client"
        self.key_log: list[str] = []
        self.asked: list[Any] = []
        self.traces: list[Trace] = []
        self.response = identity("server", self.needs.certificate).response
        self._patience = patience
        self._session = None
        self._store = MemoryStore() if self.needs.datagram else SqliteStore(folder / "sessions.sqlite")
        self._tickets, self._guard = TicketKeys(period=_ROTATION), AntiReplay()

    @contextmanager
    def connect(self, *, resuming: bool = False, renegotiate: bool = False) -> Iterator[Link]:
        """Connect our side with a new end of the peer's."""
        with self.peer.connection(self.feature, resuming) as (connection, theirs):
            connection.settimeout(self._patience)
            config = replace(self._config(resuming), **self._watched(resuming))
            ours = TlsSocket(connection, config, renegotiate=renegotiate, address=b"peer")
            memory, trace = ours.session._memory, Trace()
            memory.transport = wire = Wire(memory.transport, self.needs.network, datagram=self.needs.datagram)
            self.traces.append(trace)

            def saw(observed: Any) -> None:
                trace.saw(observed)
                wire.saw(observed)

            ours.session.set_message_hook(saw)
            with ours:
                yield Link(ours, theirs, wire, trace, connection, self._patience)

    def keep(self, link: Link) -> None:
        """Keep what our client needs to resume the session."""
        if self.ours_is_server:
            link.theirs.keep()
        else:
            self._session = link.ours.session.session_data()
            assert self._session is not None

    def check(self, link: Link) -> None:
        """Require that what was agreed on is what was asked for."""
        needs, agreed = self.needs, link.ours.parameters
        assert agreed.version is sides.VERSIONS[needs.version]
        if needs.group and not agreed.resumed:
            assert agreed.group is NamedGroup[needs.group]
        if needs.suite:
            assert agreed.cipher_suite is CipherSuite[needs.suite]
        if needs.psk:
            assert agreed.psk_identity == PSK_IDENTITY.encode()
        if needs.psk == "ke" or (needs.keyless and agreed.resumed):
            assert agreed.group is None
        if needs.datagram:
            assert ("HelloVerifyRequest" in link.trace.names()) is needs.cookie

    def _config(self, resuming: bool) -> Any:
        if not self.ours_is_server:
            return sides.client(self.needs, self._session if resuming else None)
        if resuming and self.needs.forgotten:
            self._tickets, self._store = TicketKeys(), MemoryStore()
        return sides.server(self.needs, self._tickets, self._store, self._guard)

    def _watched(self, resuming: bool) -> dict[str, Any]:
        """What lets us see, and turns the clock where keys are to rotate."""
        chosen: dict[str, Any] = {}
        if self.peer.silent(self.feature):
            chosen["total_timeout"] = 5.0
        if self.needs.keys:
            chosen["key_log"] = self.key_log.append
        if self.needs.verify is not None:
            chosen["verify_callback"] = self._verify
        if resuming and self.needs.rotated:
            chosen["clock"] = lambda: time.time() + _ROTATION
        return chosen

    def _verify(self, chain: Any, _host: str | None) -> bool:
        self.asked.append(chain)
        return bool(self.needs.verify)
