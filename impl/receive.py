"""Reading: one record or message at a time, and which handler decides on it.

The tables say what each version and role admits in each phase; what is not in them is refused.  Nothing is
written here, and no call of the application is known.
Theory: RFC 8446 sections 5 and 6, RFC 5246 sections 6 and 7.2, RFC 6347 section 4.1.2.7.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from impl import negotiation
from impl.alerts import AlertDescription, AlertLevel
from impl.codec.alert import Alert
from impl.codec.enums import ContentType, ProtocolVersion
from impl.codes import Code
from impl.config import Role
from impl.dtls12.channel import DatagramChannel
from impl.limits import MAX_DATAGRAM, MAX_FRUITLESS, MAX_PULL, MAX_WARNINGS
from impl.observed import received, received_record
from impl.offer import Offer
from impl.perform import Call, Memory, count_idle, perform
from impl.record.joiner import Message
from impl.record.stream import Record
from impl.step import Handled, Handlers, Idle, Phase, Refusal
from impl.tls12 import client as client12
from impl.tls12 import server as server12
from impl.tls13 import client as client13
from impl.tls13 import post_handshake, reauthentication
from impl.tls13 import server as server13
from impl.tls13.server_states import WaitClientHello

TLS12, TLS13, DTLS12 = ProtocolVersion.TLS12, ProtocolVersion.TLS13, ProtocolVersion.DTLS12

HANDLERS: Final[dict[tuple[ProtocolVersion | None, Role], Handlers]] = {
    (None, Role.CLIENT): negotiation.CLIENT,
    (None, Role.SERVER): negotiation.SERVER,
    (TLS12, Role.CLIENT): {**negotiation.CLIENT, **client12.HANDLERS},
    (TLS12, Role.SERVER): {**negotiation.SERVER_AGAIN, **server12.HANDLERS},
    (DTLS12, Role.CLIENT): {**negotiation.DATAGRAM_CLIENT, **client12.HANDLERS},
    (DTLS12, Role.SERVER): {**negotiation.DATAGRAM_SERVER, **server12.HANDLERS},
    (TLS13, Role.CLIENT): {**client13.HANDLERS, **post_handshake.CLIENT, **reauthentication.CLIENT},
    (TLS13, Role.SERVER): {**server13.HANDLERS, **post_handshake.SERVER, **reauthentication.SERVER},
}
"""The messages that each version and role admit; before the version is known, only the hello that chooses.

