"""What a TLS 1.3 session exchanges once it is established: tickets and keys (RFC 8446 section 4.6).

Authentication after the handshake has a module of its own, `reauthentication`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar, Final

from impl.codec import extensions as ext
from impl.codec.enums import ExtensionType, HandshakeType, ProtocolVersion
from impl.codec.extensions import Extensions
from impl.codec.messages import encode
from impl.codec.post_handshake import KeyUpdate, NewSessionTicket13
from impl.config import MAX_LIFETIME, Config
from impl.crypto.suites import Suite
from impl.extension_rules import Place, check
from impl.frozen import dataclass
from impl.keyschedule.tls13 import Exporter, next_traffic_secret, resumption_psk, traffic_keys
from impl.limits import MAX_RECORDS_PER_KEY, MAX_TICKET
from impl.parameters import Parameters
from impl.record.joiner import Message
from impl.record.protection import Protection, Protection13
from impl.saved_session import SavedSession
from impl.step import Handled, Handlers, Idle, Keep, Pace, Phase, ReadKeys, Send, WriteKeys
from impl.tls13.authentication import Peer, Request
from impl.transcript import Transcript


@dataclass(frozen=True, slots=True)
class Asked:
    """A request for authentication that a server has sent (RFC 8446 section 4.6.2).

    Parameters
    ----------
    context: of the request.
    transcript: the handshake, the request and what the client has answered so far.
    peer: what the client has shown; None before its Certificate.
    proved: whether nothing but Finished is missing.
    """

    context: bytes
    transcript: Transcript
    peer: Peer | None = None
    proved: bool = False


@dataclass(frozen=True, slots=True)
class Connected:
    """An established session.

    Parameters
    ----------
    read_secret, write_secret: the application traffic secrets in use.
    resumption_secret: what tickets are made of; empty at a server that gives none out.
    transcript: all messages of the handshake.
    late_auth: whether the client of this server offers to authenticate later.
    update_owed: whether the peer has asked for a KeyUpdate that has not gone out.
    tickets: how many a server has sent.
    requests: what a server wants of the client and the client has not answered, each with the handshake's
        transcript and itself.
    asked: what the server has asked for and the client has not answered completely.
    """

    phase: ClassVar = Phase.CONNECTED

    suite: Suite
    read_secret: bytes
    write_secret: bytes
    resumption_secret: bytes
    transcript: Transcript
    parameters: Parameters
    exporter: Exporter
    late_auth: bool = False
    update_owed: bool = False
    tickets: int = 0
    requests: tuple[tuple[Request, Transcript], ...] = ()
    asked: Asked | None = None


def protection(suite: Suite, secret: bytes) -> Protection:
    """Return the record protection that a traffic secret stands for."""
    return Protection13(suite, traffic_keys(suite, secret))


def on_new_session_ticket(state: Connected, message: Message, config: Config) -> Handled:
    """Keep a ticket for the application, with the key that it stands for (RFC 8446 section 4.6.1)."""
    ticket = NewSessionTicket13.parse(message.body)
    check(ticket.extensions, Place.NEW_SESSION_TICKET)
    early = ticket.extensions.get(ExtensionType.EARLY_DATA)
    size = 0 if early is None else ext.parse_early_data_size(early)
    if ticket.lifetime == 0 or len(ticket.ticket) > MAX_TICKET:
        return Handled(state, (Idle("tickets"),))
    parameters = state.parameters
    session = SavedSession(
        version=ProtocolVersion.TLS13,
        cipher_suite=state.suite.number,
        secret=resumption_psk(state.suite, state.resumption_secret, ticket.nonce),
        issued=int(config.clock() * 1000),
        lifetime=min(ticket.lifetime, MAX_LIFETIME, config.session_lifetime),
        server_name=parameters.server_name,
        alpn=parameters.alpn,
        chain=parameters.peer_certificates,
        psk_identity=parameters.psk_identity,
        ticket=ticket.ticket,
        age_add=ticket.age_add,
        early_data_size=size,
    )
    return Handled(replace(state, tickets=state.tickets + 1), (Idle("tickets"), Keep(session)))


def tickets(state: Connected, config: Config, lifetime: int) -> Handled:
    """Send a server's tickets.

    Parameters
    ----------
    lifetime: seconds; no longer than what is left of the session that was resumed.
    """
    if config.tickets is None or not config.ticket_count:
        return Handled(state)
    messages = []
    for number in range(state.tickets, state.tickets + config.ticket_count):
        nonce, age_add = number.to_bytes(8), int.from_bytes(config.randomness(4))
        session = SavedSession(
            version=ProtocolVersion.TLS13,
            cipher_suite=state.suite.number,
            secret=resumption_psk(state.suite, state.resumption_secret, nonce),
            issued=int(config.clock() * 1000),
            lifetime=lifetime,
            server_name=state.parameters.server_name,
            alpn=state.parameters.alpn,
            chain=state.parameters.peer_certificates,
            psk_identity=state.parameters.psk_identity,
            age_add=age_add,
            early_data_size=config.early_data_size,
        )
        sealed = config.tickets.seal(session, config.clock())
        if not sealed:
            break
        early = ext.build_early_data_size(config.early_data_size) if config.early_data_size else None
        messages.append(
            encode(NewSessionTicket13(session.lifetime, age_add, nonce, sealed, Extensions.of(early)))
        )
    return Handled(replace(state, tickets=state.tickets + len(messages)), (Send(tuple(messages)),))


def on_key_update(state: Connected, message: Message, _config: Config) -> Handled:
    """Change the reading keys, and remember if our own must follow (RFC 8446 section 4.6.3)."""
    update = KeyUpdate.parse(message.body)
    secret = next_traffic_secret(state.suite, state.read_secret)
    owed = state.update_owed or update.update_requested
    return Handled(
        replace(state, read_secret=secret, update_owed=owed),
        (Pace(), ReadKeys(protection(state.suite, secret))),
    )


def update(state: Connected, request_peer: bool) -> Handled:
    """Change the writing keys; a KeyUpdate that asks for one does not count as the answer to the peer's."""
    secret = next_traffic_secret(state.suite, state.write_secret)
    return Handled(
        replace(state, write_secret=secret, update_owed=state.update_owed and request_peer),
        (Send((encode(KeyUpdate(request_peer)),)), WriteKeys(protection(state.suite, secret))),
    )


def before_data(state: Connected, records: int) -> Handled:
    """Send the KeyUpdate that is owed, or due because the keys have been used enough (RFC 8446 section 5.5).

    Parameters
    ----------
    records: how many the present keys have protected.
    """
    if state.update_owed or records >= MAX_RECORDS_PER_KEY:
        return update(state, request_peer=False)
    return Handled(state)


CLIENT: Final[Handlers] = {
    (Phase.CONNECTED, HandshakeType.NEW_SESSION_TICKET): on_new_session_ticket,
    (Phase.CONNECTED, HandshakeType.KEY_UPDATE): on_key_update,
}
SERVER: Final[Handlers] = {
    (Phase.CONNECTED, HandshakeType.KEY_UPDATE): on_key_update,
}
