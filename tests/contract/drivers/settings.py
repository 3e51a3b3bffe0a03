"""What a test asks of an end, in words that both stacks are set up from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.contract.drivers.clock import Clock
from tests.contract.identities import Identity

TLS12, TLS13, EITHER, DTLS12 = "TLS 1.2", "TLS 1.3", "TLS", "DTLS 1.2"
CLIENT, SERVER = "client", "server"


@dataclass(frozen=True)
class Settings:
    """One end of a connection.

    Parameters
    ----------
    role: `CLIENT` or `SERVER`.
    version: one of the four constants above.
    identity: the certificate shown, or None.
    trust: PEM of the authority believed, or None to verify nothing.
    host: the name that a client asks for and verifies.
    verify: asked in place of any other verification, and answers whether the peer is believed.
    client_auth, late_auth: "none", "request" or "require", in the handshake and after it.
    renegotiation: the policy on RFC 5746: "disabled", "unsafe", "partial" or "safe".
    store: the session database of a server.
    ticket_key: 64 bytes.
    lifetime: seconds for which sessions may be resumed.
    resume: what `session_data` of the same stack returned.
    psk: identity and key of a client.
    psk_keys: a server's keys by their identities.
    early_data: most bytes of early data that a server takes, or whether a client sends any.
    replay_guard: shared by the servers that must not take early data twice.
    timeout: seconds for one handshake.
    groups: names of the groups, preferred first; none leaves the stack's own.
    """

    role: str
    version: str
    clock: Clock
    identity: Identity | None = None
    trust: bytes | None = None
    host: str | None = None
    verify: Callable[[], bool] | None = None
    client_auth: str = "none"
    late_auth: str = "none"
    post_handshake_auth: bool = False
    renegotiation: str = "partial"
    allow_identity_change: bool = False
    store: RecordingStore | None = None
    ticket_key: bytes | None = None
    session_tickets: bool = True
    lifetime: int = 21600
    resume: bytes | None = None
    psk: tuple[bytes, bytes] | None = None
    psk_keys: tuple[tuple[bytes, bytes], ...] = ()
    alpn: tuple[bytes, ...] = ()
    suites: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    early_data: int = 0
    replay_guard: ReplayGuard | None = None
    timeout: float | None = None
    mtu: int | None = None
    retransmit_timeout: float = 1.0
    total_timeout: float = 60.0


@dataclass
class RecordingStore:
    """A session database that tells what was asked of it.

    Parameters
    ----------
    calls: "store", "retrieve" and "remove", in order.
    damage: what becomes of an entry when it is retrieved.
    """

    calls: list[str] = field(default_factory=list)
    entries: dict[bytes, bytes] = field(default_factory=dict)
    damage: Callable[[bytes], bytes | None] | None = None

    def store(self, key: bytes, data: bytes, expires: float) -> None:
        """Keep an entry; it is not forgotten at `expires`, so that the stack has to look."""
        assert expires > 0
        self.calls.append("store")
        self.entries[key] = data

    def retrieve(self, key: bytes) -> bytes | None:
        """Return an entry, or None."""
        self.calls.append("retrieve")
        found = self.entries.get(key)
        return self.damage(found) if self.damage and found is not None else found

    def remove(self, key: bytes) -> None:
        """Forget an entry."""
        self.calls.append("remove")
        self.entries.pop(key, None)


@dataclass
class ReplayGuard:
    """What servers share to recognise early data that comes twice; each stack keeps its own object in it."""

    made: dict[str, Any] = field(default_factory=dict)
