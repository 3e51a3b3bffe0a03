"""Where a stack's answer differs from the manual or the RFC: one row each, asserted exactly.

A test asks for what the manual wants, and this table says what a stack answers instead; a release that
changes its answer fails the test, and the row goes.  docs/contract.md lists the rows with their reasons.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Difference:
    """One row.

    Parameters
    ----------
    stack: whose answer differs.
    observed: the answer.
    wanted: what the source says.
    cite: the source.
    reason: why it is so, or why it stays so.
    """

    stack: str
    observed: Any
    wanted: str
    cite: str
    reason: str


_OURS, _THEIRS = "impl", "gnutls"

DIFFERENCES: dict[str, Difference] = {
    "signal-within-a-flight": Difference(
        _THEIRS,
        {"AGAIN", "INTERRUPTED"},
        "EINTR of the push function is INTERRUPTED",
        "gnutls_record_send(3)",
        "once a part of what is queued has been written, any refusal of the rest is AGAIN",
    ),
    "signal-after-a-part": Difference(
        _THEIRS,
        True,
        "EINTR of the push function is INTERRUPTED",
        "gnutls_record_send(3)",
        "the library writes until it is refused, and a refusal after a part is AGAIN",
    ),
    "application-data-is-fatal": Difference(
        _THEIRS,
        True,
        "GOT_APPLICATION_DATA is a non-fatal error of a re-handshake",
        "gnutls_handshake(3)",
        "gnutls_error_is_fatal(3) counts it among the fatal codes",
    ),
    "alert-GOT_APPLICATION_DATA": Difference(
        _THEIRS,
        (2, 80),
        "after a non-fatal code no alert is due",
        "gnutls_handshake(3)",
        "follows from its being counted as fatal",
    ),
    "alert-SESSION_EOF": Difference(
        _THEIRS,
        (2, 80),
        "close_notify is answered with close_notify",
        "RFC 5246 section 7.2.1",
        "the table of alerts has no row for the code, so it means internal_error",
    ),
    "fatal-close-notify": Difference(
        _THEIRS,
        "FATAL_ALERT_RECEIVED",
        "the level of an alert means nothing in TLS 1.3",
        "RFC 8446 section 6",
        "the level is looked at before the description",
    ),
    "user-canceled": Difference(
        _THEIRS,
        "FATAL_ALERT_RECEIVED",
        "user_canceled is a warning, to be followed by close_notify",
        "RFC 8446 section 6.1",
        "all alerts but close_notify end a TLS 1.3 session",
    ),
    "alert-level": Difference(
        _THEIRS,
        "WARNING_ALERT_RECEIVED",
        "an alert's level is 1 or 2",
        "RFC 5246 section 7.2",
        "every level but 2 counts as a warning",
    ),
    "own-fatal-alert": Difference(
        _THEIRS,
        4,
        "both ends close the connection after a fatal alert and send nothing more",
        "RFC 8446 section 6.2",
        "sending an alert leaves one's own session as it is",
    ),
    "refused-hello-stays": Difference(
        _THEIRS,
        "UNEXPECTED_PACKET",
        "a refused renegotiation leaves the connection as it was",
        "RFC 5246 section 7.2.2",
        "the refused ClientHello is still queued, and the next gnutls_record_recv(3) finds it unexpected",
    ),
    "hello-after-refusal": Difference(
        _THEIRS,
        {"DECRYPTION_FAILED", "FATAL_ALERT_RECEIVED"},
        "a client may try again after no_renegotiation",
        "RFC 5246 section 7.2.2",
        "the refused ClientHello stays in the client's transcript, so the two sides' keys differ",
    ),
    "hello-after-data": Difference(
        _THEIRS,
        False,
        "after GOT_APPLICATION_DATA the data is read and the call repeated",
        "gnutls_handshake(3)",
        "a client begins anew and sends another ClientHello, which no server accepts; works at a server",
    ),
    "request-in-a-handshake": Difference(
        _THEIRS,
        "UNEXPECTED_HANDSHAKE_PACKET",
        "HelloRequest during a negotiation is ignored",
        "RFC 5246 section 7.4.1.1",
        "ServerHello is awaited and nothing else is let through",
    ),
    "bytes-after-renegotiation-info": Difference(
        _THEIRS,
        False,
        "the extension holds one vector and nothing after it",
        "RFC 5746 section 3.2",
        "what follows the vector is not looked at",
    ),
    "no-removal": Difference(
        _THEIRS,
        1,
        "a session that was terminated abnormally is removed, normally by gnutls_deinit(3)",
        "gnutls_db_remove_session(3)",
        "nothing but gnutls_db_remove_session(3) itself calls the remove function",
    ),
    "wrong-message-repeats": Difference(
        _THEIRS,
        ["UNEXPECTED_HANDSHAKE_PACKET"] * 3,
        "after a fatal error the session must be terminated",
        "gnutls_error_is_fatal(3)",
        "the message that was out of turn stays queued, and each call meets it again",
    ),
    "closed-repeats": Difference(
        _THEIRS,
        ["REQUESTED_DATA_NOT_AVAILABLE"] * 3,
        "after a fatal error the session must be terminated",
        "gnutls_error_is_fatal(3)",
        "the end of the stream is remembered, and later calls report that nothing can be read",
    ),
    "sends-after-a-write-error": Difference(
        _THEIRS,
        True,
        "after a fatal error the session must be terminated",
        "gnutls_error_is_fatal(3)",
        "what was queued when the transport failed is sent by the next call, which then returns "
        "INVALID_SESSION",
    ),
    "end-within-a-record": Difference(
        _THEIRS,
        "UNEXPECTED_PACKET_LENGTH",
        "the transport's end without close_notify is a premature termination",
        "gnutls_record_recv(3)",
        "an end inside a record's body counts as a record of a wrong length",
    ),
    "short-alert": Difference(
        _THEIRS,
        "UNEXPECTED_PACKET",
        "what cannot be parsed deserves decode_error, so a code that means it",
        "RFC 8446 section 6",
        "a short alert counts as an unexpected packet, and so leads to unexpected_message",
    ),
    "large-message": Difference(
        _THEIRS,
        "AGAIN",
        "handshake messages over the limit are refused with HANDSHAKE_TOO_LARGE",
        "gnutls_handshake_set_max_packet_length(3)",
        "the limit is looked at once the whole message is in",
    ),
    "crossing-key-updates": Difference(
        _THEIRS,
        "ILLEGAL_PARAMETER",
        "requests that cross are accepted by both",
        "RFC 8446 section 4.6.3",
        "who has asked takes every KeyUpdate for the answer, which must not ask",
    ),
    "callback-asked-again": Difference(
        _THEIRS,
        "SUCCESS",
        "after a fatal error the session must be terminated",
        "gnutls_error_is_fatal(3)",
        "the callback's refusal leaves the session as it was: the next call asks it again",
    ),
    "no-common-version": Difference(
        _THEIRS,
        "NO_CIPHER_SUITES",
        "a server that supports none of the versions offered sends protocol_version",
        "RFC 8446 section 4.2.1",
        "a version is taken from the hello first, and then no cipher suite is found for it",
    ),
    "no-common-protocol": Difference(
        _THEIRS,
        "SUCCESS",
        "a server with no protocol in common ends the handshake",
        "RFC 7301 section 3.2",
        "it goes on without a protocol unless GNUTLS_ALPN_MANDATORY is set",
    ),
    "missing-groups": Difference(
        _THEIRS,
        "NO_COMMON_KEY_SHARE",
        "a ClientHello without supported_groups is refused with missing_extension",
        "RFC 8446 section 9.2",
        "no groups count as groups none of which fits",
    ),
    "unsolicited-extension": Difference(
        _THEIRS,
        False,
        "an extension that was not asked for is refused with unsupported_extension",
        "RFC 8446 section 4.2",
        "extensions that the library does not know are passed over in a ServerHello too",
    ),
    "timeout-repeats": Difference(
        _THEIRS,
        ["TIMEDOUT"] * 2,
        "after a fatal error the session must be terminated",
        "gnutls_error_is_fatal(3)",
        "the deadline is looked at before anything else, so later calls time out as well",
    ),
    "close-sent-again": Difference(
        _THEIRS,
        3,
        "nothing is sent after close_notify",
        "RFC 8446 section 6.1",
        "each call sends the alert again",
    ),
    "early-data-interrupted": Difference(
        _THEIRS,
        "INVALID_REQUEST",
        "an interrupted handshake is called again until it returns 0",
        "gnutls_handshake(3)",
        "a client's write of early data that was interrupted is begun anew, which the record layer refuses",
    ),
    "empty-datagram": Difference(
        _THEIRS,
        "PREMATURE_TERMINATION",
        "datagrams that are no records are dropped silently",
        "RFC 6347 section 4.1.2.7",
        "a pull function that returns 0 means the end of the stream, over datagrams too",
    ),
    "request-over-datagrams": Difference(
        _THEIRS,
        "AGAIN",
        "the call sends HelloRequest and succeeds",
        "gnutls_rehandshake(3)",
        "over datagrams the call is a flight that waits for the client's answer; its ClientHello then ends "
        "the call and not gnutls_record_recv(3)",
    ),
    "early-data-and-retry": Difference(
        _THEIRS,
        False,
        "a HelloRetryRequest refuses the early data, and the handshake goes on",
        "RFC 8446 section 4.2.10",
        "a client that has sent early data protects its second ClientHello with the early keys, and a server "
        "expects that",
    ),
    "ticket-of-another-version": Difference(
        _THEIRS,
        {"FATAL_ALERT_RECEIVED", "UNEXPECTED_HANDSHAKE_PACKET"},
        "resuming is advisory: whatever does not fit leads to a full handshake",
        "gnutls_session_set_data(3)",
        "a client that allows TLS 1.3 only shows a TLS 1.2 ticket, and a server that allows both takes it up "
        "in TLS 1.3",
    ),
}
