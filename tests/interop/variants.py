"""Which variant of a message it was, as the model distinguishes them, by its content and what followed.

What only a receiver can tell (a share that does not suit it, a missing cookie or indication) is a variant of
what was received; what was sent has the names that the model emits.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from impl import Observed
from impl.codec.datagram_hello import DatagramClientHello
from impl.codec.encrypted_extensions import EncryptedExtensions
from impl.codec.enums import ExtensionType
from impl.codec.hello import ClientHello, ServerHello
from tests.interop.traces import Trace

_SCSV = 0x00FF
"""TLS_EMPTY_RENEGOTIATION_INFO_SCSV (RFC 5746 section 3.3)."""


def events(trace: Trace, version: str) -> list[tuple[str, str]]:
    """Return ("sent" or "received", name) of each message of a connection.

    Parameters
    ----------
    trace: of the connection.
    version: what was agreed on.
    """
    names = trace.names()
    found = []
    for place, (name, message) in enumerate(zip(names, trace.messages, strict=True)):
        variant = _VARIANTS.get(name)
        shown = name if variant is None else variant(trace.messages, names, place, version)
        found.append(("received" if message.incoming else "sent", shown))
    return found


def _client_hello(messages: list[Observed], names: list[str], place: int, version: str) -> str:
    hello, message = _parsed(messages[place], version), messages[place]
    kinds = hello.extensions.types()
    answer = next((name for name in names[place + 1 :] if name in _ANSWERS), None)
    resuming = _resuming(hello, version)
    if message.incoming and answer == "HelloVerifyRequest" and not resuming:
        return "ClientHello.no_cookie"
    if message.incoming and answer == "HelloRetryRequest":
        return "ClientHello.no_share"
    if version != "TLS 1.3" and message.incoming and not _indicated(hello):
        return "ClientHello.unbound"
    if ExtensionType.EARLY_DATA in kinds:
        return "ClientHello.early"
    return "ClientHello.resuming" if resuming else "ClientHello"


def _resuming(hello: ClientHello, version: str) -> bool:
    """Tell whether a hello offers a session."""
    kinds = hello.extensions.types()
    if version == "TLS 1.3":
        return ExtensionType.PRE_SHARED_KEY in kinds
    # A client that offers TLS 1.3 as well makes up a session id (RFC 8446 appendix D.4).
    known = hello.session_id if ExtensionType.SUPPORTED_VERSIONS not in kinds else b""
    return bool(hello.extensions.get(ExtensionType.SESSION_TICKET) or known)


def _server_hello(messages: list[Observed], names: list[str], place: int, version: str) -> str:
    hello = ServerHello.parse(messages[place].body)
    kinds = hello.extensions.types()
    if version == "TLS 1.3":
        return "ServerHello.resumed" if ExtensionType.PRE_SHARED_KEY in kinds else "ServerHello"
    if messages[place].incoming and ExtensionType.RENEGOTIATION_INFO not in kinds:
        return "ServerHello.unbound"
    asked = next(index for index in range(place - 1, -1, -1) if names[index] == "ClientHello")
    offered = _parsed(messages[asked], version).session_id
    return "ServerHello.resumed" if offered and offered == hello.session_id else "ServerHello"


def _encrypted_extensions(messages: list[Observed], _names: list[str], place: int, _version: str) -> str:
    parsed = EncryptedExtensions.parse(messages[place].body)
    early = ExtensionType.EARLY_DATA in parsed.extensions.types()
    return "EncryptedExtensions.early" if early else "EncryptedExtensions"


def _application_data(messages: list[Observed], names: list[str], place: int, version: str) -> str:
    """Data of a TLS 1.3 client before its own Finished is early."""
    ours = messages[place].incoming
    before = zip(names[:place], messages[:place], strict=True)
    finished = any(name == "Finished" and message.incoming is ours for name, message in before)
    return "ApplicationData" if finished or version != "TLS 1.3" else "EarlyData"


def _parsed(message: Observed, version: str) -> ClientHello:
    return (DatagramClientHello if version == "DTLS 1.2" else ClientHello).parse(message.body)


def _indicated(hello: ClientHello) -> bool:
    return ExtensionType.RENEGOTIATION_INFO in hello.extensions.types() or _SCSV in hello.cipher_suites


_ANSWERS: Final = ("ServerHello", "HelloRetryRequest", "HelloVerifyRequest")
_VARIANTS: Final[dict[str, Callable[[list[Observed], list[str], int, str], str]]] = {
    "ClientHello": _client_hello,
    "ServerHello": _server_hello,
    "EncryptedExtensions": _encrypted_extensions,
    "ApplicationData": _application_data,
}
