"""aioquic's TLS 1.3, which belongs to QUIC: it makes traffic secrets and leaves records to others."""

from __future__ import annotations

from collections.abc import Callable
from importlib.metadata import version as installed

from aioquic import tls
from aioquic.buffer import Buffer
from cryptography import x509
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from handshake.cases import Case, Unsupported, credentials

NAME = "aioquic"
NOTE = "`aioquic.tls.Context`; as QUIC does the records, none are sealed, and no record keys are made"
_CAPACITY = 4096


def version() -> str:
    """Return the version."""
    return installed("aioquic")


def make(case: Case) -> Callable[[], None]:
    """Return what does one handshake; raises `Unsupported` for TLS 1.2."""
    if not case.tls13:
        raise Unsupported("TLS 1.3 only")
    files = credentials()
    leaf, key = x509.load_pem_x509_certificate(files.chain_pem), load_pem_private_key(files.key_pem, None)
    issued: list[tls.SessionTicket] = []

    def ends() -> tuple[tls.Context, tls.Context]:
        suites = [tls.CipherSuite.AES_128_GCM_SHA256]
        client = tls.Context(True, cadata=files.ca_pem, cipher_suites=suites, server_name=files.server_name)
        server = tls.Context(False, cipher_suites=suites)
        server.certificate, server.certificate_private_key = leaf, key
        # aioquic has no public setting for groups; without this it makes several key shares
        client._supported_groups = server._supported_groups = [tls.Group.X25519]
        return client, server

    if case.resumed:
        client, server = ends()
        received: list[tls.SessionTicket] = []
        client.new_session_ticket_cb, server.new_session_ticket_cb = received.append, issued.append
        _shake(client, server)
        issued += received
        assert len(issued) == 2, "one ticket, as the server keeps it and as the client does"

    def once() -> None:
        client, server = ends()
        if case.resumed:
            client.session_ticket, server.get_session_ticket_cb = issued[1], lambda _: issued[0]
        _shake(client, server)
        assert client.session_resumed == server.session_resumed == case.resumed

    return once


def _shake(client: tls.Context, server: tls.Context) -> None:
    said = _hear(client, b"")
    said = _hear(server, said)
    said = _hear(client, said)
    _hear(client, _hear(server, said))
    assert client.state is tls.State.CLIENT_POST_HANDSHAKE, client.state
    assert server.state is tls.State.SERVER_POST_HANDSHAKE, server.state


def _hear(end: tls.Context, said: bytes) -> bytes:
    output = {
        epoch: Buffer(capacity=_CAPACITY)
        for epoch in (tls.Epoch.INITIAL, tls.Epoch.HANDSHAKE, tls.Epoch.ONE_RTT)
    }
    end.handle_message(said, output)
    return b"".join(buffer.data for buffer in output.values())
