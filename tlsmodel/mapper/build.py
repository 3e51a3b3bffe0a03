"""Deliveries into wire bytes: one table from a message's name to the function that makes it.

Any message can be made at any moment; what it does to the keys is done when it is sent.
"""

from __future__ import annotations

from collections.abc import Callable
from os import urandom
from typing import Final

from impl.codec.enums import SignatureScheme
from impl.crypto.signatures import CLIENT_CONTEXT, SERVER_CONTEXT, certificate_verify_content, sign
from tlsmodel.mapper import messages, names
from tlsmodel.mapper.connection import Connection, shares
from tlsmodel.spec.scenario import Version
from tlsmodel.spec.symbols import Symbol

APPLICATION_DATA: Final = b"application data of the peer"
SCHEME: Final = SignatureScheme.ECDSA_SECP256R1_SHA256
_HEARTBEAT: Final = b"\x01\x00\x04ping" + bytes(16)
_UNKNOWN_LEVEL: Final = 77

# fmt: off
ALERTS: Final[dict[str, bytes]] = {
    "Alert.close_notify":       bytes((names.WARNING, names.ALERT_DESCRIPTIONS["close_notify"])),
    "Alert.warning":            bytes((names.WARNING, names.ALERT_DESCRIPTIONS["unrecognized_name"])),
    "Alert.no_renegotiation":   bytes((names.WARNING, names.ALERT_DESCRIPTIONS["no_renegotiation"])),
    "Alert.user_canceled":      bytes((names.WARNING, names.ALERT_DESCRIPTIONS["user_canceled"])),
    "Alert.fatal":              bytes((names.FATAL, names.ALERT_DESCRIPTIONS["handshake_failure"])),
    "Alert.unknown_level":      bytes((_UNKNOWN_LEVEL, names.ALERT_DESCRIPTIONS["handshake_failure"])),
    "Alert.malformed":          bytes((names.WARNING,)),
}
# fmt: on


def build(connection: Connection, symbol: Symbol) -> bytes:
    """Return the records of delivery `symbol` under the keys in force, and let it take its effect on them."""
    name = symbol.name
    if name in ALERTS:
        return _records(connection, names.ALERT, ALERTS[name])
    record = _RECORDS.get(symbol.message)
    if record is not None:
        return record(connection, name)
    message = _malformed(name, _MESSAGES[symbol.message](connection, name))
    if name != "HelloRequest":
        connection.transcript.add(message)
    sent = _records(connection, names.HANDSHAKE, message)
    after = _AFTER.get((connection.version, symbol.message))
    if after is not None:
        after(connection)
    return sent


def _records(connection: Connection, content_type: int, data: bytes) -> bytes:
    return b"".join(connection.writer.protect(content_type, data))


def _malformed(name: str, message: bytes) -> bytes:
    match name.partition(".")[2]:
        case "bad":
            return messages.flipped(message)
        case "malformed":
            return messages.truncated(message)
    return message


# Records that are no handshake messages.


def _change_cipher_spec(connection: Connection, name: str) -> bytes:
    value = b"\x02" if name.endswith(".bad") else b"\x01"
    if connection.is_tls13:
        return b"".join(connection.writer.plain(names.CHANGE_CIPHER_SPEC, value))
    sent = _records(connection, names.CHANGE_CIPHER_SPEC, value)
    connection.change_cipher(ours=True)
    return sent


def _application_data(connection: Connection, _name: str) -> bytes:
    return _records(connection, names.APPLICATION_DATA, APPLICATION_DATA)


def _unknown_record(connection: Connection, _name: str) -> bytes:
    return _records(connection, names.HEARTBEAT, _HEARTBEAT)


def _bad_record(connection: Connection, _name: str) -> bytes:
    """A record whose last byte, of the tag where there are keys, is wrong."""
    if not connection.keyed_writer:
        return b"".join(connection.writer.plain(names.APPLICATION_DATA, urandom(32)))
    return messages.flipped(_records(connection, names.HANDSHAKE, messages.handshake("Finished", bytes(12))))


_RECORDS: Final[dict[str, Callable[[Connection, str], bytes]]] = {
    "ChangeCipherSpec": _change_cipher_spec,
    "ApplicationData": _application_data,
    "UnknownRecord": _unknown_record,
    "BadRecord": _bad_record,
}


# Handshake messages.


