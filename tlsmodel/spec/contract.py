"""The caller's contract of gnutls_handshake(3) and its neighbours, once for all versions and roles.

A call runs to completion through four micro-states: ENTER looks at the session, FLUSH writes what is pending,
PULL reads one delivery, STEP reports what the handshake made of it.  Each row answers one signal in one
micro-state of one call: it returns, or says where to go on.  Only FLUSH and PULL can block, so a repeated
call finds everything else already done.
"""

# fmt: off
from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from tlsmodel.spec.choices import (
    AFTER_FAILURE, ALERT_AFTER_FAILURE, BYE_AFTER_FAILURE, BYE_AGAIN, CLOSED_WHILE_WAITING, DATA_UNREAD, DURING_HANDSHAKE,
    HANDSHAKE_AFTER_BYE, IDENTITY_CHANGED, NOT_NOW, OWN_FATAL_ALERT, RECV_BEFORE_HANDSHAKE, RECV_IN_REHANDSHAKE, TIMED_OUT, TOO_MANY_WARNINGS,
    WRITE_AFTER_BYE, Choice,
)
from tlsmodel.spec.symbols import (
    ALERT_FATAL, ALERT_NO_RENEGOTIATION, ALERT_WARNING, BYE, HANDSHAKE, KEY_UPDATE, KEY_UPDATE_PEER, REAUTH, RECORD_RECV,
    RECORD_SEND, REHANDSHAKE, Return, Symbol,
)


class Micro(StrEnum):
    """Where inside a call the session is."""

    ENTER = "ENTER"
    FLUSH = "FLUSH"
    PULL = "PULL"
    STEP = "STEP"


class Signal(StrEnum):
    """What the other regions tell the contract."""

    FAILED = "failed"                   # ENTER: the session is dead
    LATE = "late"                       # ENTER, PULL: the handshake's deadline has passed
    FIRST = "first"                     # ENTER: the first handshake is not complete
    UNFINISHED = "unfinished"           # ENTER: this very call was interrupted in a write before
    QUEUED = "queued"                   # ENTER: data waits that a handshake() has met
    PROVED = "proved"                   # ENTER: record_recv() has met the end of what reauth() was called for
    HELD = "held"                       # ENTER: a ClientHello waits for handshake()
    WRITE_CLOSED = "write_closed"       # ENTER: bye() has been called
    READ_CLOSED = "read_closed"         # ENTER: the peer has closed
    WAITS = "waits"                     # ENTER: the call only waits for the peer
    HANDSHAKING = "handshaking"         # ENTER: handshake() is called for and has not returned SUCCESS yet
    SENSELESS = "senseless"             # ENTER: the handshake phase knows no such call
    READY = "ready"                     # ENTER: none of these
    REFUSED_CALL = "refused_call"       # ENTER: the tables refuse the call itself
    BLOCKED = "blocked"                 # FLUSH: would block, or took a part; PULL: nothing (more) there
    INTERRUPTED = "interrupted"         # FLUSH, PULL: a signal arrived
    TOO_LARGE = "too_large"             # FLUSH: the datagram is too large for the transport
    FLUSHED = "flushed"                 # FLUSH: all is written, the handshake waits for the peer
    COMPLETED = "completed"             # FLUSH: all is written and the handshake has nothing more to wait for
    TIMER = "timer"                     # PULL: nothing there, and the retransmission timer has expired
    MESSAGE = "message"                 # PULL: a delivery
    ADVANCED = "advance"                # STEP: the verbs of the rows that met the delivery
    IGNORED = "ignore"                  # STEP; ENTER: the handshake phase ignores the call itself
    REPEATED = "repeat"
    DELIVERED = "deliver"
    NOTIFIED = "notify"
    CLOSED = "close"
    REFUSED = "refuse"
    BEGUN = "begun"                     # STEP: the peer begins another handshake
    STRANGER = "stranger"               # STEP: the client is another one than before the re-handshake
    EXCESS = "excess"                   # STEP: one warning more than the limit


