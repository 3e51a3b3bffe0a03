"""TLS 1.2 client: the handshake phase, message by message (RFC 5246 7.3, 7.4; RFC 5077; RFC 4279; RFC 6066 8).

RFC 5246 draws no states; the phases are named in the manner of RFC 8446 after what is waited for, and _R is the
abbreviated handshake.  A re-handshake goes through the same phases; what differs in it is in `rehandshake`.
"""

# fmt: off
from __future__ import annotations

from tlsmodel.spec.choices import (
    BAD_CHANGE_CIPHER_SPEC_12, BAD_RECORD_MAC, DECRYPT_ERROR, EMPTY_CERTIFICATE_12, MALFORMED,
    MALFORMED_OUT_OF_ORDER, OTHER_VERSION, UNEXPECTED_MESSAGE, UNOFFERED_12, UNWANTED_EXTENSION,
)
from tlsmodel.spec.conditions import has
from tlsmodel.spec.groups import MALFORMED_MESSAGES, MESSAGES, UNREADABLE
from tlsmodel.spec.row import Line, Table, Verb, either, row
from tlsmodel.spec.symbols import HANDSHAKE, delivery as on

START, WAIT_SH, WAIT_CERT, WAIT_STATUS, WAIT_SKE, WAIT_HINT, WAIT_DONE_P, WAIT_CR_DONE, WAIT_DONE, WAIT_TICKET, WAIT_CCS = (
    "START", "WAIT_SH", "WAIT_CERT", "WAIT_STATUS", "WAIT_SKE", "WAIT_HINT", "WAIT_DONE_P", "WAIT_CR_DONE", "WAIT_DONE",
    "WAIT_TICKET", "WAIT_CCS",
)
WAIT_FINISHED = "WAIT_FINISHED"
WAIT_CCS_R, WAIT_FINISHED_R = ABBREVIATED = ("WAIT_CCS_R", "WAIT_FINISHED_R")
CONNECTED = "CONNECTED"
UNFINISHED = (
    START, WAIT_SH, WAIT_CERT, WAIT_STATUS, WAIT_SKE, WAIT_HINT, WAIT_DONE_P, WAIT_CR_DONE, WAIT_DONE, WAIT_TICKET,
    WAIT_CCS, WAIT_FINISHED, *ABBREVIATED,
)
PHASES = (*UNFINISHED, CONNECTED)
FINISHING = (WAIT_FINISHED, WAIT_FINISHED_R)
CHANGING = (WAIT_CCS, WAIT_CCS_R)
KEYED = (*FINISHING, CONNECTED)
HELLO, LAST = (WAIT_SH,), (WAIT_HINT, WAIT_DONE_P, WAIT_CR_DONE)

FLIGHT = ("ClientKeyExchange", "ChangeCipherSpec", "Finished")
SHOWING = ("Certificate", "ClientKeyExchange", "CertificateVerify", "ChangeCipherSpec", "Finished")
RESUMING, SHOWS, TICKETS, STATUS = has("resume"), has("certificate"), has("tickets"), has("status")
RSA, PSK, ECDHE_PSK = has("exchange", "rsa"), has("exchange", "psk"), has("exchange", "ecdhe_psk")
ACCEPTED = (on("ServerHello"), on("ServerHello.resumed"))  # a session that was not offered cannot be recognised
AGAIN = either("ClientHello", "ClientHello.resuming")
NOT_BOUND = has("policy", "disabled")