A re-handshake of TLS 1.2 begins with the same hellos.
"""

ON_CHANGE_CIPHER_SPEC: Final[dict[tuple[ProtocolVersion | None, Role, Phase], Callable[[Any], Handled]]] = {
    (TLS12, Role.CLIENT, Phase.WAIT_CCS): client12.on_change_cipher_spec,
    (TLS12, Role.SERVER, Phase.WAIT_CCS): server12.on_change_cipher_spec,
    (DTLS12, Role.CLIENT, Phase.WAIT_CCS): client12.on_change_cipher_spec,
    (DTLS12, Role.SERVER, Phase.WAIT_CCS): server12.on_change_cipher_spec,
}


def receive(memory: Memory) -> Code:
    """Let one message or record take effect: SUCCESS if the call should go on, else what it returns."""
    channel = memory.channel
    message = _held(memory) or _next_message(memory)
    if message is not None:
        return _on_message(memory, message)
    record = channel.next_record()
    if record is None:
        return _pull(memory) if memory.datagrams is None else _pull_datagram(memory, memory.datagrams)
    memory.fruitless = 0
    if channel.mid_message() and record.content_type not in _MAY_INTERLEAVE:
        raise Refusal(Code.UNEXPECTED_PACKET, "a record inside a handshake message (RFC 8446 section 5.1)")
    if memory.version is TLS13 and not record.protected and not _may_be_plain(memory, record.content_type):
        raise Refusal(Code.UNEXPECTED_PACKET, "a record in the clear after the keys (RFC 8446 section 5)")
    return ON_RECORD[record.content_type](memory, record)


def _held(memory: Memory) -> Message | None:
    """Return the ClientHello that came before the application called for a handshake."""
    message = memory.held
    if message is None or memory.state.phase is not Phase.START:
        return None
    memory.held = None
    return message


def _next_message(memory: Memory) -> Message | None:
    message = memory.channel.next_message()
    if message is not None and memory.hook is not None:
        received(memory.hook, message.type, message.body)
    return message


def _may_be_plain(memory: Memory, content_type: ContentType) -> bool:
    """Besides ChangeCipherSpec, only the alert of a client that could not make keys out of ServerHello."""
    if content_type is ContentType.ALERT:
        return memory.config.role is Role.SERVER and not memory.complete
    return content_type is ContentType.CHANGE_CIPHER_SPEC


def _pull(memory: Memory) -> Code:
    memory.direction = 0
    try:
        data = memory.transport.pull(MAX_PULL)
    except BlockingIOError:
        return Code.AGAIN
    except InterruptedError:
        return Code.INTERRUPTED
    except OSError as error:
        raise Refusal(Code.PULL_ERROR, str(error)) from error
    if not data:
        raise Refusal(Code.PREMATURE_TERMINATION, "the stream ended without close_notify")
    memory.channel.feed(data)
    return Code.SUCCESS


def _pull_datagram(memory: Memory, datagrams: DatagramChannel) -> Code:
    """Read one datagram; where there is none, let the timer run (RFC 6347 section 4.2.4).

    An empty datagram is nothing, and so is one without a record of use: a flood of them ends the call, so
    that the application gets its turn.
    """
    memory.direction = 0
    now = memory.config.clock()
    if datagrams.expired(now):
        if memory.state.phase is not Phase.CONNECTED:
            raise Refusal(Code.TIMEDOUT, f"no handshake within {memory.config.total_timeout} seconds")
        datagrams.give_up_request()
    memory.fruitless += 1
    if memory.fruitless > MAX_FRUITLESS:
        memory.fruitless = 0
        return Code.AGAIN
    try:
        datagrams.feed(memory.transport.pull(MAX_DATAGRAM))
    except BlockingIOError:
        memory.fruitless = 0
        return Code.SUCCESS if datagrams.tick(now) else Code.AGAIN
    except InterruptedError:
        return Code.INTERRUPTED
    except OSError as error:
        raise Refusal(Code.PULL_ERROR, str(error)) from error
    return Code.SUCCESS


def _on_handshake(memory: Memory, record: Record) -> Code:
    memory.channel.join(record.fragment)
    message = _next_message(memory)
    return Code.SUCCESS if message is None else _on_message(memory, message)


def _on_message(memory: Memory, message: Message) -> Code:
    phase = memory.state.phase
    memory.fruitless = 0
    handler = HANDLERS[memory.version, memory.config.role].get((phase, message.type))
    if handler is None:
        raise Refusal(Code.UNEXPECTED_HANDSHAKE_PACKET, f"handshake message {message.type} in phase {phase}")
    handled = handler(memory.state, message, memory.config)
    if not handled.effects and handled.next is memory.state:
        count_idle(memory, Idle(f"handshake messages {message.type}"))
        return Code.SUCCESS
    perform(memory, handled)
    notice, memory.notice = memory.notice, Code.SUCCESS
    return notice


def _on_change_cipher_spec(memory: Memory, record: Record) -> Code:
    """Change keys in TLS 1.2 where its turn has come; drop what TLS 1.3 sends for middleboxes."""
    phase = memory.state.phase
    decide = ON_CHANGE_CIPHER_SPEC.get((memory.version, memory.config.role, phase))
    if decide is not None or memory.datagrams is None:
        received_record(memory.hook, record.content_type, record.fragment)
    if record.fragment != b"\x01":
        raise Refusal(Code.UNEXPECTED_PACKET, "ChangeCipherSpec of a value other than 1 (RFC 8446 section 5)")
    if decide is not None:
        perform(memory, decide(memory.state))
        return Code.SUCCESS
    if memory.datagrams is not None:
        # It has overtaken what comes before it, and the channel offers it again.
        return Code.SUCCESS
    tolerated = memory.version in (None, TLS13) and TLS13 in memory.config.versions
    if not tolerated or phase in (Phase.START, Phase.CONNECTED):
        raise Refusal(Code.UNEXPECTED_PACKET, f"ChangeCipherSpec in phase {phase} (RFC 8446 section 5)")
    memory.dropped = True
    count_idle(memory, Idle("ChangeCipherSpec"))
    return Code.SUCCESS


def _on_application_data(memory: Memory, record: Record) -> Code:
    """Take what the application of the peer says, where the keys are those of a complete handshake."""
    fragment, phase = record.fragment, memory.state.phase
    received_record(memory.hook, ContentType.APPLICATION_DATA, fragment)
    if not memory.complete and memory.early_room:
        return _on_early_data(memory, fragment)
    if not memory.complete or phase is Phase.WAIT_FINISHED:
        raise Refusal(Code.UNEXPECTED_PACKET, "application data before the handshake is complete")
    if not fragment:
        return Code.SUCCESS
    memory.received.append(fragment)
    memory.idle = 0
    return Code.SUCCESS if phase is Phase.CONNECTED else Code.GOT_APPLICATION_DATA


def _on_early_data(memory: Memory, fragment: bytes) -> Code:
    if len(fragment) > memory.early_room:
        raise Refusal(Code.UNEXPECTED_PACKET, "more early data than is allowed (RFC 8446 section 4.2.10)")
    memory.early_room -= len(fragment)
    if fragment:
        memory.early_taken.append(fragment)
    return Code.SUCCESS


def _on_alert(memory: Memory, record: Record) -> Code:
    """Take a peer's alert by the rules of the version (RFC 5246 section 7.2, RFC 8446 section 6)."""
    received_record(memory.hook, ContentType.ALERT, record.fragment)
    alert = Alert.parse(record.fragment)
    level, description = alert.level, alert.description
    memory.alert = description
    # A HelloRetryRequest of ours has settled the version as well (RFC 8446 section 4.1.4).
    levelled = memory.version is not TLS13 and not isinstance(memory.state, WaitClientHello)
    if levelled and memory.version is TLS12 and level not in _LEVELS:
        raise Refusal(Code.RECEIVED_ILLEGAL_PARAMETER, f"an alert of level {level} (RFC 5246 section 7.2)")
    if levelled and level != AlertLevel.WARNING:
        raise Refusal(Code.FATAL_ALERT_RECEIVED, f"the peer's alert {description}")
    if description == AlertDescription.CLOSE_NOTIFY:
        if not memory.complete:
            raise Refusal(Code.SESSION_EOF, "close_notify before the handshake is complete")
        memory.read_closed = True
        return Code.SUCCESS
    if not levelled and description != AlertDescription.USER_CANCELED:
        raise Refusal(Code.FATAL_ALERT_RECEIVED, f"the peer's alert {description}")
    if not memory.complete or Call.HANDSHAKE in memory.unfinished:
        count_warning(memory, "warnings")
    if description == AlertDescription.NO_RENEGOTIATION:
        abandon(memory)
    return Code.WARNING_ALERT_RECEIVED