def _client_hello(connection: Connection, name: str) -> bytes:
    offered = {group: share.public for group, share in shares().items()}
    if not name.endswith(".malformed"):
        connection.client_random = connection.random
    return messages.client_hello(
        connection.version, connection.random, connection.session_id, offered, connection.server_name
    )


def _server_hello(connection: Connection, name: str) -> bytes:
    hello = connection.hello
    offered = hello.extensions if hello else {}
    suite = connection.suite.number
    if name.endswith(".malformed"):
        return messages.server_hello(connection.random, b"", suite, {messages.RENEGOTIATION_INFO: b"\x00"})
    group = connection.answer_client_hello()
    if connection.is_tls13:
        share = group.to_bytes(2, "big") + messages.vector(2, shares()[group].public)
        extensions = {messages.SUPPORTED_VERSIONS: messages.TLS13_VERSION, messages.KEY_SHARE: share}
        return messages.server_hello(connection.random, hello.session_id if hello else b"", suite, extensions)
    extensions = {messages.RENEGOTIATION_INFO: b"\x00"}
    connection.extended = messages.EXTENDED_MASTER_SECRET in offered
    if connection.extended:
        extensions[messages.EXTENDED_MASTER_SECRET] = b""
    return messages.server_hello(connection.random, b"", suite, extensions)


def _certificate(connection: Connection, name: str) -> bytes:
    shown = connection.is_server and not name.endswith(".empty")
    return messages.certificate(connection.version, connection.chain if shown else ())


def _certificate_verify(connection: Connection, _name: str) -> bytes:
    context = SERVER_CONTEXT if connection.is_server else CLIENT_CONTEXT
    _ = connection.suite  # the transcript needs its hash
    content = certificate_verify_content(context, connection.transcript.digest())
    return messages.signed("CertificateVerify", b"", SCHEME, sign(connection.key, SCHEME, content))


def _server_key_exchange(connection: Connection, _name: str) -> bytes:
    public = shares()[connection.group].public
    parameters = messages.key_exchange_parameters(connection.group, public)
    content = connection.client_random + connection.server_random + parameters
    return messages.signed("ServerKeyExchange", parameters, SCHEME, sign(connection.key, SCHEME, content))


def _client_key_exchange(connection: Connection, _name: str) -> bytes:
    public = shares()[connection.group].public
    return messages.handshake("ClientKeyExchange", messages.vector(1, public))


def _finished(connection: Connection, _name: str) -> bytes:
    _ = connection.suite
    return messages.handshake("Finished", connection.verify_data(ours=True))


def _key_update(_connection: Connection, name: str) -> bytes:
    return messages.handshake("KeyUpdate", b"\x01" if name.endswith(".requested") else b"\x00")


def _bare(_connection: Connection, name: str) -> bytes:
    return messages.handshake(name)


_MESSAGES: Final[dict[str, Callable[[Connection, str], bytes]]] = {
    "ClientHello": _client_hello,
    "ServerHello": _server_hello,
    "EncryptedExtensions": lambda _connection, name: messages.handshake(name, messages.vector(2)),
    "CertificateRequest": lambda connection, _name: messages.certificate_request(connection.version),
    "Certificate": _certificate,
    "CertificateVerify": _certificate_verify,
    "ServerKeyExchange": _server_key_exchange,
    "ServerHelloDone": _bare,
    "ClientKeyExchange": _client_key_exchange,
    "Finished": _finished,
    "NewSessionTicket": lambda connection, _name: messages.new_session_ticket(connection.version),
    "KeyUpdate": _key_update,
    "HelloRequest": _bare,
    "EndOfEarlyData": _bare,
    "UnknownHandshake": lambda _connection, name: messages.handshake(name, b"\x01\x02\x03\x04"),
}


# What a message that has been sent does to the keys.


def _sent_finished(connection: Connection) -> None:
    if connection.is_server:
        connection.derive_application()
    connection.use_application(ours=True)


def _sent_server_hello(connection: Connection) -> None:
    if connection.is_server:
        connection.derive_handshake()


def _sent_client_key_exchange(connection: Connection) -> None:
    if not connection.is_server:
        _ = connection.suite
        connection.derive_master()


_AFTER: Final[dict[tuple[Version, str], Callable[[Connection], None]]] = {
    (Version.TLS13, "ServerHello"): _sent_server_hello,
    (Version.TLS13, "Finished"): _sent_finished,
    (Version.TLS13, "KeyUpdate"): lambda connection: connection.update(ours=True),
    (Version.TLS12, "ClientKeyExchange"): _sent_client_key_exchange,
}
