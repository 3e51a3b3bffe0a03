"""From a drawn number to the next input: honest progress, anything, or what was rarely tried so far.

Uniform draws would hardly ever pass a handshake.  The number's meaning is fixed (by the alphabet's order and
not by what is enabled), so that dropping a step while shrinking does not change the others; what counts as
rare is settled before a batch begins, so that the same numbers always mean the same run.
"""

from __future__ import annotations

from collections import Counter
from typing import Any, Final

from tlsmodel.machine.machine import Machine
from tlsmodel.machine.oracle import Oracle
from tlsmodel.spec.row import Row, Verb
from tlsmodel.spec.symbols import (
    BYE,
    CALLS,
    HANDSHAKE,
    INPUTS,
    REAUTH,
    RECORD_RECV,
    RECORD_SEND,
    REHANDSHAKE,
    Kind,
    Symbol,
    delivery,
)

HONEST: Final = 48
"""Numbers below this make progress."""
ANYTHING: Final = HONEST + len(INPUTS)
"""Numbers from `HONEST` to this stand for the inputs of the alphabet, in its order."""
NUMBERS: Final = ANYTHING + len(INPUTS)
"""Numbers from `ANYTHING` to this choose among the inputs that were rarely tried in the phase."""
RARE: Final = 6
Tried = Counter[tuple[str, Symbol]]
"""(phase, input) -> how often it was fed."""
_TALK: Final = (
    RECORD_SEND,
    delivery("ApplicationData"),
    RECORD_RECV,
    HANDSHAKE,
    delivery("HelloRequest"),
    REHANDSHAKE,
    REAUTH,
    BYE,
)
_WRITERS: Final = {call.name: call for call in CALLS}


class Steering:
    """Chooses inputs for one machine.

    Parameters
    ----------
    machine: a session machine; its rows tell which deliveries a phase waits for.
    tried: what was tried before this batch.
    """

    def __init__(self, machine: Machine[Any], tried: Tried) -> None:
        self._tried = tried.copy()
        self._rare: dict[str, tuple[Symbol, ...]] = {}
        self._expected: dict[str, list[Symbol]] = {}
        for row in machine.rows.values():
            if isinstance(row, Row) and row.verb is Verb.ADVANCE and row.on.kind is Kind.DELIVERY:
                self._expected.setdefault(row.at, []).append(row.on)

    def pick(self, oracle: Oracle, number: int, masked: int) -> Symbol | None:
        """Return the input that `number` stands for now, or None where nothing can be done.

        Parameters
        ----------
        number: 0 to `NUMBERS` - 1.
        masked: a bit for each symbol of the alphabet that this run does without (its swarm mask).
        """
        enabled = oracle.enabled()
        if not enabled:
            return None
        if number >= HONEST:
            wanted = self._wanted(oracle, number)
            if wanted in enabled and not masked >> INPUTS.index(wanted) & 1:
                return wanted
        honest = self._honest(oracle, enabled)
        return honest[number % len(honest)] if honest else enabled[number % len(enabled)]

    def _wanted(self, oracle: Oracle, number: int) -> Symbol:
        if number < ANYTHING:
            return INPUTS[number - HONEST]
        phase = oracle.phases[0]
        if phase not in self._rare:
            self._rare[phase] = tuple(sorted(INPUTS, key=lambda item: self._tried[phase, item])[:RARE])
        return self._rare[phase][number % RARE]

    def _honest(self, oracle: Oracle, enabled: tuple[Symbol, ...]) -> list[Symbol]:
        state = oracle.machine.state(oracle.possible[0])
        waiting = state.inbox or state.output
        wanted: tuple[Symbol, ...]
        if state.unfinished:
            wanted = tuple(_WRITERS[name] for name in sorted(state.unfinished))
        elif state.complete:
            asked = tuple(self._expected.get(state.phase, ()))
            if state.held is not None:
                wanted = (HANDSHAKE,)
            elif waiting:
                wanted = (RECORD_RECV, REAUTH) if asked and state.phase != "CONNECTED" else (RECORD_RECV,)
            else:
                wanted = (*asked, *_TALK)
        elif waiting or (state.phase == "START" and not self._expected.get("START")):
            wanted = (HANDSHAKE,)
        else:
            wanted = tuple(self._expected.get(state.phase, ()))
        return [item for item in wanted if item in enabled]
