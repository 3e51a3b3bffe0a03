"""A peer that is a library: it runs in a thread on one end of a socket pair, and does what it is told.

The library is wrapped into an end whose calls return the names of GnuTLS's codes, like those of the contract
suite's drivers.
"""

from __future__ import annotations

import queue
import select
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Thread
from typing import Any

from tests.interop.needs import EXPORTED, EXPORTER

PATIENCE = 20.0
_PULSE = 0.05
"""Seconds after which a library is asked again although nothing has come, for it may have timers."""
_AGAIN = ("AGAIN", "INTERRUPTED")
_NO_RENEGOTIATION = 100


class ThreadedEnd:
    """The peer's end of one connection.

    Parameters
    ----------
    make: makes the library's end on a non-blocking socket, in the thread that uses it.
    connection: that socket.
    follow: whether to follow us when we want another handshake; otherwise it is refused.
    patience: seconds that anything may take.

    Attributes
    ----------
    talks: whether it takes and sends data on this connection; always.
    closed: whether it has met our close_notify.
    trouble: the code that has ended it, or None.
    """

    talks = True

    def __init__(
        self,
        make: Callable[[], Any],
        connection: socket.socket,
        *,
        follow: bool = True,
        patience: float = PATIENCE,
    ) -> None:
        self._make, self._connection, self._follow, self._patience = make, connection, follow, patience
        self._commands: queue.Queue[tuple[str, tuple[Any, ...], queue.Queue[Any]]] = queue.Queue()
        self._called, self._call = socket.socketpair()
        self._heard, self._early = bytearray(), bytearray()
        self._warned: list[int] = []
        self._stop = self.closed = False
        self.trouble: str | None = None
        self.session: Any = None
        self.end: Any = None
        self._thread = Thread(target=self._run, daemon=True)
        self._thread.start()

    # What our side's thread calls.

    def heard(self, text: bytes) -> bool:
        """Tell whether the peer has got what we sent."""
        return text in bytes(self._heard)

    def hear(self, _ours: Any, text: bytes) -> None:
        """Wait until `text` has arrived, and nothing else."""
        self._await(lambda: len(self._heard) >= len(text))
        assert bytes(self._heard[: len(text)]) == text, (self.trouble, bytes(self._heard))
        del self._heard[: len(text)]

    def say(self, _ours: Any, text: bytes) -> None:
        """Have it send `text`."""
        self._ask("send", text)

    def heard_early(self, _ours: Any, text: bytes) -> None:
        """Require that `text` has come as early data."""
        assert self._ask("early") == text

    def ask_rehandshake(self, _ours: Any) -> bytes:
        """Have it begin another handshake."""
        self._tell("rehandshake")
        return b""

    def was_refused(self, link: Any) -> None:
        """Require that it has met our refusal, and goes on."""
        link.listen(self._patience, until=lambda: _NO_RENEGOTIATION in self._warned)
        assert _NO_RENEGOTIATION in self._warned, self.trouble

    def update_keys(self, _ours: Any) -> bytes:
        """Have it change its keys and ask for ours."""
        assert self._ask("key_update") is True
        return b""

    def reauth(self, _ours: Any) -> bytes:
        """Have it ask for our certificate."""
        self._tell("reauth")
        return b""

    def become(self, kind: str) -> None:
        """Have it show another certificate from now on."""
        self._ask("become", kind)

    def exported(self, _ours: Any) -> bytes:
        """Its keying material."""
        return self._ask("export", EXPORTER.encode(), EXPORTED)

    def key_log(self) -> list[str]:
        """What it has logged."""
        return self.end.key_log

    def keep(self) -> None:
        """Keep what the peer, a client, needs to resume the session."""
        self.session = self._ask("session_data")

    def saw_ocsp(self, _ours: Any) -> None:
        """Require that it has got the response."""
        assert self._ask("saw_ocsp")

    def close(self, ours: Any) -> None:
        """We close, and the peer answers."""
        ours.session.bye()
        try:
            while ours.recv():
                pass
        except TimeoutError:
            raise AssertionError(f"no close_notify: {self.trouble}") from None
        self._await(lambda: self.closed)
        self.stop()
        assert self.closed, self.trouble

    def stop(self) -> None:
        """End the thread."""
        self._stop = True
        self._wake()
        self._thread.join(PATIENCE)

    def _await(self, true: Callable[[], bool]) -> None:
        deadline = time.monotonic() + self._patience
        while not true() and self.trouble is None and time.monotonic() < deadline:
            time.sleep(0.001)

    def _tell(self, name: str, *arguments: Any) -> queue.Queue[Any]:
        answers: queue.Queue[Any] = queue.Queue()
        self._commands.put((name, arguments, answers))
        self._wake()
        return answers

    def _ask(self, name: str, *arguments: Any) -> Any:
        try:
            return self._tell(name, *arguments).get(timeout=self._patience)
        except queue.Empty:
            raise AssertionError(f"no answer to {name}: {self.trouble}") from None

    def _wake(self) -> None:
        self._call.send(b"!")

    # What the thread does.

    def _run(self) -> None:
        try:
            self.end = self._make()
            if self._until(self.end.handshake) is not True:
                return
            while not (self._stop or self.trouble or self.closed):
                self._step(self.end)
        except Exception as error:
            self.trouble = repr(error)
            raise
        finally:
            if self.end is not None:
                self.end.close()

    def _step(self, end: Any) -> None:
        try:
            name, arguments, answers = self._commands.get_nowait()
        except queue.Empty:
            self._listen(end)
            return
        answers.put(getattr(self, f"_do_{name}")(end, *arguments))

    def _listen(self, end: Any) -> None:
        answer = end.recv()
        if isinstance(answer, bytes):
            if answer:
                self._heard += answer
            else:
                self._until(end.bye)
                self.closed = True
        elif answer == "REHANDSHAKE" and self._follow:
            if end.role == "client":
                self._drain(end)
            self._until(end.handshake)
        elif answer == "REAUTH_REQUEST":
            self._until(end.reauth)
        elif answer == "WARNING_ALERT_RECEIVED":
            self._warned.append(end.alert_get())
        elif answer in _AGAIN:
            self._idle()
        elif answer == "REHANDSHAKE":
            end.alert_send_appropriate(answer)
        else:
            self._fail(end, answer)

    def _drain(self, end: Any) -> None:
        """Read what came behind a HelloRequest, as a client of GnuTLS has to before it answers."""
        while isinstance(answer := end.recv(), bytes) and answer:
            self._heard += answer

    def _idle(self) -> None:
        """Wait for the socket, for a command, or for the time at which a timer may have run off."""
        if select.select([self._connection, self._called], [], [], _PULSE)[0]:
            self._called.setblocking(False)
            try:
                self._called.recv(100)
            except BlockingIOError:
                return

    def _until(self, call: Callable[[], str]) -> bool | None:
        """Repeat a call: True when it succeeds, False when it is refused, None when it fails."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline and not self._stop:
            answer = call()
            if answer == "SUCCESS":
                return True
            if answer == "GOT_APPLICATION_DATA":
                self._heard += self.end.recv()
            elif answer == "WARNING_ALERT_RECEIVED":
                self._warned.append(self.end.alert_get())
                if self._warned[-1] == _NO_RENEGOTIATION:
                    return False
            elif answer in _AGAIN:
                select.select([self._connection], [], [], _PULSE)
            else:
                self._fail(self.end, answer)
                return None
        return None

    def _fail(self, end: Any, answer: str) -> None:
        self.trouble = answer
        end.alert_send_appropriate(answer)

    def _do_send(self, end: Any, data: bytes) -> bool:
        while data:
            count = end.send(data)
            if isinstance(count, int):
                data = data[count:]
            elif count in _AGAIN:
                select.select([], [self._connection], [], _PULSE)
            else:
                self._fail(end, count)
                return False
        return True

    def _do_rehandshake(self, end: Any) -> bool | None:
        return self._until(end.handshake if end.role == "client" else end.rehandshake)

    def _do_key_update(self, end: Any) -> bool:
        return self._until(lambda: end.key_update(True)) is True

    def _do_reauth(self, end: Any) -> bool:
        return self._until(end.reauth) is True

    def _do_become(self, end: Any, kind: str) -> None:
        end.become(kind)

    def _do_export(self, end: Any, label: bytes, length: int) -> bytes:
        return end.export(label, length)

    def _do_session_data(self, end: Any) -> Any:
        return end.session_data()

    def _do_early(self, end: Any) -> bytes:
        while isinstance(data := end.recv_early_data(), bytes) and data:
            self._early += data
        return bytes(self._early)

    def _do_saw_ocsp(self, end: Any) -> bool:
        return end.saw_ocsp()


class SocketWire:
    """A socket as the transport of a library; `unread` puts something back in front."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._unread: list[bytes] = []
        self.push = connection.send

    def unread(self, data: bytes) -> None:
        """Let `data` be what is read next."""
        self._unread.append(data)

    def pull(self, size: int) -> bytes:
        """Read."""
        return self._unread.pop() if self._unread else self._connection.recv(size)

    @property
    def readable(self) -> bool:
        """Whether a read would return something."""
        return bool(self._unread or select.select([self._connection], [], [], 0)[0])


@contextmanager
def socket_pair(*, datagram: bool) -> Iterator[tuple[socket.socket, socket.socket]]:
    """Two connected ends on loopback, of TCP or UDP; ours waits, theirs does not."""
    ours, theirs = _datagrams() if datagram else _streams()
    theirs.setblocking(False)
    try:
        yield ours, theirs
    finally:
        ours.close()
        theirs.close()


def _streams() -> tuple[socket.socket, socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        theirs = socket.create_connection(listener.getsockname())
        ours, _ = listener.accept()
    for end in (ours, theirs):
        end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return ours, theirs


def _datagrams() -> tuple[socket.socket, socket.socket]:
    ours, theirs = (socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(2))
    for end in (ours, theirs):
        end.bind(("127.0.0.1", 0))
    ours.connect(theirs.getsockname())
    theirs.connect(ours.getsockname())
    return ours, theirs
