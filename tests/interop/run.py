"""One cell of the matrix: a feature tried between `impl` and a peer, over real sockets."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from impl import (
    AntiReplay,
    CipherSuite,
    ClientAuth,
    Code,
    Config,
    MemoryStore,
    NamedGroup,
    ProtocolVersion,
    Psk,
    PskKeyExchangeMode,
    Role,
    TicketKeys,
    Trust,
)
from impl.config import GROUPS
from impl.streams import TlsSocket
from tests.interop.features import DTLS12, PSK_IDENTITY, PSK_KEY, Feature
from tests.interop.identities import identity, stranger_pem, trust

PATIENCE = 20.0
"""Seconds that anything may take."""

_VERSIONS = {
    "TLS 1.2": ProtocolVersion.TLS12,
    "TLS 1.3": ProtocolVersion.TLS13,
    "DTLS 1.2": ProtocolVersion.DTLS12,
}
_MODES = {"ke": (PskKeyExchangeMode.PSK_KE,), "dhe": (PskKeyExchangeMode.PSK_DHE_KE,)}


class LossyTransport:
    """A transport of ours that loses some of what it should write, by number."""

    def __init__(self, transport: Any, losses: frozenset[int]) -> None:
        self._transport = transport
        self._losses = set(losses)
        self._count = 0
        self.pull = transport.pull
        self.written: list[bytes] = []

    def push(self, data: bytes) -> int:
        number, self._count = self._count, self._count + 1
        self.written.append(bytes(data))
        return len(data) if number in self._losses else self._transport.push(data)


class Link:
    """A connection: our stream, and the peer's end of it."""

    def __init__(self, ours: TlsSocket, theirs: Any, transport: LossyTransport) -> None:
        self.ours, self.theirs, self._transport = ours, theirs, transport

    def talk(self, text: bytes = b"a sentence for the other side\n") -> None:
        """Send data both ways, and require that it arrives."""
        self.theirs.talk(self.ours, text)

    def hear(self, text: bytes) -> None:
        """Require that the peer hears `text`, which we have sent."""
        self.theirs.hear(self.ours, text)

    def heard_early(self, text: bytes) -> None:
        """Require that the peer has taken `text` as early data."""
        self.theirs.heard_early(self.ours, text)

    def act(self, action: str) -> Any:
        """Let the peer do something that not every peer can."""
        return self.theirs.act(self.ours, action)

    def saw(self, what: str) -> None:
        """Require that the peer has noticed something."""
        self.theirs.saw(self.ours, what)

    def reauth(self) -> None:
        """Let our server ask the client for its certificate until it has it."""
        session = self.ours.session
        code = session.reauth()
        while code is not Code.SUCCESS:
            assert not code.is_fatal, session.failure
            if code is Code.GOT_APPLICATION_DATA:
                self.ours.recv()
            else:
                self.ours._wait(next(self.ours._conversation._wait()))
            code = session.reauth()

    @property
    def longest_record(self) -> int:
        """The longest protected record that we have written, header included."""
        longest, stream = 0, b"".join(self._transport.written)
        while stream:
            end = 5 + int.from_bytes(stream[3:5])
            if stream[0] == 23:
                longest = max(longest, end)
            stream = stream[end:]
        return longest

    def close(self) -> None:
        """Close both sides with close_notify."""
        self.theirs.close(self.ours)


