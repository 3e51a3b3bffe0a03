"""What a call may return: the manual's names and numbers, which of them are fatal, and which alert fits.

Nothing here knows a session.  Theory: gnutls_error_is_fatal(3), gnutls_alert_send_appropriate(3) and the
manual's table of error codes.
"""

from __future__ import annotations

from enum import IntEnum
from typing import Final

from impl.alerts import AlertDescription, AlertLevel


class Code(IntEnum):
    """The result of a call, with GnuTLS's name and number."""

    SUCCESS = 0
    LARGE_PACKET = -7
    UNSUPPORTED_VERSION_PACKET = -8
    UNEXPECTED_PACKET_LENGTH = -9
    INVALID_SESSION = -10
    FATAL_ALERT_RECEIVED = -12
    UNEXPECTED_PACKET = -15
    WARNING_ALERT_RECEIVED = -16
    ERROR_IN_FINISHED_PACKET = -18
    UNEXPECTED_HANDSHAKE_PACKET = -19
    UNKNOWN_CIPHER_SUITE = -21
    DECRYPTION_FAILED = -24
    AGAIN = -28
    INSUFFICIENT_CREDENTIALS = -32
    REHANDSHAKE = -37
    GOT_APPLICATION_DATA = -38
    RECORD_LIMIT_REACHED = -39
    CERTIFICATE_ERROR = -43
    NO_CERTIFICATE_FOUND = -49
    INVALID_REQUEST = -50
    INTERRUPTED = -52
    PUSH_ERROR = -53
    PULL_ERROR = -54
    RECEIVED_ILLEGAL_PARAMETER = -55
    REQUESTED_DATA_NOT_AVAILABLE = -56
    RECEIVED_ILLEGAL_EXTENSION = -58
    INTERNAL_ERROR = -59
    TOO_MANY_EMPTY_PACKETS = -78
    TOO_MANY_HANDSHAKE_PACKETS = -81
    NO_CIPHER_SUITES = -87
    PK_SIG_VERIFY_FAILED = -89
    SAFE_RENEGOTIATION_FAILED = -107
    UNSAFE_RENEGOTIATION_DENIED = -108
    PREMATURE_TERMINATION = -110
    CERTIFICATE_REQUIRED = -112
    HANDSHAKE_TOO_LARGE = -210
    TIMEDOUT = -319
    SESSION_EOF = -328
    NO_APPLICATION_PROTOCOL = -344
    INAPPROPRIATE_FALLBACK = -347
    CERTIFICATE_VERIFICATION_ERROR = -348
    SESSION_USER_ID_CHANGED = -406
    UNAVAILABLE_DURING_HANDSHAKE = -408
    RECORD_OVERFLOW = -417
    NO_COMMON_KEY_SHARE = -423
    REAUTH_REQUEST = -424
    MISSING_EXTENSION = -427
    UNIMPLEMENTED_FEATURE = -1250

    @property
    def is_fatal(self) -> bool:
        """Whether the session is beyond use after this code, as gnutls_handshake(3) words it: the call may be
        repeated after GOT_APPLICATION_DATA, LARGE_PACKET, a warning or an interruption."""
        return self not in _RESUMABLE


_RESUMABLE: Final = frozenset(
    {
        Code.SUCCESS,
        Code.LARGE_PACKET,
        Code.WARNING_ALERT_RECEIVED,
        Code.AGAIN,
        Code.REHANDSHAKE,
        Code.REAUTH_REQUEST,
        Code.GOT_APPLICATION_DATA,
        Code.INTERRUPTED,
    }
)