class Action(StrEnum):
    """What a contract row does before it returns or goes on."""

    NOTHING = "nothing"
    BEGIN = "begin"                     # offer the call to the handshake phase, which may emit
    QUEUE_DATA = "queue data"           # put a KeyUpdate that is owed, then application data, into the output
    QUEUE_CLOSE = "queue close_notify"
    QUEUE_ALERT = "queue alert"
    COMPLETE = "complete"               # the handshake is complete
    STAY = "stay"                       # remember that the call was interrupted in a write
    KEEP = "keep"                       # keep the data for record_recv
    TAKE = "take"                       # give out data that was kept
    HOLD = "hold"                       # hold the ClientHello for handshake()
    DROP_HELD = "drop held"             # the ClientHello that was held may be forgotten
    COUNT = "count"                     # one more of what is counted against the warning limit
    RETRANSMIT = "retransmit"           # put the last flight into the output again


@dataclass(frozen=True, slots=True)
class ContractRow:
    """One line of the contract: it goes on (`then`), returns, or leaves the outcome to a `choice`.

    Several of these are alternatives; a return beside `then` or a choice happens at once, without the action.
    Where none is given, the row that met the delivery has the answer (its code, or its choice).
    """

    call: Symbol
    at: Micro
    signal: Signal
    cite: str
    action: Action = Action.NOTHING
    then: tuple[Micro, ...] = ()
    returns: tuple[Return, ...] = ()
    choice: Choice | None = None
    id: str = field(init=False)
    """``contract/handshake/FLUSH/blocked``"""

    def __post_init__(self) -> None:
        object.__setattr__(self, "id", f"contract/{self.call.name}/{self.at}/{self.signal}")


AGAIN_READ, AGAIN_WRITE = Return("AGAIN", 0), Return("AGAIN", 1)
INTERRUPTED_READ, INTERRUPTED_WRITE = Return("INTERRUPTED", 0), Return("INTERRUPTED", 1)
SUCCESS, DATA, EOF, ANY_FATAL = Return("SUCCESS"), Return("DATA"), Return("EOF"), Return("ANY_FATAL")
LARGE_PACKET, GOT_DATA, WANTS_HANDSHAKE = Return("LARGE_PACKET"), Return("GOT_APPLICATION_DATA"), Return("REHANDSHAKE")
rule = ContractRow
DIRECTION = "gnutls_record_get_direction(3)"
ENTER, FLUSH, PULL, STEP = Micro


def _write_rows(call: Symbol) -> tuple[ContractRow, ...]:
    return (
        rule(call, ENTER, Signal.UNFINISHED,  cite=DIRECTION, then=(FLUSH,)),
        rule(call, FLUSH, Signal.BLOCKED,     cite=DIRECTION, action=Action.STAY, returns=(AGAIN_WRITE,)),
        rule(call, FLUSH, Signal.INTERRUPTED, cite=DIRECTION, action=Action.STAY, returns=(INTERRUPTED_WRITE,)),
        rule(call, FLUSH, Signal.TOO_LARGE,   cite="gnutls_dtls_set_mtu(3)", action=Action.COUNT, returns=(LARGE_PACKET,)),
    )


def _read_rows(call: Symbol) -> tuple[ContractRow, ...]:
    return (
        rule(call, PULL, Signal.BLOCKED,      cite=DIRECTION, returns=(AGAIN_READ,)),
        rule(call, PULL, Signal.INTERRUPTED,  cite=DIRECTION, returns=(INTERRUPTED_READ,)),
        rule(call, PULL, Signal.MESSAGE,      cite="8446 5", then=(STEP,)),
        rule(call, STEP, Signal.NOTIFIED,     cite="gnutls_handshake(3)"),
        rule(call, STEP, Signal.EXCESS,       cite="gnutls_handshake(3)", choice=TOO_MANY_WARNINGS),
        rule(call, STEP, Signal.REFUSED,      cite="gnutls_error_is_fatal(3)"),
        rule(call, STEP, Signal.REPEATED,     cite="6347 4.2.4", action=Action.RETRANSMIT, then=(FLUSH,)),
    )


