"""This project's own implementation."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from importlib.metadata import version as installed

from handshake.cases import Case, credentials
from impl import (
    CipherSuite,
    Code,
    Config,
    MemoryTransport,
    NamedGroup,
    ProtocolVersion,
    Role,
    SavedSession,
    Session,
    TicketKeys,
    Trust,
    load_certified_key,
    memory_pair,
)

NAME = "impl"
NOTE = "this project"
_SUITES = {
    ProtocolVersion.TLS13: CipherSuite.TLS_AES_128_GCM_SHA256,
    ProtocolVersion.TLS12: CipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
}
_GROUPS = {
    ProtocolVersion.TLS13: (NamedGroup.X25519,),
    ProtocolVersion.TLS12: (
        NamedGroup.X25519,
        NamedGroup.SECP256R1,
    ),  # the certificate's curve must be listed
}


def version() -> str:
    """Return the version."""
    return f"on cryptography {installed('cryptography')}"


def make(case: Case) -> Callable[[], None]:
    """Return what does one handshake."""
    client, server = configurations(case)

    def once() -> None:
        shake(client, server, *memory_pair())

    return once


def configurations(case: Case) -> tuple[Config, Config]:
    """Return client's and server's configuration, with a session to resume if the case wants it."""
    files, number = credentials(), ProtocolVersion.TLS13 if case.tls13 else ProtocolVersion.TLS12
    client = Config(
        Role.CLIENT,
        versions=(number,),
        cipher_suites=(_SUITES[number],),
        groups=_GROUPS[number],
        trust=Trust.from_pem(files.ca_pem),
        server_name=files.server_name,
        session_tickets=case.resumed,
    )
    key = load_certified_key(files.chain_pem, files.key_pem)
    server = replace(client, role=Role.SERVER, certified_keys=(key,), trust=None, server_name=None)
    if case.resumed:
        server = replace(server, tickets=TicketKeys())
        client = replace(client, resume=_first_session(client, server))
        server = replace(server, ticket_count=0)
    return client, server


def shake(client: Config, server: Config, near: MemoryTransport, far: MemoryTransport) -> Session:
    """Carry a handshake through and return the client's end; raises `AssertionError` if it fails."""
    here, there = Session(client, near), Session(server, far)
    last = Code.AGAIN, Code.AGAIN
    while last != (Code.SUCCESS, Code.SUCCESS):
        step = (
            last[0] and here.handshake(),
            last[1] and there.handshake(),
        )
        assert not any(code.is_fatal for code in step), (here.failure, there.failure)
        last = step
    resumed = here.parameters is not None and here.parameters.resumed
    assert resumed == (client.resume is not None), "resumed, or not, against the plan"
    return here


def _first_session(client: Config, server: Config) -> SavedSession:
    session = shake(client, server, *memory_pair())
    session.record_recv()  # takes the tickets of TLS 1.3
    saved = session.session_data()
    assert saved is not None, "the server has issued no ticket"
    return saved
