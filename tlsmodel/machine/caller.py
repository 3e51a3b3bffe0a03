"""The caller that a program hides: which call it makes next, after what a call has returned.

Of a program only the wire can be seen.  That it runs some application over the same calls is all that is
assumed; what an application may decide is left open, so that each row has every way to go on.
Theory: hiding of actions in a labelled transition system, with a process that restricts them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from tlsmodel.spec.symbols import ALERT_NO_RENEGOTIATION, BYE, HANDSHAKE, RECORD_RECV, RECORD_SEND, Symbol


class Mode(StrEnum):
    """What the program is about."""

    SHAKING = "shaking hands"
    READING = "reading"
    ANSWERING = "answering"
    REFUSING = "refusing another handshake"
    CLOSING = "closing"
    OVER = "over"


@dataclass(frozen=True, slots=True)
class Caller:
    """A program's habits.

    Parameters
    ----------
    calls: the call that is made in each mode; a mode without one makes none.
    after: (mode, code) -> the modes that may follow; after a code that is not named the program is over.
    waits: codes with which a call is given up until something comes.
    """

    calls: Mapping[Mode, Symbol]
    after: Mapping[tuple[Mode, str], tuple[Mode, ...]]
    waits: frozenset[str] = frozenset({"AGAIN", "INTERRUPTED"})

    def goes_on(self, mode: Mode, code: str) -> tuple[Mode, ...]:
        """Return the modes that may follow when the call of `mode` has returned `code`."""
        if code in self.waits:
            return (mode,)
        return self.after.get((mode, code), (Mode.OVER,))


_M: Final = Mode
# fmt: off
PROGRAM: Final = Caller(
    calls={
        _M.SHAKING: HANDSHAKE, _M.READING: RECORD_RECV, _M.ANSWERING: RECORD_SEND,
        _M.REFUSING: ALERT_NO_RENEGOTIATION, _M.CLOSING: BYE,
    },
    after={
        (_M.SHAKING,   "SUCCESS"):                (_M.READING, _M.ANSWERING),
        (_M.SHAKING,   "WARNING_ALERT_RECEIVED"): (_M.SHAKING, _M.OVER),
        (_M.SHAKING,   "GOT_APPLICATION_DATA"):   (_M.READING, _M.OVER),
        (_M.READING,   "DATA"):                   (_M.READING, _M.ANSWERING),
        (_M.READING,   "EOF"):                    (_M.CLOSING, _M.OVER),
        (_M.READING,   "REHANDSHAKE"):            (_M.SHAKING, _M.REFUSING, _M.READING),
        (_M.READING,   "WARNING_ALERT_RECEIVED"): (_M.READING, _M.CLOSING, _M.OVER),
        (_M.ANSWERING, "SUCCESS"):                (_M.READING,),
        (_M.REFUSING,  "SUCCESS"):                (_M.READING,),
        (_M.CLOSING,   "SUCCESS"):                (_M.OVER,),
    },
)
# fmt: on
"""A server or client that shakes hands, then reads and perhaps answers, until the peer closes."""
