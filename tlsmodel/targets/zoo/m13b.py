"""The second in which KeyUpdates are counted never ends, and the ninth of a session kills it."""

from __future__ import annotations

from impl import perform
from impl.perform import Memory
from impl.step import Pace
from tlsmodel.targets.zoo.bug import BOTH, TLS13, Bug, entries

_check = perform._CHECKS[Pace]


def _endless(memory: Memory, effect: Pace) -> None:
    memory.key_updates = memory.config.clock(), memory.key_updates[1]
    _check(memory, effect)


BUG = Bug(
    "M13b",
    "the window in which KeyUpdates are counted never rolls over",
    "a slip in the caller's contract",
    BOTH,
    (TLS13,),
    lambda: entries(perform._CHECKS, {Pace: _endless}),
)