# fmt: off
_MEANINGS: Final[dict[Code, str]] = {
    Code.SUCCESS:                        "done",
    Code.LARGE_PACKET:                   "the packet is larger than the transport takes",
    Code.UNSUPPORTED_VERSION_PACKET:     "the peer speaks no protocol version that is enabled here",
    Code.UNEXPECTED_PACKET_LENGTH:       "a message's length fields contradict each other or its contents",
    Code.INVALID_SESSION:                "the session has failed or is closed",
    Code.FATAL_ALERT_RECEIVED:           "the peer ended the session with a fatal alert",
    Code.UNEXPECTED_PACKET:              "a record of this type is not allowed now",
    Code.WARNING_ALERT_RECEIVED:         "the peer sent a warning alert",
    Code.ERROR_IN_FINISHED_PACKET:       "the peer's Finished does not match the handshake",
    Code.UNEXPECTED_HANDSHAKE_PACKET:    "a handshake message of this type is not allowed now",
    Code.UNKNOWN_CIPHER_SUITE:           "the server chose a cipher suite that was not offered",
    Code.DECRYPTION_FAILED:              "a record failed authentication",
    Code.AGAIN:                          "the transport would block; repeat the call",
    Code.INSUFFICIENT_CREDENTIALS:       "no credentials fit what was negotiated",
    Code.REHANDSHAKE:                    "the peer asks for a new handshake",
    Code.GOT_APPLICATION_DATA:           "application data is waiting; read it and repeat the call",
    Code.RECORD_LIMIT_REACHED:           "the keys have protected as many records as they may",
    Code.CERTIFICATE_ERROR:              "the application refused the peer's certificate",
    Code.NO_CERTIFICATE_FOUND:           "the peer sent no certificate",
    Code.INVALID_REQUEST:                "the call makes no sense in this session",
    Code.INTERRUPTED:                    "a signal interrupted the transport; repeat the call",
    Code.PUSH_ERROR:                     "the transport failed to write",
    Code.PULL_ERROR:                     "the transport failed to read",
    Code.RECEIVED_ILLEGAL_PARAMETER:     "the peer sent a value that the protocol forbids",
    Code.REQUESTED_DATA_NOT_AVAILABLE:   "what was asked for is not there",
    Code.RECEIVED_ILLEGAL_EXTENSION:     "the peer sent an extension that was not asked for",
    Code.INTERNAL_ERROR:                 "something that must not happen has happened",
    Code.TOO_MANY_EMPTY_PACKETS:         "the peer sends records without content and nothing else",
    Code.TOO_MANY_HANDSHAKE_PACKETS:     "the peer sends handshake messages too often",
    Code.NO_CIPHER_SUITES:               "client and server have no cipher suite or algorithm in common",
    Code.PK_SIG_VERIFY_FAILED:           "the peer's signature does not verify",
    Code.SAFE_RENEGOTIATION_FAILED:      "the peer's renegotiation_info is wrong",
    Code.UNSAFE_RENEGOTIATION_DENIED:    "the peer cannot renegotiate safely",
    Code.PREMATURE_TERMINATION:          "the transport ended without close_notify",
    Code.CERTIFICATE_REQUIRED:           "the client showed no certificate where one is required",
    Code.HANDSHAKE_TOO_LARGE:            "a handshake message is larger than allowed",
    Code.TIMEDOUT:                       "the handshake took too long",
    Code.SESSION_EOF:                    "the peer closed the session during the handshake",
    Code.NO_APPLICATION_PROTOCOL:        "client and server have no application protocol in common",
    Code.INAPPROPRIATE_FALLBACK:         "the client fell back to a lower version without need",
    Code.CERTIFICATE_VERIFICATION_ERROR: "the peer's certificate does not verify",
    Code.SESSION_USER_ID_CHANGED:        "the peer changed its identity in a new handshake",
    Code.UNAVAILABLE_DURING_HANDSHAKE:   "not possible before the handshake is complete",
    Code.RECORD_OVERFLOW:                "a record is larger than allowed",
    Code.NO_COMMON_KEY_SHARE:            "client and server have no usable key share in common",
    Code.REAUTH_REQUEST:                 "the peer asks for authentication",
    Code.MISSING_EXTENSION:              "the peer left out an extension that is mandatory",
    Code.UNIMPLEMENTED_FEATURE:          "not implemented",
}

