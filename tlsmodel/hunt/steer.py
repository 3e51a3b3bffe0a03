"""From a drawn number to the next input: half of the draws make honest progress, the others anything.

Uniform draws would hardly ever pass a handshake.  The number's meaning is fixed (by the alphabet's order and
not by what is enabled), so that dropping a step while shrinking does not change the others.
"""

from __future__ import annotations

from typing import Any, Final

from tlsmodel.machine.machine import Machine
from tlsmodel.machine.oracle import Oracle
from tlsmodel.spec.row import Row, Verb
from tlsmodel.spec.symbols import (
    BYE,
    HANDSHAKE,
    INPUTS,
    RECORD_RECV,
    RECORD_SEND,
    Kind,
    Symbol,
    delivery,
)

HONEST: Final = 64
"""Numbers below this make progress; each further one stands for an input of the alphabet."""
NUMBERS: Final = 2 * len(INPUTS) + HONEST
_TALK: Final = (RECORD_SEND, delivery("ApplicationData"), RECORD_RECV, HANDSHAKE, BYE)
_WRITERS: Final = {call.name: call for call in (HANDSHAKE, RECORD_SEND, BYE)}


class Steering:
    """Chooses inputs for one machine.

    Parameters
    ----------
    machine: a session machine; its rows tell which deliveries a phase waits for.
    """

    def __init__(self, machine: Machine[Any]) -> None:
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
            place = (number - HONEST) % len(INPUTS)
            wanted = INPUTS[place]
            if wanted in enabled and not masked >> place & 1:
                return wanted
        honest = self._honest(oracle, enabled)
        return honest[number % len(honest)] if honest else enabled[number % len(enabled)]

    def _honest(self, oracle: Oracle, enabled: tuple[Symbol, ...]) -> list[Symbol]:
        state = oracle.machine.state(oracle.possible[0])
        waiting = state.inbox or state.output
        wanted: tuple[Symbol, ...]
        if state.unfinished:
            wanted = tuple(_WRITERS[name] for name in sorted(state.unfinished))
        elif state.complete:
            wanted = (RECORD_RECV,) if waiting else _TALK
        elif waiting or (state.phase == "START" and not self._expected.get("START")):
            wanted = (HANDSHAKE,)
        else:
            wanted = tuple(self._expected.get(state.phase, ()))
        return [item for item in wanted if item in enabled]
