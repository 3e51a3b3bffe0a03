"""What the RFCs and the manual leave open, by name.

A row that fails names a choice; a choice lists the permitted outcomes and the text that leaves them open.
This list is worth reading on its own: it is where two conforming stacks may differ.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

ANY_FATAL: Final = "ANY_FATAL"
"""Any fatal code: the manual names no particular one."""
DROPPED: Final = "DROPPED"
"""No result at all: what came is passed over, and the call carries on."""
STUCK: Final = "STUCK"
"""Passed over as well, but the place in the order of messages is taken: no message that follows is understood."""
APART: Final = "APART"
"""Passed over as well, but the peer has gone over to other keys: no record that follows is understood."""
AHEAD: Final = "AHEAD"
"""Passed over until it is due, which makes a record in the clear that comes after it one of an old epoch."""
KEPT: Final = "KEPT"
"""Application data that is kept until the handshake is over."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """A permitted result.

    Parameters
    ----------
    code: what the call returns, `ANY_FATAL`, `DROPPED`, `STUCK`, `APART`, `AHEAD` or `KEPT`.
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


def _deaths(*names: str | None) -> tuple[Outcome, ...]:
    return tuple(Outcome(outcome.code, outcome.alert, kills=True) for outcome in _alerts(*names))


_PASSED: Final = Outcome(DROPPED)

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
    "gnutls_handshake(3)", *_deaths("internal_error", "unexpected_message", None))
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
    "HANDSHAKE_AFTER_BYE", "A handshake() that would have to write after close_notify fails; one that only waits may wait, and a no-op may succeed.",
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

# Hellos.
UNOFFERED = _choice(
    "UNOFFERED", "A server's choice of what was not offered is refused with illegal_parameter.",
    "8446 4.1.3", *_alerts("illegal_parameter"))
UNOFFERED_12 = _choice(
    "UNOFFERED_12", "TLS 1.2 names no alert for a server's choice of what was not offered.",
    "5246 7.4.1.3; 5246 7.2.2", *_alerts("illegal_parameter", "handshake_failure"))
UNWANTED_EXTENSION = _choice(
    "UNWANTED_EXTENSION", "An answer to an extension that was not sent is refused.",
    "8446 4.2; 5246 7.4.1.4", *_alerts("unsupported_extension", "illegal_parameter"))
OTHER_VERSION = _choice(
    "OTHER_VERSION", "A version that this end does not speak is refused with protocol_version.",
    "5246 E.1; 8446 4.2.1", *_alerts("protocol_version"))
SECOND_VERSION = _choice(
    "SECOND_VERSION", "A hello behind a HelloRetryRequest that speaks of another version is refused.",
    "8446 4.1.2; 8446 4.1.4", *_alerts("illegal_parameter", "protocol_version"))
BAD_HELLO_RETRY_REQUEST = _choice(
    "BAD_HELLO_RETRY_REQUEST", "A HelloRetryRequest that would change nothing is refused with illegal_parameter.",
    "8446 4.1.4", *_alerts("illegal_parameter"))
SECOND_HELLO = _choice(
    "SECOND_HELLO", "A second ClientHello that does not do what was asked; the RFC names illegal_parameter.",
    "8446 4.1.2; 8446 4.2.8", *_alerts("illegal_parameter", "handshake_failure", "missing_extension"))
BAD_BINDER = _choice(
    "BAD_BINDER", "A binder that does not validate ends the handshake; the RFC names no alert.",
    "8446 4.2.11", *_alerts("illegal_parameter", "decrypt_error"))
CERTIFICATE_REQUIRED = _choice(
    "CERTIFICATE_REQUIRED", "No client certificate where one is required.",
    "8446 4.4.2.4", *_alerts("certificate_required"))
CERTIFICATE_MISSING_12 = _choice(
    "CERTIFICATE_MISSING_12", "No client certificate where one is required: fatal, with handshake_failure as the RFC's "
    "example.",
    "5246 7.4.6", *_alerts("handshake_failure", "certificate_required", "bad_certificate", "decode_error"))
KEY_UPDATE_MALFORMED = _choice(
    "KEY_UPDATE_MALFORMED", "A KeyUpdate of another value than 0 or 1 is refused with illegal_parameter.",
    "8446 4.6.3", *_alerts("illegal_parameter"))
INTERVENING_MALFORMED = _choice(
    "INTERVENING_MALFORMED", "A malformed KeyUpdate between the messages of a client's proof may be refused for either fault.",
    "8446 4.6.2; 8446 4.6.3", *_alerts("illegal_parameter", "unexpected_message"))
