"""A ClientHello in the middle of a handshake is processed as if it were the first one."""

from __future__ import annotations

from impl import Config, Role, negotiation
from impl.codec.enums import HandshakeType
from impl.record.joiner import Message
from impl.step import Handled, Phase
from tlsmodel.targets.zoo.bug import SERVER, TLS12, Bug
from tlsmodel.targets.zoo.handlers import admits


def _again(_state: object, message: Message, config: Config) -> Handled:
    return negotiation.on_client_hello(negotiation.Start(), message, config)


PLACES = (Phase.WAIT_CERT, Phase.WAIT_CKE, Phase.WAIT_CV, Phase.WAIT_CCS)
BUG = Bug(
    "G11",
    "a server processes a second ClientHello inside one handshake",
    "CVE-2008-1949, GNUTLS-SA-2008-1-2, GnuTLS before 2.2.4",
    (SERVER,),
    (TLS12,),
    lambda: admits(TLS12, Role.SERVER, {(phase, HandshakeType.CLIENT_HELLO): _again for phase in PLACES}),
)