class Run:
    """A feature with a peer.

    Parameters
    ----------
    feature: what is tried.
    peer: of a column; makes the other ends.
    """

    def __init__(self, feature: Feature, peer: Any) -> None:
        self.feature, self.needs, self.peer = feature, feature.needs, peer
        self.ours_is_server = peer.role == "client"
        self.key_log: list[str] = []
        self.response = identity("server", self.needs.certificate).response
        self._session = None
        self._tickets, self._store, self._guard = TicketKeys(), MemoryStore(), AntiReplay()

    @contextmanager
    def connect(self, *, resuming: bool = False, renegotiate: bool = False) -> Iterator[Link]:
        """Connect our side with a new end of the peer's."""
        with self.peer.connection(self.feature, resuming) as (connection, theirs):
            connection.settimeout(PATIENCE)
            ours = TlsSocket(connection, self._config(resuming), renegotiate=renegotiate, address=b"peer")
            memory = ours.session._memory
            memory.transport = LossyTransport(memory.transport, self.needs.loss)
            with ours:
                yield Link(ours, theirs, memory.transport)

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
        assert agreed.version is _VERSIONS[needs.version]
        if needs.group and not agreed.resumed:
            assert agreed.group is NamedGroup[needs.group]
        if needs.suite:
            assert agreed.cipher_suite is CipherSuite[needs.suite]
        if needs.psk:
            assert agreed.psk_identity == PSK_IDENTITY.encode()
        if needs.psk == "ke":
            assert agreed.group is None

    def _config(self, resuming: bool) -> Config:
        needs = self.needs
        chosen: dict[str, Any] = {"versions": (_VERSIONS[needs.version],), "compatible": needs.compatible}
        if needs.suite:
            chosen["cipher_suites"] = (CipherSuite[needs.suite],)
        if needs.group:
            group = NamedGroup[needs.group]
            # A client that offers more than it shares gets a HelloRetryRequest.
            chosen["groups"] = (*GROUPS[:2], group) if needs.retry and not self.ours_is_server else (group,)
        if needs.psk in _MODES:
            chosen["psk_modes"] = _MODES[needs.psk]
        if needs.protocol:
            chosen["alpn"] = (needs.protocol.encode(),)
        if needs.limit:
            chosen["record_size_limit"] = needs.limit
        if needs.mtu:
            chosen["mtu"] = needs.mtu
        if needs.keys:
            chosen["key_log"] = self.key_log.append
        return self._server_config(chosen) if self.ours_is_server else self._client_config(chosen, resuming)

    def _server_config(self, chosen: dict[str, Any]) -> Config:
        needs = self.needs
        if needs.psk:
            chosen["psk_lookup"] = {PSK_IDENTITY.encode(): PSK_KEY}.get
        else:
            shown = identity("server", needs.certificate).loaded(stapled=needs.staple)
            chosen["certified_keys"] = (shown,)
        if needs.auth != "none" or needs.late_auth:
            late = ClientAuth.REQUIRE if needs.late_auth else ClientAuth.NONE
            chosen |= {"client_auth": ClientAuth(needs.auth), "late_client_auth": late, "trust": trust()}
        if needs.resume == "ticket":
            chosen["tickets"] = self._tickets
        if needs.resume == "id":
            chosen["store"] = self._store
        if needs.early:
            chosen["early_data_size"] = 1000
            chosen["anti_replay"] = self._guard if needs.early == "accepted" else None
        if needs.version == DTLS12:
            chosen["cookie_secret"] = bytes(32)
        return Config(Role.SERVER, **chosen)

    def _client_config(self, chosen: dict[str, Any], resuming: bool) -> Config:
        needs = self.needs
        if needs.psk:
            chosen |= {"psk": Psk(PSK_IDENTITY.encode(), PSK_KEY), "server_name": needs.host}
        else:
            believed = trust() if needs.believed else Trust.from_pem(stranger_pem())
            chosen |= {"trust": believed, "server_name": needs.host}
        if needs.shown:
            chosen["certified_keys"] = (identity("client", needs.shown).loaded(),)
        if needs.resume == "id":
            chosen["session_tickets"] = False
        chosen |= {"request_status": needs.staple, "post_handshake_auth": needs.late_auth}
        if resuming:
            chosen["resume"] = self._session
            if needs.early == "rejected":
                # The server agrees on another protocol than before, or none, and must not take the data.
                chosen["resume"] = replace(
                    self._session, early_data_size=max(100, self._session.early_data_size)
                )
        return Config(Role.CLIENT, **chosen)
