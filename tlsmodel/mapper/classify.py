"""Wire bytes into emission names: records to messages, messages to variants.

What does not decrypt, does not parse or breaks a rule of the record layer is `UNREADABLE`; no bytes whatever
raise anything.  A damaged message is named and passed over, a damaged record ends the reading.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from hmac import compare_digest
from typing import Any, Final

from impl.codec.certificate import Certificate12, Certificate13, CertificateVerify
from impl.codec.encrypted_extensions import EncryptedExtensions
from impl.codec.enums import ContentType, ExtensionType
from impl.codec.finished import Finished
from impl.codec.hello import ClientHello, ServerHello
from impl.codec.key_exchange import ServerKeyExchange
from impl.codec.post_handshake import KeyUpdate
from impl.codec.wire import CodecError, DecodeError
from impl.crypto import signatures
from impl.record.joiner import Message
from impl.record.protection import RecordError
from impl.record.stream import Record
from tlsmodel.mapper import names
from tlsmodel.mapper.connection import Connection
from tlsmodel.mapper.identity import certified_key
from tlsmodel.mapper.layers import StreamLayer
from tlsmodel.mapper.tls12 import DatagramConnection
from tlsmodel.mapper.tls13 import Connection13

UNREADABLE: Final = "Unreadable"
_CHANGE_CIPHER_SPEC: Final = b"\x01"
_NO_RENEGOTIATION: Final = "Alert.warning.no_renegotiation"


def listener(connection: Connection) -> Listener:
    """Return what names the target's messages on `connection`."""
    if isinstance(connection, DatagramConnection):
        return DatagramListener(connection)
    return StreamListener(connection)


