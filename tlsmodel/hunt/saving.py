"""A real handshake beforehand, for scenarios that resume: what it leaves behind on both sides."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from tlsmodel.credentials import TestCredentials
from tlsmodel.mapper import Peer, Saved
from tlsmodel.spec.scenario import PARAMETERS, Role, Scenario, Version
from tlsmodel.spec.symbols import HANDSHAKE, RECORD_RECV, Symbol, delivery
from tlsmodel.targets.base import Target
from tlsmodel.targets.transport import Transport

_FULL: Final = {
    "ecdhe": "ServerHello Certificate ServerKeyExchange ServerHelloDone",
    "rsa": "ServerHello Certificate ServerHelloDone",
    "psk": "ServerHello ServerHelloDone",
    "ecdhe_psk": "ServerHello ServerKeyExchange ServerHelloDone",
}

_DROPPED: Final = frozenset({"certificate", "late_auth", "status", "deadline", "cookie"})
"""Parameters that play no part in the handshake beforehand."""


@dataclass(frozen=True, slots=True)
class Kept:
    """What a handshake has left behind.

    Parameters
    ----------
    session: at the target, where it is a client.
    saved: at the mapper.
    """

    session: bytes | None = None
    saved: Saved | None = None


class NothingKept(RuntimeError):
    """A target whose honest handshake leaves nothing to resume; the message is one line."""


def keep_session(target: Target, scenario: Scenario, credentials: TestCredentials) -> Kept:
    """Make an honest handshake and return what it leaves behind; nothing where `scenario` resumes nothing.

    Raises `NothingKept` if there is nothing where something is wanted.
    """
    if scenario.value("resume") == "off":
        return Kept()
    first = _before(target, scenario)
    peer = Peer(first, credentials, saving=True)
    transport = Transport(peer)
    target.open(first, transport)
    target.call(HANDSHAKE)
    for item in _honest(first):
        transport.deliver(item)
        target.call(HANDSHAKE)
    if first.version is Version.TLS13 and first.role is Role.CLIENT:
        transport.deliver(delivery("NewSessionTicket"))
        target.call(RECORD_RECV)
    session = target.session_data() if first.role is Role.CLIENT else None
    saved = peer.saved
    if saved is None or (first.role is Role.CLIENT and not session):
        raise NothingKept(f"{target.name}: an honest handshake as {first.name} leaves nothing to resume")
    return Kept(session, saved)


def _before(target: Target, scenario: Scenario) -> Scenario:
    """Return the scenario of the handshake beforehand: tickets are issued where they will be shown."""
    chosen = {key: value for key, value in scenario.parameters if key not in _DROPPED}
    by_ticket = scenario.version is Version.TLS13 or not target.capabilities.resumes_by_id
    if by_ticket and (scenario.version is Version.TLS13 or scenario.role is Role.SERVER):
        chosen["tickets"] = "on"
    if scenario.version is Version.DTLS12 and scenario.role is Role.SERVER:
        chosen["cookie"] = "off"
    ordered = tuple((key, chosen[key]) for key in PARAMETERS if key in chosen)
    return replace(scenario, parameters=ordered)


def _honest(scenario: Scenario) -> list[Symbol]:
    """Return what the mapper sends in a full handshake."""
    asked = scenario.value("auth") != "none"
    if scenario.version is Version.TLS13:
        names = "ServerHello EncryptedExtensions Certificate CertificateVerify Finished"
        if scenario.role is Role.SERVER:
            names = "ClientHello Certificate CertificateVerify Finished" if asked else "ClientHello Finished"
    elif scenario.role is Role.SERVER:
        names = "ClientHello ClientKeyExchange"
        if asked:
            names = "ClientHello Certificate ClientKeyExchange CertificateVerify"
        names += " ChangeCipherSpec Finished"
    else:
        issued = " NewSessionTicket" if scenario.value("tickets") == "on" else ""
        names = _FULL[scenario.value("exchange")] + issued + " ChangeCipherSpec Finished"
    return [delivery(name) for name in names.split()]
