"""`tlsmodel connect`: a real handshake with a real server."""

from __future__ import annotations

import socket
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from tlsmodel.cli.output import Status, fail, faults_in_one_line, say_json
from tlsmodel.cli.peers import (
    MAX_TEXT,
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


def command(
    where: str = typer.Argument(metavar="HOST:PORT"),
    version: VersionName = typer.Option(None, help="Offer this version only."),
    ca: Path = typer.Option(None, help="Authorities to trust, PEM; by default the system's."),
    server_name: str = typer.Option(None, help="The name to ask for and to verify; by default HOST."),
    alpn: list[str] = typer.Option([], help="An application protocol to offer; may be repeated."),
    send: str = typer.Option("", help="Text to send before closing."),
    insecure: bool = typer.Option(False, "--insecure", help="Do not verify the certificate."),
    as_json: bool = typer.Option(False, "--json", help="Print JSON."),
) -> None:
    """Shake hands with a server, send text, print what comes back, close."""
    from impl.streams import TlsError, TlsSocket

    with faults_in_one_line():
        host, port = address(where)
        config = _config(host, version, ca, server_name, alpn, insecure)
        connection = socket.create_connection((host, port), PATIENCE)
    try:
        with hanging_up_after(PATIENCE * 2, connection), TlsSocket(connection, config) as stream:
            stream.handshake()
            found = report(stream)
            received, closed = _talk(stream, send.encode())
    except (TlsError, TimeoutError, OSError) as fault:
        fail(Status.FOUND, f"{where}: {fault}")
    text = received.decode("utf-8", "replace")
    found |= {"received": text, "closed_by_peer": closed}
    if as_json:
        say_json(found)
    else:
        show({key: value for key, value in found.items() if key != "received"})
        sys.stdout.write(text)


def _config(
    host: str,
    version: VersionName | None,
    ca: Path | None,
    server_name: str | None,
    alpn: list[str],
    insecure: bool,
) -> Config:
    from impl import Config, Role, Trust

    trust = None
    if not insecure:
        source = ca or Path("/etc/ssl/certs/ca-certificates.crt")
        try:
            trust = Trust.from_pem(read_file(source))
        except ValueError as fault:
            raise ValueError(f"{source}: no certificates: {fault}") from None
    return Config(
        Role.CLIENT,
        versions=versions_of(version),
        trust=trust,
        server_name=server_name or host,
        alpn=tuple(item.encode() for item in alpn),
    )


def _talk(stream: TlsSocket, data: bytes) -> tuple[bytes, bool]:
    """Send, say that this was all, and read to the peer's close_notify; tells whether it came."""
    if data:
        stream.send(data)
    received = _read_line(stream) if data else b""
    stream.session.bye()
    while len(received) < MAX_TEXT:
        piece = stream.recv()
        if not piece:
            return received, True
        received += piece
    return received, False


def _read_line(stream: TlsSocket) -> bytes:
    """Read an answer up to the end of a line, because some servers hang up at once on close_notify."""
    received = b""
    while b"\n" not in received and len(received) < MAX_TEXT:
        piece = stream.recv()
        if not piece:
            break
        received += piece
    return received
