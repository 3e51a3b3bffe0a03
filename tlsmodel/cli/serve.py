"""`tlsmodel serve`: a real handshake with real clients."""

from __future__ import annotations

import json
import socket
import sys
from collections.abc import Iterator
from enum import StrEnum
from os import urandom
from pathlib import Path
from threading import BoundedSemaphore, Thread
from typing import TYPE_CHECKING, Final

import typer

from tlsmodel.cli import peers
from tlsmodel.cli.output import Status, faults_in_one_line
from tlsmodel.cli.peers import MAX_CONVERSATION, PATIENCE, RenegotiationName, VersionName

if TYPE_CHECKING:
    from impl import CertifiedKey, Config
    from impl.streams import TlsSocket

GREETING: Final = b"hello from tlsmodel serve\n"
MAX_CONNECTIONS: Final = 64


class ClientAuthName(StrEnum):
    """What is asked of clients, as the command line spells it."""

    NONE = "none"
    REQUEST = "request"
    REQUIRE = "require"


def command(
    where: str = typer.Argument("127.0.0.1:4433", metavar="HOST:PORT"),
    cert: Path = typer.Option(
        None, help="Certificate chain, PEM; by default a test certificate for localhost."
    ),
    key: Path = typer.Option(None, help="Its private key, PEM."),
    version: VersionName = typer.Option(None, help="Accept this version of TLS only."),
    dtls: bool = typer.Option(False, "--dtls", help="Use DTLS 1.2 over UDP, with cookies."),
    client_auth: ClientAuthName = typer.Option(
        ClientAuthName.NONE, help="Whether to ask clients for a certificate."
    ),
    late_auth: ClientAuthName = typer.Option(
        ClientAuthName.NONE, help="Whether to ask for it after the handshake, in TLS 1.3."
    ),
    client_ca: Path = typer.Option(None, help="Authorities of the clients, PEM."),
    psk: list[str] = typer.Option(
        [], metavar="IDENTITY:HEXKEY", help="A pre-shared key to accept; may be repeated."
    ),
    psk_only: bool = typer.Option(
        False, "--psk-only", help="Let TLS 1.3 use pre-shared keys without a key exchange as well."
    ),
    alpn: list[str] = typer.Option([], help="An application protocol to accept; may be repeated."),
    cipher_suite: list[str] = typer.Option([], help="A cipher suite to accept; may be repeated."),
    group: list[str] = typer.Option([], help="A group to accept; may be repeated."),
    resume: bool = typer.Option(True, help="Give out tickets, and keep sessions for clients without."),
    store: Path = typer.Option(None, help="Keep the sessions of TLS 1.2 in this file, not in memory."),
    early_data: int = typer.Option(0, help="Most bytes of early data to accept."),
    rehandshake: bool = typer.Option(
        False, "--rehandshake", help="Ask for another handshake after the first; new keys in TLS 1.3."
    ),
    renegotiation: RenegotiationName = typer.Option(
        RenegotiationName.PARTIAL, help="What to demand of RFC 5746 in TLS 1.2."
    ),
    record_size_limit: int = typer.Option(None, help="Most bytes of content to take in a record."),
    mtu: int = typer.Option(1200, help="Bytes of a datagram, with --dtls."),
    key_log: Path = typer.Option(None, help="Append the secrets to this SSLKEYLOGFILE."),
    echo: bool = typer.Option(False, "--echo", help="Send back what comes, instead of a greeting."),
    once: bool = typer.Option(False, "--once", help="Serve one connection and end."),
    as_json: bool = typer.Option(False, "--json", help="Print one JSON object per connection, a line each."),
) -> None:
    """Serve handshakes; print for each connection what was negotiated and its path through the model."""
    with faults_in_one_line():
        from impl import (
            AntiReplay,
            CipherSuite,
            ClientAuth,
            Config,
            MemoryStore,
            NamedGroup,
            Renegotiation,
            Role,
            SqliteStore,
            TicketKeys,
        )
        from impl.config import CIPHER_SUITES, GROUPS

        host, port = peers.address(where)
        if (cert is None) != (key is None):
            raise ValueError("--cert and --key go together")
        if {client_auth, late_auth} != {ClientAuthName.NONE} and client_ca is None:
            raise ValueError("--client-auth and --late-auth need --client-ca")
        known = {item.identity: item.key for item in map(peers.pre_shared_key, psk)}
        config = Config(
            Role.SERVER,
            versions=peers.versions(version, dtls=dtls),
            certified_keys=(_test_certificate() if cert is None else peers.certified_key(cert, key),),
            client_auth=ClientAuth(client_auth.value),
            late_client_auth=ClientAuth(late_auth.value),
            trust=None if client_ca is None else peers.authorities(client_ca),
            psk_lookup=known.get if known else None,
            alpn=tuple(item.encode() for item in alpn),
            cipher_suites=peers.numbers(cipher_suite, CipherSuite, CIPHER_SUITES),
            groups=peers.numbers(group, NamedGroup, GROUPS),
            tickets=TicketKeys() if resume else None,
            store=None if not resume else MemoryStore() if store is None else SqliteStore(store),
            early_data_size=early_data,
            anti_replay=AntiReplay() if early_data else None,
            cookie_secret=urandom(32),
            psk_modes=peers.psk_modes(without_exchange=psk_only),
            renegotiation=Renegotiation(renegotiation),
            record_size_limit=record_size_limit,
            mtu=mtu,
            key_log=peers.key_log(key_log),
        )
        accepted = _datagram_connections(host, port) if dtls else _stream_connections(host, port)
        next(accepted)
    print(f"listening on {where}", file=sys.stderr, flush=True)
    manner = _Manner(config, echo, late_auth is not ClientAuthName.NONE, rehandshake, as_json)
    if once:
        found = manner.serve(*next(accepted))
        raise typer.Exit(Status.FOUND if found.get("error") else Status.FINE)
    places = BoundedSemaphore(MAX_CONNECTIONS)
    for connection, client in accepted:
        places.acquire()

        def served(connection: socket.socket = connection, client: bytes = client) -> None:
            try:
                manner.serve(connection, client)
            finally:
                places.release()

        Thread(target=served, daemon=True).start()