INTERVENING = _choice(
    "INTERVENING", "A client must not put a KeyUpdate between the messages of its proof; a server need not look.",
    "8446 4.6.2", *_alerts("unexpected_message"), _PASSED)

INTERVENING_DATA = _choice(
    "INTERVENING_DATA", "Nor must it put data there; a server need not look.",
    "8446 4.6.2", *_alerts("unexpected_message"), Outcome("GOT_APPLICATION_DATA"))

# Re-handshakes.
SAFE_RENEGOTIATION = _choice(
    "SAFE_RENEGOTIATION", "A handshake that is not bound to the connection is refused with handshake_failure.",
    "5746 3.4; 5746 3.5; 5746 3.6; 5746 3.7", *_alerts("handshake_failure"))
UNSAFE_RENEGOTIATION = _choice(
    "UNSAFE_RENEGOTIATION", "A re-handshake without RFC 5746 is refused, by no_renegotiation or an error.",
    "5746 4.2; 5746 4.4", *_alerts("handshake_failure", None), Outcome(ANY_FATAL, "Alert.warning.no_renegotiation"))
UNSAFE_AT_ONCE = _choice(
    "UNSAFE_AT_ONCE", "A client may refuse an unbound re-handshake before it says anything, or once the server answers.",
    "5746 4.2", Outcome(ANY_FATAL), Outcome(ANY_FATAL, kills=True),
    Outcome(ANY_FATAL, "Alert.warning.no_renegotiation", kills=True), _PASSED)
NO_RENEGOTIATION_LATE = _choice(
    "NO_RENEGOTIATION_LATE", "no_renegotiation after the hellos answers nothing: a warning or a message out of order.",
    "5246 7.2.2", Outcome("WARNING_ALERT_RECEIVED"), *_alerts("unexpected_message"))
DATA_IN_REHANDSHAKE = _choice(
    "DATA_IN_REHANDSHAKE", "Data under the old keys in the middle of a re-handshake: taken, or out of order.",
    "gnutls_handshake(3); 5246 7.4.1.1", Outcome("GOT_APPLICATION_DATA"), *_alerts("unexpected_message"))
DATA_IN_REHANDSHAKE_DATAGRAM = _choice(
    "DATA_IN_REHANDSHAKE_DATAGRAM", "Data in the middle of a re-handshake: taken, dropped, kept until its end, or out of order.",
    "6347 4.1; 5246 7.4.1.1", Outcome("GOT_APPLICATION_DATA"), _PASSED, Outcome(KEPT), *_alerts("unexpected_message"))
DATA_UNREAD = _choice(
    "DATA_UNREAD", "After GOT_APPLICATION_DATA the caller is to read the data; calling handshake() instead may fail.",
    "gnutls_handshake(3)", *_deaths("unexpected_message"), *_alerts("unexpected_message"))
NOT_NOW = _choice(
    "NOT_NOW", "A call that makes no sense at this moment is an error; the manual names no code for it.",
    "gnutls_error_is_fatal(3)", Outcome(ANY_FATAL))
RECV_IN_REHANDSHAKE = _choice(
    "RECV_IN_REHANDSHAKE", "record_recv() in the middle of a re-handshake that meets its messages: an error.",
    "gnutls_record_recv(3)", *_deaths("unexpected_message"))
RECV_BEFORE_HANDSHAKE = _choice(
    "RECV_BEFORE_HANDSHAKE", "record_recv() instead of handshake() or an alert after REHANDSHAKE: the hello is lost, or an "
    "error.",
    "gnutls_rehandshake(3)", *_deaths("unexpected_message"))

IDENTITY_CHANGED = _choice(
    "IDENTITY_CHANGED", "A re-handshake in which the client is somebody else may be refused, as the manual's default.",
    "gnutls_init(3); 5746 5", *_deaths("insufficient_security", "handshake_failure", "bad_certificate", None))

# The caller's other calls.
TIMED_OUT = _choice(
    "TIMED_OUT", "A handshake that takes longer than the caller allows fails with TIMEDOUT.",
    "gnutls_handshake_set_timeout(3)", Outcome("TIMEDOUT", kills=True),
    Outcome("TIMEDOUT", "Alert.fatal.internal_error", kills=True))
CLOSED_WHILE_WAITING = _choice(
    "CLOSED_WHILE_WAITING", "The peer closes, or has closed, while handshake() or reauth() waits for it: an error.",
    "5246 7.2.1; 8446 6.1", Outcome(ANY_FATAL), Outcome(ANY_FATAL, kills=True),
    Outcome(ANY_FATAL, "Alert.warning.close_notify", kills=True),
    Outcome(ANY_FATAL, "Alert.fatal.internal_error", kills=True))
