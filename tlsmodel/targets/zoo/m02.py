"""A write that is interrupted by a signal is reported as an interrupted read."""

from __future__ import annotations

from impl import Code, contract
from impl.perform import Memory
from tlsmodel.targets.zoo.bug import BOTH, TLS12, TLS13, Bug, attribute

_flush = contract.flush


def _misdirected(memory: Memory) -> Code:
    code = _flush(memory)
    if code is Code.INTERRUPTED:
        memory.direction = 0
    return code


BUG = Bug(
    "M02",
    "the direction is reported as read when a write was interrupted",
    "a slip in the caller's contract",
    BOTH,
    (TLS12, TLS13),
    lambda: attribute(contract, "flush", _misdirected),
)
