"""TLS 1.3 client: the handshake phase, message by message (RFC 8446 Appendix A.1).

What belongs to every version (alerts, end of stream, the caller's contract) is in `closure` and `contract`.
A phase that the RFC draws once stands here once for each history that matters later: _R after a
CertificateRequest, _P after the server took our pre-shared key, _E where it may take early data as well, or has.
"""

# fmt: off
from __future__ import annotations

from tlsmodel.spec.choices import (
    BAD_HELLO_RETRY_REQUEST, BAD_RECORD_MAC, DECRYPT_ERROR, EMPTY_CERTIFICATE_13, KEY_UPDATE_MALFORMED, MALFORMED,
    MALFORMED_OUT_OF_ORDER, OTHER_VERSION, SECOND_VERSION, UNEXPECTED_MESSAGE, UNOFFERED, UNWANTED_EXTENSION,
)
from tlsmodel.spec.conditions import has
from tlsmodel.spec.groups import MALFORMED_MESSAGES, MESSAGES, UNREADABLE
from tlsmodel.spec.row import Table, Verb, once, row
from tlsmodel.spec.symbols import HANDSHAKE, KEY_UPDATE, KEY_UPDATE_PEER, REAUTH, delivery as on

START, WAIT_SH, WAIT_SH_2, WAIT_EE, WAIT_EE_P, WAIT_EE_E, WAIT_CERT_CR, WAIT_CERT, WAIT_CV, WAIT_CV_R = (
    "START", "WAIT_SH", "WAIT_SH_2", "WAIT_EE", "WAIT_EE_P", "WAIT_EE_E", "WAIT_CERT_CR", "WAIT_CERT", "WAIT_CV", "WAIT_CV_R",
)
FINISHING = WAIT_FINISHED, WAIT_FINISHED_R, WAIT_FINISHED_P, WAIT_FINISHED_E = (
    "WAIT_FINISHED", "WAIT_FINISHED_R", "WAIT_FINISHED_P", "WAIT_FINISHED_E",
)
CONNECTED, ASKED = ESTABLISHED = ("CONNECTED", "ASKED")
BEFORE_KEYS = (START, WAIT_SH, WAIT_SH_2)
HELLO = (WAIT_SH, WAIT_SH_2)
PROTECTED = (WAIT_EE, WAIT_EE_P, WAIT_EE_E, WAIT_CERT_CR, WAIT_CERT, WAIT_CV, WAIT_CV_R, *FINISHING)
UNFINISHED = (*BEFORE_KEYS, *PROTECTED)
KEYED = (*PROTECTED, *ESTABLISHED)
PHASES = (*UNFINISHED, *ESTABLISHED)

CCS = once("ChangeCipherSpec")
SHOWN = ("Certificate", "CertificateVerify", "Finished")
NONE_SHOWN = ("Certificate.empty", "Finished")
RESUMING, EARLY, SHOWS, LATE = has("resume"), has("early"), has("certificate"), has("late_auth", "request", "require")

