"""The caller's contract: what a call does before it returns, and what it returns.

Every call runs the same loop: write what waits, read one record, let its handler decide, carry the decision
out in memory.  Only writing and reading can block, and both keep exactly what is still to be done, so a
repeated call never builds, hashes or sends anything twice.  No message is understood here.
Theory: gnutls_handshake(3), gnutls_record_get_direction(3), gnutls_record_recv(3), RFC 8446 section 5.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from enum import StrEnum
from errno import EMSGSIZE
from functools import wraps
from typing import Any, Concatenate, Final, ParamSpec, TypeVar

from impl import negotiation
from impl.alerts import AlertDescription, AlertLevel
from impl.codec.alert import Alert
from impl.codec.enums import ContentType, ProtocolVersion
from impl.codec.wire import CodecError
from impl.codes import Code, appropriate_alert
from impl.config import Role
from impl.credentials import CertificateRejected
from impl.dtls12.channel import DatagramChannel
from impl.established import Connected as Connected12
from impl.limits import (
    MAX_DATAGRAM,
    MAX_FRUITLESS,
    MAX_IDLE_RECORDS,
    MAX_PLAINTEXT,
    MAX_PULL,
    MAX_UNREAD,
    MAX_WARNINGS,
)
from impl.offer import Offer
from impl.perform import Memory, perform
from impl.record.joiner import HandshakeTooLarge, Message
from impl.record.stream import Record, RecordError, SequenceExhausted, TooManyEmptyRecords
from impl.step import Handled, Handlers, Phase, Refusal
from impl.tls12 import client as client12
from impl.tls12 import server as server12
from impl.tls13 import client as client13
from impl.tls13 import post_handshake
from impl.tls13 import server as server13

TLS12, TLS13, DTLS12 = ProtocolVersion.TLS12, ProtocolVersion.TLS13, ProtocolVersion.DTLS12

HANDLERS: Final[dict[tuple[ProtocolVersion | None, Role], Handlers]] = {
    (None, Role.CLIENT): negotiation.CLIENT,
    (None, Role.SERVER): negotiation.SERVER,
    (TLS12, Role.CLIENT): {**negotiation.CLIENT, **client12.HANDLERS},
    (TLS12, Role.SERVER): {**negotiation.SERVER, **server12.HANDLERS},
    (DTLS12, Role.CLIENT): {**negotiation.DATAGRAM_CLIENT, **client12.HANDLERS},
    (DTLS12, Role.SERVER): {**negotiation.DATAGRAM_SERVER, **server12.HANDLERS},
    (TLS13, Role.CLIENT): {**client13.HANDLERS, **post_handshake.CLIENT},
    (TLS13, Role.SERVER): {**server13.HANDLERS, **post_handshake.SERVER},
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


class Call(StrEnum):
    """The calls that may be interrupted while they write, and then go on writing."""

    HANDSHAKE = "handshake"
    REHANDSHAKE = "rehandshake"
    KEY_UPDATE = "key_update"
    BYE = "bye"


def translate(error: CodecError | RecordError) -> Refusal:
    """Return the refusal that an error of the codec or the record layer amounts to."""
    code = _BY_KIND.get(type(error)) or _BY_ALERT.get(error.alert, Code.INTERNAL_ERROR)
    return Refusal(code, str(error), error.alert)


_BY_KIND: Final[dict[type[Exception], Code]] = {
    HandshakeTooLarge: Code.HANDSHAKE_TOO_LARGE,
    TooManyEmptyRecords: Code.TOO_MANY_EMPTY_PACKETS,
    SequenceExhausted: Code.RECORD_LIMIT_REACHED,
}
_BY_ALERT: Final[dict[AlertDescription, Code]] = {
    AlertDescription.DECODE_ERROR: Code.UNEXPECTED_PACKET_LENGTH,
    AlertDescription.ILLEGAL_PARAMETER: Code.RECEIVED_ILLEGAL_PARAMETER,
    AlertDescription.UNEXPECTED_MESSAGE: Code.UNEXPECTED_PACKET,
    AlertDescription.BAD_RECORD_MAC: Code.DECRYPTION_FAILED,
    AlertDescription.RECORD_OVERFLOW: Code.RECORD_OVERFLOW,
    AlertDescription.PROTOCOL_VERSION: Code.UNSUPPORTED_VERSION_PACKET,
}


P = ParamSpec("P")
R = TypeVar("R")


def guarded(call: Callable[Concatenate[Memory, P], R]) -> Callable[Concatenate[Memory, P], R | Code]:
    """Make `call` refuse a dead session, and turn whatever peer or transport do wrong into its code."""

    @wraps(call)
    def guard(memory: Memory, /, *args: P.args, **kwargs: P.kwargs) -> R | Code:
        if memory.failure is not None:
            return Code.INVALID_SESSION
        try:
            return call(memory, *args, **kwargs)
        except Refusal as refusal:
            return memory.fail(refusal)
        except CertificateRejected as error:
            return memory.fail(Refusal(Code.CERTIFICATE_ERROR, str(error), error.alert))
        except (CodecError, RecordError) as error:
            return memory.fail(translate(error))

    return guard


@guarded
def handshake(memory: Memory) -> Code:
    """Carry the first handshake through; on a complete session do what its version has in its place."""
    if memory.complete:
        return _handshake_again(memory)
    if memory.write_closed:
        return Code.INVALID_SESSION
    if memory.state.phase is Phase.START and memory.config.role is Role.CLIENT:
        perform(memory, negotiation.begin(memory.config))
    return _carry_through(memory)


def _handshake_again(memory: Memory) -> Code:
    """Begin another handshake or go on with it in TLS 1.2; a key update of the client's in TLS 1.3."""
    state = memory.state
    if isinstance(state, post_handshake.Connected):
        if memory.config.role is Role.SERVER:
            return Code.SUCCESS
        return _update_keys(memory, state, Call.HANDSHAKE, request_peer=True)
    if memory.write_closed:
        return Code.INVALID_SESSION
    if isinstance(state, Connected12) and Call.HANDSHAKE not in memory.unfinished:
        if memory.datagrams is not None:
            memory.datagrams.begin_handshake()
        perform(memory, negotiation.begin_again(state, memory.config, memory.channel.message_sequence))
        memory.unfinished.add(Call.HANDSHAKE)
    if sum(map(len, memory.received)) > MAX_UNREAD:
        return Code.GOT_APPLICATION_DATA
    return _carry_through(memory)