def _handshaking_rows(call: Symbol, cite: str) -> tuple[ContractRow, ...]:
    """What handshake() and reauth() share: they carry messages through until there is nothing to wait for."""
    return (
        rule(call, ENTER, Signal.FAILED,       cite="gnutls_error_is_fatal(3)", choice=AFTER_FAILURE),
        rule(call, ENTER, Signal.WAITS,        cite=cite,                       then=(FLUSH, PULL)),
        rule(call, ENTER, Signal.WRITE_CLOSED, cite="gnutls_bye(3)",            choice=HANDSHAKE_AFTER_BYE),
        rule(call, ENTER, Signal.READY,        cite=cite,                       action=Action.BEGIN, then=(FLUSH,)),
        *_write_rows(call),
        rule(call, FLUSH, Signal.FLUSHED,      cite=cite,                       then=(PULL,)),
        *_read_rows(call),
        rule(call, STEP,  Signal.ADVANCED,     cite=cite,                       then=(FLUSH,)),
        # A record that was passed over may be a reason to say AGAIN although there is more to read.
        rule(call, STEP,  Signal.IGNORED,      cite="8446 5; 5246 7.4.1.1",     then=(PULL,), returns=(AGAIN_READ,)),
        rule(call, STEP,  Signal.DELIVERED,    cite="gnutls_handshake(3)",      action=Action.KEEP, returns=(GOT_DATA,)),
        rule(call, STEP,  Signal.CLOSED,       cite=cite,                       choice=CLOSED_WHILE_WAITING),
    )


def _writing_rows(call: Symbol, cite: str) -> tuple[ContractRow, ...]:
    """A call that only sends something of a complete session."""
    return (
        rule(call, ENTER, Signal.FAILED,       cite="gnutls_error_is_fatal(3)", choice=AFTER_FAILURE),
        rule(call, ENTER, Signal.HANDSHAKING,  cite=cite,                       choice=NOT_NOW),
        rule(call, ENTER, Signal.SENSELESS,    cite=cite,                       choice=NOT_NOW),
        rule(call, ENTER, Signal.WRITE_CLOSED, cite="gnutls_bye(3)",            choice=WRITE_AFTER_BYE),
        rule(call, ENTER, Signal.READY,        cite=cite,                       action=Action.BEGIN, then=(FLUSH,)),
        *_write_rows(call),
        rule(call, FLUSH, Signal.COMPLETED,    cite=cite,                       returns=(SUCCESS,)),
    )


def _alert_rows(call: Symbol) -> tuple[ContractRow, ...]:
    sent = {"choice": OWN_FATAL_ALERT} if call is ALERT_FATAL else {"returns": (SUCCESS,)}
    return (
        rule(call, ENTER, Signal.FAILED,       cite="gnutls_alert_send(3)",     choice=ALERT_AFTER_FAILURE),
        rule(call, ENTER, Signal.WRITE_CLOSED, cite="gnutls_bye(3)",            choice=WRITE_AFTER_BYE),
        rule(call, ENTER, Signal.READY,        cite="gnutls_alert_send(3)",     action=Action.QUEUE_ALERT, then=(FLUSH,)),
        *_write_rows(call),
        rule(call, FLUSH, Signal.COMPLETED,    cite="gnutls_alert_send(3)",     **sent),
    )


