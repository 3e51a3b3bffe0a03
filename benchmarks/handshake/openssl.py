"""OpenSSL through the standard library's `ssl.MemoryBIO`."""

from __future__ import annotations

import ssl
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

from handshake.cases import Case, credentials

NAME = "OpenSSL"
NOTE = "`ssl.MemoryBIO`; TLS 1.3 with AES-256-GCM and SHA-384, which `ssl` leaves no choice of"


def version() -> str:
    """Return the version."""
    return ssl.OPENSSL_VERSION.split()[1]


def make(case: Case) -> Callable[[], None]:
    """Return what does one handshake."""
    client, server, host = _client(case), _server(case), credentials().server_name
    session = None
    if case.resumed:
        server.num_tickets = 1
        here = _shake(client, server, host, None)
        session = here.session
        server.num_tickets = 0

    def once() -> None:
        assert _shake(client, server, host, session).session_reused == case.resumed

    return once


def _shake(
    client: ssl.SSLContext, server: ssl.SSLContext, host: str, session: ssl.SSLSession | None
) -> ssl.SSLObject:
    there, back = ssl.MemoryBIO(), ssl.MemoryBIO()
    here = client.wrap_bio(back, there, server_hostname=host, session=session)
    far = server.wrap_bio(there, back, server_side=True)
    waiting = [here, far]
    while waiting:
        waiting = [end for end in waiting if not _done(end)]
    _take_ticket(here)
    return here


def _done(end: ssl.SSLObject) -> bool:
    try:
        end.do_handshake()
    except ssl.SSLWantReadError:
        return False
    return True


def _take_ticket(end: ssl.SSLObject) -> None:
    if not end.pending() and end.version() == "TLSv1.2":
        return
    try:
        end.read(1)
    except ssl.SSLWantReadError:
        return


def _context(protocol: int, case: Case) -> ssl.SSLContext:
    context = ssl.SSLContext(protocol)
    number = ssl.TLSVersion.TLSv1_3 if case.tls13 else ssl.TLSVersion.TLSv1_2
    context.minimum_version = context.maximum_version = number
    context.set_ciphers("ECDHE-ECDSA-AES128-GCM-SHA256")
    if not case.resumed:
        context.options |= ssl.OP_NO_TICKET
    return context


def _client(case: Case) -> ssl.SSLContext:
    context = _context(ssl.PROTOCOL_TLS_CLIENT, case)
    context.load_verify_locations(cadata=credentials().ca_pem.decode())
    return context


def _server(case: Case) -> ssl.SSLContext:
    context, files = _context(ssl.PROTOCOL_TLS_SERVER, case), credentials()
    context.num_tickets = 0
    with TemporaryDirectory() as folder:
        both = Path(folder, "both.pem")
        both.write_bytes(files.chain_pem + files.key_pem)
        context.load_cert_chain(both)
    return context
