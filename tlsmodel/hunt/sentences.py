"""What the model demanded where a target left it: one sentence, from the last row that tells something."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from tlsmodel.machine.machine import AnyRow
from tlsmodel.spec.contract import ContractRow, Signal
from tlsmodel.spec.row import Row, Verb

_VERBS: Final[Mapping[Verb, str]] = {
    Verb.ADVANCE: "In {at}, {on} is accepted, and {sent}.",
    Verb.SEND: "In {at}, {on} sends: {sent}.",
    Verb.AWAIT: "In {at}, {on} waits for the peer and sends nothing.",
    Verb.IGNORE: "In {at}, {on} is dropped or absorbed, and the call goes on.",
    Verb.REPEAT: "In {at}, a repeated flight of the peer is dropped; our last flight may go out again.",
    Verb.DELIVER: "In {at}, {on} is handed to the application.",
    Verb.NOTIFY: "In {at}, {on} makes the call return {code}, which is not fatal.",
    Verb.CLOSE: "After {on} the peer sends no more: reading gives the end of file.",
    Verb.REFUSE: "In {at}, {on} is refused.",
}
_SIGNALS: Final[Mapping[Signal, str]] = {
    Signal.FAILED: "After a fatal code the session is over.",
    Signal.LATE: "After the deadline a handshake has failed.",
    Signal.UNFINISHED: "A call that was interrupted in a write goes on writing, and does nothing twice.",
    Signal.BLOCKED: "A call that would block returns AGAIN, with the direction in which it would.",
    Signal.INTERRUPTED: "A call that a signal interrupts returns INTERRUPTED, with the direction it was in.",
    Signal.FLUSHED: "What waits is written before the peer is waited for.",
    Signal.COMPLETED: "When all is written and nothing more is waited for, the call succeeds.",
    Signal.TOO_LARGE: "A datagram that is too large is LARGE_PACKET, which is not fatal.",
    Signal.TIMER: "When the timer expires the last flight goes out again.",
    Signal.EXCESS: "One warning more than the limit is fatal.",
    Signal.WRITE_CLOSED: "Nothing is written after bye().",
    Signal.READ_CLOSED: "After the peer's close_notify reading gives the end of file.",
    Signal.HANDSHAKING: "During a handshake there is no such thing.",
    Signal.FIRST: "Before the first handshake is complete no application data passes.",
    Signal.SENSELESS: "The call has no meaning in this version or role, and is refused without harm.",
}


def demand(rows: Iterable[str], known: Mapping[str, AnyRow]) -> str:
    """Return what the last telling row of `rows` demands; an empty text where there is none.

    Parameters
    ----------
    known: the machine's rows by id.
    """
    found = [known[row] for row in rows if row in known]
    for row in reversed(found):
        if isinstance(row, Row):
            return _of_row(row)
    for row in reversed(found):
        if isinstance(row, ContractRow):
            return _of_contract(row)
    return ""


def _of_row(row: Row) -> str:
    if row.choice is not None:
        return row.choice.sentence
    sent = ", ".join(map(str, row.emit))
    return _VERBS[row.verb].format(
        at=row.at, on=row.on.name, code=row.code, sent=f"answered with {sent}" if sent else "nothing is sent"
    )


def _of_contract(row: ContractRow) -> str:
    if row.choice is not None:
        return row.choice.sentence
    returned = " or ".join(map(str, row.returns))
    after = f"returns {returned}" if returned else "goes on"
    return _SIGNALS.get(row.signal, f"{row.call.name}() {after} ({row.at}, {row.signal}).")