ROWS: Final = (
    *_handshaking_rows(HANDSHAKE, "gnutls_handshake(3)"),
    rule(HANDSHAKE,   ENTER, Signal.LATE,         cite="gnutls_handshake_set_timeout(3)", choice=TIMED_OUT, then=(FLUSH,)),
    rule(HANDSHAKE,   ENTER, Signal.QUEUED,       cite="gnutls_handshake(3)",       choice=DATA_UNREAD, returns=(GOT_DATA,)),
    rule(HANDSHAKE,   ENTER, Signal.IGNORED,      cite="gnutls_handshake(3)",       returns=(SUCCESS,)),
    rule(HANDSHAKE,   ENTER, Signal.REFUSED_CALL, cite="5746 4.2",                  action=Action.BEGIN, then=(FLUSH,)),
    rule(HANDSHAKE,   FLUSH, Signal.COMPLETED,    cite="gnutls_handshake(3)",       action=Action.COMPLETE, returns=(SUCCESS,)),
    rule(HANDSHAKE,   STEP,  Signal.STRANGER,     cite="gnutls_init(3)",            choice=IDENTITY_CHANGED),
    rule(HANDSHAKE,   PULL,  Signal.TIMER,        cite="6347 4.2.4.1",              action=Action.RETRANSMIT, then=(FLUSH,)),
    rule(HANDSHAKE,   PULL,  Signal.LATE,         cite="gnutls_handshake_set_timeout(3)", choice=TIMED_OUT),

    *_handshaking_rows(REAUTH, "gnutls_reauth(3)"),
    rule(REAUTH,      ENTER, Signal.HANDSHAKING,  cite="gnutls_reauth(3)",          choice=NOT_NOW),
    rule(REAUTH,      ENTER, Signal.SENSELESS,    cite="gnutls_reauth(3)",          choice=NOT_NOW),
    rule(REAUTH,      ENTER, Signal.QUEUED,       cite="gnutls_reauth(3)",          choice=DATA_UNREAD, returns=(GOT_DATA,)),
    rule(REAUTH,      ENTER, Signal.PROVED,       cite="gnutls_reauth(3)",          action=Action.COMPLETE, returns=(SUCCESS,)),
    rule(REAUTH,      FLUSH, Signal.COMPLETED,    cite="gnutls_reauth(3)",          returns=(SUCCESS,)),

    *_writing_rows(REHANDSHAKE, "gnutls_rehandshake(3)"),
    *_writing_rows(KEY_UPDATE, "gnutls_session_key_update(3)"),
    *_writing_rows(KEY_UPDATE_PEER, "gnutls_session_key_update(3)"),
    *_alert_rows(ALERT_NO_RENEGOTIATION),
    *_alert_rows(ALERT_WARNING),
    *_alert_rows(ALERT_FATAL),

    rule(RECORD_SEND, ENTER, Signal.FAILED,       cite="gnutls_error_is_fatal(3)",  choice=AFTER_FAILURE),
    rule(RECORD_SEND, ENTER, Signal.FIRST,        cite="gnutls_record_send(3)",     choice=DURING_HANDSHAKE),
    rule(RECORD_SEND, ENTER, Signal.WRITE_CLOSED, cite="gnutls_bye(3)",             choice=WRITE_AFTER_BYE),
    # In the middle of a re-handshake data may still go out under the old keys; that it must is nowhere said.
    rule(RECORD_SEND, ENTER, Signal.HANDSHAKING,  cite="gnutls_record_send(3)",     action=Action.QUEUE_DATA, then=(FLUSH,),
                                                  returns=(ANY_FATAL,)),
    rule(RECORD_SEND, ENTER, Signal.READY,        cite="gnutls_record_send(3)",     action=Action.QUEUE_DATA, then=(FLUSH,)),
    *_write_rows(RECORD_SEND),
    rule(RECORD_SEND, FLUSH, Signal.COMPLETED,    cite="gnutls_record_send(3)",     returns=(SUCCESS,)),

    rule(RECORD_RECV, ENTER, Signal.FAILED,       cite="gnutls_error_is_fatal(3)",  choice=AFTER_FAILURE),
    rule(RECORD_RECV, ENTER, Signal.FIRST,        cite="gnutls_record_recv(3)",     choice=DURING_HANDSHAKE),
    rule(RECORD_RECV, ENTER, Signal.QUEUED,       cite="gnutls_handshake(3)",       action=Action.TAKE, returns=(DATA,)),
    rule(RECORD_RECV, ENTER, Signal.READ_CLOSED,  cite="gnutls_record_recv(3)",     returns=(EOF,)),
    rule(RECORD_RECV, ENTER, Signal.HANDSHAKING,  cite="gnutls_record_recv(3)",     then=(PULL,), returns=(ANY_FATAL,)),
    rule(RECORD_RECV, ENTER, Signal.HELD,         cite="gnutls_rehandshake(3)",     action=Action.DROP_HELD, then=(PULL,),
                                                  returns=(WANTS_HANDSHAKE,),       choice=RECV_BEFORE_HANDSHAKE),
    rule(RECORD_RECV, ENTER, Signal.READY,        cite="gnutls_record_recv(3)",     then=(PULL,)),
    *_read_rows(RECORD_RECV),
    rule(RECORD_RECV, FLUSH, Signal.COMPLETED,    cite="6347 4.2.4",                then=(PULL,), returns=(AGAIN_READ,)),
    # A record that cannot be written while reading is the timer's business.
    rule(RECORD_RECV, FLUSH, Signal.BLOCKED,      cite="6347 4.2.4",                returns=(AGAIN_READ, AGAIN_WRITE)),
    rule(RECORD_RECV, FLUSH, Signal.INTERRUPTED,  cite="6347 4.2.4",                returns=(AGAIN_READ, INTERRUPTED_WRITE)),
    rule(RECORD_RECV, FLUSH, Signal.TOO_LARGE,    cite="6347 4.2.4",                returns=(AGAIN_READ, LARGE_PACKET)),
    # Whether a call that met only a post-handshake message reads on or says AGAIN is nowhere laid down.
    rule(RECORD_RECV, STEP,  Signal.IGNORED,      cite="8446 4.6",                  then=(PULL,), returns=(AGAIN_READ,)),
    rule(RECORD_RECV, STEP,  Signal.DELIVERED,    cite="gnutls_record_recv(3)",     returns=(DATA,)),
    rule(RECORD_RECV, STEP,  Signal.CLOSED,       cite="gnutls_record_recv(3)",     returns=(EOF,)),
    rule(RECORD_RECV, STEP,  Signal.BEGUN,        cite="gnutls_record_recv(3)",     action=Action.HOLD, returns=(WANTS_HANDSHAKE,)),
    rule(RECORD_RECV, STEP,  Signal.ADVANCED,     cite="gnutls_record_recv(3)",     choice=RECV_IN_REHANDSHAKE),

    rule(BYE,         ENTER, Signal.FAILED,       cite="gnutls_bye(3)",             choice=BYE_AFTER_FAILURE),
    rule(BYE,         ENTER, Signal.WRITE_CLOSED, cite="gnutls_bye(3)",             choice=BYE_AGAIN),
    rule(BYE,         ENTER, Signal.READY,        cite="gnutls_bye(3)",             action=Action.QUEUE_CLOSE, then=(FLUSH,)),
    *_write_rows(BYE),
    rule(BYE,         FLUSH, Signal.COMPLETED,    cite="gnutls_bye(3)",             returns=(SUCCESS,)),
)

