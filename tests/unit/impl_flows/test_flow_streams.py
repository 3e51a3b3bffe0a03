"""The socket wrapper, over a pair of connected sockets and two threads."""

import socket
import threading

import pytest
from flow_support import TLS12, TLS13, client_config, server_config

from impl import AlertDescription, AlertLevel, Code
from impl.streams import TlsError, TlsSocket


def with_server(work, **changes):
    """Run `work` with a server's stream in another thread; returns the client's socket and the thread."""
    ours, theirs = socket.socketpair()
    theirs.settimeout(10)
    caught = []

    def serve():
        with TlsSocket(theirs, server_config(**changes)) as stream:
            try:
                work(stream)
            except OSError as error:
                caught.append(error)

    thread = threading.Thread(target=serve)
    thread.start()
    ours.settimeout(10)
    return ours, thread, caught


def echo(stream):
    stream.handshake()
    while data := stream.recv():
        stream.send(data)
    stream.close()


@pytest.mark.parametrize("version", [TLS12, TLS13])
def test_a_megabyte_goes_there_and_back(version):
    connection, thread, caught = with_server(echo, versions=(version,))
    data = bytes(range(256)) * 4096
    received = bytearray()
    with TlsSocket(connection, client_config()) as stream:
        stream.handshake()
        assert stream.parameters.version is version
        for start in range(0, len(data), 50_000):
            piece = data[start : start + 50_000]
            stream.send(piece)
            while len(received) < start + len(piece):
                received += stream.recv()
        assert stream.session.bye() is Code.SUCCESS
        assert stream.recv() == b""
    thread.join(10)

    assert received == data
    assert not caught


def test_a_refused_certificate_is_an_error_on_both_sides():
    connection, thread, caught = with_server(echo)
    with TlsSocket(connection, client_config(server_name="elsewhere.test")) as stream:
        with pytest.raises(TlsError, match="CERTIFICATE_VERIFICATION_ERROR") as error:
            stream.handshake()
        assert error.value.code is Code.CERTIFICATE_VERIFICATION_ERROR
    thread.join(10)

    assert [(item.code, item.alert) for item in caught] == [
        (Code.FATAL_ALERT_RECEIVED, AlertDescription.BAD_CERTIFICATE)
    ]


def test_a_wish_for_renegotiation_is_refused_and_warnings_are_passed_over():
    def warn(stream):
        stream.session.alert_send(AlertLevel.WARNING, AlertDescription.USER_CANCELED)
        stream.handshake()
        stream.send(b"data")
        stream.close()

    connection, thread, caught = with_server(warn, versions=(TLS12,))
    with TlsSocket(connection, client_config()) as stream:
        stream.handshake()
        assert stream.recv() == b"data"
        assert stream.recv() == b""
    thread.join(10)

    assert not caught


def test_silence_ends_in_a_timeout():
    ours, theirs = socket.socketpair()
    ours.settimeout(0.05)
    with TlsSocket(ours, client_config()) as stream, theirs, pytest.raises(TimeoutError):
        stream.handshake()
