"""What a client has offered and keeps until the server has chosen (RFC 8446 section 4.1.2)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import ClassVar

from impl.codec.hello import ClientHello
from impl.crypto.groups import KeyShare
from impl.crypto.suites import Suite
from impl.established import Connected
from impl.frozen import dataclass
from impl.pre_shared import KnownPsk
from impl.saved_session import SavedSession
from impl.step import Phase
from impl.transcript import Transcript


@dataclass(frozen=True, slots=True)
class Retry:
    """What a HelloRetryRequest has settled.

    Parameters
    ----------
    suite: the cipher suite that ServerHello must choose again.
    group: the group whose share it asked for, if it did.
    transcript: the messages before the second ClientHello.
    """

    suite: Suite
    group: int | None
    transcript: Transcript


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
    psks: the pre-shared keys that TLS 1.3 may use, in their order in the ClientHello.
    early_data: whether data has been sent behind it.
    retry: what a HelloRetryRequest before it has settled.
    compatible: whether the ChangeCipherSpec for middleboxes has been sent.
    """

    phase: ClassVar = Phase.WAIT_SH

    hello: ClientHello
    raw: bytes
    shares: Mapping[int, KeyShare] = field(default_factory=dict)
    session: SavedSession | None = None
    previous: Connected | None = None
    number: int | None = None
    psks: tuple[KnownPsk, ...] = ()
    early_data: bool = False
    retry: Retry | None = None
    compatible: bool = False
