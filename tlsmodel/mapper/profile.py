"""What a scenario settles for the mapper before anything is sent."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from impl.codec.enums import ProtocolVersion
from impl.crypto.suites import SUITES, KeyExchange, Suite
from tlsmodel.spec.scenario import Role, Scenario, Version

SETTINGS: Final[dict[str, frozenset[str]]] = {
    "auth": frozenset({"request", "require"}),
    "certificate": frozenset({"on"}),
    "exchange": frozenset({"rsa", "psk", "ecdhe_psk"}),
    "resume": frozenset({"on"}),
    "tickets": frozenset({"on"}),
    "status": frozenset({"on"}),
    "early": frozenset({"on"}),
    "late_auth": frozenset({"request", "require"}),
    "policy": frozenset({"disabled", "unsafe", "safe"}),
    "cookie": frozenset({"off"}),
    "deadline": frozenset({"on"}),
}
"""Which parameters of a scenario the peer can play its part in, besides the default ones: name -> values."""

_VERSIONS: Final = {
    Version.TLS12: ProtocolVersion.TLS12,
    Version.TLS13: ProtocolVersion.TLS13,
    Version.DTLS12: ProtocolVersion.DTLS12,
}
_EXCHANGES: Final = {
    "ecdhe": KeyExchange.ECDHE,
    "rsa": KeyExchange.RSA,
    "psk": KeyExchange.PSK,
    "ecdhe_psk": KeyExchange.ECDHE_PSK,
}


@dataclass(frozen=True, slots=True)
class Profile:
    """One scenario from the peer's side.

    Parameters
    ----------
    version: of the protocol.
    plays_client: whether the mapper is the client.
    suites: what it speaks, preferred first.
    exchange: the key exchange of TLS 1.2.
    tickets: a client asks for tickets, a server announces them.
    status: a server announces CertificateStatus (RFC 6066 section 8).
    late_auth: a client offers to authenticate after the handshake.
    checks: whether the target knows RFC 5746.
    early: tickets allow early data.
    names_session: a server of TLS 1.2 gives the session an id.
    """

    version: ProtocolVersion
    plays_client: bool
    suites: tuple[Suite, ...]
    exchange: KeyExchange
    tickets: bool
    status: bool
    late_auth: bool
    checks: bool
    early: bool
    names_session: bool

    @property
    def is_tls13(self) -> bool:
        """Whether this is TLS 1.3."""
        return self.version is ProtocolVersion.TLS13

    @property
    def datagrams(self) -> bool:
        """Whether this is DTLS."""
        return self.version is ProtocolVersion.DTLS12


@lru_cache(maxsize=256)
def profile_of(scenario: Scenario, saving: bool) -> Profile:
    """Return the profile of `scenario`; `saving` says that a session is wanted that can be resumed."""
    version = _VERSIONS[scenario.version]
    exchange = KeyExchange.ANY
    if version is not ProtocolVersion.TLS13:
        exchange = _EXCHANGES[scenario.value("exchange")]
    family = ProtocolVersion.TLS13 if version is ProtocolVersion.TLS13 else ProtocolVersion.TLS12
    return Profile(
        version=version,
        plays_client=scenario.role is Role.SERVER,
        suites=tuple(
            suite for suite in SUITES.values() if (suite.version, suite.key_exchange) == (family, exchange)
        ),
        exchange=exchange,
        tickets=scenario.value("tickets") == "on",
        status=scenario.value("status") == "on",
        late_auth=scenario.value("late_auth") != "none",
        checks=scenario.value("policy") != "disabled",
        early=scenario.value("early") == "on",
        names_session=saving and scenario.value("tickets") == "off",
    )
