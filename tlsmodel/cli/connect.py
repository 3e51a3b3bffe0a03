"""`tlsmodel connect`: a real handshake with a real server."""

from __future__ import annotations

import socket
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from tlsmodel.cli import peers
from tlsmodel.cli.output import Status, fail, faults_in_one_line, say_json
from tlsmodel.cli.peers import MAX_TEXT, PATIENCE, RenegotiationName, VersionName

if TYPE_CHECKING:
    from impl import Config, SavedSession
    from impl.streams import TlsSocket


def command(
    where: str = typer.Argument(metavar="HOST:PORT"),
    version: VersionName = typer.Option(None, help="Offer this version of TLS only."),
    dtls: bool = typer.Option(False, "--dtls", help="Use DTLS 1.2 over UDP."),
    ca: Path = typer.Option(None, help="Authorities to trust, PEM; by default the system's."),
    insecure: bool = typer.Option(False, "--insecure", help="Do not verify the certificate."),
    server_name: str = typer.Option(None, help="The name to ask for and to verify; by default HOST."),
    client_cert: Path = typer.Option(None, help="A certificate chain to show if asked, PEM."),
    client_key: Path = typer.Option(None, help="Its private key, PEM."),
    psk: str = typer.Option(None, metavar="IDENTITY:HEXKEY", help="A pre-shared key."),
    psk_only: bool = typer.Option(
        False, "--psk-only", help="Let TLS 1.3 use pre-shared keys without a key exchange as well."
    ),
    status: bool = typer.Option(False, "--status", help="Ask for a stapled OCSP response."),
    alpn: list[str] = typer.Option([], help="An application protocol to offer; may be repeated."),
    cipher_suite: list[str] = typer.Option([], help="A cipher suite to offer; may be repeated."),
    group: list[str] = typer.Option([], help="A group to offer; may be repeated."),
    resume: bool = typer.Option(False, "--resume", help="Connect a second time and resume the session."),
    early_data: str = typer.Option("", help="Text to send as early data when resuming."),
    rehandshake: bool = typer.Option(
        False, "--rehandshake", help="Shake hands again before closing; new keys in TLS 1.3."
    ),
    renegotiation: RenegotiationName = typer.Option(
        RenegotiationName.PARTIAL, help="What to demand of RFC 5746 in TLS 1.2."
    ),
    record_size_limit: int = typer.Option(None, help="Most bytes of content to take in a record."),
    mtu: int = typer.Option(1200, help="Bytes of a datagram, with --dtls."),
    key_log: Path = typer.Option(None, help="Append the secrets to this SSLKEYLOGFILE."),
    send: str = typer.Option("", help="Text to send before closing."),
    as_json: bool = typer.Option(False, "--json", help="Print JSON."),
) -> None:
    """Shake hands with a server, send text, print what comes back, close."""
    with faults_in_one_line():
        from impl import CipherSuite, Config, NamedGroup, Renegotiation, Role
        from impl.config import CIPHER_SUITES, GROUPS

        host, port = peers.address(where)
        if (client_cert is None) != (client_key is None):
            raise ValueError("--client-cert and --client-key go together")
        if early_data and not resume:
            raise ValueError("--early-data needs --resume")
        shown = () if client_cert is None else (peers.certified_key(client_cert, client_key),)
        config = Config(
            Role.CLIENT,
            versions=peers.versions(version, dtls=dtls),
            trust=None if insecure else peers.authorities(ca or _SYSTEM),
            server_name=server_name or host,
            certified_keys=shown,
            psk=None if psk is None else peers.pre_shared_key(psk),
            alpn=tuple(item.encode() for item in alpn),
            cipher_suites=peers.numbers(cipher_suite, CipherSuite, CIPHER_SUITES),
            groups=peers.numbers(group, NamedGroup, GROUPS),
            psk_modes=peers.psk_modes(without_exchange=psk_only),
            request_status=status,
            renegotiation=Renegotiation(renegotiation),
            record_size_limit=record_size_limit,
            mtu=mtu,
            key_log=peers.key_log(key_log),
            post_handshake_auth=bool(shown),
        )
        found, received, session = _converse(host, port, config, send, rehandshake, b"")
        if resume:
            if session is None:
                raise ValueError("the server gave nothing to resume")
            config = replace(config, resume=session)
            found, received, _ = _converse(host, port, config, send, rehandshake, early_data.encode())
    text = received.decode("utf-8", "replace")
    if as_json:
        say_json(found | {"received": text})
    else:
        peers.show(found)
        sys.stdout.write(text)


_SYSTEM = Path("/etc/ssl/certs/ca-certificates.crt")


def _converse(
    host: str, port: int, config: Config, send: str, rehandshake: bool, early_data: bytes
) -> tuple[dict[str, object], bytes, SavedSession | None]:
    """One connection from handshake to close; returns its report, the answer and what can be resumed."""
    from impl.streams import TlsError, TlsSocket, datagram_connection

    where = f"{host}:{port}"
    if config.datagram:
        connection = datagram_connection(host, port, PATIENCE)
    else:
        connection = socket.create_connection((host, port), PATIENCE)
    try:
        with (
            peers.hanging_up_after(PATIENCE * 2, connection),
            TlsSocket(connection, config, renegotiate=rehandshake) as stream,
        ):
            if early_data:
                stream.send_early_data(early_data)
            stream.handshake()
            if rehandshake:
                stream.handshake()
            found = peers.report(stream)
            received, closed = _talk(stream, send.encode(), expecting=bool(early_data))
            found |= {"path": list(stream.session.path), "closed_by_peer": closed}
            return found, received, stream.session.session_data()
    except (TlsError, TimeoutError, OSError) as fault:
        fail(Status.FOUND, f"{where}: {fault}")


def _talk(stream: TlsSocket, data: bytes, *, expecting: bool) -> tuple[bytes, bool]:
    """Send, say that this was all, and read to the peer's close_notify; tells whether it came."""
    if data:
        stream.send(data)
    received = _read_line(stream) if data or expecting else b""
    stream.session.bye()
    while len(received) < MAX_TEXT:
        try:
            piece = stream.recv()
        except TimeoutError:
            if not stream.session.is_datagram:
                raise
            return received, False  # over datagrams, nobody promises that it comes
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