ALERT_AFTER_FAILURE = _choice(
    "ALERT_AFTER_FAILURE", "An alert on a dead session: it may still tell the peer why, or fail.",
    "gnutls_alert_send(3)", Outcome(ANY_FATAL), Outcome("SUCCESS"))
OWN_FATAL_ALERT = _choice(
    "OWN_FATAL_ALERT", "Who sends a fatal alert closes the connection.",
    "8446 6.2; 5246 7.2.2", Outcome("SUCCESS", kills=True))

# Datagrams.
UNEXPECTED_DATAGRAM = _choice(
    "UNEXPECTED_DATAGRAM", "A record that is out of place is dropped; it may have been overtaken.",
    "6347 4.1.2.7", _PASSED, *_alerts("unexpected_message"))
UNEXPECTED_CHANGE_DATAGRAM = _choice(
    "UNEXPECTED_CHANGE_DATAGRAM",
    "A ChangeCipherSpec out of place, or of another value than 1, is dropped, with the records under new keys or not.",
    "6347 4.1; 6347 4.1.2.7", _PASSED, Outcome(AHEAD), Outcome(APART),
    *_alerts("unexpected_message", "illegal_parameter", "decode_error"))
EARLY_DATAGRAM = _choice(
    "EARLY_DATAGRAM", "Data that has overtaken the end of the handshake is dropped, or kept until then.",
    "6347 4.1", _PASSED, Outcome(KEPT), *_alerts("unexpected_message"))
UNEXPECTED_DATAGRAM_MESSAGE = _choice(
    "UNEXPECTED_DATAGRAM_MESSAGE",
    "A message out of order is fatal as in TLS, or dropped as one that could be forged; its number is still due then.",
    "5246 7.4; 6347 4.1.2.7; 6347 4.2.2", *_alerts("unexpected_message"), Outcome(STUCK))
MALFORMED_DATAGRAM = _choice(
    "MALFORMED_DATAGRAM",
    "A malformed message is fatal as in TLS, or dropped as one that could be forged; its number is still due then.",
    "6347 4.1.2.7; 6347 4.2.2", *_alerts("decode_error", "unexpected_message", "illegal_parameter"), Outcome(STUCK))
STRAY_DATAGRAM_MESSAGE = _choice(
    "STRAY_DATAGRAM_MESSAGE", "Outside of a handshake a message is fatal as in TLS, or dropped, with its number or without.",
    "5246 7.4; 6347 4.1.2.7", *_alerts("unexpected_message"), _PASSED, Outcome(STUCK))
STRAY_MALFORMED_DATAGRAM = _choice(
    "STRAY_MALFORMED_DATAGRAM",
    "Outside of a handshake a malformed message is fatal as in TLS, or dropped, with its number or without.",
    "6347 4.1.2.7", *_alerts("decode_error", "unexpected_message", "illegal_parameter"), _PASSED, Outcome(STUCK))
BAD_DATAGRAM = _choice(
    "BAD_DATAGRAM", "A record that does not open is dropped; an implementation may end the association instead.",
    "6347 4.1.2.7", _PASSED, *_alerts("bad_record_mac"))
DECRYPT_ERROR_DATAGRAM = _choice(
    "DECRYPT_ERROR_DATAGRAM", "A Finished that does not verify is fatal over datagrams too.",
    "5246 7.4.9", *_alerts("decrypt_error"))
FATAL_ALERT_DATAGRAM = _choice(
    "FATAL_ALERT_DATAGRAM", "A fatal alert in the clear could be forged: it may be honoured or dropped.",
    "6347 4.1.2.7", Outcome("FATAL_ALERT_RECEIVED"), _PASSED)
MALFORMED_ALERT_DATAGRAM = _choice(
    "MALFORMED_ALERT_DATAGRAM", "A malformed alert is dropped or refused.",
    "6347 4.1.2.7", _PASSED, *_alerts("decode_error", "unexpected_message", "illegal_parameter"))
UNKNOWN_LEVEL_DATAGRAM = _choice(
    "UNKNOWN_LEVEL_DATAGRAM", "An alert of an unknown level is taken as fatal, refused or dropped.",
    "5246 7.2; 6347 4.1.2.7", Outcome("FATAL_ALERT_RECEIVED"), _PASSED,
    *_alerts("illegal_parameter", "decode_error", "unexpected_message"))
# fmt: on
