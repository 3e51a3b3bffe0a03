"""A certificate that is refused is refused once: the state has moved on, and the next call does not ask."""

from __future__ import annotations

from impl import perform
from impl.perform import Memory
from impl.step import Ask, Refusal
from tlsmodel.targets.zoo.bug import BOTH, EVERY, Bug, entries

_check = perform._CHECKS[Ask]


def _once(memory: Memory, effect: Ask) -> None:
    try:
        _check(memory, effect)
    except Refusal as refusal:
        memory.notice = refusal.code


BUG = Bug(
    "M04",
    "after a failed verification the state is past the callback, and a repeated call skips it",
    "a slip in the caller's contract",
    BOTH,
    EVERY,
    lambda: entries(perform._CHECKS, {Ask: _once}),
)
