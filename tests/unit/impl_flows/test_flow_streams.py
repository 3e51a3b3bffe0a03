"""The socket wrapper, over a pair of connected sockets and two threads."""

import asyncio
import socket
import threading
import time

import pytest
from flow_certificates import certified_key, trust
from flow_support import TLS12, TLS13, client_config, server_config

from impl import AlertDescription, AlertLevel, ClientAuth, Code, ProtocolVersion
from impl.aio import AsyncTlsSocket
from impl.streams import TlsError, TlsSocket


def with_server(work, **changes):
    """Run `work` with a server's stream in another thread; returns the client's socket and the thread."""
    return with_peer(work, server_config(**changes))


def with_peer(work, config):
    """Run `work` with a stream in another thread; returns our socket, the thread and what was raised."""
    ours, theirs = socket.socketpair()
    theirs.settimeout(10)
    caught = []

    def serve():
        with TlsSocket(theirs, config) as stream:
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


DTLS12 = ProtocolVersion.DTLS12


@pytest.mark.parametrize("version", [TLS12, TLS13])
def test_asyncio_reads_and_writes_at_the_same_time(version):
    connection, thread, caught = with_server(echo, versions=(version,))
    data = bytes(range(256)) * 1024

    async def converse():
        async with AsyncTlsSocket(connection, client_config()) as stream:
            await stream.handshake()
            received = bytearray()

            async def read():
                while len(received) < len(data):
                    received.extend(await stream.recv())

            await asyncio.gather(read(), stream.send(data))
            assert stream.session.bye() is Code.SUCCESS
            assert await stream.recv() == b""
            return bytes(received)

    assert asyncio.run(asyncio.wait_for(converse(), 20)) == data
    thread.join(10)
    assert not caught


def test_asyncio_raises_what_went_wrong():
    connection, thread, caught = with_server(echo)

    async def converse():
        async with AsyncTlsSocket(connection, client_config(server_name="elsewhere.test")) as stream:
            await stream.handshake()

    with pytest.raises(TlsError, match="CERTIFICATE_VERIFICATION_ERROR"):
        asyncio.run(converse())
    thread.join(10)
    assert [item.code for item in caught] == [Code.FATAL_ALERT_RECEIVED]


@pytest.mark.parametrize("renegotiate", [True, False])
def test_a_rehandshake_is_followed_or_refused_as_the_application_says(renegotiate):
    def ask(stream):
        assert stream.handshake()
        assert stream.rehandshake() is renegotiate
        assert stream.recv() == b"after"
        stream.close()

    connection, thread, caught = with_server(ask, versions=(TLS12,))
    with TlsSocket(connection, client_config(), renegotiate=renegotiate) as stream:
        stream.handshake()
        stream.send(b"after")
        assert stream.recv() == b""
        assert stream.session.path.count("CONNECTED") == 1 + renegotiate
    thread.join(10)
    assert not caught


def datagram_pair():
    """Two connected UDP sockets on loopback."""
    ends = [socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(2)]
    for end in ends:
        end.bind(("127.0.0.1", 0))
    ends[0].connect(ends[1].getsockname())
    ends[1].connect(ends[0].getsockname())
    for end in ends:
        end.settimeout(10)
    return ends


@pytest.mark.parametrize("cookie", [None, bytes(32)])
def test_datagrams_go_there_and_back(cookie):
    ours, theirs = datagram_pair()
    caught = []

    config = server_config(versions=(DTLS12,), cookie_secret=cookie, clock=time.time)

    def serve():
        with TlsSocket(theirs, config, address=b"client") as stream:
            try:
                stream.handshake()
                stream.send(stream.recv())
                stream.close()
            except OSError as error:
                caught.append(error)

    thread = threading.Thread(target=serve)
    thread.start()
    with TlsSocket(ours, client_config(versions=(DTLS12,))) as stream:
        stream.handshake()
        with pytest.raises(TlsError, match="LARGE_PACKET"):
            stream.send(bytes(3000))
        stream.send(b"datagram")
        assert stream.recv() == b"datagram"
        assert stream.recv() == b""
    thread.join(10)
    assert not caught


def test_a_wait_that_is_given_up_in_a_rehandshake_can_be_taken_up_again():
    begun, go_on = threading.Event(), threading.Event()

    def begin(stream):
        stream.handshake()
        assert stream.session.handshake() is Code.AGAIN
        begun.set()
        assert go_on.wait(20)
        assert stream.handshake()
        stream.send(b"after")
        stream.close()

    connection, thread, caught = with_peer(begin, client_config(versions=(TLS12,)))
    with TlsSocket(connection, server_config(versions=(TLS12,)), renegotiate=True) as stream:
        stream.handshake()
        assert begun.wait(20)
        stream.settimeout(0.05)
        while stream.session.path.count("WAIT_CKE") < 2:
            with pytest.raises(TimeoutError):
                stream.recv()
        stream.settimeout(10)
        go_on.set()
        assert stream.recv() == b"after"
        assert stream.recv() == b""
    thread.join(10)
    assert not caught


def test_a_server_asks_for_the_clients_certificate_while_data_comes():
    def ask(stream):
        stream.handshake()
        assert stream.parameters.peer_certificates == ()
        stream.reauth()
        assert stream.parameters.peer_certificates
        assert stream.recv() == b"before"
        stream.send(b"after")
        stream.close()

    auth = {"late_client_auth": ClientAuth.REQUIRE, "trust": trust()}
    connection, thread, caught = with_server(ask, versions=(TLS13,), **auth)
    shown = {"post_handshake_auth": True, "certified_keys": (certified_key("ed25519"),)}
    with TlsSocket(connection, client_config(**shown)) as stream:
        stream.handshake()
        stream.send(b"before")
        assert stream.recv() == b"after"
        assert stream.recv() == b""
    thread.join(10)
    assert not caught


def test_data_that_came_in_a_rehandshake_is_returned_by_the_call_that_followed_it():
    def ask_and_speak(stream):
        stream.handshake()
        assert stream.session.rehandshake() is Code.SUCCESS
        stream.send(b"behind the request")
        assert stream.handshake()
        assert stream.recv() == b"heard"
        stream.close()

    connection, thread, caught = with_server(ask_and_speak, versions=(TLS12,))
    with TlsSocket(connection, client_config(), renegotiate=True) as stream:
        stream.handshake()
        assert stream.recv() == b"behind the request"
        stream.send(b"heard")
        assert stream.recv() == b""
    thread.join(10)
    assert not caught
