"""Deliveries into wire bytes: one table from symbol names to what they are made of.

Anything can be built at any moment.  A message that is out of order, repeated or too early is otherwise
right for the mapper's view of the connection: a target that wrongly takes it finds a valid continuation.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from impl.codec import extensions as ext
from impl.codec.certificate import (
    Certificate12,
    Certificate13,
    CertificateEntry,
    CertificateRequest12,
    CertificateRequest13,
    CertificateVerify,
)
from impl.codec.encrypted_extensions import EncryptedExtensions
from impl.codec.enums import ClientCertificateType, ProtocolVersion
from impl.codec.extensions import Extensions
from impl.codec.finished import Finished
from impl.codec.hello import HelloRequest
from impl.codec.key_exchange import ClientKeyExchange, ServerHelloDone, ServerKeyExchange
from impl.codec.messages import HandshakeMessage, encode, handshake
from impl.codec.post_handshake import EndOfEarlyData, KeyUpdate, NewSessionTicket12, NewSessionTicket13
from impl.crypto.signatures import ALGORITHMS
from tlsmodel.mapper import hellos, names
from tlsmodel.mapper.connection import Connection
from tlsmodel.spec.symbols import DELIVERIES, END_OF_STREAM

APPLICATION_DATA: Final = b"application data"
"""What an ApplicationData delivery carries."""

_UNKNOWN_LEVEL: Final = 77
_UNKNOWN_BODY: Final = b"\x01\x02\x03\x04"
_HEARTBEAT_REQUEST: Final = b"\x01\x00\x04ping" + bytes(16)
_CLUELESS: Final = bytes(index * 89 % 251 for index in range(32))
_TICKET: Final = bytes(range(64))
_TICKET_LIFETIME: Final = 7200
_CUT: Final = 3
_HEADER_LENGTH: Final = 4


def build(connection: Connection, name: str) -> bytes:
    """Return the records of delivery `name` under the keys in use, and do what follows from sending them.

    Raises `KeyError` for a name that stands for no bytes.
    """
    record = _RECORDS.get(name)
    if record is not None:
        return record(connection)
    return connection.send(name, _MESSAGES[name](connection))


def _client_hello(connection: Connection) -> HandshakeMessage:
    return hellos.offer(connection.version, connection.identity.server_name)


def _server_hello(connection: Connection) -> HandshakeMessage:
    return connection.answer()


def _certificate(connection: Connection) -> HandshakeMessage:
    return _chain(connection, connection.identity.chain)


def _no_certificate(connection: Connection) -> HandshakeMessage:
    return _chain(connection, ())


def _chain(connection: Connection, chain: tuple[bytes, ...]) -> HandshakeMessage:
    if connection.version is ProtocolVersion.TLS13:
        return Certificate13(tuple(map(CertificateEntry, chain)))
    return Certificate12(chain)


def _certificate_request(connection: Connection) -> HandshakeMessage:
    if connection.version is ProtocolVersion.TLS13:
        return CertificateRequest13(Extensions.of(ext.build_signature_algorithms(ALGORITHMS)))
    return CertificateRequest12(tuple(ClientCertificateType), tuple(ALGORITHMS))


def _certificate_verify(connection: Connection) -> HandshakeMessage:
    content = connection.signed_transcript(True)
    return CertificateVerify(connection.identity.scheme, connection.identity.sign(content))


def _server_key_exchange(connection: Connection) -> HandshakeMessage:
    share, scheme = connection.share, connection.identity.scheme
    unsigned = ServerKeyExchange(share.group, share.public, scheme, b"")
    content = unsigned.signed_content(connection.offered.random, connection.server_random)
    return ServerKeyExchange(share.group, share.public, scheme, connection.identity.sign(content))


def _client_key_exchange(connection: Connection) -> HandshakeMessage:
    return ClientKeyExchange(connection.share.public)


def _finished(connection: Connection) -> HandshakeMessage:
    return Finished(connection.verify_data(own=True))


def _new_session_ticket(connection: Connection) -> HandshakeMessage:
    if connection.version is ProtocolVersion.TLS13:
        return NewSessionTicket13(_TICKET_LIFETIME, age_add=0, nonce=b"\0", ticket=_TICKET)
    return NewSessionTicket12(_TICKET_LIFETIME, _TICKET)


def _encoded(make: Callable[[Connection], HandshakeMessage]) -> Callable[[Connection], bytes]:
    return lambda connection: encode(make(connection))


def _constant(message: HandshakeMessage) -> Callable[[Connection], bytes]:
    encoded = encode(message)
    return lambda _: encoded


def _flipped(make: Callable[[Connection], HandshakeMessage]) -> Callable[[Connection], bytes]:
    """The message with its last bit turned over: in a signature or in verify_data."""
    return lambda connection: flip(encode(make(connection)))


def _truncated(make: Callable[[Connection], HandshakeMessage]) -> Callable[[Connection], bytes]:
    """The hello cut inside its extensions, whose length still claims the rest; the header agrees."""

    def cut(connection: Connection) -> bytes:
        whole = encode(make(connection))
        return handshake(whole[0], whole[_HEADER_LENGTH:-_CUT])

    return cut


def flip(data: bytes) -> bytes:
    """Return `data` with its last bit turned over."""
    return data[:-1] + bytes((data[-1] ^ 1,))


# fmt: off
_MESSAGES: Final[dict[str, Callable[[Connection], bytes]]] = {
    "ClientHello":              _encoded(_client_hello),
    "ServerHello":              _encoded(_server_hello),
    "EncryptedExtensions":      _constant(EncryptedExtensions()),
    "CertificateRequest":       _encoded(_certificate_request),
    "Certificate":              _encoded(_certificate),
    "CertificateVerify":        _encoded(_certificate_verify),
    "ServerKeyExchange":        _encoded(_server_key_exchange),
    "ServerHelloDone":          _constant(ServerHelloDone()),
    "ClientKeyExchange":        _encoded(_client_key_exchange),
    "Finished":                 _encoded(_finished),
    "NewSessionTicket":         _encoded(_new_session_ticket),
    "KeyUpdate.not_requested":  _constant(KeyUpdate(update_requested=False)),
    "KeyUpdate.requested":      _constant(KeyUpdate(update_requested=True)),
    "HelloRequest":             _constant(HelloRequest()),
    "Certificate.empty":        _encoded(_no_certificate),
    "CertificateVerify.bad":    _flipped(_certificate_verify),
    "ServerKeyExchange.bad":    _flipped(_server_key_exchange),
    "Finished.bad":             _flipped(_finished),
    "EndOfEarlyData":           _constant(EndOfEarlyData()),
    "UnknownHandshake":         lambda _: handshake(names.handshake_type("UnknownHandshake"), _UNKNOWN_BODY),
    "ClientHello.malformed":    _truncated(_client_hello),
    "ServerHello.malformed":    _truncated(_server_hello),
}
# fmt: on


def _record(content_type: int, data: bytes) -> Callable[[Connection], bytes]:
    return lambda connection: b"".join(connection.writer.protect(content_type, data))


def _alert(level: int, description: str) -> Callable[[Connection], bytes]:
    return _record(names.ALERT, bytes((level, names.ALERT_DESCRIPTIONS[description])))


def _bad_record(connection: Connection) -> bytes:
    if connection.writes_protected:
        return flip(b"".join(connection.writer.protect(names.APPLICATION_DATA, APPLICATION_DATA)))
    return b"".join(connection.writer.plain(names.APPLICATION_DATA, _CLUELESS))


# fmt: off
_RECORDS: Final[dict[str, Callable[[Connection], bytes]]] = {
    "ChangeCipherSpec":         lambda connection: connection.change_cipher_spec(b"\x01"),
    "ChangeCipherSpec.bad":     lambda connection: connection.change_cipher_spec(b"\x02"),
    "ApplicationData":          _record(names.APPLICATION_DATA, APPLICATION_DATA),
    "UnknownRecord":            _record(names.HEARTBEAT, _HEARTBEAT_REQUEST),
    "BadRecord":                _bad_record,
    "Alert.close_notify":       _alert(names.WARNING, "close_notify"),
    "Alert.warning":            _alert(names.WARNING, "unrecognized_name"),
    "Alert.no_renegotiation":   _alert(names.WARNING, "no_renegotiation"),
    "Alert.user_canceled":      _alert(names.WARNING, "user_canceled"),
    "Alert.fatal":              _alert(names.FATAL, "handshake_failure"),
    "Alert.unknown_level":      _alert(_UNKNOWN_LEVEL, "handshake_failure"),
    "Alert.malformed":          _record(names.ALERT, bytes((names.WARNING,))),
}
# fmt: on

BUILDS: Final = frozenset(
    item for item in DELIVERIES if item.name in _MESSAGES or item.name in _RECORDS or item is END_OF_STREAM
)
"""The deliveries that can be made."""
