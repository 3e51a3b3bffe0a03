"""A session that is resumed goes into the server's database again."""

from __future__ import annotations

from impl import Config, Role
from impl.codec.enums import HandshakeType
from impl.record.joiner import Message
from impl.step import Handled, Phase, Store
from impl.tls12.resumption import saved
from impl.tls12.server import on_finished
from impl.tls12.server_states import WaitFinished
from tlsmodel.targets.zoo.bug import SERVER, TLS12, Bug
from tlsmodel.targets.zoo.handlers import admits


def _store_again(state: WaitFinished, message: Message, config: Config) -> Handled:
    handled, pending = on_finished(state, message, config), state.pending
    if not pending.parameters.resumed:
        return handled
    session = saved(pending.agreed, pending.secrets.master, pending.parameters, config)
    return Handled(handled.next, (*handled.effects, Store(session)))


BUG = Bug(
    "M10b",
    "the store callback is called on resumption",
    "a slip in the caller's contract",
    (SERVER,),
    (TLS12,),
    lambda: admits(TLS12, Role.SERVER, {(Phase.WAIT_FINISHED, HandshakeType.FINISHED): _store_again}),
)