def _carry_through(memory: Memory) -> Code:
    config = memory.config
    if config.handshake_timeout is not None and memory.deadline is None:
        memory.deadline = config.clock() + config.handshake_timeout
    while True:
        code = flush(memory)
        if code is Code.SUCCESS:
            if memory.state.phase is Phase.CONNECTED:
                _finish_handshake(memory)
                return code
            code = receive(memory)
        if code is not Code.SUCCESS:
            if memory.deadline is not None and config.clock() >= memory.deadline:
                raise Refusal(Code.TIMEDOUT, f"no handshake within {config.handshake_timeout} seconds")
            return code


def _finish_handshake(memory: Memory) -> None:
    memory.complete = True
    memory.muted = False
    memory.deadline = None
    memory.direction = memory.idle = memory.warnings = 0
    memory.unfinished.discard(Call.HANDSHAKE)
    if memory.datagrams is not None:
        memory.datagrams.finish_handshake()


def _abandon(memory: Memory) -> None:
    """Go back to where a re-handshake began; it has no answer yet, so nothing has changed."""
    state = memory.state
    if isinstance(state, negotiation.Start | Offer) and state.previous is not None:
        memory.state = state.previous
        memory.path.append(memory.state.phase)
        memory.deadline = None
        memory.unfinished.discard(Call.HANDSHAKE)
        if memory.datagrams is not None:
            memory.datagrams.finish_handshake()


