"""The count of warnings begins anew with each call, so that it never comes to the limit."""

from __future__ import annotations

from impl import Code, contract
from impl.perform import Memory
from tlsmodel.targets.zoo.bug import BOTH, DTLS12, TLS12, Bug, attribute

_carry_through = contract._carry_through


def _count_anew(memory: Memory) -> Code:
    memory.warnings = 0
    return _carry_through(memory)


BUG = Bug(
    "M03",
    "the count of warnings is reset by every call of handshake()",
    "a slip in the caller's contract",
    BOTH,
    (TLS12, DTLS12),
    lambda: attribute(contract, "_carry_through", _count_anew),
)
