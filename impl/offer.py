"""What a client has offered and keeps until the server has chosen (RFC 8446 section 4.1.2)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from impl.codec.hello import ClientHello
from impl.crypto.groups import KeyShare
from impl.step import Phase


@dataclass(frozen=True, slots=True)
class Offer:
    """The state of a client that waits for ServerHello.

    Parameters
    ----------
    hello: the ClientHello.
    raw: the same as it was sent, header included.
    shares: ephemeral keys by group, none unless TLS 1.3 is offered.
    """

    phase: ClassVar = Phase.WAIT_SH

    hello: ClientHello
    raw: bytes
    shares: Mapping[int, KeyShare]
