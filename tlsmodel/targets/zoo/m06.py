"""A TLS 1.3 server that is called after the handshake updates its keys instead of doing nothing."""

from __future__ import annotations

from impl import Code, contract
from impl.perform import Call, Memory
from impl.tls13.post_handshake import Connected
from tlsmodel.targets.zoo.bug import SERVER, TLS13, Bug, attribute

_again = contract._handshake_again


def _update(memory: Memory) -> Code:
    if not isinstance(memory.state, Connected):
        return _again(memory)
    return contract._update_keys(memory, memory.state, Call.HANDSHAKE, request_peer=True)


BUG = Bug(
    "M06",
    "handshake() after completion sends KeyUpdate at a server",
    "a slip in the caller's contract",
    (SERVER,),
    (TLS13,),
    lambda: attribute(contract, "_handshake_again", _update),
)
