"""The memory of one session, and how the effects of a decision change it.

`perform` is all or nothing: what can be refused is refused before anything has changed, and nothing here can
block.  It knows no message and no phase, and never reads or writes the transport.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from contextlib import suppress
from enum import StrEnum
from typing import Any, Final

from impl.alerts import AlertDescription, AlertLevel
from impl.codec.enums import ContentType, ProtocolVersion
from impl.codes import Code
from impl.config import Config
from impl.credentials import CertificateRejected
from impl.dtls12.channel import DatagramChannel
from impl.limits import KEY_UPDATES_PER_SECOND, MAX_IDLE_RECORDS, MAX_PATH
from impl.observed import MessageHook, sent, sent_record
from impl.parameters import Parameters
from impl.record.channel import Channel, StreamChannel
from impl.record.joiner import Message
from impl.saved_session import SavedSession
from impl.step import (
    Ask,
    Complete,
    Exporter,
    Handled,
    Hold,
    Idle,
    Keep,
    Limit,
    Log,
    Notify,
    Pace,
    Phase,
    ReadKeys,
    Refusal,
    Send,
    SendChangeCipherSpec,
    SendEarlyData,
    SendFirst,
    Settle,
    SkipEarlyData,
    State,
    Store,
    TakeEarlyData,
    WriteInTheClear,
    WriteKeys,
)
from impl.transports import Transport

CHANGE_CIPHER_SPEC: Final = b"\x01"


class Call(StrEnum):
    """The calls that may be interrupted while they write, and then go on writing."""

    HANDSHAKE = "handshake"
    REHANDSHAKE = "rehandshake"
    KEY_UPDATE = "key_update"
    REAUTH = "reauth"
    BYE = "bye"


class Memory:
    """All that a session remembers between calls.

    `state` is the handshake phase with its data; `channel` frames and protects towards the transport;
    `received` waits for the application; `failure` is set once and for all by the first fatal code.
    """

    __slots__ = (
        "alert",
        "alert_on_its_way",
        "channel",
        "complete",
        "config",
        "datagrams",
        "deadline",
        "direction",
        "dropped",
        "early_room",
        "early_sent",
        "early_taken",
        "exporter",
        "failure",
        "fruitless",
        "held",
        "hook",
        "idle",
        "key_updates",
        "muted",
        "notice",
        "parameters",
        "path",
        "read_closed",
        "received",
        "saved",
        "sending",
        "state",
        "stored",
        "transport",
        "unfinished",
        "version",
        "warnings",
        "write_closed",
    )

    def __init__(
        self, config: Config, transport: Transport, state: State, channel: StreamChannel | DatagramChannel
    ) -> None:
        self.config = config
        self.transport = transport
        self.state = state
        self.channel: Channel = channel
        self.datagrams = channel if isinstance(channel, DatagramChannel) else None
        self.path = deque((state.phase,), MAX_PATH)
        self.received: deque[bytes] = deque()
        self.version = ProtocolVersion.DTLS12 if config.datagram else None
        self.parameters: Parameters | None = None
        self.exporter: Exporter | None = None
        self.saved: SavedSession | None = None
        self.stored: bytes | None = None
        self.held: Message | None = None
        self.hook: MessageHook | None = None
        self.deadline: float | None = None
        self.alert: int | None = None
        self.notice = Code.SUCCESS
        self.failure: Refusal | None = None
        self.complete = False
        self.read_closed = False
        self.write_closed = False
        self.muted = False
        self.dropped = False
        self.direction = 0
        self.warnings = 0
        self.idle = 0
        self.fruitless = 0
        self.sending = 0
        self.unfinished: set[str] = set()
        self.alert_on_its_way: tuple[AlertLevel, AlertDescription] | None = None
        self.key_updates: tuple[float, int] = (0.0, 0)
        self.early_sent = bytearray()
        self.early_taken: deque[bytes] = deque()
        self.early_room = 0

    def fail(self, refusal: Refusal) -> Code:
        """End the session for good; nobody may resume it (RFC 5246 section 7.2).

        Records that wait stay where they are, because an alert is numbered after them; they are written only
        if an alert is sent.
        """
        self.failure = refusal
        self.received.clear()
        self.early_taken.clear()
        self.saved = None
        if self.stored is not None and self.config.store is not None:
            with suppress(OSError):
                self.config.store.remove(self.stored)
        return refusal.code

    def queue_alert(self, level: AlertLevel, description: AlertDescription) -> None:
        """Put an alert behind what is waiting to be written; after a closing one nothing may follow."""
        self.write_closed |= level == AlertLevel.FATAL or description == AlertDescription.CLOSE_NOTIFY
        content = bytes((level, description))
        self.channel.send_record(ContentType.ALERT, content)
        sent_record(self.hook, ContentType.ALERT, content)


def perform(memory: Memory, handled: Handled) -> None:
    """Apply a decision: ask every effect for its objection, then carry all of them out, then set the state.

    Raises `Refusal`, with nothing carried out, if the peer began a message under keys that end here, sends
    KeyUpdates too fast, or its certificate is not accepted.
    """
    for effect in handled.effects:
        check = _CHECKS.get(type(effect))
        if check is not None:
            check(memory, effect)
    for effect in handled.effects:
        deed = _DEEDS.get(type(effect))
        if deed is not None:
            deed(memory, effect)
    if handled.next.phase is not memory.state.phase:
        memory.path.append(handled.next.phase)
    memory.state = handled.next


def _check_boundary(memory: Memory, _effect: ReadKeys) -> None:
    if memory.channel.mid_message():
        raise Refusal(Code.UNEXPECTED_PACKET, "message bytes across a change of keys (RFC 8446 section 5.1)")


def _check_dropped(memory: Memory, effect: Settle) -> None:
    if effect.version is ProtocolVersion.TLS12 and memory.dropped:
        raise Refusal(Code.UNEXPECTED_PACKET, "ChangeCipherSpec before ServerHello (RFC 5246 section 7.1)")


def _check_certificate(memory: Memory, effect: Ask) -> None:
    config = memory.config
    if config.trust is not None:
        try:
            config.trust.check(effect.chain, config.server_name, config.clock())
        except CertificateRejected as error:
            raise Refusal(Code.CERTIFICATE_VERIFICATION_ERROR, str(error), error.alert) from error
    callback = config.verify_callback
    if callback is not None and not callback(effect.chain, config.server_name):
        raise Refusal(Code.CERTIFICATE_ERROR, "the application refused the certificate")


def _check_pace(memory: Memory, _effect: Pace) -> None:
    now = memory.config.clock()
    began, count = memory.key_updates
    if not 0 <= now - began < 1:
        began, count = now, 0
    if count == KEY_UPDATES_PER_SECOND:
        raise Refusal(Code.TOO_MANY_HANDSHAKE_PACKETS, "KeyUpdate too often")
    memory.key_updates = (began, count + 1)


def count_idle(memory: Memory, effect: Idle) -> None:
    """Bound what a peer can send without getting anywhere; raises `Refusal`."""
    memory.idle += 1
    if memory.idle > MAX_IDLE_RECORDS:
        reason = f"nothing but {effect.what}"
        raise Refusal(Code.TOO_MANY_EMPTY_PACKETS, reason, AlertDescription.UNEXPECTED_MESSAGE)


def _send(memory: Memory, effect: Send) -> None:
    memory.channel.send_messages(effect.messages)
    sent(memory.hook, effect.messages)


def _send_first(memory: Memory, effect: SendFirst) -> None:
    memory.channel.send_first(effect.message)
    sent(memory.hook, (effect.message,))


def _send_change_cipher_spec(memory: Memory, _effect: SendChangeCipherSpec) -> None:
    memory.channel.send_change_cipher_spec()
    sent_record(memory.hook, ContentType.CHANGE_CIPHER_SPEC, CHANGE_CIPHER_SPEC)


def _write_keys(memory: Memory, effect: WriteKeys) -> None:
    memory.channel.write_keys(effect.protection)
    memory.muted = memory.state.phase is not Phase.CONNECTED


def _write_in_the_clear(memory: Memory, _effect: WriteInTheClear) -> None:
    if isinstance(memory.channel, StreamChannel):
        memory.channel.writer.use(None)


def _read_keys(memory: Memory, effect: ReadKeys) -> None:
    memory.channel.read_keys(effect.protection)
    memory.early_room = 0


def _settle(memory: Memory, effect: Settle) -> None:
    memory.version = effect.version


def _limit(memory: Memory, effect: Limit) -> None:
    if isinstance(memory.channel, StreamChannel):
        memory.channel.limit(effect.writing, effect.reading)


def _send_early_data(memory: Memory, _effect: SendEarlyData) -> None:
    data = bytes(memory.early_sent)
    memory.channel.send_record(ContentType.APPLICATION_DATA, data)
    sent_record(memory.hook, ContentType.APPLICATION_DATA, data)
    memory.early_sent.clear()


def _take_early_data(memory: Memory, effect: TakeEarlyData) -> None:
    memory.early_room = effect.size


def _skip_early_data(memory: Memory, effect: SkipEarlyData) -> None:
    if isinstance(memory.channel, StreamChannel):
        memory.channel.skip(effect.size)


def _keep(memory: Memory, effect: Keep) -> None:
    memory.saved = effect.session


def _store(memory: Memory, effect: Store) -> None:
    session, store = effect.session, memory.config.store
    if store is not None:
        memory.stored = session.session_id
        with suppress(OSError):
            store.store(session.session_id, session.to_bytes(), session.issued / 1000 + session.lifetime)


def _hold(memory: Memory, effect: Hold) -> None:
    memory.held = effect.message


def _log(memory: Memory, effect: Log) -> None:
    key_log = memory.config.key_log
    if key_log is None:
        return
    for label, secret in effect.secrets:
        if secret:
            key_log(f"{label} {effect.client_random.hex()} {secret.hex()}")


def _notify(memory: Memory, effect: Notify) -> None:
    memory.notice = effect.code


def _complete(memory: Memory, effect: Complete) -> None:
    memory.parameters = effect.parameters
    memory.exporter = effect.exporter


_CHECKS: Final[dict[type, Callable[[Memory, Any], None]]] = {
    ReadKeys: _check_boundary,
    Settle: _check_dropped,
    Ask: _check_certificate,
    Pace: _check_pace,
    Idle: count_idle,
}
_DEEDS: Final[dict[type, Callable[[Memory, Any], None]]] = {
    Send: _send,
    SendFirst: _send_first,
    SendChangeCipherSpec: _send_change_cipher_spec,
    WriteKeys: _write_keys,
    WriteInTheClear: _write_in_the_clear,
    ReadKeys: _read_keys,
    Settle: _settle,
    Limit: _limit,
    SendEarlyData: _send_early_data,
    TakeEarlyData: _take_early_data,
    SkipEarlyData: _skip_early_data,
    Keep: _keep,
    Store: _store,
    Hold: _hold,
    Log: _log,
    Notify: _notify,
    Complete: _complete,
}