CONTRACT: Final[dict[tuple[Symbol, Micro, Signal], ContractRow]] = {(r.call, r.at, r.signal): r for r in ROWS}

_WRITES = (Signal.FAILED, Signal.HANDSHAKING, Signal.UNFINISHED, Signal.WRITE_CLOSED, Signal.SENSELESS, Signal.READY)
_ALERTS = (Signal.FAILED, Signal.UNFINISHED, Signal.WRITE_CLOSED, Signal.READY)
ENTRY_ORDER: Final[dict[Symbol, tuple[Signal, ...]]] = {
    HANDSHAKE:   (Signal.FAILED, Signal.LATE, Signal.UNFINISHED, Signal.WAITS, Signal.WRITE_CLOSED, Signal.IGNORED,
                  Signal.REFUSED_CALL, Signal.READY),
    REAUTH:      (Signal.FAILED, Signal.HANDSHAKING, Signal.UNFINISHED, Signal.SENSELESS, Signal.WAITS, Signal.WRITE_CLOSED,
                  Signal.READY),
    RECORD_SEND: (Signal.FAILED, Signal.FIRST, Signal.UNFINISHED, Signal.WRITE_CLOSED, Signal.HANDSHAKING, Signal.READY),
    RECORD_RECV: (Signal.FAILED, Signal.FIRST, Signal.QUEUED, Signal.READ_CLOSED, Signal.HANDSHAKING, Signal.HELD, Signal.READY),
    BYE:         (Signal.FAILED, Signal.UNFINISHED, Signal.WRITE_CLOSED, Signal.READY),
    REHANDSHAKE: _WRITES, KEY_UPDATE: _WRITES, KEY_UPDATE_PEER: _WRITES,
    ALERT_NO_RENEGOTIATION: _ALERTS, ALERT_WARNING: _ALERTS, ALERT_FATAL: _ALERTS,
}
"""Which of the signals that hold on entry a call looks at, and in which order."""

BESIDES: Final = {HANDSHAKE: (Signal.WRITE_CLOSED, Signal.QUEUED), REAUTH: (Signal.WRITE_CLOSED, Signal.QUEUED, Signal.PROVED)}
"""Signals whose rows are alternatives to that of the first one that holds, unless it is one of `ALONE`."""
ALONE: Final = frozenset((Signal.FAILED, Signal.LATE, Signal.UNFINISHED, Signal.HANDSHAKING, Signal.SENSELESS))
