"""A peer that is a program: it listens or connects, and we read what it prints and write what it sends."""

from __future__ import annotations

import os
import select
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from tests.interop.conftest import listens, program

PATIENCE = 20.0
_PULSE = 0.02


class Program:
    """A running program.

    Parameters
    ----------
    command: its name and its arguments.
    environment: variables that it has beside ours.
    patience: seconds that anything may take.
    """

    def __init__(
        self, command: list[str], environment: dict[str, str] | None = None, patience: float = PATIENCE
    ) -> None:
        self.command, self._patience = command, patience
        self.process = subprocess.Popen(
            [program(command[0]), *command[1:]],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env={**os.environ, **(environment or {})},
        )
        os.set_blocking(self.process.stdout.fileno(), False)
        self.printed = b""

    def write(self, data: bytes) -> None:
        """Type something."""
        self.process.stdin.write(data)
        self.process.stdin.flush()

    def read(self) -> bytes:
        """Return everything that has been printed so far."""
        if not self.process.stdout.closed:
            self.printed += self.process.stdout.read() or b""
        return self.printed

    def expect(self, text: bytes, since: int = 0) -> None:
        """Wait until `text` is printed."""
        deadline = time.monotonic() + self._patience
        while text not in self.read()[since:]:
            assert time.monotonic() < deadline, f"no {text!r} in {self.printed[since:]!r} of {self.command}"
            if self.process.poll() is not None and text not in self.read()[since:]:
                raise AssertionError(f"{self.command} ended ({self.process.returncode}): {self.printed!r}")
            select.select([self.process.stdout], [], [], _PULSE)

    def end(self) -> None:
        """Stop it, and keep what it has printed."""
        if self.process.stdout.closed:
            return
        self.process.terminate()
        try:
            self.process.wait(3)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.read()
        self.process.stdin.close()
        self.process.stdout.close()


class End:
    """A running program as the peer's end of a connection.

    Parameters
    ----------
    program: the running program.

    Attributes
    ----------
    talks: whether it takes and sends data on this connection.
    """

    talks = True

    def __init__(self, program: Program) -> None:
        self.program = program
        self._seen = len(program.read())

    def heard(self, text: bytes) -> bool:
        """Tell whether the program has printed what we sent."""
        return text.strip() in self.program.read()[self._seen :]

    def hear(self, _ours: Any, text: bytes) -> None:
        """Wait until the program has printed what we sent; a long text may come in pieces."""
        self.program.expect(text.strip()[:200], since=self._seen)
        self._seen = len(self.program.printed)

    def say(self, _ours: Any, text: bytes) -> None:
        """Type what the program sends."""
        self.program.write(text)

    def heard_early(self, _ours: Any, text: bytes) -> None:
        """Require that the program printed early data."""
        self.program.expect(text.strip())

    def keep(self) -> None:
        """The program keeps its session by itself."""


def read(ours: Any, size: int) -> bytes:
    """Read exactly `size` bytes."""
    data = b""
    while len(data) < size:
        piece = ours.recv(size - len(data))
        assert piece, data
        data += piece
    return data


def free_port(*, datagram: bool) -> int:
    """Return a port that was free a moment ago."""
    with socket.socket(socket.AF_INET, _kind(datagram)) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def connect(port: int, *, datagram: bool) -> socket.socket:
    """Connect our side to a server program."""
    connection = socket.socket(socket.AF_INET, _kind(datagram))
    connection.settimeout(PATIENCE)
    connection.connect(("127.0.0.1", port))
    return connection


def _kind(datagram: bool) -> int:
    return socket.SOCK_DGRAM if datagram else socket.SOCK_STREAM


class Listener:
    """Where client programs reach our side, one after the other."""

    def __init__(self, *, datagram: bool) -> None:
        self._datagram = datagram
        self._socket = self._bound(0)
        self.port = self._socket.getsockname()[1]
        if not datagram:
            self._socket.listen(4)

    def _bound(self, port: int) -> socket.socket:
        ours = socket.socket(socket.AF_INET, _kind(self._datagram))
        ours.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if self._datagram:
            ours.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        ours.bind(("127.0.0.1", port))
        ours.settimeout(PATIENCE)
        return ours

    def accept(self) -> socket.socket:
        """Take the next connection.

        Over datagrams the socket is tied to the first client that comes, and another one takes its place.
        """
        if not self._datagram:
            return self._socket.accept()[0]
        connection = self._socket
        _, address = connection.recvfrom(1, socket.MSG_PEEK | socket.MSG_TRUNC)
        connection.connect(address)
        self._socket = self._bound(self.port)
        return connection

    def close(self) -> None:
        """Take no more."""
        self._socket.close()


@contextmanager
def listening(*, datagram: bool) -> Iterator[Listener]:
    """A listener that is closed with the block."""
    ours = Listener(datagram=datagram)
    try:
        yield ours
    finally:
        ours.close()


def await_server(program: Program, port: int, *, datagram: bool) -> None:
    """Wait until a server program listens."""
    deadline = time.monotonic() + PATIENCE
    while not listens(port, datagram=datagram):
        assert time.monotonic() < deadline, program.read()
        assert program.process.poll() is None, program.read()
        time.sleep(_PULSE)
