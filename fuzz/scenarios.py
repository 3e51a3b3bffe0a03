"""What honest connections the hostile peer may interrupt: one row a feature.

A new feature is fuzzed by adding its row to `SCENARIOS`; every phase that its honest handshake passes
through, on either side, is then a starting point of all tests and fuzzers.  A test compares the phases with
those that the implementation's tables know, and fails if no row reaches one of them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from fuzz.identities import HOST, NOW, certified_key, fixed_share, stream_of, trust
from fuzz.pair import Pair
from impl import (
    AntiReplay,
    CertifiedKey,
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
    SavedSession,
    Session,
    TicketKeys,
)

TLS12, TLS13, DTLS12 = ProtocolVersion.TLS12, ProtocolVersion.TLS13, ProtocolVersion.DTLS12
PSK: Final = Psk(b"hostile", b"a key that both sides know")
Changes = Mapping[str, Any]


@dataclass(frozen=True)
class Scenario:
    """How an honest connection goes.

    Parameters
    ----------
    versions: what both sides enable; `client` and `server` may change it.
    client, server: what differs from the plain configurations.
    key: kind of the server's key.
    shared: makes what only exists at run time, for the server's and for the client's configuration.
    resumes: whether a first connection provides the session that this one resumes.
    early: data that the client sends before its handshake.
    then: what the two do once they are connected.
    """

    versions: tuple[ProtocolVersion, ...]
    client: Changes = field(default_factory=dict)
    server: Changes = field(default_factory=dict)
    key: str = "ed25519"
    shared: Callable[[], tuple[Changes, Changes]] = lambda: ({}, {})
    resumes: bool = False
    early: bytes = b""
    then: Callable[[Pair], None] = lambda _pair: None

    def open(self) -> Pair:
        """Return a client and a server that have said nothing yet."""
        for_client, for_server = self.shared()
        if not self.resumes:
            return self._pair(for_client, for_server)
        first = self._pair(for_client, for_server)
        first.run()
        saved = first.client.session.session_data()
        resume = None if saved is None else SavedSession.from_bytes(saved.to_bytes())
        return self._pair({**for_client, "resume": resume}, for_server)

    def _pair(self, for_client: Changes, for_server: Changes) -> Pair:
        now = [NOW]
        common: dict[str, Any] = {
            "versions": self.versions,
            "make_key_share": fixed_share,
            "clock": lambda: now[0],
        }
        client = {"server_name": HOST, "trust": trust(), **common, **self.client, **for_client}
        server = {"certified_keys": (certified_key(self.key),), **common, **self.server, **for_server}
        return Pair(
            Config(Role.CLIENT, randomness=stream_of("client"), **client),
            Config(Role.SERVER, randomness=stream_of("server"), **server),
            now,
            early=self.early,
            then=self.then,
        )


def _stapled() -> tuple[Changes, Changes]:
    key = certified_key()
    stapled = CertifiedKey(key.chain, key.key, key.schemes, key.names, key.issuers, b"\x30\x03\x0a\x01\x06")
    return {"request_status": True}, {"certified_keys": (stapled,)}


def _stored() -> tuple[Changes, Changes]:
    return {"session_tickets": False}, {"store": MemoryStore(clock=lambda: NOW)}


def _ticketed() -> tuple[Changes, Changes]:
    return {}, {"tickets": TicketKeys(bytes(range(64)))}


def _early() -> tuple[Changes, Changes]:
    for_client, for_server = _refused()
    return for_client, {**for_server, "anti_replay": AntiReplay()}


def _refused() -> tuple[Changes, Changes]:
    return {}, {"tickets": TicketKeys(bytes(range(64))), "early_data_size": 1000}


def _suites(*suites: CipherSuite) -> Changes:
    return {"cipher_suites": suites}


def _again(pair: Pair) -> None:
    pair.client.call = Session.handshake


def _asked(pair: Pair) -> None:
    assert pair.server.session.rehandshake() is Code.SUCCESS


def _awaited(pair: Pair) -> None:
    assert pair.server.session.rehandshake() is Code.SUCCESS
    pair.server.call = Session.handshake


def _new_keys(pair: Pair) -> None:
    assert pair.client.session.key_update(True) is Code.SUCCESS
    assert pair.server.session.key_update(True) is Code.SUCCESS
    for actor in (pair.client, pair.server):
        actor.session.record_send(b"under new keys")


def _proof(pair: Pair) -> None:
    pair.server.call = Session.reauth


def _data(pair: Pair) -> None:
    for actor in (pair.client, pair.server):
        actor.session.record_send(b"application data")


_ASKING: Final = {"client_auth": ClientAuth.REQUIRE, "trust": trust()}
_ASKING_LATE: Final = {"late_client_auth": ClientAuth.REQUEST, "trust": trust()}
_SMALL: Final = {"record_size_limit": 64}
_SHOWING: Final = {"certified_keys": (certified_key(),)}
_KE: Final = {"psk_modes": (PskKeyExchangeMode.PSK_KE,)}
_P384: Final = {"groups": (NamedGroup.SECP384R1,)}
_RETRIED: Final = {"groups": (NamedGroup.X25519, NamedGroup.SECP384R1)}
_HYBRID: Final = {"groups": (NamedGroup.X25519MLKEM768, NamedGroup.X25519)}
_PSK_SUITE: Final = _suites(CipherSuite.TLS_PSK_WITH_AES_128_GCM_SHA256)
_ECDHE_PSK_SUITE: Final = _suites(CipherSuite.TLS_ECDHE_PSK_WITH_CHACHA20_POLY1305_SHA256)
_KNOWING: Final = {"psk_lookup": {PSK.identity: PSK.key}.get, "certified_keys": ()}

# fmt: off
SCENARIOS: Final[Mapping[str, Scenario]] = {
    "tls13":                Scenario((TLS13,), then=_data),
    "tls13-compatible":     Scenario((TLS13, TLS12), {"alpn": (b"h2", b"http/1.1")}, {"alpn": (b"h2",)}),
    "tls13-key-update":     Scenario((TLS13,), then=_new_keys),
    "tls13-small-records":  Scenario((TLS13,), _SMALL, _SMALL, then=_data),
    "tls13-p384":           Scenario((TLS13,), _P384),
    "tls13-hybrid":         Scenario((TLS13,), _HYBRID, _HYBRID),
    "tls13-retry":          Scenario((TLS13, TLS12), _RETRIED, _P384),
    "tls13-tickets":        Scenario((TLS13,), shared=_ticketed, then=_data),
    "tls13-resumed":        Scenario((TLS13,), shared=_ticketed, resumes=True, then=_data),
    "tls13-resumed-retry":  Scenario((TLS13,), _RETRIED, _P384, shared=_ticketed, resumes=True),
    "tls13-resumed-ke":     Scenario((TLS13,), _KE, _KE, shared=_ticketed, resumes=True),
    "tls13-psk":            Scenario((TLS13,), {"psk": PSK}, _KNOWING),
    "tls13-early":          Scenario((TLS13,), shared=_early, resumes=True, early=b"early data", then=_data),
    "tls13-early-refused":  Scenario((TLS13,), shared=_refused, resumes=True, early=b"early data"),
    "tls13-early-retried":  Scenario((TLS13,), _RETRIED, _P384, shared=_early, resumes=True, early=b"early"),
    "tls13-proof":          Scenario((TLS13,), {**_SHOWING, "post_handshake_auth": True},
                                     _ASKING_LATE, then=_proof),
    "tls13-no-proof":       Scenario((TLS13,), {"post_handshake_auth": True},
                                     _ASKING_LATE, then=_proof),
    "tls13-status":         Scenario((TLS13,), shared=_stapled),
    "tls13-client-auth":    Scenario((TLS13,), _SHOWING, _ASKING),
    "tls13-no-certificate": Scenario((TLS13,), server={**_ASKING, "client_auth": ClientAuth.REQUEST}),
    "tls12":                Scenario((TLS12,), then=_data),
    "tls12-downgrade":      Scenario((TLS13, TLS12), server={"versions": (TLS12,)}),
    "tls12-client-auth":    Scenario((TLS12,), _SHOWING, _ASKING),
    "tls12-no-certificate": Scenario((TLS12,), server={**_ASKING, "client_auth": ClientAuth.REQUEST}),
    "tls12-status":         Scenario((TLS12,), shared=_stapled),
    "tls12-new-id":         Scenario((TLS12,), shared=_stored),
    "tls12-by-id":          Scenario((TLS12,), shared=_stored, resumes=True),
    "tls12-new-ticket":     Scenario((TLS12,), shared=_ticketed),
    "tls12-by-ticket":      Scenario((TLS12,), shared=_ticketed, resumes=True),
    "tls12-rsa":            Scenario((TLS12,), _suites(CipherSuite.TLS_RSA_WITH_AES_128_GCM_SHA256),
                                     _suites(CipherSuite.TLS_RSA_WITH_AES_128_GCM_SHA256), key="rsa"),
    "tls12-dhe":            Scenario((TLS12,), _suites(CipherSuite.TLS_DHE_RSA_WITH_AES_128_GCM_SHA256),
                                     _suites(CipherSuite.TLS_DHE_RSA_WITH_AES_128_GCM_SHA256), key="rsa"),
    "tls12-psk":            Scenario((TLS12,), {**_PSK_SUITE, "psk": PSK}, {**_PSK_SUITE, **_KNOWING}),
    "tls12-ecdhe-psk":      Scenario((TLS12,), {**_ECDHE_PSK_SUITE, "psk": PSK},
                                     {**_ECDHE_PSK_SUITE, **_KNOWING}),
    "tls12-again":          Scenario((TLS12,), then=_again),
    "tls12-asked-again":    Scenario((TLS12,), _SHOWING, _ASKING, then=_asked),
    "tls12-awaited-again":  Scenario((TLS12,), then=_awaited),
    "dtls12":               Scenario((DTLS12,), then=_data),
    "dtls12-cookie":        Scenario((DTLS12,), server={"cookie_secret": bytes(32)}),
    "dtls12-small":         Scenario((DTLS12,), {**_SHOWING, "mtu": 300}, {**_ASKING, "mtu": 300}),
    "dtls12-status":        Scenario((DTLS12,), shared=_stapled),
    "dtls12-psk":           Scenario((DTLS12,), {**_PSK_SUITE, "psk": PSK}, {**_PSK_SUITE, **_KNOWING}),
    "dtls12-new-ticket":    Scenario((DTLS12,), shared=_ticketed),
    "dtls12-by-ticket":     Scenario((DTLS12,), shared=_ticketed, resumes=True),
    "dtls12-again":         Scenario((DTLS12,), then=_again),
    "dtls12-asked-again":   Scenario((DTLS12,), then=_asked),
}
# fmt: on
"""Name -> scenario."""
