"""What the target sent, by name: decrypts, parses, checks what can be checked, and follows its keys.

Whatever a peer of ours could not read or had to refuse at the record layer is ``Unreadable``, which no row of
the model allows.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from cryptography import x509

from impl.codec.wire import CodecError
from impl.crypto.signatures import SERVER_CONTEXT, PublicKey, certificate_verify_content, verify
from impl.record.joiner import Joiner, Message
from impl.record.protection import RecordError
from impl.record.stream import Record
from tlsmodel.mapper import names, reading
from tlsmodel.mapper.connection import Connection
from tlsmodel.mapper.reading import Malformed
from tlsmodel.spec.scenario import Version

UNREADABLE: Final = "Unreadable"
_FAULTS: Final = (Malformed, CodecError, RecordError, KeyError, ValueError)


class Classifier:
    """Names the target's messages, in order.

    After the first thing that is unreadable nothing that follows can be trusted, and all of it is dropped.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._joiner = Joiner()
        self._lost = False
        self._encrypted = False

    def feed(self, data: bytes) -> list[str]:
        """Take bytes in any portions and return the names of what they complete."""
        if self._lost:
            return []
        found: list[str] = []
        reader = self._connection.reader
        try:
            reader.feed(data)
            while (record := reader.next()) is not None:
                self._record(record, found)
        except _FAULTS:
            self._lost = True
            found.append(UNREADABLE)
        return found

    def _record(self, record: Record, found: list[str]) -> None:
        kind = record.content_type
        self._check_protection(record)
        if kind == names.HANDSHAKE:
            self._joiner.feed(record.fragment)
            while (message := self._joiner.next()) is not None:
                found.append(self._message(message))
        elif kind == names.CHANGE_CIPHER_SPEC:
            found.append(self._change_cipher_spec(record.fragment))
        elif kind == names.ALERT:
            found.append(_alert(record.fragment))
        else:
            found.append("ApplicationData")

    def _check_protection(self, record: Record) -> None:
        """TLS 1.3 records are protected once keys exist, but for what RFC 8446 5 and D.4 allow."""
        if not self._connection.is_tls13 or not self._connection.keyed:
            return
        self._encrypted |= record.protected
        early_alert = (
            record.content_type == names.ALERT and not self._encrypted and self._connection.is_server
        )
        if not record.protected and record.content_type != names.CHANGE_CIPHER_SPEC and not early_alert:
            raise Malformed("in the clear")

    def _change_cipher_spec(self, fragment: bytes) -> str:
        if fragment != b"\x01":
            raise Malformed("ChangeCipherSpec of another value")
        if not self._connection.is_tls13:
            self._connection.change_cipher(ours=False)
        return "ChangeCipherSpec"

    def _message(self, message: Message) -> str:
        connection = self._connection
        name = names.MESSAGE_OF[names.Wire(names.HANDSHAKE, message.type)]
        read = _READERS.get(name)
        variant = read(connection, message.body) if read else ""
        if name not in ("HelloRequest", "KeyUpdate"):
            connection.transcript.add(message.raw)
        after = _AFTER.get((connection.version, name))
        if after is not None:
            after(connection)
        return f"{name}.{variant}" if variant else name


def _alert(fragment: bytes) -> str:
    name = names.alert_name(*fragment) if len(fragment) == 2 else None
    if name is None:
        raise Malformed("not an alert")
    return name


# Readers: each checks a body and returns the variant's name, "" for the plain message.


def _client_hello(connection: Connection, body: bytes) -> str:
    connection.take_client_hello(reading.client_hello(body))
    return ""


def _server_hello(connection: Connection, body: bytes) -> str:
    hello = reading.server_hello(body)
    if hello.random == reading.RETRY_RANDOM:
        return "retry"
    connection.take_server_hello(hello)
    return ""


def _certificate(connection: Connection, body: bytes) -> str:
    chain = reading.certificate_chain(connection.version, body)
    if chain:
        key = x509.load_der_x509_certificate(chain[0]).public_key()
        connection.target_key = key if isinstance(key, PublicKey) else None
    return "" if chain else "empty"


def _certificate_verify(connection: Connection, body: bytes) -> str:
    given = reading.certificate_verify(body)
    content = certificate_verify_content(SERVER_CONTEXT, connection.transcript.digest())
    return _checked(connection, given, content)


def _server_key_exchange(connection: Connection, body: bytes) -> str:
    group, public, given = reading.server_key_exchange(body)
    connection.agree(group, public)
    content = connection.client_random + connection.server_random + given.parameters
    return _checked(connection, given, content)


def _checked(connection: Connection, given: reading.Signed, content: bytes) -> str:
    key = connection.target_key
    good = key is not None and verify(key, given.scheme, content, given.signature)
    return "" if good else "bad"


def _client_key_exchange(connection: Connection, body: bytes) -> str:
    connection.agree(connection.group, reading.client_key_exchange(body))
    return ""


def _finished(connection: Connection, body: bytes) -> str:
    return "" if body == connection.verify_data(ours=False) else "bad"


def _extensions(_connection: Connection, body: bytes) -> str:
    reading.check_extensions(body)
    return ""


def _certificate_request(connection: Connection, body: bytes) -> str:
    reading.check_certificate_request(connection.version, body)
    return ""


def _new_session_ticket(connection: Connection, body: bytes) -> str:
    reading.check_new_session_ticket(connection.version, body)
    return ""


def _key_update(_connection: Connection, body: bytes) -> str:
    return "requested" if reading.key_update(body) else "not_requested"


def _empty(_connection: Connection, body: bytes) -> str:
    if body:
        raise Malformed("a body where there is none")
    return ""


_READERS: Final[dict[str, Callable[[Connection, bytes], str]]] = {
    "ClientHello": _client_hello,
    "ServerHello": _server_hello,
    "EncryptedExtensions": _extensions,
    "CertificateRequest": _certificate_request,
    "Certificate": _certificate,
    "CertificateVerify": _certificate_verify,
    "ServerKeyExchange": _server_key_exchange,
    "ServerHelloDone": _empty,
    "HelloRequest": _empty,
    "ClientKeyExchange": _client_key_exchange,
    "Finished": _finished,
    "NewSessionTicket": _new_session_ticket,
    "KeyUpdate": _key_update,
}


# What a message that has arrived does to the keys.


def _received_finished(connection: Connection) -> None:
    if not connection.is_server:
        connection.derive_application()
    connection.use_application(ours=False)


_AFTER: Final[dict[tuple[Version, str], Callable[[Connection], None]]] = {
    (Version.TLS13, "ServerHello"): Connection.derive_handshake,
    (Version.TLS13, "Finished"): _received_finished,
    (Version.TLS13, "KeyUpdate"): lambda connection: connection.update(ours=False),
    (Version.TLS12, "ClientKeyExchange"): Connection.derive_master,
}
