"""A session over a socket, for people who want ordinary calls and exceptions instead of codes.

Sends the appropriate alert by itself when something fails.  All protocol is in `session`; here are only the
loops of a caller who has nothing else to do than wait.
"""

from __future__ import annotations

import select
import socket
from collections.abc import Callable
from functools import partial
from typing import Final, Self

from impl.codes import Code, strerror
from impl.config import Config
from impl.parameters import Parameters
from impl.session import Received, Sent, Session
from impl.transports import SocketTransport

Result = Sent | Received | Code

_PIECE: Final = 2**14


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


class TlsSocket:
    """A TLS connection over a connected stream socket.

    Parameters
    ----------
    connection: blocking, non-blocking or with a timeout, which then limits every single wait.
    config: role, credentials and policy.

    Every method raises `TlsError` if the session fails, `TimeoutError` if the socket's timeout passes.
    """

    def __init__(self, connection: socket.socket, config: Config) -> None:
        self._socket = connection
        self._timeout = connection.gettimeout()
        connection.setblocking(False)
        self.session = Session(config, SocketTransport(connection))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.close()

    @property
    def parameters(self) -> Parameters | None:
        """What was negotiated."""
        return self.session.parameters

    def handshake(self) -> None:
        """Carry the handshake through; warnings of the peer are passed over."""
        self._wait(self.session.handshake)

    def send(self, data: bytes) -> None:
        """Send all of `data`."""
        while data:
            result = self._wait(partial(self.session.record_send, data[:_PIECE]))
            if isinstance(result, Sent):
                data = data[result.count :]

    def recv(self, size: int = 16384) -> bytes:
        """Return up to `size` bytes, b"" once the peer has closed; a wish for renegotiation is refused."""
        result = self._wait(partial(self.session.record_recv, size))
        return result.data if isinstance(result, Received) else b""

    def close(self) -> None:
        """Send close_notify, and close the socket."""
        try:
            self._wait(self.session.bye)
        finally:
            self._socket.close()

    def _wait(self, call: Callable[[], Result]) -> Result:
        """Repeat `call` until it succeeds."""
        while True:
            result = call()
            if not isinstance(result, Code) or result is Code.SUCCESS:
                return result
            if result.is_fatal:
                raise self._failed(result)
            if result in (Code.AGAIN, Code.INTERRUPTED):
                self._wait_for_socket()
            elif result is Code.REHANDSHAKE:
                self._wait(partial(self.session.alert_send_appropriate, Code.REHANDSHAKE))

    def _failed(self, code: Code) -> TlsError:
        """Tell the peer, as far as that goes without waiting, and return the error."""
        reason = self.session.failure or strerror(code)
        self.session.alert_send_appropriate(code)
        return TlsError(code, self.session.alert_get() if code is Code.FATAL_ALERT_RECEIVED else None, reason)

    def _wait_for_socket(self) -> None:
        writing = self.session.record_get_direction() == 1
        waiting = [self._socket]
        ready = select.select([] if writing else waiting, waiting if writing else [], [], self._timeout)
        if not any(ready):
            raise TimeoutError("the peer was silent for too long")


def connect(host: str, port: int, config: Config, timeout: float | None = None) -> TlsSocket:
    """Open a TCP connection and shake hands; raises `OSError`, `TlsError`."""
    stream = TlsSocket(socket.create_connection((host, port), timeout), config)
    stream.handshake()
    return stream
