"""The form in which the traces of RFC 8448 sections 4 to 7 are written down."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, NamedTuple

from impl import NamedGroup
from impl.codec.enums import ContentType, ProtocolVersion

HANDSHAKE, ALERT = ContentType.HANDSHAKE, ContentType.ALERT
DATA, CHANGE_CIPHER_SPEC = ContentType.APPLICATION_DATA, ContentType.CHANGE_CIPHER_SPEC
APPLICATION_DATA: Final = bytes(range(50))
EARLY_DATA: Final = b"ABCDEF"
CLOSE_NOTIFY: Final = b"\x01\x00"


class Keys(NamedTuple):
    """Key and initialization vector of one direction."""

    key: bytes
    iv: bytes


class Step(NamedTuple):
    """One record.

    Parameters
    ----------
    sender: "client" or "server".
    keys: "clear", "early", "handshake" or "application".
    payload: what the record contains.
    published: the complete record as the RFC has it; "clear" records are header and payload.
    """

    sender: str
    keys: str
    content_type: ContentType
    payload: bytes
    published: bytes = b""

    def record(self, *, first: bool) -> bytes:
        """Return the complete record; the connection's first says TLS 1.0."""
        version = ProtocolVersion.TLS10 if first else ProtocolVersion.TLS12
        header = bytes((self.content_type,)) + version.to_bytes(2) + len(self.payload).to_bytes(2)
        return self.published or header + self.payload


@dataclass(frozen=True)
class Trace:
    """A handshake, all of whose inputs and outputs are published.

    Parameters
    ----------
    group: of the key exchange, with both private keys.
    secrets: label, or name of the stage -> published secret.
    keys: (sender, keys of the record) -> published keys.
    steps: the records in order.
    psk: the pre-shared key, if there is one.
    """

    group: NamedGroup
    client_private: bytes
    server_private: bytes
    secrets: Mapping[str, bytes]
    keys: Mapping[tuple[str, str], Keys]
    steps: tuple[Step, ...]
    psk: bytes | None = None
