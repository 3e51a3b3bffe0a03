"""A TLS 1.3 client that is called after the handshake does nothing instead of updating its keys."""

from __future__ import annotations

from impl import Code, Role, contract
from impl.perform import Memory
from impl.tls13.post_handshake import Connected
from tlsmodel.targets.zoo.bug import CLIENT, TLS13, Bug, attribute

_again = contract._handshake_again


def _nothing(memory: Memory) -> Code:
    idle = isinstance(memory.state, Connected) and memory.config.role is Role.CLIENT
    return Code.SUCCESS if idle else _again(memory)


BUG = Bug(
    "M06b",
    "handshake() after completion sends no KeyUpdate at a client",
    "a slip in the caller's contract",
    (CLIENT,),
    (TLS13,),
    lambda: attribute(contract, "_handshake_again", _nothing),
)
