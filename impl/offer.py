"""What a client has offered and keeps until the server has chosen (RFC 8446 section 4.1.2)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar

from impl.codec.hello import ClientHello
from impl.crypto.groups import KeyShare
from impl.established import Connected
from impl.saved_session import SavedSession
from impl.step import Phase


@dataclass(frozen=True, slots=True)
class Offer:
    """The state of a client that waits for ServerHello.

    Parameters
    ----------
    hello: the ClientHello.
    raw: the same as it was sent, header included.
    shares: ephemeral keys by group, none unless TLS 1.3 is offered.
    session: the earlier session that is offered for resumption, if one is.
    previous: the TLS 1.2 connection that this is a re-handshake of; None in a first handshake.
    number: message_seq of the ClientHello, over datagrams; None over streams.
    """

    phase: ClassVar = Phase.WAIT_SH

    hello: ClientHello
    raw: bytes
    shares: Mapping[int, KeyShare] = field(default_factory=dict)
    session: SavedSession | None = None
    previous: Connected | None = None
    number: int | None = None
