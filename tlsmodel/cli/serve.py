"""`tlsmodel serve`: a real handshake with real clients."""

from __future__ import annotations

import json
import socket
import sys
from pathlib import Path
from threading import BoundedSemaphore, Thread
from typing import TYPE_CHECKING, Final

import typer

from tlsmodel.cli.output import Status, faults_in_one_line
from tlsmodel.cli.peers import (
    MAX_CONVERSATION,
    PATIENCE,
    VersionName,
    address,
    hanging_up_after,
    read_file,
    report,
    show,
)
from tlsmodel.cli.peers import versions as versions_of

if TYPE_CHECKING:
    from impl import Config
    from impl.streams import TlsSocket

GREETING: Final = b"hello from tlsmodel serve\n"
MAX_CONNECTIONS: Final = 64


def command(
    where: str = typer.Argument("127.0.0.1:4433", metavar="HOST:PORT"),
    cert: Path = typer.Option(
        None, help="Certificate chain, PEM; by default a test certificate for localhost."
    ),
    key: Path = typer.Option(None, help="Its private key, PEM."),
    version: VersionName = typer.Option(None, help="Accept this version only."),
    alpn: list[str] = typer.Option([], help="An application protocol to accept; may be repeated."),
    echo: bool = typer.Option(False, "--echo", help="Send back what comes, instead of a greeting."),
    once: bool = typer.Option(False, "--once", help="Serve one connection and end."),
    as_json: bool = typer.Option(False, "--json", help="Print one JSON object per connection, a line each."),
) -> None:
    """Serve handshakes; print for each connection what was negotiated and its path through the model."""
    with faults_in_one_line():
        host, port = address(where)
        config = _config(cert, key, version, alpn)
        listener = socket.create_server((host, port), family=_family(host))
    with listener:
        print(f"listening on {where}", file=sys.stderr, flush=True)
        if once:
            found = _serve(listener.accept()[0], config, echo)
            _tell(found, as_json)
            raise typer.Exit(Status.FOUND if found.get("error") else Status.FINE)
        places = BoundedSemaphore(MAX_CONNECTIONS)
        while True:
            places.acquire()
            connection = listener.accept()[0]

            def served(connection: socket.socket = connection) -> None:
                try:
                    _tell(_serve(connection, config, echo), as_json)
                finally:
                    places.release()

            Thread(target=served, daemon=True).start()


def _family(host: str) -> socket.AddressFamily:
    return socket.AF_INET6 if ":" in host else socket.AF_INET


def _config(cert: Path | None, key: Path | None, version: VersionName | None, alpn: list[str]) -> Config:
    from impl import Config, Role, load_certified_key

    if (cert is None) != (key is None):
        raise ValueError("--cert and --key go together")
    if cert is None or key is None:
        chain_pem, key_pem = _test_certificate()
    else:
        chain_pem, key_pem = read_file(cert), read_file(key)
    try:
        shown = load_certified_key(chain_pem, key_pem)
    except (ValueError, TypeError) as fault:
        raise ValueError(f"{cert} and {key}: {fault}") from None
    return Config(
        Role.SERVER,
        versions=versions_of(version),
        certified_keys=(shown,),
        alpn=tuple(item.encode() for item in alpn),
    )


def _test_certificate() -> tuple[bytes, bytes]:
    """Make a test authority and a certificate for localhost; says where the authority lies."""
    from tempfile import mkdtemp

    from tlsmodel.credentials import shared_credentials

    made = shared_credentials()
    path = Path(mkdtemp(prefix="tlsmodel-")) / "ca.pem"
    path.write_bytes(made.ca_pem)
    print(f"test authority: {path}", file=sys.stderr, flush=True)
    return made.chain_pem, made.key_pem


def _serve(connection: socket.socket, config: Config, echo: bool) -> dict[str, object]:
    from impl.streams import TlsError, TlsSocket

    connection.settimeout(PATIENCE)
    with TlsSocket(connection, config) as stream:
        try:
            with hanging_up_after(PATIENCE, connection):
                stream.handshake()
            found = report(stream)
            with hanging_up_after(MAX_CONVERSATION, connection):
                found["received_bytes"] = _converse(stream, echo)
            found["closed_by_peer"] = True
        except (TlsError, TimeoutError, OSError) as fault:
            found = report(stream) | {"error": " ".join(str(fault).split()), "closed_by_peer": False}
    return found


def _converse(stream: TlsSocket, echo: bool) -> int:
    """Answer until the peer closes, then close too; returns how many bytes came."""
    count = 0
    if not echo:
        stream.send(GREETING)
    while data := stream.recv():
        count += len(data)
        if echo:
            stream.send(data)
    stream.session.bye()
    return count


def _tell(found: dict[str, object], as_json: bool) -> None:
    if as_json:
        print(json.dumps(found), flush=True)
    else:
        show(found)
