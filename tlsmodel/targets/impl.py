"""Our own implementation as a target, through its public names only."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from impl import (
    CertifiedKey,
    Code,
    Config,
    ProtocolVersion,
    Received,
    Role,
    Sent,
    Session,
    Trust,
    load_certified_key,
)
from tlsmodel.credentials import TestCredentials
from tlsmodel.spec.scenario import Role as ModelRole
from tlsmodel.spec.scenario import Scenario, Version
from tlsmodel.spec.symbols import BYE, HANDSHAKE, RECORD_RECV, RECORD_SEND, Return, Symbol
from tlsmodel.targets.base import PAYLOAD, Capabilities, deserves_alert
from tlsmodel.targets.transport import Transport

VERSIONS: Final = {Version.TLS12: ProtocolVersion.TLS12, Version.TLS13: ProtocolVersion.TLS13}
_DIRECTED: Final = (Code.AGAIN, Code.INTERRUPTED)


class ImplTarget:
    """Sessions of `impl`.

    Parameters
    ----------
    credentials: the test authority and the server's certificate; a client shows no certificate.
    """

    name = "impl"
    version = "0.1.0"

    def __init__(self, credentials: TestCredentials) -> None:
        self.capabilities = Capabilities(
            versions=frozenset(VERSIONS),
            calls=frozenset((HANDSHAKE, RECORD_SEND, RECORD_RECV, BYE)),
        )
        trust = Trust.from_pem(credentials.ca_pem)
        shown = load_certified_key(credentials.chain_pem, credentials.key_pem)
        self._configs = {
            (version, role): self._config(version, role, trust, shown, credentials.server_name)
            for version in VERSIONS
            for role in ModelRole
        }
        self._calls: dict[Symbol, Callable[[], Code | Sent | Received]] = {
            HANDSHAKE: lambda: self._session.handshake(),
            RECORD_SEND: lambda: self._session.record_send(PAYLOAD),
            RECORD_RECV: lambda: self._session.record_recv(),
            BYE: lambda: self._session.bye(),
        }

    def open(self, scenario: Scenario, transport: Transport) -> None:
        """Start a fresh session."""
        self._transport = transport
        self._session = Session(self._configs[scenario.version, scenario.role], transport)
        self._failed = False

    def call(self, symbol: Symbol) -> Return:
        """Make one call of the alphabet; see `Target.call`."""
        match self._calls[symbol]():
            case Sent():
                return Return("SUCCESS")
            case Received(data):
                return Return("DATA" if data else "EOF")
            case code:
                return self._answer(symbol, code)

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

    @staticmethod
    def _config(
        version: Version, role: ModelRole, trust: Trust, shown: CertifiedKey, server_name: str
    ) -> Config:
        versions = (VERSIONS[version],)
        if role is ModelRole.SERVER:
            return Config(Role.SERVER, versions=versions, certified_keys=(shown,))
        return Config(Role.CLIENT, versions=versions, trust=trust, server_name=server_name)
