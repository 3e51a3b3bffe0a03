"""What a TLS 1.3 session exchanges once it is established (RFC 8446 section 4.6).

Tickets are accepted and not kept: there is no resumption.  A client offers no post-handshake authentication,
so a CertificateRequest has no row.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar, Final

from impl.codec.enums import HandshakeType
from impl.codec.messages import encode
from impl.codec.post_handshake import KeyUpdate, NewSessionTicket13
from impl.config import Config
from impl.crypto.suites import Suite
from impl.extension_rules import Place, check
from impl.keyschedule.tls13 import next_traffic_secret, traffic_keys
from impl.record.joiner import Message
from impl.record.protection import Protection, Protection13
from impl.step import Handled, Handlers, Pace, Phase, ReadKeys, Send, WriteKeys


@dataclass(frozen=True, slots=True)
class Connected:
    """An established session.

    Parameters
    ----------
    read_secret, write_secret: the application traffic secrets in use.
    update_owed: whether the peer has asked for a KeyUpdate that has not gone out.
    """

    phase: ClassVar = Phase.CONNECTED

    suite: Suite
    read_secret: bytes
    write_secret: bytes
    update_owed: bool = False


def protection(suite: Suite, secret: bytes) -> Protection:
    """Return the record protection that a traffic secret stands for."""
    return Protection13(suite, traffic_keys(suite, secret))


def on_new_session_ticket(state: Connected, message: Message, _config: Config) -> Handled:
    """Read a ticket and forget it."""
    check(NewSessionTicket13.parse(message.body).extensions, Place.NEW_SESSION_TICKET)
    return Handled(state)


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


def before_data(state: Connected) -> Handled:
    """Send the KeyUpdate that is owed, as must be before the next application data."""
    return update(state, request_peer=False) if state.update_owed else Handled(state)


CLIENT: Final[Handlers] = {
    (Phase.CONNECTED, HandshakeType.NEW_SESSION_TICKET): on_new_session_ticket,
    (Phase.CONNECTED, HandshakeType.KEY_UPDATE): on_key_update,
}
SERVER: Final[Handlers] = {
    (Phase.CONNECTED, HandshakeType.KEY_UPDATE): on_key_update,
}
