"""A session over a socket that blocks its caller, for people who want ordinary calls and exceptions."""

from __future__ import annotations

import select
import socket
from collections.abc import Sequence
from typing import Self, TypeVar

from impl.config import Config
from impl.conversation import Conversation, Steps, Wait
from impl.conversation import TlsError as TlsError
from impl.parameters import Parameters
from impl.session import Session
from impl.transports import SocketTransport

Outcome = TypeVar("Outcome")


class TlsSocket:
    """A TLS connection over a connected stream socket, or DTLS over a connected datagram socket.

    Parameters
    ----------
    connection: blocking, non-blocking or with a timeout, which then limits every single wait.
    config: role, credentials and policy.
    renegotiate: whether to follow a peer that wants another TLS 1.2 handshake; otherwise it is refused.
    address: the client's, for the cookies of a DTLS server.

    Every method raises `TlsError` if the session fails, `TimeoutError` if the socket's timeout passes.
    """

    def __init__(
        self,
        connection: socket.socket,
        config: Config,
        *,
        renegotiate: bool = False,
        address: bytes = b"",
    ) -> None:
        self._socket = connection
        self._timeout = connection.gettimeout()
        connection.setblocking(False)
        self.session = Session(config, SocketTransport(connection), address)
        self._conversation = Conversation(self.session, renegotiate=renegotiate)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.close()

    @property
    def parameters(self) -> Parameters | None:
        """What was negotiated."""
        return self.session.parameters

    def settimeout(self, timeout: float | None) -> None:
        """Limit every single wait to so many seconds; None sets no limit."""
        self._timeout = timeout

    def handshake(self) -> bool:
        """Carry a handshake through; returns False if the peer refuses a re-handshake."""
        return self._run(self._conversation.handshake())

    def rehandshake(self) -> bool:
        """Ask the client for another handshake (TLS 1.2; False if it refuses), or for new keys (TLS 1.3)."""
        return self._run(self._conversation.rehandshake())

    def key_update(self, request_peer: bool = False) -> None:
        """Change the keys of a TLS 1.3 connection."""
        self._run(self._conversation.key_update(request_peer))

    def reauth(self) -> None:
        """Ask the client of a TLS 1.3 connection for its certificate, and wait for it."""
        self._run(self._conversation.reauth())

    def send(self, data: bytes) -> None:
        """Send all of `data`; over datagrams, in one."""
        self._run(self._conversation.send(data))

    def recv(self, size: int = 16384) -> bytes:
        """Return up to `size` bytes, b"" once the peer has closed."""
        return self._run(self._conversation.recv(size))

    def send_early_data(self, data: bytes) -> None:
        """Say something together with the ClientHello, before `handshake` (TLS 1.3)."""
        self._conversation.send_early_data(data)

    def recv_early_data(self) -> bytes:
        """Return all early data that a server has accepted."""
        return self._conversation.recv_early_data()

    def close(self) -> None:
        """Send close_notify, and close the socket."""
        try:
            self._run(self._conversation.close())
        finally:
            self._socket.close()

    def _run(self, steps: Steps[Outcome]) -> Outcome:
        try:
            while True:
                self._wait(next(steps))
        except StopIteration as done:
            outcome: Outcome = done.value
            return outcome

    def _wait(self, wait: Wait) -> None:
        ours: Sequence[socket.socket] = (self._socket,)
        limits = [limit for limit in (self._timeout, wait.timeout) if limit is not None]
        timeout = min(limits, default=None)
        ready = select.select(() if wait.writing else ours, ours if wait.writing else (), (), timeout)
        if not any(ready) and timeout == self._timeout:
            raise TimeoutError("the peer was silent for too long")


def connect(host: str, port: int, config: Config, timeout: float | None = None) -> TlsSocket:
    """Reach a server over TCP, or over UDP for DTLS, and shake hands; raises `OSError`, `TlsError`."""
    if not config.datagram:
        stream = TlsSocket(socket.create_connection((host, port), timeout), config)
    else:
        stream = TlsSocket(datagram_connection(host, port, timeout), config)
    stream.handshake()
    return stream


def datagram_connection(host: str, port: int, timeout: float | None) -> socket.socket:
    """Return a datagram socket that is connected to the first address of `host`; raises `OSError`."""
    family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_DGRAM)[0]
    connection = socket.socket(family, kind, protocol)
    connection.settimeout(timeout)
    connection.connect(address)
    return connection
