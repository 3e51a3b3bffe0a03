"""The one bijection between the model's message names and the numbers on the wire.

No other module of the mapper spells a message number.  A variant (`Certificate.empty`) has the number of its
message; what has no number of its own (a record that does not decrypt, the end of the stream) is not here.
"""

from __future__ import annotations

from typing import Final, NamedTuple

CHANGE_CIPHER_SPEC, ALERT, HANDSHAKE, APPLICATION_DATA, HEARTBEAT = range(20, 25)
"""Content types of records (RFC 8446 B.1; RFC 6520 6 for heartbeat)."""

WARNING, FATAL = 1, 2
"""Alert levels (RFC 8446 6)."""


class Wire(NamedTuple):
    """A message's place on the wire: its record's content type and, in handshake records, its type."""

    content_type: int
    handshake_type: int | None = None


# fmt: off
WIRE: Final[dict[str, Wire]] = {                        # RFC 8446 B.1, B.3; RFC 5246 A.1, A.4
    "HelloRequest":         Wire(HANDSHAKE, 0),         "ClientHello":          Wire(HANDSHAKE, 1),
    "ServerHello":          Wire(HANDSHAKE, 2),         "HelloVerifyRequest":   Wire(HANDSHAKE, 3),
    "NewSessionTicket":     Wire(HANDSHAKE, 4),         "CertificateStatus":    Wire(HANDSHAKE, 22),
    "EndOfEarlyData":       Wire(HANDSHAKE, 5),         "EncryptedExtensions":  Wire(HANDSHAKE, 8),
    "Certificate":          Wire(HANDSHAKE, 11),        "ServerKeyExchange":    Wire(HANDSHAKE, 12),
    "CertificateRequest":   Wire(HANDSHAKE, 13),        "ServerHelloDone":      Wire(HANDSHAKE, 14),
    "CertificateVerify":    Wire(HANDSHAKE, 15),        "ClientKeyExchange":    Wire(HANDSHAKE, 16),
    "Finished":             Wire(HANDSHAKE, 20),        "KeyUpdate":            Wire(HANDSHAKE, 24),
    "UnknownHandshake":     Wire(HANDSHAKE, 77),        "ChangeCipherSpec":     Wire(CHANGE_CIPHER_SPEC),
    "Alert":                Wire(ALERT),                "ApplicationData":      Wire(APPLICATION_DATA),
    "UnknownRecord":        Wire(HEARTBEAT),
}
ALERT_DESCRIPTIONS: Final[dict[str, int]] = {           # RFC 8446 B.2, with those reserved for older versions
    "close_notify": 0,                  "unexpected_message": 10,           "bad_record_mac": 20,
    "decryption_failed": 21,            "record_overflow": 22,              "decompression_failure": 30,
    "handshake_failure": 40,            "no_certificate": 41,               "bad_certificate": 42,
    "unsupported_certificate": 43,      "certificate_revoked": 44,          "certificate_expired": 45,
    "certificate_unknown": 46,          "illegal_parameter": 47,            "unknown_ca": 48,
    "access_denied": 49,                "decode_error": 50,                 "decrypt_error": 51,
    "too_many_cids_requested": 52,      "export_restriction": 60,           "protocol_version": 70,
    "insufficient_security": 71,        "internal_error": 80,               "inappropriate_fallback": 86,
    "user_canceled": 90,                "no_renegotiation": 100,            "missing_extension": 109,
    "unsupported_extension": 110,       "certificate_unobtainable": 111,    "unrecognized_name": 112,
    "bad_certificate_status_response": 113,                                 "bad_certificate_hash_value": 114,
    "unknown_psk_identity": 115,        "certificate_required": 116,        "no_application_protocol": 120,
}
# fmt: on

MESSAGE_OF: Final[dict[Wire, str]] = {wire: name for name, wire in WIRE.items()}
ALERT_OF: Final[dict[int, str]] = {number: name for name, number in ALERT_DESCRIPTIONS.items()}
LEVEL_OF: Final[dict[int, str]] = {WARNING: "warning", FATAL: "fatal"}


def handshake_type(name: str) -> int:
    """Return the handshake type of message `name`; raises `KeyError` for what is no handshake message."""
    number = WIRE[name].handshake_type
    if number is None:
        raise KeyError(name)
    return number


def alert_name(level: int, description: int) -> str | None:
    """Return ``Alert.<level>.<description>``, or None where either number has no name."""
    if level not in LEVEL_OF or description not in ALERT_OF:
        return None
    return f"Alert.{LEVEL_OF[level]}.{ALERT_OF[description]}"
