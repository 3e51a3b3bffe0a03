"""The caller's contract: what a call does before it returns, and what it returns.

Every call runs the same loop: write what waits, read one record, let its handler decide, carry the decision
out in memory.  Only writing and reading can block, and both keep exactly what is still to be done, so a
repeated call never builds, hashes or sends anything twice.  No message is understood here.
Theory: gnutls_handshake(3), gnutls_record_get_direction(3), gnutls_record_recv(3), RFC 8446 section 5.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import replace
from errno import EMSGSIZE
from functools import wraps
from typing import Concatenate, Final, ParamSpec, TypeVar

from impl import negotiation
from impl.alerts import AlertDescription, AlertLevel
from impl.codec.enums import ContentType
from impl.codec.wire import CodecError
from impl.codes import Code, appropriate_alert
from impl.config import ClientAuth, Role
from impl.credentials import CertificateRejected
from impl.dtls12.channel import DatagramChannel
from impl.established import Connected as Connected12
from impl.limits import (
    MAX_PLAINTEXT,
    MAX_UNREAD,
)
from impl.observed import sent_record
from impl.perform import Call, Memory, perform
from impl.receive import count_warning, receive, set_aside
from impl.record.channel import StreamChannel
from impl.record.joiner import HandshakeTooLarge
from impl.record.stream import RecordError, SequenceExhausted, TooManyEmptyRecords
from impl.step import Phase, Refusal
from impl.tls12 import server as server12
from impl.tls13 import early_data, post_handshake, reauthentication


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
        perform(memory, negotiation.begin(memory.config, early_data=bool(memory.early_sent)))
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
            if not memory.read_closed:
                code = receive(memory)
            if memory.read_closed:
                raise Refusal(Code.SESSION_EOF, "close_notify before the handshake is complete")
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
        if not isinstance(state, Connected12 | negotiation.Start):
            return Code.INVALID_REQUEST
        if memory.datagrams is not None and isinstance(state, Connected12):
            memory.datagrams.begin_handshake()
        perform(memory, server12.request(state))
        if isinstance(state, negotiation.Start) and memory.datagrams is not None:
            memory.state = replace(state, number=memory.channel.message_sequence)
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
            perform(memory, post_handshake.before_data(memory.state, _records(memory)))
        if memory.datagrams is not None and len(data) > memory.datagrams.data_mtu:
            return Code.LARGE_PACKET
        piece = data[:MAX_PLAINTEXT]
        memory.channel.send_record(ContentType.APPLICATION_DATA, piece)
        sent_record(memory.hook, ContentType.APPLICATION_DATA, piece)
        memory.sending = len(piece)
    code = flush(memory)
    if code is Code.LARGE_PACKET:
        memory.sending = 0
    if code is not Code.SUCCESS:
        return code
    count, memory.sending = memory.sending, 0
    return count


def _records(memory: Memory) -> int:
    """Return how many records the present keys have protected."""
    return memory.channel.writer.records if isinstance(memory.channel, StreamChannel) else 0


@guarded
def reauth(memory: Memory) -> Code:
    """Authenticate a client again: ask for it at a server, answer at a client (gnutls_reauth(3))."""
    state = memory.state
    if not memory.complete or not isinstance(state, post_handshake.Connected):
        return Code.INVALID_REQUEST
    if Call.REAUTH not in memory.unfinished:
        if memory.write_closed:
            return Code.INVALID_SESSION
        begun = _begin_reauth(memory, state)
        if begun is not Code.SUCCESS:
            return begun
        memory.unfinished.add(Call.REAUTH)
    while True:
        code = flush(memory)
        state = memory.state
        if code is Code.SUCCESS and isinstance(state, post_handshake.Connected) and state.asked is None:
            memory.unfinished.discard(Call.REAUTH)
            return code
        if code is Code.SUCCESS and memory.received:
            return Code.GOT_APPLICATION_DATA
        if code is Code.SUCCESS and memory.read_closed:
            raise Refusal(Code.SESSION_EOF, "close_notify before the client has authenticated")
        if code is Code.SUCCESS:
            code = receive(memory)
        if code is not Code.SUCCESS:
            return code


def _begin_reauth(memory: Memory, state: post_handshake.Connected) -> Code:
    if memory.config.role is Role.CLIENT:
        if not state.requests:
            return Code.INVALID_REQUEST
        perform(memory, reauthentication.answer(state))
    else:
        unwanted = memory.config.late_client_auth is ClientAuth.NONE
        if unwanted or not state.late_auth:
            return Code.INVALID_REQUEST
        perform(memory, reauthentication.ask(state, memory.config))
    return Code.SUCCESS


@guarded
def record_recv(memory: Memory, size: int) -> bytes | Code:
    """Read until there is application data, the peer's close_notify, or something to report."""
    if not memory.complete:
        return Code.UNAVAILABLE_DURING_HANDSHAKE
    if isinstance(memory.state, negotiation.Start):
        set_aside(memory)
    while not (memory.received or memory.read_closed):
        if memory.state.phase is not Phase.CONNECTED:
            return Code.UNAVAILABLE_DURING_HANDSHAKE
        code = receive(memory)
        if memory.datagrams is not None and not memory.sending:
            # The peer may have missed our last flight, and reading is how we hear of it.
            if flush(memory, repeated=True) is not Code.SUCCESS:
                memory.datagrams.lose_repeated()
            memory.direction = 0
        if code is not Code.SUCCESS:
            return code
    return _take(memory.received, size)


@guarded
def record_send_early_data(memory: Memory, data: bytes) -> int | Code:
    """Keep data that a client sends right behind its ClientHello, as far as the session to resume allows."""
    config = memory.config
    begun = memory.complete or memory.state.phase is not Phase.START
    if config.role is Role.SERVER or begun:
        return Code.INVALID_REQUEST
    room = early_data.room(config, negotiation.resumable(config))
    if not room:
        return Code.INVALID_REQUEST
    if len(memory.early_sent) + len(data) > room:
        return Code.RECORD_LIMIT_REACHED
    memory.early_sent += data
    return len(data)


@guarded
def record_recv_early_data(memory: Memory, size: int) -> bytes | Code:
    """Return early data that a server has accepted, record by record."""
    return _take(memory.early_taken, size) or Code.REQUESTED_DATA_NOT_AVAILABLE


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


def flush(memory: Memory, *, repeated: bool = False) -> Code:
    """Write what waits: SUCCESS if nothing waits any more, else AGAIN or INTERRUPTED with direction 1.

    With `repeated` that is only what the peer may have missed; what other calls began stays theirs.
    """
    channel = memory.channel
    while waiting := channel.waiting():
        if repeated and not _is_repeated(memory):
            break
        memory.direction = 1
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


def _is_repeated(memory: Memory) -> bool:
    datagrams = memory.datagrams
    begun = Call.REHANDSHAKE in memory.unfinished
    return datagrams is not None and (datagrams.repeats_last or (datagrams.sends_flight and not begun))


def _too_large(memory: Memory, datagrams: DatagramChannel) -> Code:
    """Let the application lower the MTU, as often as it may get a warning."""
    datagrams.too_large(droppable=bool(memory.sending))
    count_warning(memory, "datagrams too large for the transport")
    return Code.LARGE_PACKET
