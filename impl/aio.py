"""A session over a socket for asyncio: the calls of `streams.TlsSocket`, to be awaited."""

from __future__ import annotations

import asyncio
import socket
from typing import Self, TypeVar

from impl.config import Config
from impl.conversation import Conversation, Steps, Wait
from impl.parameters import Parameters
from impl.session import Session
from impl.streams import datagram_connection
from impl.transports import SocketTransport

Outcome = TypeVar("Outcome")


class AsyncTlsSocket:
    """A TLS connection over a connected stream socket, or DTLS over a connected datagram socket.

    Parameters
    ----------
    connection: any connected socket; it is made non-blocking.
    config: role, credentials and policy.
    renegotiate: whether to follow a peer that wants another TLS 1.2 handshake; otherwise it is refused.
    address: the client's, for the cookies of a DTLS server.

    One task reads and another may write at the same time.  Every method raises `TlsError` if the session
    fails; time limits are asyncio's (`asyncio.timeout`).
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
        connection.setblocking(False)
        self.session = Session(config, SocketTransport(connection), address)
        self._conversation = Conversation(self.session, renegotiate=renegotiate)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        self._socket.close()

    @property
    def parameters(self) -> Parameters | None:
        """What was negotiated."""
        return self.session.parameters

    async def handshake(self) -> bool:
        """Carry a handshake through; returns False if the peer refuses a re-handshake."""
        return await self._run(self._conversation.handshake())

    async def rehandshake(self) -> bool:
        """Ask the client for another handshake (TLS 1.2; False if it refuses), or for new keys (TLS 1.3)."""
        return await self._run(self._conversation.rehandshake())

    async def key_update(self, request_peer: bool = False) -> None:
        """Change the keys of a TLS 1.3 connection."""
        await self._run(self._conversation.key_update(request_peer))

    async def reauth(self) -> None:
        """Ask the client of a TLS 1.3 connection for its certificate, and wait for it."""
        await self._run(self._conversation.reauth())

    async def send(self, data: bytes) -> None:
        """Send all of `data`; over datagrams, in one."""
        await self._run(self._conversation.send(data))

    async def recv(self, size: int = 16384) -> bytes:
        """Return up to `size` bytes, b"" once the peer has closed."""
        return await self._run(self._conversation.recv(size))

    def send_early_data(self, data: bytes) -> None:
        """Say something together with the ClientHello, before `handshake` (TLS 1.3)."""
        self._conversation.send_early_data(data)

    def recv_early_data(self) -> bytes:
        """Return all early data that a server has accepted."""
        return self._conversation.recv_early_data()

    async def close(self) -> None:
        """Send close_notify, and close the socket."""
        try:
            await self._run(self._conversation.close())
        finally:
            self._socket.close()

    async def _run(self, steps: Steps[Outcome]) -> Outcome:
        try:
            while True:
                await self._wait(next(steps))
        except StopIteration as done:
            outcome: Outcome = done.value
            return outcome

    async def _wait(self, wait: Wait) -> None:
        loop = asyncio.get_running_loop()
        ready = asyncio.Event()
        descriptor = self._socket.fileno()
        watch, forget = (
            (loop.add_writer, loop.remove_writer) if wait.writing else (loop.add_reader, loop.remove_reader)
        )
        watch(descriptor, ready.set)
        try:
            async with asyncio.timeout(wait.timeout):
                await ready.wait()
        except TimeoutError:
            return  # a timer of the session's, which is served by going on
        finally:
            forget(descriptor)


async def connect(host: str, port: int, config: Config) -> AsyncTlsSocket:
    """Reach a server over TCP, or over UDP for DTLS, and shake hands; raises `OSError`, `TlsError`."""
    loop = asyncio.get_running_loop()
    if config.datagram:
        connection = await loop.run_in_executor(None, datagram_connection, host, port, None)
    else:
        connection = await loop.run_in_executor(None, socket.create_connection, (host, port))
    stream = AsyncTlsSocket(connection, config)
    await stream.handshake()
    return stream
