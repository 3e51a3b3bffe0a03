"""One end played by `impl`, through its public names."""

from __future__ import annotations

from typing import Any

from impl import (
    AlertDescription,
    AlertLevel,
    AntiReplay,
    CipherSuite,
    ClientAuth,
    Code,
    Config,
    NamedGroup,
    ProtocolVersion,
    Psk,
    Received,
    Renegotiation,
    Role,
    SavedSession,
    Sent,
    Session,
    TicketKeys,
    Trust,
    load_certified_key,
)
from impl.config import CIPHER_SUITES
from tests.contract.drivers.settings import DTLS12, EITHER, SERVER, TLS12, TLS13, Settings
from tests.contract.drivers.wire import Wire

_VERSIONS = {
    TLS12: (ProtocolVersion.TLS12,),
    TLS13: (ProtocolVersion.TLS13,),
    EITHER: (ProtocolVersion.TLS13, ProtocolVersion.TLS12),
    DTLS12: (ProtocolVersion.DTLS12,),
}
_PSK_SUITES = (
    CipherSuite.TLS_AES_128_GCM_SHA256,
    CipherSuite.TLS_ECDHE_PSK_WITH_AES_128_GCM_SHA256,
    CipherSuite.TLS_PSK_WITH_AES_128_GCM_SHA256,
)


class ImplEnd:
    """A session of `impl` that answers with the names of codes."""

    stack = "impl"

    def __init__(self, settings: Settings, wire: Wire) -> None:
        self.settings, self.wire = settings, wire
        self._session = Session(configuration(settings), wire)

    def handshake(self) -> str:
        """gnutls_handshake(3)"""
        return self._session.handshake().name

    def rehandshake(self) -> str:
        """gnutls_rehandshake(3)"""
        return self._session.rehandshake().name

    def reauth(self) -> str:
        """gnutls_reauth(3)"""
        return self._session.reauth().name

    def key_update(self, request_peer: bool = False) -> str:
        """gnutls_session_key_update(3)"""
        return self._session.key_update(request_peer).name

    def send(self, data: bytes) -> int | str:
        """gnutls_record_send(3)"""
        return _answer(self._session.record_send(data))

    def send_rest(self) -> int | str:
        """gnutls_record_send(3) with no data, which goes on with the data of the call before"""
        return _answer(self._session.record_send(b""))

    def recv(self, size: int = 16384) -> bytes | str:
        """gnutls_record_recv(3)"""
        return _answer(self._session.record_recv(size))

    def send_early_data(self, data: bytes) -> int | str:
        """gnutls_record_send_early_data(3)"""
        return _answer(self._session.record_send_early_data(data))

    def recv_early_data(self, size: int = 16384) -> bytes | str:
        """gnutls_record_recv_early_data(3)"""
        return _answer(self._session.record_recv_early_data(size))

    def direction(self) -> int:
        """gnutls_record_get_direction(3)"""
        return self._session.record_get_direction()

    def alert_get(self) -> int | None:
        """gnutls_alert_get(3)"""
        return self._session.alert_get()

    def alert_send(self, level: int, description: int) -> str:
        """gnutls_alert_send(3)"""
        return self._session.alert_send(AlertLevel(level), AlertDescription(description)).name

    def alert_send_appropriate(self, code: str) -> str:
        """gnutls_alert_send_appropriate(3)"""
        return self._session.alert_send_appropriate(Code[code]).name

    def bye(self) -> str:
        """gnutls_bye(3) with GNUTLS_SHUT_WR"""
        return self._session.bye().name

    def session_data(self) -> bytes | str:
        """gnutls_session_get_data2(3)"""
        saved = self._session.session_data()
        return "" if saved is None else saved.to_bytes()

    def get_timeout(self) -> float | None:
        """gnutls_dtls_get_timeout(3), in seconds"""
        return self._session.get_timeout()

    def set_mtu(self, size: int) -> None:
        """gnutls_dtls_set_mtu(3)"""
        self._session.set_mtu(size)

    def data_mtu(self) -> int:
        """gnutls_dtls_get_data_mtu(3)"""
        return self._session.data_mtu

    def is_resumed(self) -> bool:
        """gnutls_session_is_resumed(3)"""
        return self._session.parameters.resumed

    def is_safely_renegotiable(self) -> bool:
        """gnutls_safe_renegotiation_status(3)"""
        return self._session.parameters.safe_renegotiation

    def peer_certificate(self) -> bytes | None:
        """The first of gnutls_certificate_get_peers(3)"""
        chain = self._session.parameters.peer_certificates
        return chain[0] if chain else None

    def export(self, label: bytes, length: int) -> bytes | str:
        """gnutls_prf_rfc5705(3) without a context"""
        return _answer(self._session.export(label, length))

    def close(self) -> None:
        """gnutls_deinit(3): nothing to free here."""


def configuration(settings: Settings) -> Config:
    """Return the `impl.Config` for some settings."""
    chosen: dict[str, Any] = {
        "versions": _VERSIONS[settings.version],
        "clock": settings.clock,
        "trust": Trust.from_pem(settings.trust) if settings.trust else None,
        "server_name": settings.host,
        "client_auth": ClientAuth(settings.client_auth),
        "late_client_auth": ClientAuth(settings.late_auth),
        "post_handshake_auth": settings.post_handshake_auth,
        "renegotiation": Renegotiation(settings.renegotiation),
        "allow_identity_change": settings.allow_identity_change,
        "store": settings.store,
        "session_lifetime": settings.lifetime,
        "session_tickets": settings.session_tickets,
        "alpn": settings.alpn,
        "handshake_timeout": settings.timeout,
        "retransmit_timeout": settings.retransmit_timeout,
        "total_timeout": settings.total_timeout,
    }
    if settings.identity is not None:
        chosen["certified_keys"] = (load_certified_key(settings.identity.chain, settings.identity.key),)
    if settings.verify is not None:
        verify = settings.verify
        chosen["verify_callback"] = lambda _chain, _host: verify()
    if settings.ticket_key is not None:
        chosen["tickets"] = TicketKeys(settings.ticket_key)
    if settings.resume is not None:
        chosen["resume"] = SavedSession.from_bytes(settings.resume)
    if settings.psk is not None:
        chosen["psk"] = Psk(*settings.psk)
    if settings.psk_keys:
        chosen["psk_lookup"] = dict(settings.psk_keys).get
    if settings.psk is not None or settings.psk_keys:
        chosen["cipher_suites"] = _PSK_SUITES + (CIPHER_SUITES if settings.identity else ())
    if settings.suites:
        chosen["cipher_suites"] = tuple(CipherSuite[name] for name in settings.suites)
    if settings.groups:
        chosen["groups"] = tuple(NamedGroup[name] for name in settings.groups)
    if settings.role == SERVER:
        chosen["early_data_size"] = settings.early_data
    if settings.replay_guard is not None:
        guard = settings.replay_guard.made
        chosen["anti_replay"] = guard.setdefault("impl", AntiReplay())
    if settings.mtu is not None:
        chosen["mtu"] = settings.mtu
    return Config(Role(settings.role), **chosen)


def _answer(result: Code | Sent | Received | bytes) -> Any:
    match result:
        case Sent(count):
            return count
        case Received(data):
            return data
        case Code():
            return result.name
        case _:
            return result