@guarded
def rehandshake(memory: Memory) -> Code:
    """Ask the client for a new handshake, or in TLS 1.3 for new keys (gnutls_rehandshake(3))."""
    state = memory.state
    if memory.config.role is Role.CLIENT or not memory.complete:
        return Code.INVALID_REQUEST
    if isinstance(state, post_handshake.Connected):
        return _update_keys(memory, state, Call.REHANDSHAKE, request_peer=True)
    if Call.REHANDSHAKE not in memory.unfinished:
        if memory.write_closed:
            return Code.INVALID_SESSION
        if not isinstance(state, Connected12):
            return Code.INVALID_REQUEST
        if memory.datagrams is not None:
            memory.datagrams.begin_handshake()
        perform(memory, server12.request(state))
    return _finish(memory, Call.REHANDSHAKE)


@guarded
def key_update(memory: Memory, request_peer: bool) -> Code:
    """Change the sending keys of a complete TLS 1.3 session."""
    state = memory.state
    if not memory.complete or not isinstance(state, post_handshake.Connected):
        return Code.INVALID_REQUEST
    return _update_keys(memory, state, Call.KEY_UPDATE, request_peer)


def _update_keys(memory: Memory, state: post_handshake.Connected, call: Call, request_peer: bool) -> Code:
    if call not in memory.unfinished:
        if memory.write_closed:
            return Code.INVALID_SESSION
        perform(memory, post_handshake.update(state, request_peer))
    return _finish(memory, call)


@guarded
def record_send(memory: Memory, data: bytes) -> int | Code:
    """Send up to one record of application data, after a KeyUpdate if the peer is owed one."""
    if not memory.complete:
        return Code.UNAVAILABLE_DURING_HANDSHAKE
    if not memory.sending:
        if memory.write_closed:
            return Code.INVALID_SESSION
        if not data:
            return 0
        if memory.muted:
            return Code.UNAVAILABLE_DURING_HANDSHAKE
        if isinstance(memory.state, post_handshake.Connected):
            perform(memory, post_handshake.before_data(memory.state))
        if memory.datagrams is not None and len(data) > memory.datagrams.data_mtu:
            return Code.LARGE_PACKET
        piece = data[:MAX_PLAINTEXT]
        memory.channel.send_record(ContentType.APPLICATION_DATA, piece)
        memory.sending = len(piece)
    code = flush(memory)
    if code is Code.LARGE_PACKET:
        memory.sending = 0
    if code is not Code.SUCCESS:
        return code
    count, memory.sending = memory.sending, 0
    return count


@guarded
def record_recv(memory: Memory, size: int) -> bytes | Code:
    """Read until there is application data, the peer's close_notify, or something to report."""
    if not memory.complete:
        return Code.UNAVAILABLE_DURING_HANDSHAKE
    if isinstance(memory.state, negotiation.Start):
        _abandon(memory)
    while not (memory.received or memory.read_closed):
        if memory.state.phase is not Phase.CONNECTED:
            return Code.UNAVAILABLE_DURING_HANDSHAKE
        code = receive(memory)
        if memory.datagrams is not None and not memory.sending:
            # The peer may have missed our last flight, and reading is how we hear of it.
            flush(memory)
        if code is not Code.SUCCESS:
            return code
    return _take(memory.received, size)


def _take(waiting: deque[bytes], size: int) -> bytes:
    """Return up to `size` bytes of the first record that waits, b"" if none does."""
    if not waiting:
        return b""
    data, rest = waiting[0][:size], waiting[0][size:]
    if rest:
        waiting[0] = rest
    else:
        waiting.popleft()
    return data


