"""The caller's contract: what a call does before it returns, and what it returns.

Every call runs the same loop: write what waits, read one record, let its handler decide, carry the decision
out in memory.  Only writing and reading can block, and both keep exactly what is still to be done, so a
repeated call never builds, hashes or sends anything twice.  No message is understood here.
Theory: gnutls_handshake(3), gnutls_record_get_direction(3), gnutls_record_recv(3), RFC 8446 section 5.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from impl import negotiation
from impl.alerts import AlertDescription, AlertLevel
from impl.codec.enums import ContentType, HandshakeType, ProtocolVersion
from impl.codes import Code
from impl.config import Role
from impl.limits import MAX_IDLE_RECORDS, MAX_PULL, MAX_WARNINGS
from impl.perform import Memory, perform
from impl.step import Handlers, Phase, Refusal
from impl.tls12 import client as client12
from impl.tls12 import server as server12
from impl.tls13 import client as client13
from impl.tls13 import post_handshake
from impl.tls13 import server as server13

TLS12, TLS13 = ProtocolVersion.TLS12, ProtocolVersion.TLS13

HANDLERS: Final[dict[tuple[ProtocolVersion | None, Role], Handlers]] = {
    (None, Role.CLIENT): negotiation.CLIENT,
    (None, Role.SERVER): negotiation.SERVER,
    (TLS12, Role.CLIENT): client12.HANDLERS,
    (TLS12, Role.SERVER): server12.HANDLERS,
    (TLS13, Role.CLIENT): client13.HANDLERS | post_handshake.CLIENT,
    (TLS13, Role.SERVER): server13.HANDLERS | post_handshake.SERVER,
}
"""The messages that each version and role admit; before the version is known, only the hello that chooses."""


def guarded(memory: Memory, work: Callable[[Memory], Code]) -> Code:
    """Run `work`; whatever the peer or the transport did wrong ends the session and becomes a code."""
    if memory.failure is not None:
        return Code.INVALID_SESSION
    try:
        return work(memory)
    except Refusal as refusal:
        return memory.fail(refusal)
    except REFUSED as error:
        return memory.fail(translate(error))


def run_handshake(memory: Memory) -> Code:
    """Go on with the initial handshake until it is complete or would block."""
    if memory.state.phase is Phase.START and memory.config.role is Role.CLIENT:
        perform(memory, negotiation.begin(memory.config))
    while True:
        code = flush(memory)
        if code is not Code.SUCCESS:
            return code
        if memory.state.phase is Phase.CONNECTED:
            memory.complete = True
            memory.direction = 0
            return Code.SUCCESS
        code = receive(memory)
        if code is not Code.SUCCESS:
            return code


def run_receive(memory: Memory) -> Code:
    """Read until there is application data, the peer's close_notify, or something to report."""
    while not (memory.received or memory.read_closed):
        code = receive(memory)
        if code is not Code.SUCCESS:
            return code
    return Code.SUCCESS


def flush(memory: Memory) -> Code:
    """Write what waits: SUCCESS if nothing waits any more, else AGAIN or INTERRUPTED with direction 1."""
    output = memory.output
    while output:
        memory.direction = 1
        waiting = output.waiting()
        try:
            count = memory.transport.push(waiting)
        except BlockingIOError:
            return Code.AGAIN
        except InterruptedError:
            return Code.INTERRUPTED
        except ConnectionResetError as error:
            raise Refusal(Code.PREMATURE_TERMINATION, str(error)) from error
        except OSError as error:
            raise Refusal(Code.PUSH_ERROR, str(error)) from error
        if not 0 < count <= len(waiting):
            raise Refusal(Code.PUSH_ERROR, f"the transport took {count} of {len(waiting)} bytes")
        output.advance(count)
    return Code.SUCCESS


def receive(memory: Memory) -> Code:
    """Let one message or record take effect: SUCCESS if the call should go on, else what it returns."""
    message = memory.joiner.next()
    if message is not None:
        return _on_message(memory, message)
    record = memory.reader.next()
    while record is None:
        code = _pull(memory)
        if code is not Code.SUCCESS:
            return code
        record = memory.reader.next()
    if memory.joiner and record.content_type not in _MAY_INTERLEAVE:
        raise Refusal(Code.UNEXPECTED_PACKET, "a record inside a handshake message (RFC 8446 section 5.1)")
    return _ON_RECORD[record.content_type](memory, record.fragment)


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
    memory.reader.feed(data)
    return Code.SUCCESS


def _on_handshake(memory: Memory, fragment: bytes) -> Code:
    memory.joiner.feed(fragment)
    return Code.SUCCESS


def _on_message(memory: Memory, message: bytes) -> Code:
    phase = memory.state.phase
    kind = message[0]
    handler = HANDLERS[memory.version, memory.config.role].get((phase, kind))
    if handler is None:
        raise Refusal(Code.UNEXPECTED_HANDSHAKE_PACKET, f"handshake message {kind} in phase {phase}")
    handled = handler(memory.state, message, memory.config)
    idle = handled.next is memory.state and not handled.effects
    perform(memory, handled)
    if idle:
        return _count_idle(memory)
    notice, memory.notice = memory.notice, None
    return Code.SUCCESS if notice is None else notice


def _on_change_cipher_spec(memory: Memory, fragment: bytes) -> Code:
    """Change keys in TLS 1.2 where its turn has come; drop what TLS 1.3 sends for middleboxes."""
    phase = memory.state.phase
    if fragment != b"\x01":
        raise Refusal(Code.UNEXPECTED_PACKET, "ChangeCipherSpec of a value other than 1 (RFC 8446 section 5)")
    if memory.version is TLS12:
        if phase is not Phase.WAIT_CCS:
            raise Refusal(Code.UNEXPECTED_PACKET, f"ChangeCipherSpec in phase {phase} (RFC 5246 section 7.1)")
        perform(memory, memory.state.on_change_cipher_spec())
        return Code.SUCCESS
    if TLS13 not in memory.config.versions or phase in _NO_COMPATIBILITY:
        raise Refusal(Code.UNEXPECTED_PACKET, f"ChangeCipherSpec in phase {phase} (RFC 8446 section 5)")
    return _count_idle(memory)


def _on_application_data(memory: Memory, fragment: bytes) -> Code:
    if not memory.complete:
        raise Refusal(Code.UNEXPECTED_PACKET, "application data before the handshake is complete")
    if not fragment:
        return _count_idle(memory)
    memory.idle = 0
    memory.received += fragment
    return Code.SUCCESS


def _on_alert(memory: Memory, fragment: bytes) -> Code:
    """Take a peer's alert by the rules of the version (RFC 5246 section 7.2, RFC 8446 section 6)."""
    if len(fragment) != 2:
        raise Refusal(Code.UNEXPECTED_PACKET_LENGTH, "an alert has two bytes")
    level, description = fragment
    ...


def _count_idle(memory: Memory) -> Code:
    """Bound what a peer can send without getting anywhere."""
    memory.idle += 1
    if memory.idle > MAX_IDLE_RECORDS:
        raise Refusal(Code.TOO_MANY_EMPTY_PACKETS, "nothing but empty records and compatibility messages")
    return Code.SUCCESS
