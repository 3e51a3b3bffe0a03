"""TLS 1.2 server, (EC)DHE key exchange without client certificates: the handshake phase (RFC 5246 7.3, 7.4)."""

# fmt: off
from __future__ import annotations

from tlsmodel.spec.choices import (
    BAD_CHANGE_CIPHER_SPEC_12, BAD_RECORD_MAC, DECRYPT_ERROR, MALFORMED, MALFORMED_OUT_OF_ORDER, UNEXPECTED_MESSAGE,
)
from tlsmodel.spec.groups import MALFORMED_MESSAGES, MESSAGES
from tlsmodel.spec.row import Table, Verb, row
from tlsmodel.spec.symbols import HANDSHAKE, delivery as on

START, WAIT_CKE, WAIT_CCS, WAIT_FINISHED, CONNECTED = PHASES = (
    "START", "WAIT_CKE", "WAIT_CCS", "WAIT_FINISHED", "CONNECTED",
)
FLIGHT = ("ServerHello", "Certificate", "ServerKeyExchange", "ServerHelloDone")
KEYED = (WAIT_FINISHED, CONNECTED)
HELLOS = (on("ClientHello"), on("ClientHello.malformed"))

TABLE = Table("tls12.server.phase", PHASES,
    row(START,         on("ClientHello"),            emit=FLIGHT,                            to=WAIT_CKE,      cite="5246 7.4.1.2"),
    row(START,         on("ClientHello.malformed"),  refuse=MALFORMED,                                         cite="5246 7.2.2"),
    row(WAIT_CKE,      on("ClientKeyExchange"),                                              to=WAIT_CCS,      cite="5246 7.4.7"),
    row(WAIT_CCS,      on("ChangeCipherSpec"),                                               to=WAIT_FINISHED, cite="5246 7.1"),
    row(WAIT_CCS,      on("ChangeCipherSpec.bad"),   refuse=BAD_CHANGE_CIPHER_SPEC_12,                         cite="5246 7.1"),
    row(WAIT_FINISHED, on("Finished"),               emit=["ChangeCipherSpec", "Finished"],  to=CONNECTED,     cite="5246 7.4.9"),
    row(WAIT_FINISHED, on("Finished.bad"),           refuse=DECRYPT_ERROR,                                     cite="5246 7.4.9"),

    row(CONNECTED,     HELLOS,                       verb=Verb.LEAVE,                                          cite="5246 7.4.1.2"),
    row(CONNECTED,     on("ApplicationData"),        verb=Verb.DELIVER,                                        cite="5246 10"),
    row(CONNECTED,     HANDSHAKE,                    verb=Verb.LEAVE,                                          cite="5246 7.4.1.1"),

    row(KEYED,         on("BadRecord"),              refuse=BAD_RECORD_MAC,                                    cite="5246 7.2.2"),
    row(PHASES,        MALFORMED_MESSAGES,           refuse=MALFORMED_OUT_OF_ORDER,                            cite="5246 7.2.2"),
    row(PHASES,        MESSAGES,                     refuse=UNEXPECTED_MESSAGE,                                cite="5246 7.4"),
)