@guarded
def bye(memory: Memory) -> Code:
    """Close the writing side once; a second call has nothing left to do."""
    if not memory.write_closed:
        memory.queue_alert(AlertLevel.WARNING, AlertDescription.CLOSE_NOTIFY)
    return _finish(memory, Call.BYE)


def alert_send(memory: Memory, level: AlertLevel, description: AlertDescription) -> Code:
    """Send an alert, even on a dead session, but never after a fatal alert or close_notify."""
    if memory.alert_on_its_way != (level, description):
        if memory.write_closed:
            return Code.INVALID_SESSION
        memory.queue_alert(level, description)
        memory.alert_on_its_way = (level, description)
        if description == AlertDescription.NO_RENEGOTIATION:
            _forget_hello(memory)
        if level == AlertLevel.FATAL and memory.failure is None:
            memory.fail(Refusal(Code.INVALID_SESSION, f"ended by our own fatal alert {description.name}"))
    try:
        code = flush(memory)
    except Refusal as refusal:
        code = memory.fail(refusal) if memory.failure is None else refusal.code
    if code is Code.SUCCESS:
        memory.alert_on_its_way = None
    return code


def _forget_hello(memory: Memory) -> None:
    """Refuse the handshake that the peer has begun."""
    memory.held = None
    if memory.datagrams is not None and memory.complete and memory.state.phase is Phase.CONNECTED:
        memory.datagrams.finish_handshake()


def alert_send_appropriate(memory: Memory, code: Code) -> Code:
    """Send the alert that the failure behind `code` calls for, if any."""
    due = appropriate_alert(code)
    if due is None:
        return Code.SUCCESS
    level, description = due
    failure = memory.failure
    if failure is not None and failure.code is code and failure.alert is not None:
        description = failure.alert
    return alert_send(memory, level, description)


def _finish(memory: Memory, call: Call) -> Code:
    code = flush(memory)
    if code is Code.SUCCESS:
        memory.unfinished.discard(call)
    else:
        memory.unfinished.add(call)
    return code


def flush(memory: Memory) -> Code:
    """Write what waits: SUCCESS if nothing waits any more, else AGAIN or INTERRUPTED with direction 1."""
    channel = memory.channel
    while channel:
        memory.direction = 1
        waiting = channel.waiting()
        try:
            count = memory.transport.push(waiting)
        except BlockingIOError:
            return Code.AGAIN
        except InterruptedError:
            return Code.INTERRUPTED
        except ConnectionResetError as error:
            raise Refusal(Code.PREMATURE_TERMINATION, str(error)) from error
        except OSError as error:
            if memory.datagrams is not None and error.errno == EMSGSIZE:
                return _too_large(memory, memory.datagrams)
            raise Refusal(Code.PUSH_ERROR, str(error)) from error
        if not 0 < count <= len(waiting):
            raise Refusal(Code.PUSH_ERROR, f"the transport took {count} of {len(waiting)} bytes")
        channel.advance(count)
    return Code.SUCCESS


def _too_large(memory: Memory, datagrams: DatagramChannel) -> Code:
    """Let the application lower the MTU, as often as it may get a warning."""
    datagrams.too_large()
    _count_warning(memory, "datagrams too large for the transport")
    return Code.LARGE_PACKET


def receive(memory: Memory) -> Code:
    """Let one message or record take effect: SUCCESS if the call should go on, else what it returns."""
    channel = memory.channel
    message = _held(memory) or channel.next_message()
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
    return _ON_RECORD[record.content_type](memory, record)


def _held(memory: Memory) -> Message | None:
    """Return the ClientHello that came before the application called for a handshake."""
    if memory.state.phase is not Phase.START:
        return None
    message, memory.held = memory.held, None
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
    if memory.state.phase is not Phase.CONNECTED and datagrams.expired(now):
        raise Refusal(Code.TIMEDOUT, f"no handshake within {memory.config.total_timeout} seconds")
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
    return Code.SUCCESS


