"""The key exchanges of TLS 1.2 from both ends: messages to premaster secret.

RFC 5246 7.4.3 and 7.4.7, RFC 4279 2, RFC 5489 2.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from impl.codec.enums import HandshakeType, ProtocolVersion
from impl.codec.key_exchange import (
    ClientKeyExchange,
    ClientKeyExchangeOpaque,
    ClientKeyExchangePsk,
    ServerKeyExchange,
    ServerKeyExchangeEcdhePsk,
    ServerKeyExchangePsk,
)
from impl.codec.messages import HandshakeMessage
from impl.codec.wire import CodecError
from impl.crypto import rsa
from impl.crypto.suites import KeyExchange
from tlsmodel.credentials import PSK, PSK_IDENTITY
from tlsmodel.mapper.identity import PREMASTER

if TYPE_CHECKING:
    from tlsmodel.mapper.connection import Connection
    from tlsmodel.mapper.tls12 import Connection12

_HINT: Final = b"hint"
_Class = type[HandshakeMessage]
_ECDHE: Final[Mapping[int, _Class]] = {
    HandshakeType.SERVER_KEY_EXCHANGE: ServerKeyExchange,
    HandshakeType.CLIENT_KEY_EXCHANGE: ClientKeyExchange,
}
CLASSES: Final[Mapping[KeyExchange, Mapping[int, _Class]]] = {
    KeyExchange.ECDHE: _ECDHE,
    KeyExchange.RSA: {**_ECDHE, HandshakeType.CLIENT_KEY_EXCHANGE: ClientKeyExchangeOpaque},
    KeyExchange.PSK: {
        HandshakeType.SERVER_KEY_EXCHANGE: ServerKeyExchangePsk,
        HandshakeType.CLIENT_KEY_EXCHANGE: ClientKeyExchangePsk,
    },
    KeyExchange.ECDHE_PSK: {
        HandshakeType.SERVER_KEY_EXCHANGE: ServerKeyExchangeEcdhePsk,
        HandshakeType.CLIENT_KEY_EXCHANGE: ClientKeyExchangePsk,
    },
}
"""What ServerKeyExchange and ClientKeyExchange are parsed as."""


def server_half(connection: Connection12) -> HandshakeMessage:
    """Return ServerKeyExchange; where the exchange has none, the one of ECDHE."""
    share = connection.share
    match connection.profile.exchange:
        case KeyExchange.PSK:
            return ServerKeyExchangePsk(_HINT)
        case KeyExchange.ECDHE_PSK:
            return ServerKeyExchangeEcdhePsk(_HINT, share.group, share.public)
    return signed_share(connection)


def signed_share(connection: Connection) -> HandshakeMessage:
    """Return the ServerKeyExchange of ECDHE, whether the connection has a place for it or not."""
    share, identity = connection.share, connection.identity
    unsigned = ServerKeyExchange(share.group, share.public, identity.scheme, b"")
    content = unsigned.signed_content(connection.offered.random, connection.server_random)
    return ServerKeyExchange(share.group, share.public, identity.scheme, identity.sign(content))


def bare_share(connection: Connection) -> HandshakeMessage:
    """Return the ClientKeyExchange of ECDHE likewise."""
    return ClientKeyExchange(connection.share.public)


def client_half(connection: Connection12) -> HandshakeMessage:
    """Return ClientKeyExchange."""
    share = connection.share
    match connection.profile.exchange:
        case KeyExchange.RSA:
            try:
                key = connection.peer_key
                sealed = b"" if key is None else rsa.encrypt(key, _made_up(connection))
            except CodecError:
                sealed = b""
            return ClientKeyExchangeOpaque(sealed or bytes(1))
        case KeyExchange.PSK:
            return ClientKeyExchangePsk(PSK_IDENTITY)
        case KeyExchange.ECDHE_PSK:
            return ClientKeyExchangePsk(PSK_IDENTITY, share.public)
    return bare_share(connection)


def hear_client_half(connection: Connection12, message: Any) -> None:
    """Take note of a target client's half."""
    if isinstance(message, ClientKeyExchange):
        connection.peer_share = message.public
    elif isinstance(message, ClientKeyExchangeOpaque):
        connection.peer_secret = rsa.decrypt(connection.identity.key, message.content)
    elif isinstance(message, ClientKeyExchangePsk):
        connection.peer_share = message.public
        connection.peer_secret = PSK if message.identity == PSK_IDENTITY else b""


def premaster(connection: Connection12) -> bytes | None:
    """Return the premaster secret, or None as long as a half is missing."""
    match connection.profile.exchange:
        case KeyExchange.RSA:
            if connection.plays_client:
                return _made_up(connection)
            return connection.peer_secret or None
        case KeyExchange.PSK:
            return _with_psk(bytes(len(PSK)))
        case KeyExchange.ECDHE_PSK:
            shared = connection.shared_secret()
            return None if shared is None else _with_psk(shared)
    return connection.shared_secret()


def _made_up(connection: Connection12) -> bytes:
    version = ProtocolVersion.DTLS12 if connection.profile.datagrams else ProtocolVersion.TLS12
    return version.to_bytes(2) + PREMASTER


def _with_psk(other: bytes) -> bytes:
    return len(other).to_bytes(2) + other + len(PSK).to_bytes(2) + PSK
