"""Which alerts may answer which fatal code, written from the RFCs: not the implementation's own table.

Sources: RFC 8446 section 6 and what it says at each check, RFC 5246 section 7.2.2, RFC 5746, RFC 7301, RFC
7507; where they name no alert, gnutls_alert_send_appropriate(3).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from impl import AlertDescription, AlertLevel, Code

A = AlertDescription
_CERTIFICATE: Final = frozenset(
    {
        A.BAD_CERTIFICATE,
        A.UNSUPPORTED_CERTIFICATE,
        A.CERTIFICATE_REVOKED,
        A.CERTIFICATE_EXPIRED,
        A.CERTIFICATE_UNKNOWN,
        A.UNKNOWN_CA,
    }
)

# fmt: off
ANSWERS: Final[Mapping[Code, frozenset[AlertDescription]]] = {
    Code.UNEXPECTED_PACKET:              frozenset({A.UNEXPECTED_MESSAGE}),
    Code.UNEXPECTED_HANDSHAKE_PACKET:    frozenset({A.UNEXPECTED_MESSAGE}),
    Code.TOO_MANY_EMPTY_PACKETS:         frozenset({A.UNEXPECTED_MESSAGE}),
    Code.PREMATURE_TERMINATION:          frozenset({A.UNEXPECTED_MESSAGE}),
    Code.DECRYPTION_FAILED:              frozenset({A.BAD_RECORD_MAC}),
    Code.RECORD_OVERFLOW:                frozenset({A.RECORD_OVERFLOW}),
    Code.UNEXPECTED_PACKET_LENGTH:       frozenset({A.DECODE_ERROR}),
    Code.HANDSHAKE_TOO_LARGE:            frozenset({A.DECODE_ERROR}),
    Code.NO_CERTIFICATE_FOUND:           frozenset({A.DECODE_ERROR, A.HANDSHAKE_FAILURE}),
    Code.RECEIVED_ILLEGAL_PARAMETER:     frozenset({A.ILLEGAL_PARAMETER, A.DECRYPT_ERROR}),
    Code.RECEIVED_ILLEGAL_EXTENSION:     frozenset({A.UNSUPPORTED_EXTENSION}),
    Code.MISSING_EXTENSION:              frozenset({A.MISSING_EXTENSION}),
    Code.UNKNOWN_CIPHER_SUITE:           frozenset({A.ILLEGAL_PARAMETER, A.HANDSHAKE_FAILURE}),
    Code.NO_CIPHER_SUITES:               frozenset({A.HANDSHAKE_FAILURE}),
    Code.NO_COMMON_KEY_SHARE:            frozenset({A.HANDSHAKE_FAILURE}),
    Code.INSUFFICIENT_CREDENTIALS:       frozenset({A.HANDSHAKE_FAILURE}),
    Code.SAFE_RENEGOTIATION_FAILED:      frozenset({A.HANDSHAKE_FAILURE}),
    Code.UNSAFE_RENEGOTIATION_DENIED:    frozenset({A.NO_RENEGOTIATION}),
    Code.SESSION_USER_ID_CHANGED:        frozenset({A.INSUFFICIENT_SECURITY}),
    Code.UNSUPPORTED_VERSION_PACKET:     frozenset({A.PROTOCOL_VERSION}),
    Code.INAPPROPRIATE_FALLBACK:         frozenset({A.INAPPROPRIATE_FALLBACK}),
    Code.NO_APPLICATION_PROTOCOL:        frozenset({A.NO_APPLICATION_PROTOCOL}),
    Code.ERROR_IN_FINISHED_PACKET:       frozenset({A.DECRYPT_ERROR}),
    Code.PK_SIG_VERIFY_FAILED:           frozenset({A.DECRYPT_ERROR}),
    Code.CERTIFICATE_ERROR:              _CERTIFICATE,
    Code.CERTIFICATE_VERIFICATION_ERROR: _CERTIFICATE,
    Code.CERTIFICATE_REQUIRED:           frozenset({A.CERTIFICATE_REQUIRED}),
    Code.SESSION_EOF:                    frozenset({A.CLOSE_NOTIFY}),
    Code.FATAL_ALERT_RECEIVED:           frozenset(),
    Code.TOO_MANY_HANDSHAKE_PACKETS:     frozenset({A.INTERNAL_ERROR}),
    Code.RECORD_LIMIT_REACHED:           frozenset({A.INTERNAL_ERROR}),
    Code.TIMEDOUT:                       frozenset({A.INTERNAL_ERROR}),
    Code.INTERNAL_ERROR:                 frozenset({A.INTERNAL_ERROR}),
}
# fmt: on
"""Code that a peer can cause -> the alerts that may follow; none where it must not be answered."""

_WARNINGS: Final = frozenset({A.CLOSE_NOTIFY, A.NO_RENEGOTIATION})


def level(description: AlertDescription) -> AlertLevel:
    """Return the level at which an alert goes out."""
    return AlertLevel.WARNING if description in _WARNINGS else AlertLevel.FATAL