def _on_message(memory: Memory, message: Message) -> Code:
    phase = memory.state.phase
    memory.fruitless = 0
    handler = HANDLERS[memory.version, memory.config.role].get((phase, message.type))
    if handler is None:
        raise Refusal(Code.UNEXPECTED_HANDSHAKE_PACKET, f"handshake message {message.type} in phase {phase}")
    handled = handler(memory.state, message, memory.config)
    if not handled.effects and handled.next is memory.state:
        return _count_idle(memory, f"handshake messages {message.type}")
    perform(memory, handled)
    notice, memory.notice = memory.notice, Code.SUCCESS
    return notice


def _on_change_cipher_spec(memory: Memory, record: Record) -> Code:
    """Change keys in TLS 1.2 where its turn has come; drop what TLS 1.3 sends for middleboxes."""
    phase = memory.state.phase
    if record.fragment != b"\x01":
        raise Refusal(Code.UNEXPECTED_PACKET, "ChangeCipherSpec of a value other than 1 (RFC 8446 section 5)")
    decide = ON_CHANGE_CIPHER_SPEC.get((memory.version, memory.config.role, phase))
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
    return _count_idle(memory, "ChangeCipherSpec")


def _on_application_data(memory: Memory, record: Record) -> Code:
    """Take what the application of the peer says, where the keys are those of a complete handshake."""
    fragment, phase = record.fragment, memory.state.phase
    if not memory.complete and memory.early_room:
        return _on_early_data(memory, fragment)
    if not memory.complete or phase is Phase.WAIT_FINISHED:
        raise Refusal(Code.UNEXPECTED_PACKET, "application data before the handshake is complete")
    if fragment:
        memory.received.append(fragment)
    memory.idle = 0
    return Code.SUCCESS if phase is Phase.CONNECTED else Code.GOT_APPLICATION_DATA


def _on_early_data(memory: Memory, fragment: bytes) -> Code:
    if len(fragment) > memory.early_room:
        raise Refusal(Code.UNEXPECTED_PACKET, "more early data than is allowed (RFC 8446 section 4.2.10)")
    memory.early_room -= len(fragment)
    memory.early_taken.append(fragment)
    return Code.SUCCESS


def _on_alert(memory: Memory, record: Record) -> Code:
    """Take a peer's alert by the rules of the version (RFC 5246 section 7.2, RFC 8446 section 6)."""
    alert = Alert.parse(record.fragment)
    level, description = alert.level, alert.description
    memory.alert = description
    levelled = memory.version is not TLS13
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
        _count_warning(memory, "warnings")
    if description == AlertDescription.NO_RENEGOTIATION:
        _abandon(memory)
    return Code.WARNING_ALERT_RECEIVED


def _count_warning(memory: Memory, what: str) -> None:
    memory.warnings += 1
    if memory.warnings > MAX_WARNINGS:
        raise Refusal(Code.INTERNAL_ERROR, f"more than {MAX_WARNINGS} {what} in one handshake")


def _count_idle(memory: Memory, what: str) -> Code:
    """Bound what a peer can send without getting anywhere."""
    memory.idle += 1
    if memory.idle > MAX_IDLE_RECORDS:
        raise Refusal(Code.TOO_MANY_EMPTY_PACKETS, f"nothing but {what}", AlertDescription.UNEXPECTED_MESSAGE)
    return Code.SUCCESS


_LEVELS: Final = frozenset(AlertLevel)
_MAY_INTERLEAVE: Final = (ContentType.HANDSHAKE, ContentType.ALERT)
_ON_RECORD: Final[dict[ContentType, Callable[[Memory, Record], Code]]] = {
    ContentType.HANDSHAKE: _on_handshake,
    ContentType.CHANGE_CIPHER_SPEC: _on_change_cipher_spec,
    ContentType.ALERT: _on_alert,
    ContentType.APPLICATION_DATA: _on_application_data,
}
