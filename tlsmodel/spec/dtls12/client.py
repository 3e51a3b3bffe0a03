"""DTLS 1.2 client: the phases of TLS 1.2 with the cookie exchange, over datagrams (RFC 6347 4.2).

What TLS 1.2 would refuse as a record out of place may be dropped here (RFC 6347 4.1.2.7); loss, repetition and the
retransmission timer are in `flight`.
"""

# fmt: off
from __future__ import annotations

from tlsmodel.spec.choices import (
    BAD_DATAGRAM, DECRYPT_ERROR_DATAGRAM, EARLY_DATAGRAM, MALFORMED_DATAGRAM, STRAY_DATAGRAM_MESSAGE, STRAY_MALFORMED_DATAGRAM,
    UNEXPECTED_CHANGE_DATAGRAM, UNEXPECTED_DATAGRAM, UNEXPECTED_DATAGRAM_MESSAGE,
)
from tlsmodel.spec.groups import CHANGES, DATAGRAM_RECORDS, HANDSHAKE_MESSAGES, MALFORMED_MESSAGES, UNREADABLE
from tlsmodel.spec.row import Table, Verb, row
from tlsmodel.spec.symbols import delivery as on
from tlsmodel.spec.tls12.client import (
    AGAIN, CHANGING, CONNECTED, FINISHING, KEYED, LINES, PHASES, RESUMING, START, START_LINES, UNFINISHED, WAIT_SH,
)

TABLE = Table("dtls12.client.phase", PHASES,
    *START_LINES,
    row(WAIT_SH,       on("HelloVerifyRequest"),     emit=[AGAIN],                         to=WAIT_SH,         cite="6347 4.2.1", when=RESUMING),
    row(WAIT_SH,       on("HelloVerifyRequest"),     emit=["ClientHello"],                 to=WAIT_SH,         cite="6347 4.2.1"),
    row(CHANGING,      on("ChangeCipherSpec.bad"),   refuse=UNEXPECTED_CHANGE_DATAGRAM,                        cite="5246 7.1; 6347 4.1"),
    *(line for line in LINES if line.on != (on("ChangeCipherSpec.bad"),)),
    row(FINISHING,     on("Finished.bad"),           refuse=DECRYPT_ERROR_DATAGRAM,                            cite="5246 7.4.9"),
    row(UNFINISHED[1:], on("Retransmission"),        verb=Verb.REPEAT,                                         cite="6347 4.2.4"),
    row((START, CONNECTED), on("Retransmission"),    verb=Verb.REPEAT,                                         cite="6347 4.2.4"),
    row(KEYED,         (*UNREADABLE, on("StaleRecord")), refuse=BAD_DATAGRAM,                                  cite="6347 4.1.2.7"),
    row(PHASES,        CHANGES,                      refuse=UNEXPECTED_CHANGE_DATAGRAM,                        cite="6347 4.1"),
    row(FINISHING,     on("ApplicationData"),        refuse=EARLY_DATAGRAM,                                    cite="6347 4.1"),
    row(PHASES,        DATAGRAM_RECORDS,             refuse=UNEXPECTED_DATAGRAM,                               cite="6347 4.1.2.7"),
    row(CONNECTED,     MALFORMED_MESSAGES,           refuse=STRAY_MALFORMED_DATAGRAM,                          cite="6347 4.1.2.7"),
    row(CONNECTED,     HANDSHAKE_MESSAGES,           refuse=STRAY_DATAGRAM_MESSAGE,                            cite="5246 7.4; 6347 4.1.2.7"),
    row(PHASES,        MALFORMED_MESSAGES,           refuse=MALFORMED_DATAGRAM,                                cite="6347 4.1.2.7"),
    row(PHASES,        HANDSHAKE_MESSAGES,           refuse=UNEXPECTED_DATAGRAM_MESSAGE,                       cite="5246 7.4; 6347 4.2.2"),
)
