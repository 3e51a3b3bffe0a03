"""What an emission is when it arrives at the other end, and what cryptography says about it.

A pair has no keys and no hashes.  These few sets stand for them: which messages change keys, which carry a key
share, which enter the transcript, and which nobody can make who does not hold a private key or the keys.
`docs/model.md`, section Pairs, argues why that is enough.
"""

# fmt: off
from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from tlsmodel.spec.scenario import Role, Version
from tlsmodel.spec.symbols import HANDSHAKE_MESSAGES, Symbol, delivery

_ALERTS: Final = {
    "Alert.warning.close_notify":     "Alert.close_notify",
    "Alert.warning.no_renegotiation": "Alert.no_renegotiation",
    "Alert.warning.user_canceled":    "Alert.user_canceled",
}
_SIGNED: Final = frozenset(("CertificateVerify", "ServerKeyExchange"))           # 8446 4.4.3; 5246 7.4.3
_BOUND_TO_PSK: Final = frozenset(("ClientHello.resuming", "ClientHello.early", "EarlyData"))   # 8446 4.2.10, 4.2.11
UNFORGEABLE: Final = {
    Version.TLS12: _SIGNED,
    Version.TLS13: _SIGNED | _BOUND_TO_PSK,
    Version.DTLS12: _SIGNED,
}
"""What needs a private key or a secret of an earlier session; an attacker can only send a variant as `.bad`."""
SHARED_SECRET: Final = frozenset(("ServerHello.resumed",))
"""With it the keys come from a secret that only the two ends have (5246 7.3; 8446 2.2)."""
ALWAYS_PROTECTED: Final = frozenset(("EarlyData",))
"""Under keys of its own, from the earlier session (8446 7.1)."""
RESTARTS: Final = frozenset(("HelloVerifyRequest",))
"""What is answered with a ClientHello that begins the transcript anew (6347 4.2.1)."""
BINDING: Final = frozenset(("ClientHello", "ServerHello"))
"""Messages that name the connection which a re-handshake renews (5746 3.2)."""
VERIFIED: Final = frozenset(("Finished", "CertificateVerify"))
"""They cover the transcript: where the two ends have seen different ones, they arrive as `.bad`
(8446 4.4; 5246 7.4.8, 7.4.9)."""
NEEDS_KEYS: Final = frozenset(("Finished",))
"""Good only from somebody who holds the keys of the handshake (8446 4.4.4; 5246 7.4.9)."""
UNHASHED: Final = {
    Version.TLS12: frozenset(("HelloRequest",)),                                   # 5246 7.4.1.1
    Version.DTLS12: frozenset(("HelloRequest", "HelloVerifyRequest")),             # 6347 4.2.1
    Version.TLS13: frozenset(("HelloRequest", "NewSessionTicket", "KeyUpdate")),   # 8446 4.4.1
}
"""Handshake messages that do not enter the transcript."""


@dataclass(frozen=True, slots=True)
class Keys:
    """When one end changes keys, by message names without variants.

    Parameters
    ----------
    share: what it accepts that carries the peer's part of the key exchange.
    read: what it has to accept before it reads under the agreed keys.
    write_sent, write_accepted: what it has to send or accept before it writes under them.
    plain: what is never protected, even then.
    """

    share: frozenset[str]
    read: frozenset[str]
    write_sent: frozenset[str]
    write_accepted: frozenset[str]
    plain: frozenset[str]


def _keys(share: str, read: str, write_sent: str = "", write_accepted: str = "", plain: str = "") -> Keys:
    return Keys(*(frozenset(text.split()) for text in (share, read, write_sent, write_accepted, plain)))


CCS: Final = "ChangeCipherSpec"
_CLIENT_12: Final = _keys("ServerKeyExchange", read=CCS, write_sent=CCS)
_SERVER_12: Final = _keys("ClientKeyExchange", read=CCS, write_sent=CCS)
KEYS: Final = {
    (Version.TLS12, Role.CLIENT): _CLIENT_12,                                                                 # 5246 7.1
    (Version.TLS12, Role.SERVER): _SERVER_12,                                                                 # 5246 7.1
    (Version.DTLS12, Role.CLIENT): _CLIENT_12,                                                                # 6347 4.1
    (Version.DTLS12, Role.SERVER): _SERVER_12,                                                                # 6347 4.1
    (Version.TLS13, Role.CLIENT): _keys("ServerHello", "ServerHello", write_accepted="ServerHello", plain=CCS),  # 8446 7.3
    (Version.TLS13, Role.SERVER): _keys("ClientHello", "ClientHello", write_sent="ServerHello", plain=CCS),   # 8446 7.3
}
# fmt: on


def arrival(sent: Symbol) -> Symbol:
    """Return the delivery as which the emission `sent` arrives.

    Raises `ValueError` for an emission that no delivery of the alphabet stands for.
    """
    name = sent.name
    if name.startswith("Alert.fatal"):
        name = "Alert.fatal"
    elif name.startswith("Alert.warning"):
        name = _ALERTS.get(name, "Alert.warning")
    return delivery(name)


def hashed(version: Version, item: Symbol) -> bool:
    """Tell whether a delivery enters the transcript of the end that accepts it."""
    return item in HANDSHAKE_MESSAGES and item.message not in UNHASHED[version]
