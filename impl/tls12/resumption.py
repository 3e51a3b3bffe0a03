"""Sessions of TLS 1.2 that are taken up again, by id or by ticket (RFC 5246 7.3, RFC 5077, RFC 7627 5.3).

A server looks for the session that a ClientHello names; whatever does not fit is a miss, and the handshake is
a full one.
"""

from __future__ import annotations

from contextlib import suppress

from impl.codec.enums import ExtensionType, ProtocolVersion
from impl.codec.hello import ClientHello
from impl.codes import Code
from impl.config import ClientAuth, Config
from impl.parameters import Parameters
from impl.saved_session import SavedSession
from impl.step import Refusal
from impl.tls12.agreed import Agreed


def find(
    hello: ClientHello, config: Config, host: str | None, version: ProtocolVersion
) -> SavedSession | None:
    """Return the session that a client may resume, or None.

    A session without an extended master secret is none: nothing would bind a resumption to the handshake that
    it goes on from.  Raises `Refusal` for a client that had one and now offers none (RFC 7627 section 5.3).
    """
    session = _named(hello, config)
    if session is None or not _fits(session, hello, config, host, version):
        return None
    if not session.extended:
        return None
    if ExtensionType.EXTENDED_MASTER_SECRET not in hello.extensions:
        raise Refusal(Code.NO_CIPHER_SUITES, "a resumption without the extended master secret it had")
    return session


def wants_ticket(hello: ClientHello, config: Config) -> bool:
    """Tell whether a full handshake is to end with a ticket."""
    return config.tickets is not None and ExtensionType.SESSION_TICKET in hello.extensions


def saved(agreed: Agreed, master: bytes, parameters: Parameters, config: Config) -> SavedSession:
    """Return the session that a full handshake has made."""
    return SavedSession(
        version=agreed.version,
        cipher_suite=agreed.suite.number,
        secret=master,
        issued=int(config.clock() * 1000),
        lifetime=config.session_lifetime,
        extended=agreed.extended,
        server_name=agreed.server_name,
        alpn=agreed.alpn,
        chain=parameters.peer_certificates,
        psk_identity=parameters.psk_identity,
        session_id=agreed.session_id,
    )


def _named(hello: ClientHello, config: Config) -> SavedSession | None:
    ticket = hello.extensions.get(ExtensionType.SESSION_TICKET)
    if ticket:
        # The session id beside a ticket is the client's invention (RFC 5077 section 3.4).
        return None if config.tickets is None else config.tickets.open(ticket, config.clock())
    if not hello.session_id or config.store is None:
        return None
    with suppress(OSError, ValueError):
        found = config.store.retrieve(hello.session_id)
        return None if found is None else SavedSession.from_bytes(found)
    return None


def _fits(
    session: SavedSession, hello: ClientHello, config: Config, host: str | None, version: ProtocolVersion
) -> bool:
    suite = session.cipher_suite
    return (
        session.version is version
        and session.is_fresh(config.clock())
        and suite in hello.cipher_suites
        and suite in config.cipher_suites
        and session.server_name == host
        and (config.client_auth is not ClientAuth.REQUIRE or bool(session.chain))
    )
