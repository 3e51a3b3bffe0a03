"""DTLS 1.2 server: the phases of TLS 1.2 with the cookie exchange, over datagrams (RFC 6347 4.2)."""

# fmt: off
from __future__ import annotations

from tlsmodel.spec.choices import (
    BAD_DATAGRAM, DECRYPT_ERROR_DATAGRAM, EARLY_DATAGRAM, MALFORMED_DATAGRAM, OTHER_VERSION, STRAY_DATAGRAM_MESSAGE,
    STRAY_MALFORMED_DATAGRAM, UNEXPECTED_CHANGE_DATAGRAM, UNEXPECTED_DATAGRAM, UNEXPECTED_DATAGRAM_MESSAGE,
)
from tlsmodel.spec.conditions import has
from tlsmodel.spec.groups import CHANGES, DATAGRAM_RECORDS, HANDSHAKE_MESSAGES, MALFORMED_MESSAGES, UNREADABLE
from tlsmodel.spec.row import Line, Table, Verb, row
from tlsmodel.spec.symbols import DELIVERIES, delivery as on
from tlsmodel.spec.tls12.server import (
    CHANGING, CONNECTED, FINISHING, HELLO_LINES, KEYED, LINES, PHASES as PHASES_12, RESUMES, START,
)

WAIT_COOKIE, WAIT_COOKIE_R = "WAIT_COOKIE", "WAIT_COOKIE_R"
PHASES = (START, WAIT_COOKIE, WAIT_COOKIE_R, *PHASES_12[1:])
STRAY = (START, WAIT_COOKIE, WAIT_COOKIE_R, CONNECTED)
COOKIE = has("cookie")
HELLOS = tuple(
    item for item in DELIVERIES
    if item.message == "ClientHello" and item.name not in ("ClientHello.malformed", "ClientHello.other_version")
)


PLAIN = tuple(item for item in HELLOS if item.name != "ClientHello.resuming")
RESUMING = on("ClientHello.resuming")


def _with_cookie(line: Line) -> Line:
    """The same answer to a hello that shows the cookie, in the phase that has asked for one.

    A cookie belongs to the hello that it was given for, and one that offers a session is another one.
    """
    waiting = WAIT_COOKIE_R if line.on == (RESUMING,) else WAIT_COOKIE
    at = (*line.at, waiting) if START in line.at else line.at
    return Line(at, line.on, line.verb, line.cite, line.to, line.emit, line.code, line.choice, line.sets, line.when)


TABLE = Table("dtls12.server.phase", PHASES,
    row((START, WAIT_COOKIE), RESUMING,              emit=["HelloVerifyRequest"],            to=WAIT_COOKIE_R,   cite="6347 4.2.1", when=COOKIE & RESUMES),
    row(START,         HELLOS,                       emit=["HelloVerifyRequest"],            to=WAIT_COOKIE,     cite="6347 4.2.1", when=COOKIE),
    row(WAIT_COOKIE_R, PLAIN,                        emit=["HelloVerifyRequest"],            to=WAIT_COOKIE,     cite="6347 4.2.1"),
    row(WAIT_COOKIE_R, on("ClientHello.other_version"), emit=["HelloVerifyRequest"],         to=WAIT_COOKIE_R,   cite="6347 4.2.1",
        verb=Verb.ADVANCE, refuse=OTHER_VERSION),
    row(START,         on("ClientHello.other_version"), emit=["HelloVerifyRequest"],         to=START,           cite="6347 4.2.1",
        verb=Verb.ADVANCE, refuse=OTHER_VERSION, when=COOKIE),
    row(WAIT_COOKIE,   on("ClientHello.other_version"), emit=["HelloVerifyRequest"],         to=WAIT_COOKIE,     cite="6347 4.2.1",
        verb=Verb.ADVANCE, refuse=OTHER_VERSION),
    row(WAIT_COOKIE,   on("ClientHello.no_cookie"),  emit=["HelloVerifyRequest"],            to=WAIT_COOKIE,     cite="6347 4.2.1"),
    row(CHANGING,      on("ChangeCipherSpec.bad"),   refuse=UNEXPECTED_CHANGE_DATAGRAM,                          cite="5246 7.1; 6347 4.1"),
    *(_with_cookie(line) for line in (*HELLO_LINES, *LINES) if line.on != (on("ChangeCipherSpec.bad"),)),
    row(FINISHING,     on("Finished.bad"),           refuse=DECRYPT_ERROR_DATAGRAM,                              cite="5246 7.4.9"),
    row(PHASES,        on("Retransmission"),         verb=Verb.REPEAT,                                           cite="6347 4.2.4"),
    row(KEYED,         (*UNREADABLE, on("StaleRecord")), refuse=BAD_DATAGRAM,                                    cite="6347 4.1.2.7"),
    row(PHASES,        CHANGES,                      refuse=UNEXPECTED_CHANGE_DATAGRAM,                          cite="6347 4.1"),
    row(FINISHING,     on("ApplicationData"),        refuse=EARLY_DATAGRAM,                                      cite="6347 4.1"),
    row(PHASES,        DATAGRAM_RECORDS,             refuse=UNEXPECTED_DATAGRAM,                                 cite="6347 4.1.2.7"),
    row(STRAY,         MALFORMED_MESSAGES,           refuse=STRAY_MALFORMED_DATAGRAM,                            cite="6347 4.1.2.7"),
    row(STRAY,         HANDSHAKE_MESSAGES,           refuse=STRAY_DATAGRAM_MESSAGE,                              cite="5246 7.4; 6347 4.1.2.7"),
    row(PHASES,        MALFORMED_MESSAGES,           refuse=MALFORMED_DATAGRAM,                                  cite="6347 4.1.2.7"),
    row(PHASES,        HANDSHAKE_MESSAGES,           refuse=UNEXPECTED_DATAGRAM_MESSAGE,                         cite="5246 7.4; 6347 4.2.2"),
)
