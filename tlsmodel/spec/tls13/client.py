"""TLS 1.3 client: the handshake phase, message by message (RFC 8446 Appendix A.1).

What belongs to every version (alerts, end of stream, the caller's contract) is in `closure` and `contract`.
"""

# fmt: off
from __future__ import annotations

from tlsmodel.spec.choices import (
    BAD_RECORD_MAC, DECRYPT_ERROR, EMPTY_CERTIFICATE_13, MALFORMED, MALFORMED_OUT_OF_ORDER, UNEXPECTED_MESSAGE,
)
from tlsmodel.spec.groups import MALFORMED_MESSAGES, MESSAGES
from tlsmodel.spec.row import Table, Verb, once, row
from tlsmodel.spec.symbols import HANDSHAKE, delivery as on

START, WAIT_SH, WAIT_EE, WAIT_CERT_CR, WAIT_CV, WAIT_FINISHED, CONNECTED = (
    "START", "WAIT_SH", "WAIT_EE", "WAIT_CERT_CR", "WAIT_CV", "WAIT_FINISHED", "CONNECTED",
)
# The same three phases after a CertificateRequest, which the client without a certificate answers with none.
WAIT_CERT_R, WAIT_CV_R, WAIT_FINISHED_R = REQUESTED = ("WAIT_CERT_R", "WAIT_CV_R", "WAIT_FINISHED_R")
BEFORE_KEYS = (START, WAIT_SH)
UNFINISHED = (*BEFORE_KEYS, WAIT_EE, WAIT_CERT_CR, WAIT_CV, WAIT_FINISHED, *REQUESTED)
KEYED = (WAIT_EE, WAIT_CERT_CR, WAIT_CV, WAIT_FINISHED, *REQUESTED, CONNECTED)
EVERY = (*UNFINISHED, CONNECTED)

TABLE = Table("tls13.client.phase", EVERY,
    row(START,           HANDSHAKE,                        emit=["ClientHello"],       to=WAIT_SH,         cite="8446 4.1.2"),
    row(WAIT_SH,         on("ServerHello"),                emit=[once("ChangeCipherSpec")], to=WAIT_EE,    cite="8446 4.1.3"),
    row(WAIT_SH,         on("ServerHello.malformed"),      refuse=MALFORMED,                               cite="8446 6"),
    row(WAIT_EE,         on("EncryptedExtensions"),                                    to=WAIT_CERT_CR,    cite="8446 4.3.1"),
    row(WAIT_CERT_CR,    on("CertificateRequest"),                                     to=WAIT_CERT_R,     cite="8446 4.3.2"),
    row(WAIT_CERT_CR,    on("Certificate"),                                            to=WAIT_CV,         cite="8446 4.4.2"),
    row(WAIT_CERT_R,     on("Certificate"),                                            to=WAIT_CV_R,       cite="8446 4.4.2"),
    row((WAIT_CERT_CR, WAIT_CERT_R), on("Certificate.empty"), refuse=EMPTY_CERTIFICATE_13,                 cite="8446 4.4.2.4"),
    row(WAIT_CV,         on("CertificateVerify"),                                      to=WAIT_FINISHED,   cite="8446 4.4.3"),
    row(WAIT_CV_R,       on("CertificateVerify"),                                      to=WAIT_FINISHED_R, cite="8446 4.4.3"),
    row((WAIT_CV, WAIT_CV_R), on("CertificateVerify.bad"), refuse=DECRYPT_ERROR,                           cite="8446 4.4.3"),
    row(WAIT_FINISHED,   on("Finished"), emit=[once("ChangeCipherSpec"), "Finished"],  to=CONNECTED,       cite="8446 4.4.4"),
    row(WAIT_FINISHED_R, on("Finished"), emit=[once("ChangeCipherSpec"), "Certificate.empty", "Finished"],
                                                                                       to=CONNECTED,       cite="8446 4.4.2"),
    row((WAIT_FINISHED, WAIT_FINISHED_R), on("Finished.bad"), refuse=DECRYPT_ERROR,                        cite="8446 4.4.4"),

    row(CONNECTED,       HANDSHAKE,                        emit=["KeyUpdate.requested"], to=CONNECTED,     cite="gnutls_handshake(3)"),
    row(CONNECTED,       on("ApplicationData"),            verb=Verb.DELIVER,                              cite="8446 5.1"),
    row(CONNECTED,       on("NewSessionTicket"),           verb=Verb.IGNORE,                               cite="8446 4.6.1"),
    row(CONNECTED,       on("KeyUpdate.not_requested"),    verb=Verb.IGNORE,                               cite="8446 4.6.3"),
    row(CONNECTED,       on("KeyUpdate.requested"),        verb=Verb.IGNORE,                               cite="8446 4.6.3"),

    row(UNFINISHED,      on("ChangeCipherSpec"),           verb=Verb.IGNORE,                               cite="8446 5"),
    row(KEYED,           on("BadRecord"),                  refuse=BAD_RECORD_MAC,                          cite="8446 5.2"),
    row(EVERY,           MALFORMED_MESSAGES,               refuse=MALFORMED_OUT_OF_ORDER,                  cite="8446 6.2"),
    row(EVERY,           MESSAGES,                         refuse=UNEXPECTED_MESSAGE,                      cite="8446 4"),
)
