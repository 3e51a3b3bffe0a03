"""What the RFCs and the manual leave open, by name.

A row that fails names a choice; a choice lists the permitted outcomes and the text that leaves them open.
This list is worth reading on its own: it is where two conforming stacks may differ.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

ANY_FATAL: Final = "ANY_FATAL"
"""Any fatal code: the manual names no particular one."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """A permitted result.

    Parameters
    ----------
    code: what the call returns.
    alert: the alert that alert_send_appropriate sends; None: none.
    kills: whether the session is dead afterwards (a refused message always kills it).
    """

    code: str
    alert: str | None = None
    kills: bool = False


@dataclass(frozen=True, slots=True)
class Choice:
    """A named freedom.

    Parameters
    ----------
    name: how rows, reports and profiles call it.
    sentence: what is left open, in one sentence.
    cite: the text that leaves it open.
    outcomes: everything that is permitted.
    """

    name: str
    sentence: str
    cite: str
    outcomes: tuple[Outcome, ...]


CHOICES: Final[dict[str, Choice]] = {}


def _choice(name: str, sentence: str, cite: str, *outcomes: Outcome) -> Choice:
    new = Choice(name, sentence, cite, outcomes)
    CHOICES[name] = new
    return new


def _alerts(*names: str | None) -> tuple[Outcome, ...]:
    return tuple(Outcome(ANY_FATAL, f"Alert.fatal.{name}" if name else None) for name in names)


# fmt: off
UNEXPECTED_MESSAGE = _choice(
    "UNEXPECTED_MESSAGE", "A message out of order is fatal; the manual does not say with which code.",
    "8446 6.2; 5246 7.2.2", *_alerts("unexpected_message"))
MALFORMED_OUT_OF_ORDER = _choice(
    "MALFORMED_OUT_OF_ORDER", "A malformed message out of order may be refused for either fault.",
    "8446 6.2", *_alerts("unexpected_message", "decode_error"))
MALFORMED = _choice(
    "MALFORMED", "A message that cannot be parsed is refused with decode_error.",
    "8446 6; 5246 7.2.2", *_alerts("decode_error"))
MALFORMED_ALERT_12 = _choice(
    "MALFORMED_ALERT_12", "TLS 1.2 names no alert for a truncated alert record.",
    "5246 7.2", *_alerts("decode_error", "unexpected_message", "illegal_parameter"))
DECRYPT_ERROR = _choice(
    "DECRYPT_ERROR", "A signature or Finished that does not verify is refused with decrypt_error.",
    "8446 4.4.3; 8446 4.4.4; 5246 7.2.2", *_alerts("decrypt_error"))
BAD_RECORD_MAC = _choice(
    "BAD_RECORD_MAC", "A record that fails authentication is refused with bad_record_mac.",
    "8446 5.2; 5246 7.2.2", *_alerts("bad_record_mac"))
EMPTY_CERTIFICATE_13 = _choice(
    "EMPTY_CERTIFICATE_13", "A server's empty certificate list is refused with decode_error.",
    "8446 4.4.2.4", *_alerts("decode_error"))
EMPTY_CERTIFICATE_12 = _choice(
    "EMPTY_CERTIFICATE_12", "TLS 1.2 names no alert for a server that sends no certificate.",
    "5246 7.4.2", *_alerts("decode_error", "bad_certificate", "handshake_failure", "illegal_parameter",
                           "certificate_unknown", "unexpected_message", "internal_error"))
BAD_CHANGE_CIPHER_SPEC_12 = _choice(
    "BAD_CHANGE_CIPHER_SPEC_12", "TLS 1.2 names no alert for a ChangeCipherSpec of another value than 1.",
    "5246 7.1", *_alerts("unexpected_message", "illegal_parameter", "decode_error"))
UNKNOWN_LEVEL_12 = _choice(
    "UNKNOWN_LEVEL_12", "handshake_failure is always fatal: with an unknown level it is taken as received or "
    "refused as malformed, but not survived.",
    "5246 7.2; 5246 7.2.2", Outcome("FATAL_ALERT_RECEIVED"),
    *_alerts("illegal_parameter", "decode_error", "unexpected_message"))
CLOSED_IN_HANDSHAKE = _choice(
    "CLOSED_IN_HANDSHAKE", "A peer that closes in mid-handshake may be answered with close_notify or an error.",
    "5246 7.2.1; 8446 6.1", Outcome("SESSION_EOF"), Outcome("SESSION_EOF", "Alert.warning.close_notify"),
    Outcome("SESSION_EOF", "Alert.fatal.internal_error"))
END_OF_STREAM = _choice(
    "END_OF_STREAM", "Nobody may hear an alert after the stream has ended; sending one is harmless.",
    "8446 6.1", Outcome("PREMATURE_TERMINATION"),
    Outcome("PREMATURE_TERMINATION", "Alert.fatal.unexpected_message"),
    Outcome("PREMATURE_TERMINATION", "Alert.fatal.internal_error"))
TOO_MANY_WARNINGS = _choice(
    "TOO_MANY_WARNINGS", "The warning after the limit is fatal; the manual names no code for it.",
    "gnutls_handshake(3)", *_alerts("internal_error", "unexpected_message", None))
FATAL_ALERT = _choice(
    "FATAL_ALERT", "A fatal alert ends the session and is not answered.",
    "8446 6.2; gnutls_handshake(3)", Outcome("FATAL_ALERT_RECEIVED"))
UNEXPECTED_WARNING_13 = _choice(
    "UNEXPECTED_WARNING_13", "TLS 1.3 treats every error alert as fatal whatever its level.",
    "8446 6.2", Outcome("FATAL_ALERT_RECEIVED"))
ALERT_BEFORE_VERSION = _choice(
    "ALERT_BEFORE_VERSION", "Before a version is agreed on, a warning may be taken by the rules of TLS 1.2 or 1.3.",
    "5246 7.2.2; 8446 6.2", Outcome("FATAL_ALERT_RECEIVED"), Outcome("WARNING_ALERT_RECEIVED"))
USER_CANCELED_13 = _choice(
    "USER_CANCELED_13", "user_canceled is no error alert; a stack may report it and go on, or end the session.",
    "8446 6.1", Outcome("WARNING_ALERT_RECEIVED"), Outcome("FATAL_ALERT_RECEIVED"))
AFTER_FAILURE = _choice(
    "AFTER_FAILURE", "After a fatal code the session is dead; the manual names no code for later calls.",
    "gnutls_handshake(3)", Outcome(ANY_FATAL), Outcome("EOF"))
DURING_HANDSHAKE = _choice(
    "DURING_HANDSHAKE", "Application data cannot pass before the handshake is complete.",
    "gnutls_record_send(3)", Outcome("UNAVAILABLE_DURING_HANDSHAKE"))
WRITE_AFTER_BYE = _choice(
    "WRITE_AFTER_BYE", "Nothing may be written after close_notify; the manual names no code.",
    "8446 6.1; 5246 7.2.1", Outcome(ANY_FATAL))
HANDSHAKE_AFTER_BYE = _choice(
    "HANDSHAKE_AFTER_BYE", "A handshake() that would have to write after close_notify fails; a no-op may succeed.",
    "8446 6.1; gnutls_handshake(3)", Outcome(ANY_FATAL), Outcome(ANY_FATAL, kills=True), Outcome("SUCCESS"))
BYE_AGAIN = _choice(
    "BYE_AGAIN", "bye() on a session that is already closed may say so or succeed; it sends nothing again.",
    "gnutls_bye(3)", Outcome("SUCCESS"), Outcome(ANY_FATAL))
BYE_AFTER_FAILURE = _choice(
    "BYE_AFTER_FAILURE", "After an error alert no close_notify is needed; that none may follow is nowhere said.",
    "8446 6.1; gnutls_bye(3)", Outcome("SUCCESS"), Outcome("SUCCESS", "Alert.warning.close_notify"), Outcome(ANY_FATAL))
NO_RENEGOTIATION_IN_HANDSHAKE = _choice(
    "NO_RENEGOTIATION_IN_HANDSHAKE", "no_renegotiation has no meaning in a first handshake: a warning or a message "
    "out of order.",
    "5246 7.2.2", Outcome("WARNING_ALERT_RECEIVED"), *_alerts("unexpected_message"))
# fmt: on
