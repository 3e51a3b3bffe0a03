"""Alerts and the end of the stream: one table per version, the same for both roles.

The place is where the caller's contract stands: `handshaking` until handshake() has returned SUCCESS,
`complete` afterwards, and for TLS 1.3 `unversioned` while a client has not seen ServerHello or a server no
ClientHello.
"""

# fmt: off
from __future__ import annotations

from tlsmodel.spec.choices import (
    ALERT_BEFORE_VERSION, CLOSED_IN_HANDSHAKE, END_OF_STREAM, FATAL_ALERT, FATAL_ALERT_DATAGRAM, MALFORMED, MALFORMED_ALERT_12,
    MALFORMED_ALERT_DATAGRAM, NO_RENEGOTIATION_IN_HANDSHAKE, UNEXPECTED_WARNING_13, UNKNOWN_LEVEL_12, UNKNOWN_LEVEL_DATAGRAM,
    USER_CANCELED_13,
)
from tlsmodel.spec.row import Table, Verb, row
from tlsmodel.spec.symbols import delivery as on

UNVERSIONED, HANDSHAKING, COMPLETE = PLACES = ("unversioned", "handshaking", "complete")
UNFINISHED = (UNVERSIONED, HANDSHAKING)
WARNINGS = (on("Alert.warning"), on("Alert.no_renegotiation"), on("Alert.user_canceled"))

TLS12 = Table("tls12.closure", PLACES,
    row(UNFINISHED, on("Alert.close_notify"),   refuse=CLOSED_IN_HANDSHAKE,       cite="5246 7.2.1"),
    row(COMPLETE,   on("Alert.close_notify"),   verb=Verb.CLOSE,                  cite="5246 7.2.1"),
    row(UNFINISHED, on("Alert.no_renegotiation"), refuse=NO_RENEGOTIATION_IN_HANDSHAKE, cite="5246 7.2.2"),
    row(PLACES,     WARNINGS,                   notify="WARNING_ALERT_RECEIVED",  cite="gnutls_handshake(3)"),
    row(PLACES,     on("Alert.fatal"),          refuse=FATAL_ALERT,               cite="5246 7.2.2"),
    row(PLACES,     on("Alert.unknown_level"),  refuse=UNKNOWN_LEVEL_12,          cite="5246 7.2.2"),
    row(PLACES,     on("Alert.malformed"),      refuse=MALFORMED_ALERT_12,        cite="5246 7.2"),
    row(PLACES,     on("EndOfStream"),          refuse=END_OF_STREAM,             cite="5246 7.2.1"),
)

DTLS12 = Table("dtls12.closure", PLACES,
    row(UNFINISHED, on("Alert.close_notify"),   refuse=CLOSED_IN_HANDSHAKE,       cite="5246 7.2.1"),
    row(COMPLETE,   on("Alert.close_notify"),   verb=Verb.CLOSE,                  cite="5246 7.2.1"),
    row(UNFINISHED, on("Alert.no_renegotiation"), refuse=NO_RENEGOTIATION_IN_HANDSHAKE, cite="5246 7.2.2"),
    row(PLACES,     WARNINGS,                   notify="WARNING_ALERT_RECEIVED",  cite="gnutls_handshake(3)"),
    row(PLACES,     on("Alert.fatal"),          refuse=FATAL_ALERT_DATAGRAM,      cite="5246 7.2.2; 6347 4.1.2.7"),
    row(PLACES,     on("Alert.unknown_level"),  refuse=UNKNOWN_LEVEL_DATAGRAM,    cite="5246 7.2.2; 6347 4.1.2.7"),
    row(PLACES,     on("Alert.malformed"),      refuse=MALFORMED_ALERT_DATAGRAM,  cite="5246 7.2; 6347 4.1.2.7"),
)

TLS13 = Table("tls13.closure", PLACES,
    row(UNFINISHED, on("Alert.close_notify"),   refuse=CLOSED_IN_HANDSHAKE,       cite="8446 6.1"),
    row(COMPLETE,   on("Alert.close_notify"),   verb=Verb.CLOSE,                  cite="8446 6.1"),
    row(UNVERSIONED, WARNINGS,                  refuse=ALERT_BEFORE_VERSION,      cite="5246 7.2.2"),
    row(PLACES,     on("Alert.user_canceled"),  refuse=USER_CANCELED_13, sets="opened", cite="8446 6.1; 8446 4.2.10"),
    row(PLACES,     WARNINGS,                   refuse=UNEXPECTED_WARNING_13,     cite="8446 6.2"),
    row(PLACES,     on("Alert.fatal"),          refuse=FATAL_ALERT,               cite="8446 6.2"),
    row(PLACES,     on("Alert.unknown_level"),  refuse=FATAL_ALERT,               cite="8446 6"),
    row(PLACES,     on("Alert.malformed"),      refuse=MALFORMED,                 cite="8446 6"),
    row(PLACES,     on("EndOfStream"),          refuse=END_OF_STREAM,             cite="8446 6.1"),
)