class Listener(ABC):
    """Names what a target sends, in order; see `listener`.

    Parameters
    ----------
    connection: what is known, which everything heard is added to.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._dead = False

    def listen(self, data: bytes) -> Iterator[str]:
        """Take bytes, over datagrams one of them, and yield the name of each message that they complete."""
        if self._dead:
            return
        try:
            yield from self._listen(data)
        except RecordError:
            self._dead = True
            yield UNREADABLE

    @abstractmethod
    def _listen(self, data: bytes) -> Iterator[str]:
        """Do the same; `RecordError` ends the reading."""

    def _content(self, record: Record) -> Iterator[str]:
        """Name a record that is no handshake message."""
        connection = self._connection
        match record.content_type:
            case ContentType.ALERT:
                name = _alert(record.fragment)
                if name == _NO_RENEGOTIATION and connection.plays_client:
                    connection.refused()
                yield name
            case ContentType.CHANGE_CIPHER_SPEC:
                right = record.fragment == _CHANGE_CIPHER_SPEC and connection.hear_change_cipher_spec()
                yield "ChangeCipherSpec" if right else UNREADABLE
            case ContentType.APPLICATION_DATA:
                yield "EarlyData" if connection.heard_early() else "ApplicationData"


class StreamListener(Listener):
    """The same over a stream, in any portions."""

    def __init__(self, connection: Connection) -> None:
        super().__init__(connection)
        if not isinstance(connection.layer, StreamLayer):
            raise TypeError("a stream's listener on another connection")
        self._layer = connection.layer

    def _listen(self, data: bytes) -> Iterator[str]:
        for item in self._layer.read(data):
            if isinstance(item, Record):
                yield from self._record(item)
            elif isinstance(item, Message):
                yield _message(self._connection, item)

    def _record(self, record: Record) -> Iterator[str]:
        connection, layer = self._connection, self._layer
        kind = record.content_type
        # No other type may come between the fragments of a handshake message (RFC 8446 5.1).
        whole = kind is ContentType.HANDSHAKE or not layer.joining()
        if not whole or not (record.protected or connection.admits_in_clear(kind)):
            layer.forget()
            yield UNREADABLE
            return
        connection.heard_protected = connection.heard_protected or record.protected
        if kind is ContentType.HANDSHAKE:
            yield from self._messages(record.fragment)
        else:
            yield from self._content(record)

    def _messages(self, fragment: bytes) -> Iterator[str]:
        connection, layer = self._connection, self._layer
        try:
            for message in layer.joined(fragment):
                before = connection.read_changes
                yield _message(connection, message)
                # Nothing may straddle a change of keys (RFC 8446 5.1).
                if connection.read_changes != before and layer.joining():
                    layer.forget()
                    yield UNREADABLE
                    return
        except DecodeError:
            layer.forget()
            yield UNREADABLE


class Repeated(str):
    """The name of something that is sent again."""

    __slots__ = ()


class DatagramListener(Listener):
    """The same over datagrams, each given whole; what is sent again has the name that it had."""

    def __init__(self, connection: DatagramConnection) -> None:
        super().__init__(connection)
        self._layer = connection.datagrams

    def _listen(self, data: bytes) -> Iterator[str]:
        for item in self._layer.read(data):
            if isinstance(item, Message):
                yield self._named(item)
            elif not isinstance(item, Record):
                yield Repeated("ChangeCipherSpec")
            elif item.protected or self._connection.admits_in_clear(item.content_type):
                yield from self._content(item)
            else:
                yield UNREADABLE

    def _named(self, message: Message) -> str:
        known = self._layer.recent.get(message.raw)
        if known is not None:
            return Repeated(known)
        name = _message(self._connection, message)
        self._layer.note(message, name)
        return name


def _alert(fragment: bytes) -> str:
    name = names.alert_name(*fragment) if len(fragment) == 2 else None
    return name or UNREADABLE


def _message(connection: Connection, message: Message) -> str:
    """Return the name of a handshake message with its variant, and do what follows from it."""
    name = names.MESSAGE_OF.get(names.Wire(names.HANDSHAKE, message.type))
    kind = connection.message_class(message.type)
    heard, parsed = UNREADABLE, None
    if name is not None and kind is not None:
        try:
            parsed = kind.parse(message.body)
        except CodecError:
            pass
        else:
            variant = _VARIANTS.get(name)
            heard = name if variant is None else variant(connection, parsed)
    connection.keep(message.type, connection.layer.in_transcript(message.raw, False))
    connection.after_heard(heard, parsed)
    return heard


def _client_hello(connection: Connection, hello: ClientHello) -> str:
    name = connection.name_offer(hello)
    connection.hear_offer(hello)
    return name


def _server_hello(connection: Connection, hello: ServerHello) -> str:
    name = connection.name_answer(hello)
    connection.hear_answer(hello)
    return name


def _encrypted_extensions(_: Connection, message: EncryptedExtensions) -> str:
    early = ExtensionType.EARLY_DATA in message.extensions
    return "EncryptedExtensions.early" if early else "EncryptedExtensions"


def _certificate(connection: Connection, certificate: Certificate12 | Certificate13) -> str:
    if isinstance(connection, Connection13) and isinstance(certificate, Certificate13):
        asked = connection.asked_context()
        if certificate.request_context != asked:
            return UNREADABLE
    if not certificate.chain:
        return "Certificate.empty"
    connection.peer_key = certified_key(certificate.chain[0])
    return "Certificate"


def _server_key_exchange(connection: Connection, exchange: Any) -> str:
    group = getattr(exchange, "group", None)
    if connection.plays_client and group is not None:
        connection.hear_share(group, exchange.public)
    if not isinstance(exchange, ServerKeyExchange):
        return "ServerKeyExchange"
    content = exchange.signed_content(connection.offered.random, connection.server_random)
    good = _signature_holds(connection, exchange.scheme, content, exchange.signature)
    return "ServerKeyExchange" if good else "ServerKeyExchange.bad"


def _certificate_verify(connection: Connection, verify: CertificateVerify) -> str:
    content = connection.signed_transcript(False)
    good = _signature_holds(connection, verify.scheme, content, verify.signature)
    return "CertificateVerify" if good else "CertificateVerify.bad"


def _finished(connection: Connection, finished: Finished) -> str:
    good = compare_digest(finished.verify_data, connection.verify_data(own=False))
    return "Finished" if good else "Finished.bad"


def _key_update(_: Connection, update: KeyUpdate) -> str:
    return "KeyUpdate.requested" if update.update_requested else "KeyUpdate.not_requested"


def _signature_holds(connection: Connection, scheme: int, content: bytes, signature: bytes) -> bool:
    try:
        key = connection.peer_key
        return key is not None and signatures.verify(key, scheme, content, signature)
    except CodecError:
        return False


_VARIANTS: Final[dict[str, Callable[[Connection, Any], str]]] = {
    "ClientHello": _client_hello,
    "ServerHello": _server_hello,
    "EncryptedExtensions": _encrypted_extensions,
    "Certificate": _certificate,
    "ServerKeyExchange": _server_key_exchange,
    "CertificateVerify": _certificate_verify,
    "Finished": _finished,
    "KeyUpdate": _key_update,
}
"""Messages of which more is taken or told than that they came."""
