"""TLS 1.3 server: the handshake phase, message by message (RFC 8446 Appendix A.2).

RECVD_CH, NEGOTIATED and WAIT_EOED of the RFC's drawing are passed through in one step here: without
HelloRetryRequest and early data nothing can happen in them.
"""

# fmt: off
from __future__ import annotations

from tlsmodel.spec.choices import (
    BAD_RECORD_MAC, DECRYPT_ERROR, MALFORMED, MALFORMED_OUT_OF_ORDER, UNEXPECTED_MESSAGE,
)
from tlsmodel.spec.groups import MALFORMED_MESSAGES, MESSAGES
from tlsmodel.spec.row import Table, Verb, once, row
from tlsmodel.spec.symbols import HANDSHAKE, delivery as on

START, WAIT_FINISHED, CONNECTED = PHASES = ("START", "WAIT_FINISHED", "CONNECTED")
KEYED = (WAIT_FINISHED, CONNECTED)
FLIGHT = ("ServerHello", once("ChangeCipherSpec"), "EncryptedExtensions", "Certificate", "CertificateVerify", "Finished")

TABLE = Table("tls13.server.phase", PHASES,
    row(START,         on("ClientHello"),              emit=FLIGHT,          to=WAIT_FINISHED,  cite="8446 4.1.2"),
    row(START,         on("ClientHello.malformed"),    refuse=MALFORMED,                        cite="8446 6"),
    row(START,         on("ChangeCipherSpec"),         refuse=UNEXPECTED_MESSAGE,               cite="8446 5"),
    row(WAIT_FINISHED, on("Finished"),                                       to=CONNECTED,      cite="8446 4.4.4"),
    row(WAIT_FINISHED, on("Finished.bad"),             refuse=DECRYPT_ERROR,                    cite="8446 4.4.4"),
    row(WAIT_FINISHED, on("ChangeCipherSpec"),         verb=Verb.IGNORE,                        cite="8446 5"),

    row(CONNECTED,     HANDSHAKE,                      verb=Verb.IGNORE,                        cite="gnutls_handshake(3)"),
    row(CONNECTED,     on("ApplicationData"),          verb=Verb.DELIVER,                       cite="8446 5.1"),
    row(CONNECTED,     on("KeyUpdate.not_requested"),  verb=Verb.IGNORE,                        cite="8446 4.6.3"),
    row(CONNECTED,     on("KeyUpdate.requested"),      verb=Verb.IGNORE,                        cite="8446 4.6.3"),

    row(KEYED,         on("BadRecord"),                refuse=BAD_RECORD_MAC,                   cite="8446 5.2"),
    row(PHASES,        MALFORMED_MESSAGES,             refuse=MALFORMED_OUT_OF_ORDER,           cite="8446 6.2"),
    row(PHASES,        MESSAGES,                       refuse=UNEXPECTED_MESSAGE,               cite="8446 4"),
)
