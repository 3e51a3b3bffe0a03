"""TLS 1.2 client, (EC)DHE key exchange: the handshake phase, message by message (RFC 5246 7.3, 7.4).

RFC 5246 draws no states; the phases are named in the manner of RFC 8446 after what is waited for.
"""

# fmt: off
from __future__ import annotations

from tlsmodel.spec.choices import (
    BAD_CHANGE_CIPHER_SPEC_12, BAD_RECORD_MAC, DECRYPT_ERROR, EMPTY_CERTIFICATE_12, MALFORMED,
    MALFORMED_OUT_OF_ORDER, UNEXPECTED_MESSAGE,
)
from tlsmodel.spec.groups import MALFORMED_MESSAGES, MESSAGES
from tlsmodel.spec.row import Table, Verb, row
from tlsmodel.spec.symbols import HANDSHAKE, delivery as on

START, WAIT_SH, WAIT_CERT, WAIT_SKE, WAIT_CR_DONE, WAIT_DONE, WAIT_CCS, WAIT_FINISHED, CONNECTED = PHASES = (
    "START", "WAIT_SH", "WAIT_CERT", "WAIT_SKE", "WAIT_CR_DONE", "WAIT_DONE", "WAIT_CCS", "WAIT_FINISHED", "CONNECTED",
)
FLIGHT = ("ClientKeyExchange", "ChangeCipherSpec", "Finished")
KEYED = (WAIT_FINISHED, CONNECTED)

TABLE = Table("tls12.client.phase", PHASES,
    row(START,         HANDSHAKE,                    emit=["ClientHello"],                 to=WAIT_SH,       cite="5246 7.4.1.2"),
    row(WAIT_SH,       on("ServerHello"),                                                  to=WAIT_CERT,     cite="5246 7.4.1.3"),
    row(WAIT_SH,       on("ServerHello.malformed"),  refuse=MALFORMED,                                       cite="5246 7.2.2"),
    row(WAIT_CERT,     on("Certificate"),                                                  to=WAIT_SKE,      cite="5246 7.4.2"),
    row(WAIT_CERT,     on("Certificate.empty"),      refuse=EMPTY_CERTIFICATE_12,                            cite="5246 7.4.2"),
    row(WAIT_SKE,      on("ServerKeyExchange"),                                            to=WAIT_CR_DONE,  cite="5246 7.4.3"),
    row(WAIT_SKE,      on("ServerKeyExchange.bad"),  refuse=DECRYPT_ERROR,                                   cite="5246 7.4.3"),
    row(WAIT_CR_DONE,  on("CertificateRequest"),                                           to=WAIT_DONE,     cite="5246 7.4.4"),
    row(WAIT_CR_DONE,  on("ServerHelloDone"),        emit=FLIGHT,                          to=WAIT_CCS,      cite="5246 7.4.5"),
    row(WAIT_DONE,     on("ServerHelloDone"),        emit=["Certificate.empty", *FLIGHT],  to=WAIT_CCS,      cite="5246 7.4.6"),
    row(WAIT_CCS,      on("ChangeCipherSpec"),                                             to=WAIT_FINISHED, cite="5246 7.1"),
    row(WAIT_CCS,      on("ChangeCipherSpec.bad"),   refuse=BAD_CHANGE_CIPHER_SPEC_12,                       cite="5246 7.1"),
    row(WAIT_FINISHED, on("Finished"),                                                     to=CONNECTED,     cite="5246 7.4.9"),
    row(WAIT_FINISHED, on("Finished.bad"),           refuse=DECRYPT_ERROR,                                   cite="5246 7.4.9"),
    row(PHASES[:-1],   on("HelloRequest"),           verb=Verb.IGNORE,                                       cite="5246 7.4.1.1"),

    row(CONNECTED,     on("HelloRequest"),           notify="REHANDSHAKE",                                   cite="gnutls_record_recv(3)"),
    row(CONNECTED,     on("ApplicationData"),        verb=Verb.DELIVER,                                      cite="5246 10"),
    row(CONNECTED,     HANDSHAKE,                    verb=Verb.LEAVE,                                        cite="5246 7.4.1.2"),

    row(KEYED,         on("BadRecord"),              refuse=BAD_RECORD_MAC,                                  cite="5246 7.2.2"),
    row(PHASES,        MALFORMED_MESSAGES,           refuse=MALFORMED_OUT_OF_ORDER,                          cite="5246 7.2.2"),
    row(PHASES,        MESSAGES,                     refuse=UNEXPECTED_MESSAGE,                              cite="5246 7.4"),
)
