"""Which extension may stand in which message (RFC 8446 section 4.2; for TLS 1.2 the extensions' own RFCs).

Contents are read elsewhere.  An extension that nobody here knows is judged by whether it was asked for.
"""

from __future__ import annotations

from collections.abc import Container
from enum import StrEnum
from typing import Final

from impl.codec.enums import ExtensionType
from impl.codec.extensions import Extensions
from impl.codes import Code
from impl.step import Refusal


class Place(StrEnum):
    """The messages that carry extensions."""

    CLIENT_HELLO = "ClientHello"
    SERVER_HELLO12 = "ServerHello of TLS 1.2"
    SERVER_HELLO = "ServerHello"
    RETRY_REQUEST = "HelloRetryRequest"
    ENCRYPTED_EXTENSIONS = "EncryptedExtensions"
    CERTIFICATE = "Certificate"
    CERTIFICATE_REQUEST = "CertificateRequest"
    NEW_SESSION_TICKET = "NewSessionTicket"


_CH, _SH12, _SH, _HRR, _EE, _CT, _CR, _NST = Place
E = ExtensionType

# fmt: off
_PLACES: Final[dict[int, frozenset[Place]]] = {
    E.SERVER_NAME:                  frozenset({_CH, _SH12, _EE}),
    E.MAX_FRAGMENT_LENGTH:          frozenset({_CH, _SH12, _EE}),
    E.STATUS_REQUEST:               frozenset({_CH, _SH12, _CT, _CR}),
    E.SUPPORTED_GROUPS:             frozenset({_CH, _SH12, _EE}),
    E.EC_POINT_FORMATS:             frozenset({_CH, _SH12}),
    E.SIGNATURE_ALGORITHMS:         frozenset({_CH, _CR}),
    E.USE_SRTP:                     frozenset({_CH, _SH12, _EE}),
    E.HEARTBEAT:                    frozenset({_CH, _SH12, _EE}),
    E.ALPN:                         frozenset({_CH, _SH12, _EE}),
    E.SIGNED_CERTIFICATE_TIMESTAMP: frozenset({_CH, _SH12, _CT, _CR}),
    E.CLIENT_CERTIFICATE_TYPE:      frozenset({_CH, _SH12, _EE}),
    E.SERVER_CERTIFICATE_TYPE:      frozenset({_CH, _SH12, _EE}),
    E.PADDING:                      frozenset({_CH}),
    E.ENCRYPT_THEN_MAC:             frozenset({_CH, _SH12}),
    E.EXTENDED_MASTER_SECRET:       frozenset({_CH, _SH12}),
    E.SESSION_TICKET:               frozenset({_CH, _SH12}),
    E.PRE_SHARED_KEY:               frozenset({_CH, _SH}),
    E.EARLY_DATA:                   frozenset({_CH, _EE, _NST}),
    E.SUPPORTED_VERSIONS:           frozenset({_CH, _SH, _HRR}),
    E.COOKIE:                       frozenset({_CH, _HRR}),
    E.PSK_KEY_EXCHANGE_MODES:       frozenset({_CH}),
    E.CERTIFICATE_AUTHORITIES:      frozenset({_CH, _CR}),
    E.OID_FILTERS:                  frozenset({_CR}),
    E.POST_HANDSHAKE_AUTH:          frozenset({_CH}),
    E.SIGNATURE_ALGORITHMS_CERT:    frozenset({_CH, _CR}),
    E.KEY_SHARE:                    frozenset({_CH, _SH, _HRR}),
    E.RECORD_SIZE_LIMIT:            frozenset({_CH, _SH12, _EE}),
    E.RENEGOTIATION_INFO:           frozenset({_CH, _SH12}),
}
# fmt: on


def check(extensions: Extensions, place: Place, asked_for: Container[object] | None = None) -> None:
    """Refuse extensions that do not belong in a message.

    Parameters
    ----------
    asked_for: in a message that answers another, the extension types of that one; None where a message asks.

    Raises `Refusal` with unsupported_extension for an answer to no question, with illegal_parameter for a
    known extension in the wrong message.
    """
    for kind in extensions.types():
        if asked_for is not None and kind not in asked_for:
            raise Refusal(Code.RECEIVED_ILLEGAL_EXTENSION, f"extension {kind} was not asked for in {place}")
        if place not in _PLACES.get(kind, (place,)):
            raise Refusal(Code.RECEIVED_ILLEGAL_PARAMETER, f"extension {kind} does not belong in {place}")


def require(extensions: Extensions, kind: ExtensionType, place: Place) -> bytes:
    """Return the content of a mandatory extension; raises `Refusal` with missing_extension."""
    content = extensions.get(kind)
    if content is None:
        raise Refusal(Code.MISSING_EXTENSION, f"{place} without {kind.name.lower()} (RFC 8446 section 9.2)")
    return content
