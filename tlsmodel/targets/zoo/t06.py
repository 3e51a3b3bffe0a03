"""ServerKeyExchange may be missing: the key of the certificate stands in, and forward secrecy is lost."""

from __future__ import annotations

from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from impl import Config, NamedGroup, Role, SignatureScheme
from impl.codec.enums import HandshakeType
from impl.record.joiner import Message
from impl.step import Handled, Phase
from impl.tls12.client import on_server_hello_done
from impl.tls12.client_states import WaitRequestOrDone, WaitServerKeyExchange
from impl.tls12.exchange import ClientEcdhe
from tlsmodel.targets.zoo.bug import CLIENT, TLS12, Bug
from tlsmodel.targets.zoo.handlers import admits


def _without_exchange(state: WaitServerKeyExchange, message: Message, config: Config) -> Handled:
    assert state.peer is not None
    point = state.peer.key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    exchange = ClientEcdhe(NamedGroup.SECP256R1, point, SignatureScheme.ECDSA_SECP256R1_SHA256)
    waiting = WaitRequestOrDone(state.agreed, state.transcript, state.peer, exchange)
    return on_server_hello_done(waiting, message, config)


BUG = Bug(
    "T06",
    "a client with an ECDHE suite goes on without ServerKeyExchange",
    "CVE-2014-3572, OpenSSL before 1.0.1k",
    (CLIENT,),
    (TLS12,),
    lambda: admits(
        TLS12,
        Role.CLIENT,
        {(Phase.WAIT_SKE, HandshakeType.SERVER_HELLO_DONE): _without_exchange},
    ),
)
