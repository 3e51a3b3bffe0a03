"""Our own implementation as a target, through its public names only."""

from __future__ import annotations

from collections.abc import Callable

from impl import AlertDescription, AlertLevel, Code, Config, Received, SavedSession, Sent, Session
from tlsmodel.credentials import TestCredentials
from tlsmodel.spec.scenario import Scenario
from tlsmodel.spec.symbols import (
    ALERT_FATAL,
    ALERT_NO_RENEGOTIATION,
    ALERT_WARNING,
    BYE,
    CALLS,
    DEADLINE_PASSED,
    HANDSHAKE,
    KEY_UPDATE,
    KEY_UPDATE_PEER,
    REAUTH,
    RECORD_RECV,
    RECORD_SEND,
    REHANDSHAKE,
    Return,
    Symbol,
)
from tlsmodel.targets.base import EVERY_SETTING, PAYLOAD, Capabilities, deserves_alert
from tlsmodel.targets.clock import Clock
from tlsmodel.targets.impl_setup import DEADLINE, Parts, configuration
from tlsmodel.targets.transport import Transport

_DIRECTED = (Code.AGAIN, Code.INTERRUPTED)
_WARNING, _FATAL = AlertLevel.WARNING, AlertLevel.FATAL


class ImplTarget:
    """Sessions of `impl`.

    Parameters
    ----------
    credentials: the test authority and the certificate that both sides show.
    """

    name = "impl"
    version = "0.1.0"

    def __init__(self, credentials: TestCredentials) -> None:
        self.capabilities = Capabilities(settings=EVERY_SETTING, calls=frozenset(CALLS))
        self._clock = Clock()
        self._parts = Parts(credentials, self._clock)
        self._configs: dict[tuple[Scenario, bytes | None], Config] = {}
        self._calls: dict[Symbol, Callable[[], Code | Sent | Received]] = {
            HANDSHAKE: lambda: self._session.handshake(),
            RECORD_SEND: lambda: self._session.record_send(PAYLOAD),
            RECORD_RECV: lambda: self._session.record_recv(),
            BYE: lambda: self._session.bye(),
            REHANDSHAKE: lambda: self._session.rehandshake(),
            REAUTH: lambda: self._session.reauth(),
            KEY_UPDATE: lambda: self._session.key_update(),
            KEY_UPDATE_PEER: lambda: self._session.key_update(request_peer=True),
            ALERT_NO_RENEGOTIATION: lambda: self._session.alert_send(
                _WARNING, AlertDescription.NO_RENEGOTIATION
            ),
            ALERT_WARNING: lambda: self._session.alert_send(_WARNING, AlertDescription.USER_CANCELED),
            ALERT_FATAL: lambda: self._session.alert_send(_FATAL, AlertDescription.HANDSHAKE_FAILURE),
        }

    def open(self, scenario: Scenario, transport: Transport, session: bytes | None = None) -> None:
        """Start a fresh session; see `Target.open`."""
        self._clock.reset()
        self._transport = transport
        config = self._configs.get((scenario, session))
        if config is None:
            saved = None if session is None else SavedSession.from_bytes(session)
            config = self._configs[scenario, session] = configuration(self._parts, scenario, saved)
        self._session = Session(config, transport)
        self._failed = False
        if session is not None and scenario.value("early") == "on":
            self._session.record_send_early_data(PAYLOAD)

    def call(self, symbol: Symbol) -> Return:
        """Make one call of the alphabet; see `Target.call`."""
        match self._calls[symbol]():
            case Sent():
                return Return("SUCCESS")
            case Received(data):
                return Return("DATA" if data else "EOF")
            case code:
                return self._answer(symbol, code)

    def strike(self, symbol: Symbol) -> None:
        """Let time pass; see `Target.strike`."""
        self._clock.advance(DEADLINE if symbol is DEADLINE_PASSED else self._session.get_timeout() or 0.0)

    def session_data(self) -> bytes | None:
        """Return what resumes the session; see `Target.session_data`."""
        saved = self._session.session_data()
        return None if saved is None else saved.to_bytes()

    def close(self) -> None:
        """Nothing to free: a session is plain memory."""

    def _answer(self, call: Symbol, code: Code) -> Return:
        if code in _DIRECTED:
            return Return(code.name, self._session.record_get_direction())
        if not self._failed and deserves_alert(call, code.name):
            self._failed = True
            self._transport.calm_writes()
            self._session.alert_send_appropriate(code)
        return Return(code.name)
