"""A peer that is a program: it listens or connects, and we read what it prints and write what it sends."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from tests.interop.conftest import listens

PATIENCE = 20.0
_PULSE = 0.02


def path_of(name: str) -> str:
    """The path of a program; a missing one skips, which fails in CI."""
    found = shutil.which(name)
    if found is None:
        pytest.skip(f"{name} is not installed")
    return found


class Program:
    """A running program.

    Parameters
    ----------
    command: its command line.
    """

    def __init__(self, command: list[str]) -> None:
        self.command = command
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        )
        os.set_blocking(self.process.stdout.fileno(), False)
        self.printed = b""

    def write(self, data: bytes) -> None:
        """Type something."""
        self.process.stdin.write(data)
        self.process.stdin.flush()

    def read(self) -> bytes:
        """Return everything that has been printed so far."""
        self.printed += self.process.stdout.read() or b""
        return self.printed

    def expect(self, text: bytes, ours: Any = None, since: int = 0) -> None:
        """Wait until `text` is printed; our side reads meanwhile if it is given."""
        deadline = time.monotonic() + PATIENCE
        while text not in self.read()[since:]:
            assert time.monotonic() < deadline, f"no {text!r} in {self.printed[since:]!r} of {self.command}"
            if ours is not None:
                listen_briefly(ours)
            elif self.process.poll() is not None and text not in self.read()[since:]:
                raise AssertionError(f"{self.command} ended: {self.printed!r}")
            else:
                time.sleep(_PULSE)

    def end(self) -> None:
        """Stop it."""
        self.process.terminate()
        try:
            self.process.wait(3)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process.stdin.close()
        self.process.stdout.close()


def listen_briefly(ours: Any) -> None:
    """Let our side read for a moment; no data may come."""
    patience, ours._timeout = ours._timeout, 0.05
    try:
        data = ours.recv()
        assert not data, data
    except TimeoutError:
        return
    finally:
        ours._timeout = patience


def read(ours: Any, size: int) -> bytes:
    """Read exactly `size` bytes."""
    data = b""
    while len(data) < size:
        piece = ours.recv(size - len(data))
        assert piece, data
        data += piece
    return data


@contextmanager
def free_port(*, datagram: bool) -> Iterator[int]:
    """A port that was free a moment ago."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM if datagram else socket.SOCK_STREAM) as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    yield port


def connect(port: int, *, datagram: bool) -> socket.socket:
    """Connect our side to a server program."""
    connection = socket.socket(socket.AF_INET, socket.SOCK_DGRAM if datagram else socket.SOCK_STREAM)
    connection.settimeout(PATIENCE)
    connection.connect(("127.0.0.1", port))
    return connection


@contextmanager
def listener(*, datagram: bool) -> Iterator[tuple[socket.socket, int]]:
    """A socket of ours for a client program."""
    kind = socket.SOCK_DGRAM if datagram else socket.SOCK_STREAM
    with socket.socket(socket.AF_INET, kind) as ours:
        ours.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        ours.bind(("127.0.0.1", 0))
        ours.settimeout(PATIENCE)
        if not datagram:
            ours.listen(4)
        yield ours, ours.getsockname()[1]


def accept(ours: socket.socket, *, datagram: bool) -> socket.socket:
    """Take the client's connection; over datagrams, the socket itself is bound to the first that comes."""
    if not datagram:
        return ours.accept()[0]
    _, address = ours.recvfrom(1, socket.MSG_PEEK | socket.MSG_TRUNC)
    ours.connect(address)
    return ours


def await_server(program: Program, port: int, *, datagram: bool) -> None:
    """Wait until a server program listens."""
    deadline = time.monotonic() + PATIENCE
    while not listens(port, datagram=datagram):
        assert time.monotonic() < deadline, program.read()
        assert program.process.poll() is None, program.read()
        time.sleep(_PULSE)
