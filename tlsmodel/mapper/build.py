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
    CertificateStatus,
    CertificateVerify,
)
from impl.codec.datagram_hello import HelloVerifyRequest
from impl.codec.encrypted_extensions import EncryptedExtensions
from impl.codec.enums import ClientCertificateType, ExtensionType, HandshakeType
from impl.codec.extensions import Extensions
from impl.codec.finished import Finished
from impl.codec.hello import HelloRequest
from impl.codec.key_exchange import ServerHelloDone
from impl.codec.messages import HandshakeMessage, encode, handshake
from impl.codec.post_handshake import EndOfEarlyData, KeyUpdate, NewSessionTicket12, NewSessionTicket13
from impl.crypto.signatures import ALGORITHMS
from tlsmodel.mapper import exchange, names, tls12, tls13
from tlsmodel.mapper.connection import Connection
from tlsmodel.mapper.layers import DatagramLayer, flip
from tlsmodel.mapper.tls12 import Connection12, DatagramConnection
from tlsmodel.mapper.tls13 import Connection13
from tlsmodel.spec.symbols import DELIVERIES, END_OF_STREAM

APPLICATION_DATA: Final = b"application data"
"""What an ApplicationData delivery carries."""

_UNKNOWN_LEVEL: Final = 77
_UNKNOWN_BODY: Final = b"\x01\x02\x03\x04"
_HEARTBEAT_REQUEST: Final = b"\x01\x00\x04ping" + bytes(16)
_CLUELESS: Final = bytes(index * 89 % 251 for index in range(32))
_TICKET_LIFETIME: Final = 7200
_EARLY_DATA_SIZE: Final = 16384
_COOKIE: Final = bytes(range(16))
_TAKEN: Final = Extensions.of((ExtensionType.EARLY_DATA, b""))
_LATE_CONTEXT: Final = b"late"
_OTHER_STATUS: Final = b"\x30\x03\x0a\x01\x06"
"""An OCSP response that says unauthorized (RFC 6960 4.2.1), where there is no better one."""
_CUT: Final = 3
_HEADER_LENGTH: Final = 4


def build(connection: Connection, name: str) -> bytes:
    """Return the records of delivery `name` under the keys in use, and do what follows from sending them.

    Raises `KeyError` for a name that stands for no message of the connection's version.
    """
    record = _RECORDS.get(name)
    if record is not None:
        return record(connection)
    message = _MESSAGES[name](connection)
    if not message:
        raise KeyError(name)
    return connection.send(name, message)


def _certificate(connection: Connection) -> HandshakeMessage:
    return _chain(connection, connection.identity.chain)


def _no_certificate(connection: Connection) -> HandshakeMessage:
    return _chain(connection, ())


def _chain(connection: Connection, chain: tuple[bytes, ...]) -> HandshakeMessage:
    if connection.profile.is_tls13:
        context = connection.request_context if isinstance(connection, Connection13) else b""
        own = context if connection.plays_client else b""
        return Certificate13(tuple(map(CertificateEntry, chain)), own)
    return Certificate12(chain)


def _certificate_request(connection: Connection) -> HandshakeMessage:
    if connection.profile.is_tls13:
        context = _LATE_CONTEXT if connection.complete else b""
        return CertificateRequest13(Extensions.of(ext.build_signature_algorithms(ALGORITHMS)), context)
    return CertificateRequest12(tuple(ClientCertificateType), tuple(ALGORITHMS))


def _certificate_verify(connection: Connection) -> HandshakeMessage:
    content = connection.signed_transcript(True)
    return CertificateVerify(connection.identity.scheme, connection.identity.sign(content))


def _server_key_exchange(connection: Connection) -> HandshakeMessage:
    if isinstance(connection, Connection12):
        return exchange.server_half(connection)
    return exchange.signed_share(connection)


def _client_key_exchange(connection: Connection) -> HandshakeMessage:
    if isinstance(connection, Connection12):
        return exchange.client_half(connection)
    return exchange.bare_share(connection)


def _certificate_status(connection: Connection) -> HandshakeMessage:
    return CertificateStatus(connection.identity.status or _OTHER_STATUS)


def _finished(connection: Connection) -> HandshakeMessage:
    return Finished(connection.verify_data(own=True))


def _new_session_ticket(connection: Connection) -> HandshakeMessage:
    if connection.profile.is_tls13:
        early = ext.build_early_data_size(_EARLY_DATA_SIZE) if connection.profile.early else None
        return NewSessionTicket13(_TICKET_LIFETIME, 0, tls13.NONCE, tls13.TICKET, Extensions.of(early))
    return NewSessionTicket12(_TICKET_LIFETIME, tls12.TICKET)


def _hello(side: str, variant: str = "") -> Callable[[Connection], bytes]:
    if side == "client":
        return lambda connection: connection.client_hello(variant)
    return lambda connection: connection.server_hello(variant)


def _named(message: str, variant: str) -> str:
    return f"{message}.{variant}" if variant else message


def _retry(*, idle: bool) -> Callable[[Connection], bytes]:
    return lambda connection: connection.retry(idle=idle) if isinstance(connection, Connection13) else b""


def _encoded(make: Callable[[Connection], HandshakeMessage]) -> Callable[[Connection], bytes]:
    return lambda connection: encode(make(connection))


