"""A ChangeCipherSpec that overtakes ClientKeyExchange ends the handshake."""

from __future__ import annotations

from impl import Code, Role, receive
from impl.step import Handled, Phase, Refusal, State
from tlsmodel.targets.zoo.bug import DTLS12, SERVER, Bug, entries


def _corrupt(_state: State) -> Handled:
    raise Refusal(Code.UNEXPECTED_PACKET, "ChangeCipherSpec before ClientKeyExchange")


BUG = Bug(
    "D09",
    "a server fails when ChangeCipherSpec overtakes ClientKeyExchange",
    "openssl/openssl issue 4929",
    (SERVER,),
    (DTLS12,),
    lambda: entries(receive.ON_CHANGE_CIPHER_SPEC, {(DTLS12, Role.SERVER, Phase.WAIT_CKE): _corrupt}),
)