def _stream_connections(host: str, port: int) -> Iterator[tuple[socket.socket, bytes]]:
    """Listen, which the first step does; then yield each connection with its client's address."""
    with socket.create_server((host, port), family=_family(host)) as listener:
        yield listener, b""
        while True:
            connection, client = listener.accept()
            yield connection, repr(client).encode()


def _datagram_connections(host: str, port: int) -> Iterator[tuple[socket.socket, bytes]]:
    """The same over UDP: a new client's first datagram stays in the socket that becomes its own."""
    listener = _datagram_listener(host, port)
    yield listener, b""
    while True:
        _, client = listener.recvfrom(1, socket.MSG_PEEK | socket.MSG_TRUNC)
        successor = _datagram_listener(host, port)
        listener.connect(client)
        yield listener, repr(client).encode()
        listener = successor


def _datagram_listener(host: str, port: int) -> socket.socket:
    listener = socket.socket(_family(host), socket.SOCK_DGRAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind((host, port))
    return listener


def _family(host: str) -> socket.AddressFamily:
    return socket.AF_INET6 if ":" in host else socket.AF_INET


def _test_certificate() -> CertifiedKey:
    """Make a test authority and a certificate for localhost; says where the authority lies."""
    from tempfile import mkdtemp

    from impl import load_certified_key
    from tlsmodel.credentials import shared_credentials

    made = shared_credentials()
    path = Path(mkdtemp(prefix="tlsmodel-")) / "ca.pem"
    path.write_bytes(made.ca_pem)
    print(f"test authority: {path}", file=sys.stderr, flush=True)
    return load_certified_key(made.chain_pem, made.key_pem)


class _Manner:
    """How every connection is served."""

    def __init__(self, config: Config, echo: bool, reauth: bool, rehandshake: bool, as_json: bool) -> None:
        self._config = config
        self._echo = echo
        self._reauth = reauth
        self._rehandshake = rehandshake
        self._as_json = as_json

    def serve(self, connection: socket.socket, client: bytes) -> dict[str, object]:
        """Serve one connection to its end and print its report, which is returned."""
        from impl.streams import TlsError, TlsSocket

        connection.settimeout(PATIENCE)
        with TlsSocket(connection, self._config, renegotiate=True, address=client) as stream:
            try:
                with peers.hanging_up_after(PATIENCE, connection):
                    stream.handshake()
                with peers.hanging_up_after(MAX_CONVERSATION, connection):
                    received = self._converse(stream)
                found = peers.report(stream) | {"received_bytes": received, "closed_by_peer": True}
            except (TlsError, TimeoutError, OSError) as fault:
                reason = " ".join(str(fault).split())
                found = peers.report(stream) | {"error": reason, "closed_by_peer": False}
        if self._as_json:
            print(json.dumps(found), flush=True)
        else:
            peers.show(found)
        return found

    def _converse(self, stream: TlsSocket) -> int:
        """Answer until the peer closes, then close too; returns how many bytes came."""
        early = stream.recv_early_data()
        count = len(early)
        stream.send(early if self._echo else GREETING)
        if self._reauth:
            stream.reauth()
        if self._rehandshake:
            stream.rehandshake()
        while data := stream.recv():
            count += len(data)
            if self._echo:
                stream.send(data)
        stream.session.bye()
        return count