def _constant(message: HandshakeMessage) -> Callable[[Connection], bytes]:
    encoded = encode(message)
    return lambda _: encoded


def _flipped(make: Callable[[Connection], HandshakeMessage]) -> Callable[[Connection], bytes]:
    """The message with its last bit turned over: in a signature or in verify_data."""
    return lambda connection: flip(encode(make(connection)))


def _truncated(make: Callable[[Connection], bytes]) -> Callable[[Connection], bytes]:
    """The hello cut inside its extensions, whose length still claims the rest; the header agrees."""

    def cut(connection: Connection) -> bytes:
        whole = make(connection)
        return handshake(whole[0], whole[_HEADER_LENGTH:-_CUT])

    return cut


# fmt: off
_CLIENT_HELLOS: Final = (
    "", "resuming", "early", "no_share", "no_cookie", "unbound", "misbound", "bad_binder", "other_version",
)
_SERVER_HELLOS: Final = ("", "resumed", "unbound", "misbound", "other_version", "unoffered")
_MESSAGES: Final[dict[str, Callable[[Connection], bytes]]] = {
    **{_named("ClientHello", variant): _hello("client", variant) for variant in _CLIENT_HELLOS},
    **{_named("ServerHello", variant): _hello("server", variant) for variant in _SERVER_HELLOS},
    "HelloRetryRequest":        _retry(idle=False),
    "HelloRetryRequest.idle":   _retry(idle=True),
    "HelloVerifyRequest":       _constant(HelloVerifyRequest(_COOKIE)),
    "EncryptedExtensions":      _constant(EncryptedExtensions()),
    "EncryptedExtensions.early": _constant(EncryptedExtensions(_TAKEN)),
    "CertificateRequest":       _encoded(_certificate_request),
    "Certificate":              _encoded(_certificate),
    "CertificateStatus":        _encoded(_certificate_status),
    "CertificateVerify":        _encoded(_certificate_verify),
    "ServerKeyExchange":        _encoded(_server_key_exchange),
    "ServerHelloDone":          _constant(ServerHelloDone()),
    "ClientKeyExchange":        _encoded(_client_key_exchange),
    "Finished":                 _encoded(_finished),
    "NewSessionTicket":         _encoded(_new_session_ticket),
    "KeyUpdate.not_requested":  _constant(KeyUpdate(update_requested=False)),
    "KeyUpdate.requested":      _constant(KeyUpdate(update_requested=True)),
    "KeyUpdate.malformed":      lambda _: handshake(HandshakeType.KEY_UPDATE, b"\x02"),
    "HelloRequest":             _constant(HelloRequest()),
    "Certificate.empty":        _encoded(_no_certificate),
    "CertificateVerify.bad":    _flipped(_certificate_verify),
    "ServerKeyExchange.bad":    _flipped(_server_key_exchange),
    "Finished.bad":             _flipped(_finished),
    "EndOfEarlyData":           _constant(EndOfEarlyData()),
    "UnknownHandshake":         lambda _: handshake(names.handshake_type("UnknownHandshake"), _UNKNOWN_BODY),
    "ClientHello.malformed":    _truncated(_hello("client")),
    "ServerHello.malformed":    _truncated(_hello("server")),
}
# fmt: on


def _record(content_type: int, data: bytes) -> Callable[[Connection], bytes]:
    return lambda connection: connection.record(content_type, data)


def _alert(level: int, description: str) -> Callable[[Connection], bytes]:
    return _record(names.ALERT, bytes((level, names.ALERT_DESCRIPTIONS[description])))


def _no_renegotiation(connection: Connection) -> bytes:
    record = _alert(names.WARNING, "no_renegotiation")(connection)
    if not connection.plays_client:
        connection.refused()
    return record


def _bad_record(connection: Connection) -> bytes:
    if connection.writes_protected:
        return connection.layer.spoiled(names.APPLICATION_DATA, APPLICATION_DATA)
    return connection.layer.record(names.APPLICATION_DATA, _CLUELESS)


def _of_datagrams(make: Callable[[DatagramLayer], bytes]) -> Callable[[Connection], bytes]:
    """What only exists over datagrams: no bytes over a stream."""
    return lambda connection: (
        make(connection.datagrams) if isinstance(connection, DatagramConnection) else b""
    )


def _early_data(connection: Connection) -> bytes:
    return connection.early_data(APPLICATION_DATA) if isinstance(connection, Connection13) else b""


# fmt: off
_RECORDS: Final[dict[str, Callable[[Connection], bytes]]] = {
    "ChangeCipherSpec":         lambda connection: connection.change_cipher_spec(b"\x01"),
    "ChangeCipherSpec.bad":     lambda connection: connection.change_cipher_spec(b"\x02"),
    "ApplicationData":          _record(names.APPLICATION_DATA, APPLICATION_DATA),
    "EarlyData":                _early_data,
    "Retransmission":           _of_datagrams(lambda layer: layer.retransmission()),
    "StaleRecord":              _of_datagrams(lambda layer: layer.stale(APPLICATION_DATA)),
    "UnknownRecord":            _record(names.HEARTBEAT, _HEARTBEAT_REQUEST),
    "BadRecord":                _bad_record,
    "Alert.close_notify":       _alert(names.WARNING, "close_notify"),
    "Alert.warning":            _alert(names.WARNING, "unrecognized_name"),
    "Alert.no_renegotiation":   _no_renegotiation,
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
