"""FREAK: with a plain RSA suite, a ServerKeyExchange brings a key short enough to be factored."""

from __future__ import annotations

from dataclasses import replace

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicNumbers

from impl import Config, Role
from impl.codec.enums import HandshakeType
from impl.codec.wire import Reader
from impl.codes import Code
from impl.record.joiner import Message
from impl.step import Handled, Phase, Refusal
from impl.tls12.client_states import WaitRequestOrDone
from impl.tls12.exchange import ClientRsa
from tlsmodel.targets.zoo.bug import CLIENT, TLS12, Bug
from tlsmodel.targets.zoo.handlers import admits


def _short_key(state: WaitRequestOrDone, message: Message, _config: Config) -> Handled:
    if not isinstance(state.exchange, ClientRsa):
        raise Refusal(Code.UNEXPECTED_HANDSHAKE_PACKET, "a second ServerKeyExchange")
    reader = Reader(message.body, "ServerKeyExchange")
    modulus, exponent = (int.from_bytes(reader.vector(2, 1)) for _ in range(2))
    exchange = replace(state.exchange, key=RSAPublicNumbers(exponent, modulus).public_key())
    return Handled(replace(state, transcript=state.transcript.with_message(message.raw), exchange=exchange))


BUG = Bug(
    "T05",
    "a client with a plain RSA suite uses the RSA key of a ServerKeyExchange",
    "CVE-2015-0204 (FREAK), OpenSSL before 1.0.1k",
    (CLIENT,),
    (TLS12,),
    lambda: admits(TLS12, Role.CLIENT, {(Phase.WAIT_CR_DONE, HandshakeType.SERVER_KEY_EXCHANGE): _short_key}),
)
