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

PATIENCE = 20.0
_PULSE = 0.01
_AGAIN = ("AGAIN", "INTERRUPTED")


class SocketWire:
    """A socket as the transport of a library."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self.push = connection.send
        self.pull = connection.recv

    @property
    def readable(self) -> bool:
        """Whether a read would return something."""
        return bool(select.select([self._connection], [], [], 0)[0])


class ThreadedEnd:
    """The peer's end of one connection.

    Parameters
    ----------
    make: makes the end on a non-blocking socket, in the thread that uses it.
    follow: whether to follow us when we want another handshake.
    """

    def __init__(self, make: Callable[[], Any], *, follow: bool = True) -> None:
        self._make = make
        self._follow = follow
        self._commands: queue.Queue[tuple[str, tuple[Any, ...], queue.Queue[Any]]] = queue.Queue()
        self._heard = bytearray()
        self._early = bytearray()
        self._trouble: str | None = None
        self._stop = False
        self.closed = False
        self.session: Any = None
        self._thread = Thread(target=self._run, daemon=True)
        self._thread.start()

    # What our side's thread calls.

    def talk(self, ours: Any, text: bytes) -> None:
        """Data both ways."""
        for piece in _pieces(text, ours):
            ours.send(piece)
            self.hear(ours, piece)
            self._command("send", piece)
            assert _read(ours, len(piece)) == piece

    def hear(self, _ours: Any, text: bytes) -> None:
        """Wait until `text` has arrived."""
        deadline = time.monotonic() + PATIENCE
        while len(self._heard) < len(text) and time.monotonic() < deadline and self._trouble is None:
            time.sleep(_PULSE / 2)
        assert bytes(self._heard[: len(text)]) == text, (self._trouble, bytes(self._heard))
        del self._heard[: len(text)]

    def heard_early(self, _ours: Any, text: bytes) -> None:
        """Require that `text` has come as early data."""
        self._command("take_early")
        assert bytes(self._early) == text

    def act(self, ours: Any, action: str) -> Any:
        """Do what an action says; our side listens meanwhile, where it has to."""
        if action == "keylog":
            return self.end.key_log
        answers = self._start(action.replace("-", "_"))
        return _wait_for(answers, ours if action in _LISTENING else None, self)

    def keep(self) -> None:
        """Keep what the peer, a client, needs to resume the session."""
        self.session = self._command("session_data")

    def saw(self, _ours: Any, what: str) -> None:
        """Require that the peer has noticed `what`."""
        assert self._command(f"saw_{what}")

    def close(self, ours: Any) -> None:
        """We close, and the peer answers."""
        ours.session.bye()
        try:
            while ours.recv():
                pass
        except TimeoutError:
            raise AssertionError(f"no close_notify: {self._trouble}") from None
        self.stop()
        assert self.closed, self._trouble

    def stop(self) -> None:
        """End the thread."""
        self._stop = True
        self._thread.join(PATIENCE)

    def _start(self, name: str, *arguments: Any) -> queue.Queue[Any]:
        answers: queue.Queue[Any] = queue.Queue()
        self._commands.put((name, arguments, answers))
        return answers

    def _command(self, name: str, *arguments: Any) -> Any:
        return _wait_for(self._start(name, *arguments), None, self)

    # What the thread does.

    def _run(self) -> None:
        end = self._make()
        self.end = end
        try:
            if self._until(end.handshake) is not True:
                return
            while not (self._stop or self._trouble or self.closed):
                self._step(end)
        finally:
            end.close()

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
                self.closed = True
                self._until(end.bye)
        elif answer == "REHANDSHAKE" and self._follow:
            self._until(end.handshake)
        elif answer == "REHANDSHAKE":
            end.alert_send_appropriate("REHANDSHAKE")
        elif answer == "REAUTH_REQUEST":
            self._until(end.reauth)
        elif answer in (*_AGAIN, "WARNING_ALERT_RECEIVED"):
            time.sleep(_PULSE)
        else:
            self._fail(end, answer)

    def _until(self, call: Callable[[], str]) -> bool | None:
        """Repeat a call: True when it succeeds, False when it is refused, None when it fails."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline and not self._stop:
            answer = call()
            if answer == "SUCCESS":
                return True
            if answer == "GOT_APPLICATION_DATA":
                self._heard += self.end.recv()
            elif answer == "WARNING_ALERT_RECEIVED" and self.end.alert_get() == 100:
                return False
            elif answer in (*_AGAIN, "WARNING_ALERT_RECEIVED"):
                time.sleep(_PULSE / 2)
            else:
                self._fail(self.end, answer)
                return None
        return None

    def _fail(self, end: Any, answer: str) -> None:
        self._trouble = answer
        end.alert_send_appropriate(answer)

    def _do_send(self, end: Any, data: bytes) -> None:
        while data:
            count = end.send(data)
            if isinstance(count, int):
                data = data[count:]
            elif count not in _AGAIN:
                self._fail(end, count)
                return

    def _do_rehandshake(self, end: Any) -> bool:
        if end.settings.role == "server":
            begun = self._until(end.rehandshake)
            if begun is not True:
                return False
        return self._until(end.handshake) is True

    def _do_rehandshake_refused(self, end: Any) -> bool:
        return not self._do_rehandshake(end)

    def _do_follow(self, _end: Any) -> bool:
        return True

    def _do_key_update(self, end: Any) -> bool:
        return self._until(lambda: end.key_update(True)) is True

    def _do_reauth(self, end: Any) -> bool:
        return self._until(end.reauth) is True and end.peer_certificate() is not None

    def _do_export(self, end: Any) -> bytes:
        return end.export(b"EXPORTER-interop", 32)

    def _do_session_data(self, end: Any) -> Any:
        return end.session_data()

    def _do_take_early(self, end: Any) -> None:
        while isinstance(data := end.recv_early_data(), bytes) and data:
            self._early += data

    def _do_saw_ocsp(self, end: Any) -> bool:
        return end.saw_ocsp()


