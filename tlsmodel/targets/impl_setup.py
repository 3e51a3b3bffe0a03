"""A scenario as a configuration of `impl`."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final

from impl import (
    AntiReplay,
    CertifiedKey,
    CipherSuite,
    ClientAuth,
    Config,
    MemoryStore,
    ProtocolVersion,
    Psk,
    Renegotiation,
    Role,
    SavedSession,
    Store,
    TicketKeys,
    Trust,
    load_certified_key,
)
from tlsmodel.credentials import PSK, PSK_IDENTITY, TestCredentials, rsa_twin
from tlsmodel.spec.scenario import Role as ModelRole
from tlsmodel.spec.scenario import Scenario, Version
from tlsmodel.targets.clock import Clock

VERSIONS: Final = {
    Version.TLS12: ProtocolVersion.TLS12,
    Version.TLS13: ProtocolVersion.TLS13,
    Version.DTLS12: ProtocolVersion.DTLS12,
}
DEADLINE: Final = 30.0
"""Seconds that a handshake may take where the caller sets a limit."""
_RETRANSMIT, _TOTAL = 1.0, 1e6
"""Seconds until the first retransmission, and until a handshake over datagrams is given up."""
EARLY_DATA_SIZE: Final = 16384
_COOKIE_SECRET: Final = bytes(range(32))
_TICKET_KEY: Final = bytes(range(64))
_SUITES: Final = {
    "rsa": (CipherSuite.TLS_RSA_WITH_AES_128_GCM_SHA256,),
    "psk": (CipherSuite.TLS_PSK_WITH_AES_128_GCM_SHA256,),
    "ecdhe_psk": (CipherSuite.TLS_ECDHE_PSK_WITH_AES_128_GCM_SHA256,),
}


@dataclass
class Parts:
    """What all configurations of one target are made of."""

    credentials: TestCredentials
    clock: Clock
    trust: Trust = field(init=False)
    tickets: TicketKeys = field(init=False)
    store: Store = field(init=False)

    def __post_init__(self) -> None:
        self.trust = Trust.from_pem(self.credentials.ca_pem)
        self.tickets = TicketKeys(_TICKET_KEY)
        self.store = MemoryStore(clock=self.clock)

    def shown(self, exchange: str) -> CertifiedKey:
        """Return the certificate that goes with a key exchange."""
        owner = rsa_twin(self.credentials) if exchange == "rsa" else self.credentials
        return load_certified_key(owner.chain_pem, owner.key_pem)


def configuration(parts: Parts, scenario: Scenario, resume: SavedSession | None) -> Config:
    """Return the configuration that a scenario stands for; a client resumes `resume`."""
    make = _client if scenario.role is ModelRole.CLIENT else _server
    return make(parts, scenario, resume)


def _client(parts: Parts, scenario: Scenario, resume: SavedSession | None) -> Config:
    value = scenario.value
    exchange = "ecdhe" if scenario.version is Version.TLS13 else value("exchange")
    with_psk = exchange in ("psk", "ecdhe_psk")
    return Config(
        Role.CLIENT,
        **_common(parts, scenario, exchange),
        certified_keys=(parts.shown(exchange),) if value("certificate") == "on" else (),
        trust=parts.trust,
        server_name=parts.credentials.server_name,
        request_status=value("status") == "on",
        post_handshake_auth=value("late_auth") != "none",
        psk=Psk(PSK_IDENTITY, PSK) if with_psk else None,
        resume=resume,
    )


def _server(parts: Parts, scenario: Scenario, _: SavedSession | None) -> Config:
    value = scenario.value
    exchange = "ecdhe" if scenario.version is Version.TLS13 else value("exchange")
    with_psk = exchange in ("psk", "ecdhe_psk")
    resumes, issues = value("resume") == "on", value("tickets") == "on"
    by_ticket = scenario.version is Version.TLS13 or issues
    late = ClientAuth(value("late_auth"))
    return Config(
        Role.SERVER,
        **_common(parts, scenario, exchange),
        certified_keys=() if with_psk else (parts.shown(exchange),),
        trust=parts.trust,
        client_auth=ClientAuth(value("auth")),
        late_client_auth=late,
        psk_lookup={PSK_IDENTITY: PSK}.get if with_psk else None,
        store=parts.store if resumes and not by_ticket else None,
        tickets=parts.tickets if by_ticket and (resumes or issues) else None,
        ticket_count=2 if issues else 0,
        early_data_size=EARLY_DATA_SIZE if value("early") == "on" else 0,
        anti_replay=AntiReplay() if value("early") == "on" else None,
        cookie_secret=_COOKIE_SECRET if value("cookie") == "on" else None,
    )


def _common(parts: Parts, scenario: Scenario, exchange: str) -> dict[str, Any]:
    found: dict[str, Any] = {
        "versions": (VERSIONS[scenario.version],),
        "renegotiation": Renegotiation(scenario.value("policy")),
        "handshake_timeout": DEADLINE if scenario.value("deadline") == "on" else None,
        "retransmit_timeout": _RETRANSMIT,
        "total_timeout": _TOTAL,
        "clock": parts.clock,
    }
    if exchange in _SUITES:
        found["cipher_suites"] = _SUITES[exchange]
    return found
