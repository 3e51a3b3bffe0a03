"""The codes of the manual's error table: name, number, and whether the manual calls them fatal.

`GOT_APPLICATION_DATA` and `LARGE_PACKET` are non-fatal because gnutls_handshake(3) says so; a library whose
`error_is_fatal` answers otherwise departs from its manual.
"""

from __future__ import annotations

from typing import Final

# fmt: off
CODES: Final[dict[str, int]] = {
    "SUCCESS": 0,                           "LARGE_PACKET": -7,
    "UNSUPPORTED_VERSION_PACKET": -8,       "UNEXPECTED_PACKET_LENGTH": -9,
    "INVALID_SESSION": -10,                 "FATAL_ALERT_RECEIVED": -12,
    "UNEXPECTED_PACKET": -15,               "WARNING_ALERT_RECEIVED": -16,
    "ERROR_IN_FINISHED_PACKET": -18,        "UNEXPECTED_HANDSHAKE_PACKET": -19,
    "UNKNOWN_CIPHER_SUITE": -21,            "UNWANTED_ALGORITHM": -22,
    "DECRYPTION_FAILED": -24,               "MEMORY_ERROR": -25,
    "AGAIN": -28,                           "INSUFFICIENT_CREDENTIALS": -32,
    "REHANDSHAKE": -37,                     "GOT_APPLICATION_DATA": -38,
    "RECORD_LIMIT_REACHED": -39,            "CERTIFICATE_ERROR": -43,
    "NO_CERTIFICATE_FOUND": -49,            "INVALID_REQUEST": -50,
    "INTERRUPTED": -52,                     "PUSH_ERROR": -53,
    "PULL_ERROR": -54,                      "RECEIVED_ILLEGAL_PARAMETER": -55,
    "REQUESTED_DATA_NOT_AVAILABLE": -56,    "RECEIVED_ILLEGAL_EXTENSION": -58,
    "INTERNAL_ERROR": -59,                  "TOO_MANY_EMPTY_PACKETS": -78,
    "TOO_MANY_HANDSHAKE_PACKETS": -81,      "NO_CIPHER_SUITES": -87,
    "PK_SIG_VERIFY_FAILED": -89,            "SAFE_RENEGOTIATION_FAILED": -107,
    "UNSAFE_RENEGOTIATION_DENIED": -108,    "PREMATURE_TERMINATION": -110,
    "CERTIFICATE_REQUIRED": -112,           "HANDSHAKE_TOO_LARGE": -210,
    "TIMEDOUT": -319,
    "ILLEGAL_PARAMETER": -325,              "NO_PRIORITIES_WERE_SET": -326,
    "SESSION_EOF": -328,                    "NO_APPLICATION_PROTOCOL": -344,
    "INAPPROPRIATE_FALLBACK": -347,         "CERTIFICATE_VERIFICATION_ERROR": -348,
    "SESSION_USER_ID_CHANGED": -406,        "HANDSHAKE_DURING_FALSE_START": -407,
    "UNAVAILABLE_DURING_HANDSHAKE": -408,   "RECORD_OVERFLOW": -417,
    "NO_COMMON_KEY_SHARE": -423,            "REAUTH_REQUEST": -424,
    "MISSING_EXTENSION": -427,              "UNIMPLEMENTED_FEATURE": -1250,
}
NON_FATAL: Final = frozenset((
    "SUCCESS", "LARGE_PACKET", "WARNING_ALERT_RECEIVED", "AGAIN", "REHANDSHAKE", "GOT_APPLICATION_DATA",
    "INTERRUPTED", "REAUTH_REQUEST",
))
# fmt: on
FATAL_CODES: Final = frozenset(CODES) - NON_FATAL