_LISTENING = frozenset({"rehandshake", "rehandshake-refused", "reauth", "key_update"})
"""Actions in which our side has to read, for it answers only then."""


def _wait_for(answers: queue.Queue[Any], ours: Any, end: ThreadedEnd) -> Any:
    """Wait for an answer, while our side reads (and finds no data) where it has to."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        try:
            answer = answers.get(timeout=_PULSE)
        except queue.Empty:
            if ours is not None:
                _listen_briefly(ours)
            if end._trouble is not None:
                raise AssertionError(end._trouble) from None
            continue
        assert answer is not False
        return answer
    raise AssertionError("no answer in time")


def _listen_briefly(ours: Any) -> None:
    patience, ours._timeout = ours._timeout, 0.05
    try:
        data = ours.recv()
        assert not data, data
    except TimeoutError:
        return
    finally:
        ours._timeout = patience


def _read(ours: Any, size: int) -> bytes:
    data = b""
    while len(data) < size:
        piece = ours.recv(size - len(data))
        assert piece, data
        data += piece
    return data


def _pieces(text: bytes, ours: Any) -> Iterator[bytes]:
    size = ours.session.data_mtu if ours.session.is_datagram else len(text)
    for start in range(0, len(text), size):
        yield text[start : start + size]


@contextmanager
def socket_pair(*, datagram: bool) -> Iterator[tuple[socket.socket, socket.socket]]:
    """Two connected ends; over datagrams on loopback, because only those of UDP keep their borders apart."""
    kind = socket.SOCK_DGRAM if datagram else socket.SOCK_STREAM
    ours, theirs = socket.socketpair(socket.AF_UNIX, kind)
    theirs.setblocking(False)
    try:
        yield ours, theirs
    finally:
        theirs.close()
