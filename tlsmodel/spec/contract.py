"""The caller's contract of gnutls_handshake(3) and its neighbours, once for all versions and roles.

A call runs to completion through four micro-states: ENTER looks at the session, FLUSH writes what is pending,
PULL reads one delivery, STEP reports what the handshake made of it.  Each row answers one signal in one
micro-state of one call: it returns, or says where to go on.  Only FLUSH and PULL can block, so a repeated
call finds everything else already done.
"""

# fmt: off
from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from tlsmodel.spec.choices import (
    AFTER_FAILURE, BYE_AFTER_FAILURE, BYE_AGAIN, DURING_HANDSHAKE, HANDSHAKE_AFTER_BYE, TOO_MANY_WARNINGS,
    WRITE_AFTER_BYE, Choice,
)
from tlsmodel.spec.symbols import BYE, HANDSHAKE, RECORD_RECV, RECORD_SEND, Return, Symbol


class Micro(StrEnum):
    """Where inside a call the session is."""

    ENTER = "ENTER"
    FLUSH = "FLUSH"
    PULL = "PULL"
    STEP = "STEP"


class Signal(StrEnum):
    """What the other regions tell the contract."""

    FAILED = "failed"                   # ENTER: the session is dead
    UNFINISHED = "unfinished"           # ENTER: this very call was interrupted in a write before
    WRITE_CLOSED = "write_closed"       # ENTER: bye() has been called
    READ_CLOSED = "read_closed"         # ENTER: the peer has closed
    HANDSHAKING = "handshaking"         # ENTER: handshake() has not returned SUCCESS yet
    READY = "ready"                     # ENTER: none of these
    BLOCKED = "blocked"                 # FLUSH: would block, or took a part; PULL: nothing (more) there
    INTERRUPTED = "interrupted"         # FLUSH, PULL: a signal arrived
    FLUSHED = "flushed"                 # FLUSH: all is written, the handshake waits for the peer
    COMPLETED = "completed"             # FLUSH: all is written and the handshake has nothing more to wait for
    MESSAGE = "message"                 # PULL: a delivery
    ADVANCED = "advance"                # STEP: the verbs of the rows that met the delivery
    IGNORED = "ignore"                  # STEP; ENTER: the handshake phase ignores the call itself
    DELIVERED = "deliver"
    NOTIFIED = "notify"
    CLOSED = "close"
    REFUSED = "refuse"
    EXCESS = "excess"                   # STEP: one warning more than the limit


class Action(StrEnum):
    """What a contract row does before it returns or goes on."""

    NOTHING = "nothing"
    BEGIN = "begin"                     # offer the call to the handshake phase, which may emit
    QUEUE_DATA = "queue data"           # put a KeyUpdate that is owed, then application data, into the output
    QUEUE_CLOSE = "queue close_notify"
    COMPLETE = "complete"               # the handshake is complete
    STAY = "stay"                       # remember that the call was interrupted in a write


@dataclass(frozen=True, slots=True)
class ContractRow:
    """One line of the contract: exactly one of `then`, `returns`, `choice` and `outcome` says how it goes on.

    `outcome` means that the row which met the delivery has the answer (its code, or its choice).
    """

    call: Symbol
    at: Micro
    signal: Signal
    cite: str
    action: Action = Action.NOTHING
    then: tuple[Micro, ...] = ()
    returns: tuple[Return, ...] = ()
    choice: Choice | None = None

    @property
    def id(self) -> str:
        """``contract/handshake/FLUSH/blocked``"""
        return f"contract/{self.call.name}/{self.at}/{self.signal}"


AGAIN_READ, AGAIN_WRITE = Return("AGAIN", 0), Return("AGAIN", 1)
INTERRUPTED_READ, INTERRUPTED_WRITE = Return("INTERRUPTED", 0), Return("INTERRUPTED", 1)
SUCCESS, DATA, EOF = Return("SUCCESS"), Return("DATA"), Return("EOF")
rule = ContractRow
DIRECTION = "gnutls_record_get_direction(3)"


def _write_rows(call: Symbol) -> tuple[ContractRow, ...]:
    return (
        rule(call, Micro.ENTER, Signal.UNFINISHED,  cite=DIRECTION, then=(Micro.FLUSH,)),
        rule(call, Micro.FLUSH, Signal.BLOCKED,     cite=DIRECTION, action=Action.STAY, returns=(AGAIN_WRITE,)),
        rule(call, Micro.FLUSH, Signal.INTERRUPTED, cite=DIRECTION, action=Action.STAY, returns=(INTERRUPTED_WRITE,)),
    )


def _read_rows(call: Symbol) -> tuple[ContractRow, ...]:
    return (
        rule(call, Micro.PULL, Signal.BLOCKED,      cite=DIRECTION, returns=(AGAIN_READ,)),
        rule(call, Micro.PULL, Signal.INTERRUPTED,  cite=DIRECTION, returns=(INTERRUPTED_READ,)),
        rule(call, Micro.PULL, Signal.MESSAGE,      cite="8446 5", then=(Micro.STEP,)),
        rule(call, Micro.STEP, Signal.NOTIFIED,     cite="gnutls_handshake(3)"),
        rule(call, Micro.STEP, Signal.REFUSED,      cite="gnutls_error_is_fatal(3)"),
    )