def count_warning(memory: Memory, what: str) -> None:
    memory.warnings += 1
    if memory.warnings > MAX_WARNINGS:
        raise Refusal(Code.INTERNAL_ERROR, f"more than {MAX_WARNINGS} {what} in one handshake")


def set_aside(memory: Memory) -> bool:
    """Go back to where a re-handshake began, if it has no answer yet; what was sent for it still counts."""
    state = memory.state
    if not isinstance(state, negotiation.Start | Offer) or state.previous is None:
        return False
    memory.state = state.previous
    memory.path.append(memory.state.phase)
    memory.deadline = None
    memory.unfinished.discard(Call.HANDSHAKE)
    return True


def abandon(memory: Memory) -> None:
    """Give up a re-handshake that the peer refuses; it has no answer, so nothing has changed."""
    if set_aside(memory) and memory.datagrams is not None:
        memory.datagrams.finish_handshake()


_LEVELS: Final = frozenset(AlertLevel)
_MAY_INTERLEAVE: Final = (ContentType.HANDSHAKE, ContentType.ALERT)
ON_RECORD: Final[dict[ContentType, Callable[[Memory, Record], Code]]] = {
    ContentType.HANDSHAKE: _on_handshake,
    ContentType.CHANGE_CIPHER_SPEC: _on_change_cipher_spec,
    ContentType.ALERT: _on_alert,
    ContentType.APPLICATION_DATA: _on_application_data,
}