TABLE = Table("tls13.client.phase", PHASES,
    row(START,           HANDSHAKE, emit=["ClientHello.early", CCS, "EarlyData"],      to=WAIT_SH,         cite="8446 4.2.10", when=EARLY),
    row(START,           HANDSHAKE, emit=["ClientHello.resuming"],                     to=WAIT_SH,         cite="8446 4.2.11", when=RESUMING),
    row(START,           HANDSHAKE, emit=["ClientHello"],                              to=WAIT_SH,         cite="8446 4.1.2"),
    row(WAIT_SH,         on("HelloRetryRequest"), emit=[CCS, "ClientHello.resuming"],  to=WAIT_SH_2,       cite="8446 4.1.4", when=RESUMING),
    row(WAIT_SH,         on("HelloRetryRequest"), emit=[CCS, "ClientHello"],           to=WAIT_SH_2,       cite="8446 4.1.4"),
    row(WAIT_SH,         on("HelloRetryRequest.idle"),     refuse=BAD_HELLO_RETRY_REQUEST,                 cite="8446 4.1.4"),
    row(HELLO,           on("ServerHello"),                emit=[CCS],                 to=WAIT_EE,         cite="8446 4.1.3"),
    row(WAIT_SH,         on("ServerHello.resumed"),        emit=[CCS],                 to=WAIT_EE_E,       cite="8446 4.2.10", when=EARLY),
    row(HELLO,           on("ServerHello.resumed"),        emit=[CCS],                 to=WAIT_EE_P,       cite="8446 4.2.11", when=RESUMING),
    row(HELLO,           on("ServerHello.resumed"),        refuse=UNWANTED_EXTENSION,                      cite="8446 4.2"),
    row(HELLO,           on("ServerHello.unoffered"),      refuse=UNOFFERED,                               cite="8446 4.1.3"),
    row(WAIT_SH,         on("ServerHello.other_version"),  refuse=OTHER_VERSION,                           cite="8446 4.2.1"),
    row(WAIT_SH_2,       on("ServerHello.other_version"),  refuse=SECOND_VERSION,                          cite="8446 4.1.4"),
    row(HELLO,           on("ServerHello.malformed"),      refuse=MALFORMED,                               cite="8446 6"),
    row(WAIT_EE,         on("EncryptedExtensions"),                                    to=WAIT_CERT_CR,    cite="8446 4.3.1"),
    row((WAIT_EE_P, WAIT_EE_E), on("EncryptedExtensions"),                                  to=WAIT_FINISHED_P, cite="8446 4.3.1"),
    row(WAIT_EE_E,       on("EncryptedExtensions.early"),                              to=WAIT_FINISHED_E, cite="8446 4.2.10"),
    row((WAIT_EE, WAIT_EE_P), on("EncryptedExtensions.early"), refuse=UNWANTED_EXTENSION,                  cite="8446 4.2"),
    row(WAIT_CERT_CR,    on("CertificateRequest"),                                     to=WAIT_CERT,       cite="8446 4.3.2"),
    row(WAIT_CERT_CR,    on("Certificate"),                                            to=WAIT_CV,         cite="8446 4.4.2"),
    row(WAIT_CERT,       on("Certificate"),                                            to=WAIT_CV_R,       cite="8446 4.4.2"),
    row((WAIT_CERT_CR, WAIT_CERT), on("Certificate.empty"), refuse=EMPTY_CERTIFICATE_13,                   cite="8446 4.4.2.4"),
    row(WAIT_CV,         on("CertificateVerify"),                                      to=WAIT_FINISHED,   cite="8446 4.4.3"),
    row(WAIT_CV_R,       on("CertificateVerify"),                                      to=WAIT_FINISHED_R, cite="8446 4.4.3"),
    row((WAIT_CV, WAIT_CV_R), on("CertificateVerify.bad"), refuse=DECRYPT_ERROR,                           cite="8446 4.4.3"),
    row((WAIT_FINISHED, WAIT_FINISHED_P), on("Finished"), emit=[CCS, "Finished"],      to=CONNECTED,       cite="8446 4.4.4"),
    row(WAIT_FINISHED_E, on("Finished"), emit=["EndOfEarlyData", CCS, "Finished"],     to=CONNECTED,       cite="8446 4.5"),
    row(WAIT_FINISHED_R, on("Finished"), emit=[CCS, *SHOWN],                           to=CONNECTED,       cite="8446 4.4.2", when=SHOWS),
    row(WAIT_FINISHED_R, on("Finished"), emit=[CCS, *NONE_SHOWN],                      to=CONNECTED,       cite="8446 4.4.2"),
    row(FINISHING,       on("Finished.bad"),               refuse=DECRYPT_ERROR,                           cite="8446 4.4.4"),

    row(ESTABLISHED,     HANDSHAKE,                        emit=["KeyUpdate.requested"],                   cite="gnutls_handshake(3)"),
    row(ESTABLISHED,     KEY_UPDATE_PEER,                  emit=["KeyUpdate.requested"],                   cite="8446 4.6.3"),
    row(ESTABLISHED,     KEY_UPDATE,                       emit=["KeyUpdate.not_requested"],               cite="8446 4.6.3"),
    row(ASKED,           REAUTH,                           emit=SHOWN,                 to=CONNECTED,       cite="8446 4.6.2", when=SHOWS),
    row(ASKED,           REAUTH,                           emit=NONE_SHOWN,            to=CONNECTED,       cite="8446 4.6.2"),
    row(CONNECTED,       on("CertificateRequest"),         notify="REAUTH_REQUEST",    to=ASKED,           cite="8446 4.6.2", when=LATE),
    row(ESTABLISHED,     on("ApplicationData"),            verb=Verb.DELIVER,                              cite="8446 5.1"),
    row(ESTABLISHED,     on("NewSessionTicket"),           verb=Verb.IGNORE,                               cite="8446 4.6.1"),
    row(ESTABLISHED,     on("KeyUpdate.not_requested"),    verb=Verb.IGNORE,                               cite="8446 4.6.3"),
    row(ESTABLISHED,     on("KeyUpdate.requested"),        verb=Verb.IGNORE, sets="owed",                  cite="8446 4.6.3"),
    row(ESTABLISHED,     on("KeyUpdate.malformed"),        refuse=KEY_UPDATE_MALFORMED,                    cite="8446 4.6.3"),

    row(UNFINISHED,      on("ChangeCipherSpec"),           verb=Verb.IGNORE,                               cite="8446 5"),
    row(KEYED,           UNREADABLE,                       refuse=BAD_RECORD_MAC,                          cite="8446 5.2"),
    row(PHASES,          MALFORMED_MESSAGES,               refuse=MALFORMED_OUT_OF_ORDER,                  cite="8446 6.2"),
    row(PHASES,          MESSAGES,                         refuse=UNEXPECTED_MESSAGE,                      cite="8446 4"),
)
