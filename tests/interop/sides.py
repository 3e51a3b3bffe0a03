"""What a row needs, as the configuration of our side."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from impl import (
    AntiReplay,
    CipherSuite,
    ClientAuth,
    Config,
    NamedGroup,
    ProtocolVersion,
    Psk,
    PskKeyExchangeMode,
    Renegotiation,
    Role,
    SavedSession,
    SignatureScheme,
    Store,
    TicketKeys,
    Trust,
)
from impl.config import GROUPS
from tests.interop.identities import identity, stranger_pem, trust
from tests.interop.needs import PSK_IDENTITY, PSK_KEY, Needs

VERSIONS = {
    "TLS 1.2": ProtocolVersion.TLS12,
    "TLS 1.3": ProtocolVersion.TLS13,
    "DTLS 1.2": ProtocolVersion.DTLS12,
}
_MODES = {"ke": (PskKeyExchangeMode.PSK_KE,), "dhe": (PskKeyExchangeMode.PSK_DHE_KE,)}
_OF_THE_AUTHORITY = SignatureScheme.ECDSA_SECP256R1_SHA256


def common(needs: Needs, *, server: bool) -> dict[str, Any]:
    """What a client and a server have alike."""
    chosen: dict[str, Any] = {
        "versions": tuple(VERSIONS[version] for version in needs.of_ours),
        "compatible": needs.compatible,
    }
    if needs.suite:
        chosen["cipher_suites"] = (CipherSuite[needs.suite],)
    if needs.scheme:
        schemes = (SignatureScheme[needs.scheme],)
        chosen["signature_schemes"] = schemes if server else (*schemes, _OF_THE_AUTHORITY)
    if needs.group:
        group = NamedGroup[needs.group]
        # A client that offers more than it shares gets a HelloRetryRequest.
        chosen["groups"] = (*GROUPS[:2], group) if needs.retry and not server else (group,)
    if needs.psk in _MODES or needs.keyless:
        chosen["psk_modes"] = _MODES[needs.psk or "ke"]
    if needs.protocol:
        chosen["alpn"] = (needs.protocol.encode(),)
    if needs.limit:
        chosen["record_size_limit"] = needs.limit
    if needs.mtu:
        chosen["mtu"] = needs.mtu
    if needs.datagram:
        chosen |= {"retransmit_timeout": 0.3, "total_timeout": 15.0}
    if needs.renegotiation:
        chosen["renegotiation"] = Renegotiation(needs.renegotiation)
    return chosen


def server(needs: Needs, tickets: TicketKeys, store: Store, guard: AntiReplay) -> Config:
    """A server that has what a row needs, and shares the rest with its other connections."""
    chosen = common(needs, server=True)
    if needs.psk:
        chosen["psk_lookup"] = {PSK_IDENTITY.encode(): PSK_KEY}.get
    else:
        chosen["certified_keys"] = (identity("server", needs.certificate).loaded(stapled=needs.staple),)
    if {needs.auth, needs.late_auth} != {"none"}:
        believed = trust() if needs.client_believed else Trust.from_pem(stranger_pem())
        chosen |= {"client_auth": ClientAuth(needs.auth), "late_client_auth": ClientAuth(needs.late_auth)}
        chosen["trust"] = believed
    if needs.resume == "ticket":
        chosen["tickets"] = tickets
    if needs.resume == "id":
        chosen["store"] = store
    if needs.early:
        chosen["early_data_size"] = 1000
        chosen["anti_replay"] = guard if needs.early == "accepted" else None
    if needs.datagram and needs.cookie:
        chosen["cookie_secret"] = bytes(32)
    return Config(Role.SERVER, **chosen)


def client(needs: Needs, session: SavedSession | None) -> Config:
    """A client that resumes `session`, if there is one."""
    chosen = common(needs, server=False)
    chosen["server_name"] = needs.host
    if needs.psk:
        chosen["psk"] = Psk(PSK_IDENTITY.encode(), PSK_KEY)
    else:
        chosen["trust"] = trust() if needs.believed else Trust.from_pem(stranger_pem())
    if needs.shown:
        chosen["certified_keys"] = (identity("client", needs.shown).loaded(),)
    if needs.resume == "id":
        chosen["session_tickets"] = False
    chosen |= {"request_status": needs.staple, "post_handshake_auth": needs.late_auth != "none"}
    if session is not None and needs.early == "rejected":
        # The server does not say that it takes any, and must not take what comes all the same.
        session = replace(session, early_data_size=max(100, session.early_data_size))
    return Config(Role.CLIENT, **{**chosen, "resume": session})