ROWS: Final = (
    rule(HANDSHAKE,   Micro.ENTER, Signal.FAILED,       cite="gnutls_error_is_fatal(3)",  choice=AFTER_FAILURE),
    rule(HANDSHAKE,   Micro.ENTER, Signal.WRITE_CLOSED, cite="gnutls_bye(3)",             choice=HANDSHAKE_AFTER_BYE),
    rule(HANDSHAKE,   Micro.ENTER, Signal.HANDSHAKING,  cite="gnutls_handshake(3)",       action=Action.BEGIN, then=(Micro.FLUSH,)),
    rule(HANDSHAKE,   Micro.ENTER, Signal.READY,        cite="gnutls_handshake(3)",       action=Action.BEGIN, then=(Micro.FLUSH,)),
    rule(HANDSHAKE,   Micro.ENTER, Signal.IGNORED,      cite="gnutls_handshake(3)",       returns=(SUCCESS,)),
    *_write_rows(HANDSHAKE),
    rule(HANDSHAKE,   Micro.FLUSH, Signal.FLUSHED,      cite="gnutls_handshake(3)",       then=(Micro.PULL,)),
    rule(HANDSHAKE,   Micro.FLUSH, Signal.COMPLETED,    cite="gnutls_handshake(3)",       action=Action.COMPLETE, returns=(SUCCESS,)),
    *_read_rows(HANDSHAKE),
    rule(HANDSHAKE,   Micro.STEP,  Signal.ADVANCED,     cite="gnutls_handshake(3)",       then=(Micro.FLUSH,)),
    rule(HANDSHAKE,   Micro.STEP,  Signal.IGNORED,      cite="8446 5; 5246 7.4.1.1",      then=(Micro.PULL,)),
    rule(HANDSHAKE,   Micro.STEP,  Signal.EXCESS,       cite="gnutls_handshake(3)",       choice=TOO_MANY_WARNINGS),

    rule(RECORD_SEND, Micro.ENTER, Signal.FAILED,       cite="gnutls_error_is_fatal(3)",  choice=AFTER_FAILURE),
    rule(RECORD_SEND, Micro.ENTER, Signal.HANDSHAKING,  cite="gnutls_record_send(3)",     choice=DURING_HANDSHAKE),
    rule(RECORD_SEND, Micro.ENTER, Signal.WRITE_CLOSED, cite="gnutls_bye(3)",             choice=WRITE_AFTER_BYE),
    rule(RECORD_SEND, Micro.ENTER, Signal.READY,        cite="gnutls_record_send(3)",     action=Action.QUEUE_DATA, then=(Micro.FLUSH,)),
    *_write_rows(RECORD_SEND),
    rule(RECORD_SEND, Micro.FLUSH, Signal.COMPLETED,    cite="gnutls_record_send(3)",     returns=(SUCCESS,)),

    rule(RECORD_RECV, Micro.ENTER, Signal.FAILED,       cite="gnutls_error_is_fatal(3)",  choice=AFTER_FAILURE),
    rule(RECORD_RECV, Micro.ENTER, Signal.HANDSHAKING,  cite="gnutls_record_recv(3)",     choice=DURING_HANDSHAKE),
    rule(RECORD_RECV, Micro.ENTER, Signal.READ_CLOSED,  cite="gnutls_record_recv(3)",     returns=(EOF,)),
    rule(RECORD_RECV, Micro.ENTER, Signal.READY,        cite="gnutls_record_recv(3)",     then=(Micro.PULL,)),
    *_read_rows(RECORD_RECV),
    # Whether a call that met only a post-handshake message reads on or says AGAIN is nowhere laid down.
    rule(RECORD_RECV, Micro.STEP,  Signal.IGNORED,      cite="8446 4.6",                  then=(Micro.PULL,), returns=(AGAIN_READ,)),
    rule(RECORD_RECV, Micro.STEP,  Signal.DELIVERED,    cite="gnutls_record_recv(3)",     returns=(DATA,)),
    rule(RECORD_RECV, Micro.STEP,  Signal.CLOSED,       cite="gnutls_record_recv(3)",     returns=(EOF,)),

    rule(BYE,         Micro.ENTER, Signal.FAILED,       cite="gnutls_bye(3)",             choice=BYE_AFTER_FAILURE),
    rule(BYE,         Micro.ENTER, Signal.WRITE_CLOSED, cite="gnutls_bye(3)",             choice=BYE_AGAIN),
    rule(BYE,         Micro.ENTER, Signal.READY,        cite="gnutls_bye(3)",             action=Action.QUEUE_CLOSE, then=(Micro.FLUSH,)),
    *_write_rows(BYE),
    rule(BYE,         Micro.FLUSH, Signal.COMPLETED,    cite="gnutls_bye(3)",             returns=(SUCCESS,)),
)

CONTRACT: Final[dict[tuple[Symbol, Micro, Signal], ContractRow]] = {(r.call, r.at, r.signal): r for r in ROWS}

ENTRY_ORDER: Final[dict[Symbol, tuple[Signal, ...]]] = {
    HANDSHAKE:   (Signal.FAILED, Signal.UNFINISHED, Signal.HANDSHAKING, Signal.WRITE_CLOSED, Signal.IGNORED, Signal.READY),
    RECORD_SEND: (Signal.FAILED, Signal.HANDSHAKING, Signal.UNFINISHED, Signal.WRITE_CLOSED, Signal.READY),
    RECORD_RECV: (Signal.FAILED, Signal.HANDSHAKING, Signal.READ_CLOSED, Signal.READY),
    BYE:         (Signal.FAILED, Signal.UNFINISHED, Signal.WRITE_CLOSED, Signal.READY),
}
"""Which of the signals that hold on entry a call looks at, and in which order.  bye() is modelled only once
the handshake is complete or has failed."""
