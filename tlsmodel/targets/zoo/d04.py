"""Early Finished: the client's Finished counts before its key exchange, or before ChangeCipherSpec."""

from __future__ import annotations

from impl import Config, Role
from impl.codec.enums import HandshakeType
from impl.parameters import Parameters
from impl.record.joiner import Message
from impl.step import Handled, Phase
from impl.tls12.agreed import secrets_again, settled
from impl.tls12.server import on_finished
from impl.tls12.server_states import Pending, WaitChangeCipherSpec, WaitClientKeyExchange, WaitFinished
from tlsmodel.targets.zoo.bug import DTLS12, SERVER, Bug
from tlsmodel.targets.zoo.handlers import admits


def _early(state: WaitClientKeyExchange | WaitChangeCipherSpec, message: Message, config: Config) -> Handled:
    if isinstance(state, WaitChangeCipherSpec):
        return on_finished(WaitFinished(state.pending), message, config)
    agreed = state.agreed
    parameters = Parameters(DTLS12, agreed.suite.number, state.choice.group, state.choice.scheme)
    made = secrets_again(agreed, b"")
    pending = Pending(agreed, settled(state.transcript), made, parameters, None, None)
    return on_finished(WaitFinished(pending), message, config)


BUG = Bug(
    "D04",
    "a server that waits for ClientKeyExchange or ChangeCipherSpec processes Finished",
    "Contiki-NG and Eclipse TinyDTLS (Fiterau-Brostean et al., USENIX Security 2020)",
    (SERVER,),
    (DTLS12,),
    lambda: admits(
        DTLS12,
        Role.SERVER,
        {(phase, HandshakeType.FINISHED): _early for phase in (Phase.WAIT_CKE, Phase.WAIT_CCS)},
    ),
)