_UNEXPECTED_MESSAGE = (
    Code.UNEXPECTED_PACKET, Code.UNEXPECTED_HANDSHAKE_PACKET, Code.PREMATURE_TERMINATION,
)
_HANDSHAKE_FAILURE = (
    Code.UNKNOWN_CIPHER_SUITE, Code.INSUFFICIENT_CREDENTIALS, Code.NO_CIPHER_SUITES,
    Code.SAFE_RENEGOTIATION_FAILED, Code.NO_COMMON_KEY_SHARE,
)
_DECODE_ERROR = (Code.UNEXPECTED_PACKET_LENGTH, Code.NO_CERTIFICATE_FOUND, Code.HANDSHAKE_TOO_LARGE)

_ALERTS: Final[dict[Code, AlertDescription]] = {
    **dict.fromkeys(_UNEXPECTED_MESSAGE,  AlertDescription.UNEXPECTED_MESSAGE),
    Code.DECRYPTION_FAILED:               AlertDescription.BAD_RECORD_MAC,
    Code.RECORD_OVERFLOW:                 AlertDescription.RECORD_OVERFLOW,
    **dict.fromkeys(_HANDSHAKE_FAILURE,   AlertDescription.HANDSHAKE_FAILURE),
    Code.CERTIFICATE_ERROR:               AlertDescription.BAD_CERTIFICATE,
    Code.CERTIFICATE_VERIFICATION_ERROR:  AlertDescription.BAD_CERTIFICATE,
    Code.RECEIVED_ILLEGAL_PARAMETER:      AlertDescription.ILLEGAL_PARAMETER,
    **dict.fromkeys(_DECODE_ERROR,        AlertDescription.DECODE_ERROR),
    Code.ERROR_IN_FINISHED_PACKET:        AlertDescription.DECRYPT_ERROR,
    Code.PK_SIG_VERIFY_FAILED:            AlertDescription.DECRYPT_ERROR,
    Code.UNSUPPORTED_VERSION_PACKET:      AlertDescription.PROTOCOL_VERSION,
    Code.INAPPROPRIATE_FALLBACK:          AlertDescription.INAPPROPRIATE_FALLBACK,
    Code.SESSION_EOF:                     AlertDescription.CLOSE_NOTIFY,
    Code.REHANDSHAKE:                     AlertDescription.NO_RENEGOTIATION,
    Code.UNSAFE_RENEGOTIATION_DENIED:     AlertDescription.NO_RENEGOTIATION,
    Code.CERTIFICATE_REQUIRED:            AlertDescription.CERTIFICATE_REQUIRED,
    Code.SESSION_USER_ID_CHANGED:         AlertDescription.INSUFFICIENT_SECURITY,
    Code.MISSING_EXTENSION:               AlertDescription.MISSING_EXTENSION,
    Code.RECEIVED_ILLEGAL_EXTENSION:      AlertDescription.UNSUPPORTED_EXTENSION,
    Code.NO_APPLICATION_PROTOCOL:         AlertDescription.NO_APPLICATION_PROTOCOL,
}
# fmt: on

_WARNINGS: Final = frozenset({AlertDescription.NO_RENEGOTIATION, AlertDescription.CLOSE_NOTIFY})


def strerror(code: Code) -> str:
    """Return one line that says what `code` means."""
    return _MEANINGS[code]


def appropriate_alert(code: Code) -> tuple[AlertLevel, AlertDescription] | None:
    """Return level and description of the alert that answers `code`, or None where none is due.

    A code that is not fatal deserves no alert, except REHANDSHAKE, which is refused with a warning; and a
    fatal alert is not answered with another (RFC 8446 section 6.2).  A close_notify is answered with
    close_notify (RFC 5246 section 7.2.1); codes that the table leaves out mean internal_error.
    """
    if code is Code.FATAL_ALERT_RECEIVED or not (code.is_fatal or code is Code.REHANDSHAKE):
        return None
    description = _ALERTS.get(code, AlertDescription.INTERNAL_ERROR)
    return (AlertLevel.WARNING if description in _WARNINGS else AlertLevel.FATAL), description
