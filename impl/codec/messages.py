"""Where each handshake message is read and written: one table per version, and the header in front of a body.

A number that a version's table lacks is no message of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import ClassVar, Final, Protocol, Self

from impl.codec.certificate import (
    Certificate12,
    Certificate13,
    CertificateRequest12,
    CertificateRequest13,
    CertificateStatus,
    CertificateVerify,
)
from impl.codec.encrypted_extensions import EncryptedExtensions
from impl.codec.enums import HandshakeType, ProtocolVersion
from impl.codec.finished import Finished
from impl.codec.hello import ClientHello, HelloRequest, ServerHello
from impl.codec.key_exchange import ClientKeyExchange, ServerHelloDone, ServerKeyExchange
from impl.codec.post_handshake import EndOfEarlyData, KeyUpdate, NewSessionTicket12, NewSessionTicket13
from impl.codec.wire import u8, vector


class HandshakeMessage(Protocol):
    """What every message class has."""

    TYPE: ClassVar[HandshakeType]

    @classmethod
    def parse(cls, body: bytes) -> Self:
        """Read the message body; raises `DecodeError`, `IllegalParameter`."""

    def body(self) -> bytes:
        """Return the message body."""


_Class = type[HandshakeMessage]

# fmt: off
_ROWS: Final[tuple[tuple[HandshakeType, _Class | None, _Class | None], ...]] = (
    # number                             TLS 1.2               TLS 1.3
    (HandshakeType.HELLO_REQUEST,        HelloRequest,         None),
    (HandshakeType.CLIENT_HELLO,         ClientHello,          ClientHello),
    (HandshakeType.SERVER_HELLO,         ServerHello,          ServerHello),
    (HandshakeType.NEW_SESSION_TICKET,   NewSessionTicket12,   NewSessionTicket13),
    (HandshakeType.END_OF_EARLY_DATA,    None,                 EndOfEarlyData),
    (HandshakeType.ENCRYPTED_EXTENSIONS, None,                 EncryptedExtensions),
    (HandshakeType.CERTIFICATE,          Certificate12,        Certificate13),
    (HandshakeType.SERVER_KEY_EXCHANGE,  ServerKeyExchange,    None),
    (HandshakeType.CERTIFICATE_REQUEST,  CertificateRequest12, CertificateRequest13),
    (HandshakeType.SERVER_HELLO_DONE,    ServerHelloDone,      None),
    (HandshakeType.CERTIFICATE_VERIFY,   CertificateVerify,    CertificateVerify),
    (HandshakeType.CLIENT_KEY_EXCHANGE,  ClientKeyExchange,    None),
    (HandshakeType.FINISHED,             Finished,             Finished),
    (HandshakeType.CERTIFICATE_STATUS,   CertificateStatus,    None),
    (HandshakeType.KEY_UPDATE,           None,                 KeyUpdate),
)
# fmt: on

MESSAGES: Final[Mapping[ProtocolVersion, Mapping[int, _Class]]] = MappingProxyType(
    {
        ProtocolVersion.TLS12: MappingProxyType({row[0]: row[1] for row in _ROWS if row[1] is not None}),
        ProtocolVersion.TLS13: MappingProxyType({row[0]: row[2] for row in _ROWS if row[2] is not None}),
    }
)
"""Version -> number -> message class; numbers look up as they came."""


def handshake(kind: int, body: bytes) -> bytes:
    """Return a whole handshake message: `body` behind its header of type and length."""
    return u8(kind) + vector(3, body)


def encode(message: HandshakeMessage) -> bytes:
    """Return a whole handshake message, header included."""
    return handshake(message.TYPE, message.body())
