"""What a caller does with a session who has nothing else to do than wait, with ordinary exceptions.

Every method is a generator of the waits in between, so that blocking sockets and event loops share it.  It
sends the appropriate alert by itself when something fails.  All protocol is in `session`.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Generator
from functools import partial
from typing import Final, NamedTuple, TypeVar

from impl.alerts import AlertDescription
from impl.codec.enums import ProtocolVersion
from impl.codes import Code, strerror
from impl.session import Received, Sent, Session

Result = Sent | Received | Code
Outcome = TypeVar("Outcome")

_PIECE: Final = 2**14
_SMALLEST_MTU: Final = 256
"""Bytes below which a network that refuses datagrams is broken."""


class TlsError(OSError):
    """A session that failed.

    Parameters
    ----------
    code: what the session returned.
    alert: the description of the peer's alert, if one ended the session.
    reason: one line.
    """

    def __init__(self, code: Code, alert: int | None, reason: str) -> None:
        super().__init__(f"{code.name}: {reason}")
        self.code = code
        self.alert = alert


class Wait(NamedTuple):
    """What has to happen before the conversation goes on.

    Parameters
    ----------
    writing: whether the transport must become writable; otherwise readable.
    timeout: seconds after which to go on all the same, because a timer of the session wants it; or None.
    """

    writing: bool
    timeout: float | None


Steps = Generator[Wait, None, Outcome]


class Conversation:
    """The calls of an application, each as steps with waits between them.

    Parameters
    ----------
    session: over a transport that does not block.
    renegotiate: whether to follow a peer that wants another TLS 1.2 handshake; otherwise it is refused.

    The steps raise `TlsError` if the session fails.
    """

    def __init__(self, session: Session, *, renegotiate: bool = False) -> None:
        self.session = session
        self._renegotiate = renegotiate
        self._unread: deque[bytes] = deque()

    def handshake(self) -> Steps[bool]:
        """Carry a handshake through; warnings are passed over, data is kept for `recv`.

        Returns False if it was a re-handshake and the peer has refused it, which leaves all as it was.
        """
        while True:
            result = yield from self._repeat(self.session.handshake, passing_over_warnings=False)
            if result is Code.SUCCESS:
                return True
            if self.session.alert_get() == AlertDescription.NO_RENEGOTIATION and self.session.is_complete:
                return False

    def rehandshake(self) -> Steps[bool]:
        """Ask the client for another handshake and carry it through; returns False if it refuses.

        In TLS 1.3 it is the keys that are renewed, and nobody can refuse that.
        """
        yield from self._repeat(self.session.rehandshake)
        parameters = self.session.parameters
        if parameters is not None and parameters.version is ProtocolVersion.TLS13:
            return True
        return (yield from self.handshake())

    def key_update(self, request_peer: bool) -> Steps[None]:
        """Change the keys of a TLS 1.3 connection."""
        yield from self._repeat(partial(self.session.key_update, request_peer))

    def reauth(self) -> Steps[None]:
        """Ask the client of a TLS 1.3 connection for its certificate, and wait for it."""
        yield from self._repeat(self.session.reauth)

    def send(self, data: bytes) -> Steps[None]:
        """Send all of `data`; over datagrams in one, which must fit."""
        if self.session.is_datagram and len(data) > self.session.data_mtu:
            raise TlsError(Code.LARGE_PACKET, None, f"{len(data)} bytes do not fit into a datagram")
        while data:
            result = yield from self._repeat(partial(self.session.record_send, data[:_PIECE]))
            if isinstance(result, Sent):
                data = data[result.count :]

    def recv(self, size: int) -> Steps[bytes]:
        """Return up to `size` bytes, b"" once the peer has closed."""
        result = yield from self._repeat(partial(self._next, size))
        return result.data if isinstance(result, Received) else b""

    def _next(self, size: int) -> Result:
        """Return what came while something else was done, or read."""
        if not self._unread:
            return self.session.record_recv(size)
        data = self._unread.popleft()
        if len(data) > size:
            self._unread.appendleft(data[size:])
        return Received(data[:size])

    def send_early_data(self, data: bytes) -> None:
        """Say something together with the ClientHello; raises `TlsError` if that is not possible."""
        code = self.session.record_send_early_data(data)
        if isinstance(code, Code):
            raise TlsError(code, None, "no session to resume that takes so much early data")

    def recv_early_data(self) -> bytes:
        """Return all early data that a server has accepted."""
        data = bytearray()
        while isinstance(result := self.session.record_recv_early_data(), Received):
            data += result.data
        return bytes(data)

    def close(self) -> Steps[None]:
        """Send close_notify."""
        yield from self._repeat(self.session.bye)

    def _repeat(self, call: Callable[[], Result], *, passing_over_warnings: bool = True) -> Steps[Result]:
        """Repeat `call` until it succeeds."""
        while True:
            result = call()
            if not isinstance(result, Code) or result is Code.SUCCESS:
                return result
            if result is Code.WARNING_ALERT_RECEIVED and not passing_over_warnings:
                return result
            if result is Code.UNAVAILABLE_DURING_HANDSHAKE and self.session.is_complete:
                # A re-handshake was left in the middle, because a wait was given up.
                yield from self.handshake()
                continue
            if result.is_fatal:
                raise self._failed(result)
            answer = self._ANSWERS.get(result)
            if answer is not None:
                yield from answer(self)

    def _wait(self) -> Steps[None]:
        yield Wait(self.session.record_get_direction() == 1, self.session.get_timeout())

    def _take_data(self) -> Steps[None]:
        result = yield from self._repeat(self.session.record_recv)
        if isinstance(result, Received):
            self._unread.append(result.data)

    def _answer_rehandshake(self) -> Steps[None]:
        if self._renegotiate:
            yield from self.handshake()
        else:
            yield from self._repeat(partial(self.session.alert_send_appropriate, Code.REHANDSHAKE))

    def _answer_reauth(self) -> Steps[None]:
        yield from self._repeat(self.session.reauth)

    def _shrink(self) -> Steps[None]:
        smaller = self.session.mtu // 2
        if smaller < _SMALLEST_MTU:
            raise TlsError(Code.LARGE_PACKET, None, strerror(Code.LARGE_PACKET))
        self.session.set_mtu(smaller)
        yield from ()

    def _failed(self, code: Code) -> TlsError:
        """Tell the peer, as far as that goes without waiting, and return the error."""
        reason = self.session.failure or strerror(code)
        self.session.alert_send_appropriate(code)
        return TlsError(code, self.session.alert_get() if code is Code.FATAL_ALERT_RECEIVED else None, reason)

    _ANSWERS: Final = {
        Code.AGAIN: _wait,
        Code.INTERRUPTED: _wait,
        Code.GOT_APPLICATION_DATA: _take_data,
        Code.REHANDSHAKE: _answer_rehandshake,
        Code.REAUTH_REQUEST: _answer_reauth,
        Code.LARGE_PACKET: _shrink,
    }
    """Code that is not fatal -> what to do before the call is repeated; the others are passed over."""
