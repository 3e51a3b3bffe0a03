"""What a session tells a watcher: each message as it is taken from the peer or put on its way to it.

Theory: gnutls_handshake_set_hook_function(3), which sees handshake messages and ChangeCipherSpec; here alerts
and application data are seen as well, so that what is told is the whole conversation in order.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

from impl.codec.enums import ContentType

HEADER_LENGTH: Final = 4


@dataclass(frozen=True, slots=True)
class Observed:
    """One whole message.

    Parameters
    ----------
    incoming: whether the peer has sent it.
    content_type: what kind of record carries it.
    message_type: the number of a handshake message, perhaps of no `HandshakeType`; None for anything else.
    body: a handshake message without its header, or the content of a record.
    """

    incoming: bool
    content_type: ContentType
    message_type: int | None
    body: bytes


MessageHook = Callable[[Observed], None]
"""Takes a message; it must neither raise nor call the session."""


def sent(hook: MessageHook | None, messages: Iterable[bytes]) -> None:
    """Tell of our own handshake messages, which have TLS's header."""
    if hook is not None:
        for message in messages:
            hook(Observed(False, ContentType.HANDSHAKE, message[0], message[HEADER_LENGTH:]))


def sent_record(hook: MessageHook | None, content_type: ContentType, content: bytes) -> None:
    """Tell of what we send that is no handshake message."""
    if hook is not None:
        hook(Observed(False, content_type, None, content))


def received(hook: MessageHook | None, message_type: int, body: bytes) -> None:
    """Tell of a handshake message of the peer."""
    if hook is not None:
        hook(Observed(True, ContentType.HANDSHAKE, message_type, body))


def received_record(hook: MessageHook | None, content_type: ContentType, content: bytes) -> None:
    """Tell of what the peer sends that is no handshake message."""
    if hook is not None:
        hook(Observed(True, content_type, None, content))