START_LINES: tuple[Line, ...] = (
    row(START,         HANDSHAKE,                    emit=["ClientHello.resuming"],        to=WAIT_SH,         cite="5246 7.4.1.2", when=RESUMING),
    row(START,         HANDSHAKE,                    emit=["ClientHello"],                 to=WAIT_SH,         cite="5246 7.4.1.2"),
)
LINES: tuple[Line, ...] = (
    row(WAIT_SH,       on("ServerHello.unbound"),    sets="unbound",                       to=WAIT_SKE,        cite="5246 7.4.1.3", when=ECDHE_PSK),
    row(WAIT_SH,       on("ServerHello.unbound"),    sets="unbound",                       to=WAIT_HINT,       cite="5246 7.4.1.3", when=PSK),
    row(WAIT_SH,       on("ServerHello.unbound"),    sets="unbound",                       to=WAIT_CERT,       cite="5246 7.4.1.3"),
    row(WAIT_SH,       on("ServerHello.resumed"),                                          to=WAIT_CCS_R,      cite="5246 7.4.1.3", when=RESUMING),
    row(WAIT_SH,       ACCEPTED,                                                           to=WAIT_SKE,        cite="5489 2", when=ECDHE_PSK),
    row(WAIT_SH,       ACCEPTED,                                                           to=WAIT_HINT,       cite="4279 2", when=PSK),
    row(WAIT_SH,       ACCEPTED,                                                           to=WAIT_CERT,       cite="5246 7.4.1.3"),
    row(WAIT_SH,       on("ServerHello.misbound"),   refuse=UNWANTED_EXTENSION,                                cite="5246 7.4.1.4", when=NOT_BOUND),
    row(WAIT_SH,       on("ServerHello.unoffered"),  refuse=UNOFFERED_12,                                      cite="5246 7.4.1.3"),
    row(WAIT_SH,       on("ServerHello.other_version"), refuse=OTHER_VERSION,                                  cite="5246 E.1"),
    row(WAIT_SH,       on("ServerHello.malformed"),  refuse=MALFORMED,                                         cite="5246 7.2.2"),
    row(WAIT_CERT,     on("Certificate"),                                                  to=WAIT_STATUS,     cite="6066 8", when=STATUS),
    row(WAIT_CERT,     on("Certificate"),                                                  to=WAIT_CR_DONE,    cite="5246 7.4.2", when=RSA),
    row(WAIT_CERT,     on("Certificate"),                                                  to=WAIT_SKE,        cite="5246 7.4.2"),
    row(WAIT_CERT,     on("Certificate.empty"),      refuse=EMPTY_CERTIFICATE_12,                              cite="5246 7.4.2"),
    row(WAIT_STATUS,   on("CertificateStatus"),                                            to=WAIT_CR_DONE,    cite="6066 8", when=RSA),
    row(WAIT_STATUS,   on("CertificateStatus"),                                            to=WAIT_SKE,        cite="6066 8"),
    row(WAIT_STATUS,   on("ServerKeyExchange"),                                            to=WAIT_CR_DONE,    cite="5246 7.4.3", when=~RSA),
    row(WAIT_STATUS,   on("CertificateRequest"),                                           to=WAIT_DONE,       cite="5246 7.4.4", when=RSA),
    row(WAIT_STATUS,   on("ServerHelloDone"),        emit=FLIGHT,                          to=WAIT_TICKET,     cite="5246 7.4.5", when=RSA & TICKETS),
    row(WAIT_STATUS,   on("ServerHelloDone"),        emit=FLIGHT,                          to=WAIT_CCS,        cite="5246 7.4.5", when=RSA),
    row(WAIT_SKE,      on("ServerKeyExchange"),                                            to=WAIT_DONE_P,     cite="5489 2", when=ECDHE_PSK),
    row(WAIT_SKE,      on("ServerKeyExchange"),                                            to=WAIT_CR_DONE,    cite="5246 7.4.3"),
    row((WAIT_SKE, WAIT_STATUS), on("ServerKeyExchange.bad"), refuse=DECRYPT_ERROR,                            cite="5246 7.4.3", when=has("exchange", "ecdhe")),
    row(WAIT_HINT,     on("ServerKeyExchange"),                                            to=WAIT_DONE_P,     cite="4279 2", when=PSK),
    row(LAST,          on("ServerHelloDone"),        emit=FLIGHT,                          to=WAIT_TICKET,     cite="5077 3.3", when=TICKETS),
    row(LAST,          on("ServerHelloDone"),        emit=FLIGHT,                          to=WAIT_CCS,        cite="5246 7.4.5"),
    row(WAIT_CR_DONE,  on("CertificateRequest"),                                           to=WAIT_DONE,       cite="5246 7.4.4"),
    row(WAIT_DONE,     on("ServerHelloDone"),        emit=SHOWING,                         to=WAIT_TICKET,     cite="5246 7.4.6", when=SHOWS & TICKETS),
    row(WAIT_DONE,     on("ServerHelloDone"),        emit=SHOWING,                         to=WAIT_CCS,        cite="5246 7.4.6", when=SHOWS),
    row(WAIT_DONE,     on("ServerHelloDone"),        emit=["Certificate.empty", *FLIGHT],  to=WAIT_TICKET,     cite="5246 7.4.6", when=TICKETS),
    row(WAIT_DONE,     on("ServerHelloDone"),        emit=["Certificate.empty", *FLIGHT],  to=WAIT_CCS,        cite="5246 7.4.6"),
    row(WAIT_TICKET,   on("NewSessionTicket"),                                             to=WAIT_CCS,        cite="5077 3.3"),
    row(WAIT_CCS,      on("ChangeCipherSpec"),                                             to=WAIT_FINISHED,   cite="5246 7.1"),
    row(WAIT_CCS_R,    on("ChangeCipherSpec"),                                             to=WAIT_FINISHED_R, cite="5246 7.1"),
    row(CHANGING,      on("ChangeCipherSpec.bad"),   refuse=BAD_CHANGE_CIPHER_SPEC_12,                         cite="5246 7.1"),
    row(WAIT_FINISHED, on("Finished"),                                                     to=CONNECTED,       cite="5246 7.4.9"),
    row(WAIT_FINISHED_R, on("Finished"),             emit=["ChangeCipherSpec", "Finished"], to=CONNECTED,      cite="5246 7.3"),
    row(CONNECTED,     on("HelloRequest"),           notify="REHANDSHAKE",                                     cite="gnutls_record_recv(3)"),
    row(CONNECTED,     on("ApplicationData"),        verb=Verb.DELIVER,                                        cite="5246 10"),
    row(CONNECTED,     HANDSHAKE,                    emit=[AGAIN],                         to=WAIT_SH,         cite="5246 7.4.1.2", when=RESUMING),
    row(CONNECTED,     HANDSHAKE,                    emit=["ClientHello"],                 to=WAIT_SH,         cite="5246 7.4.1.2"),
    row(UNFINISHED,    on("HelloRequest"),           verb=Verb.IGNORE,                                         cite="5246 7.4.1.1"),
)

TABLE = Table("tls12.client.phase", PHASES,
    *START_LINES, *LINES,
    row(FINISHING,     on("Finished.bad"),           refuse=DECRYPT_ERROR,                                     cite="5246 7.4.9"),
    row(KEYED,         UNREADABLE,                   refuse=BAD_RECORD_MAC,                                    cite="5246 7.2.2"),
    row(PHASES,        MALFORMED_MESSAGES,           refuse=MALFORMED_OUT_OF_ORDER,                            cite="5246 7.2.2"),
    row(PHASES,        MESSAGES,                     refuse=UNEXPECTED_MESSAGE,                                cite="5246 7.4"),
)
