"""What a complete TLS 1.2 handshake leaves behind for the next one on the same connection (RFC 5746)."""

from __future__ import annotations

from typing import ClassVar

from impl.frozen import dataclass
from impl.parameters import Parameters
from impl.step import Phase


@dataclass(frozen=True, slots=True)
class Connected:
    """An established session.

    Parameters
    ----------
    client_verify, server_verify: the verify_data of both Finished messages.
    parameters: what was agreed on; tells whether both sides know RFC 5746.
    cookie: what the server has accepted as proof of the client's address, over datagrams.
    """

    phase: ClassVar = Phase.CONNECTED

    client_verify: bytes
    server_verify: bytes
    parameters: Parameters
    cookie: bytes = b""
