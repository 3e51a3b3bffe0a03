"""Finished in the clear completes the handshake without ChangeCipherSpec; the client stays in epoch 0."""

from __future__ import annotations

from impl import Config, Role
from impl.codec.enums import HandshakeType
from impl.record.joiner import Message
from impl.step import Handled, Phase
from impl.tls12.server import on_finished
from impl.tls12.server_states import WaitChangeCipherSpec, WaitFinished
from tlsmodel.targets.zoo.bug import DTLS12, SERVER, Bug
from tlsmodel.targets.zoo.handlers import admits


def _in_the_clear(state: WaitChangeCipherSpec, message: Message, config: Config) -> Handled:
    return on_finished(WaitFinished(state.pending), message, config)


BUG = Bug(
    "D05",
    "a server that waits for ChangeCipherSpec completes on a plaintext Finished",
    "Eclipse Scandium (Fiterau-Brostean et al., USENIX Security 2020)",
    (SERVER,),
    (DTLS12,),
    lambda: admits(DTLS12, Role.SERVER, {(Phase.WAIT_CCS, HandshakeType.FINISHED): _in_the_clear}),
)
