"""Wire bytes into emission names: records to messages, messages to variants.

What does not decrypt, does not parse or breaks a rule of the record layer is `UNREADABLE`; no bytes whatever
raise anything.  A damaged message is named and passed over, a damaged record ends the reading.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from hmac import compare_digest
from typing import Any, Final

from impl.codec.certificate import Certificate12, Certificate13, CertificateVerify
from impl.codec.enums import ContentType
from impl.codec.finished import Finished
from impl.codec.hello import ClientHello, ServerHello
from impl.codec.key_exchange import ClientKeyExchange, ServerKeyExchange
from impl.codec.messages import MESSAGES
from impl.codec.post_handshake import KeyUpdate
from impl.codec.wire import CodecError, DecodeError
from impl.crypto import signatures
from impl.record.joiner import Joiner, Message
from impl.record.protection import RecordError
from impl.record.stream import Record
from tlsmodel.mapper import names
from tlsmodel.mapper.connection import Connection
from tlsmodel.mapper.identity import certified_key

UNREADABLE: Final = "Unreadable"
_CHANGE_CIPHER_SPEC: Final = b"\x01"


class Listener:
    """Names what a target sends, in order.

    Parameters
    ----------
    connection: what is known, which everything heard is added to.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._joiner = Joiner()
        self._dead = False

    def listen(self, data: bytes) -> Iterator[str]:
        """Take bytes in any portions and yield the name of each message that they complete."""
        if self._dead:
            return
        reader = self._connection.reader
        reader.feed(data)
        try:
            while (record := reader.next()) is not None:
                yield from self._record(record)
        except RecordError:
            self._dead = True
            yield UNREADABLE

    def _record(self, record: Record) -> Iterator[str]:
        connection = self._connection
        kind = record.content_type
        # No other type may come between the fragments of a handshake message (RFC 8446 5.1).
        whole = kind is ContentType.HANDSHAKE or not self._joiner.pending()
        if not whole or not (record.protected or connection.admits_in_clear(kind)):
            self._joiner = Joiner()
            yield UNREADABLE
            return
        connection.heard_protected = connection.heard_protected or record.protected
        match kind:
            case ContentType.HANDSHAKE:
                self._joiner.feed(record.fragment)
                yield from self._messages()
            case ContentType.ALERT:
                yield _alert(record.fragment)
            case ContentType.CHANGE_CIPHER_SPEC:
                right = record.fragment == _CHANGE_CIPHER_SPEC and connection.hear_change_cipher_spec()
                yield "ChangeCipherSpec" if right else UNREADABLE
            case ContentType.APPLICATION_DATA:
                yield "ApplicationData"

    def _messages(self) -> Iterator[str]:
        connection = self._connection
        try:
            while (message := self._joiner.next()) is not None:
                before = connection.read_changes
                yield _message(connection, message)
                # Nothing may straddle a change of keys (RFC 8446 5.1).
                if connection.read_changes != before and self._joiner.pending():
                    self._joiner = Joiner()
                    yield UNREADABLE
        except DecodeError:
            self._joiner = Joiner()
            yield UNREADABLE


def _alert(fragment: bytes) -> str:
    name = names.alert_name(*fragment) if len(fragment) == 2 else None
    return name or UNREADABLE


def _message(connection: Connection, message: Message) -> str:
    """Return the name of a handshake message with its variant, and do what follows from it."""
    name = names.MESSAGE_OF.get(names.Wire(names.HANDSHAKE, message.type))
    kind = MESSAGES[connection.version].get(message.type)
    heard = UNREADABLE
    if name is not None and kind is not None:
        try:
            parsed = kind.parse(message.body)
        except CodecError:
            pass
        else:
            variant = _VARIANTS.get(name)
            heard = name if variant is None else variant(connection, parsed)
    connection.keep(message.raw)
    connection.after_heard(heard)
    return heard


def _client_hello(connection: Connection, hello: ClientHello) -> str:
    connection.hear_offer(hello)
    return "ClientHello"


def _server_hello(connection: Connection, hello: ServerHello) -> str:
    if hello.is_hello_retry_request:
        return "HelloRetryRequest"
    connection.hear_answer(hello)
    return "ServerHello"


def _certificate(connection: Connection, certificate: Certificate12 | Certificate13) -> str:
    if not certificate.chain:
        return "Certificate.empty"
    connection.peer_key = certified_key(certificate.chain[0])
    return "Certificate"


def _server_key_exchange(connection: Connection, exchange: ServerKeyExchange) -> str:
    if connection.plays_client:
        connection.hear_share(exchange.group, exchange.public)
    content = exchange.signed_content(connection.offered.random, connection.server_random)
    good = _signature_holds(connection, exchange.scheme, content, exchange.signature)
    return "ServerKeyExchange" if good else "ServerKeyExchange.bad"


def _client_key_exchange(connection: Connection, exchange: ClientKeyExchange) -> str:
    if not connection.plays_client:
        connection.peer_share = exchange.public
    return "ClientKeyExchange"


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
    "Certificate": _certificate,
    "ServerKeyExchange": _server_key_exchange,
    "ClientKeyExchange": _client_key_exchange,
    "CertificateVerify": _certificate_verify,
    "Finished": _finished,
    "KeyUpdate": _key_update,
}
"""Messages of which more is taken or told than that they came."""
