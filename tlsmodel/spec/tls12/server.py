"""TLS 1.2 server: the handshake phase, message by message (RFC 5246 7.3, 7.4; RFC 5077; RFC 4279).

_V is a client that has shown a certificate and owes its proof; _R is the abbreviated handshake.  A re-handshake
goes through the same phases; what differs in it is in `rehandshake`.
"""

# fmt: off
from __future__ import annotations

from tlsmodel.spec.choices import (
    BAD_CHANGE_CIPHER_SPEC_12, BAD_RECORD_MAC, CERTIFICATE_MISSING_12, DECRYPT_ERROR, MALFORMED, MALFORMED_OUT_OF_ORDER,
    OTHER_VERSION, UNEXPECTED_MESSAGE,
)
from tlsmodel.spec.conditions import has
from tlsmodel.spec.groups import MALFORMED_MESSAGES, MESSAGES, UNREADABLE
from tlsmodel.spec.row import Line, Table, Verb, row
from tlsmodel.spec.symbols import HANDSHAKE, REHANDSHAKE, delivery as on

START, WAIT_CERT, WAIT_CKE, WAIT_CKE_V, WAIT_CV, WAIT_CCS, WAIT_FINISHED, WAIT_CCS_R, WAIT_FINISHED_R, CONNECTED = PHASES = (
    "START", "WAIT_CERT", "WAIT_CKE", "WAIT_CKE_V", "WAIT_CV", "WAIT_CCS", "WAIT_FINISHED", "WAIT_CCS_R", "WAIT_FINISHED_R",
    "CONNECTED",
)
FINISHING, CHANGING = (WAIT_FINISHED, WAIT_FINISHED_R), (WAIT_CCS, WAIT_CCS_R)
KEYED = (*FINISHING, CONNECTED)
HELLOS = (START, CONNECTED)
STAPLED, EXCHANGE, REST = ("Certificate", "CertificateStatus"), ("ServerKeyExchange",), ("ServerHelloDone",)
CHANGE = ("ChangeCipherSpec", "Finished")

AUTH, REQUIRED, RESUMES, TICKETS = has("auth", "request", "require"), has("auth", "require"), has("resume"), has("tickets")
STAPLES = has("staples")
RSA, PSK, ECDHE_PSK = has("exchange", "rsa"), has("exchange", "psk"), has("exchange", "ecdhe_psk")
FULL = (on("ClientHello"), on("ClientHello.resuming"), on("ClientHello.no_cookie"))
UNBOUND = (on("ClientHello.unbound"), on("ClientHello.misbound"))

HELLO_LINES: tuple[Line, ...] = (
    row(HELLOS,        on("ClientHello.resuming"),   emit=["ServerHello.resumed", *CHANGE],  to=WAIT_CCS_R,      cite="5246 7.3",
        sets="returning", when=RESUMES & AUTH),
    row(HELLOS,        on("ClientHello.resuming"),   emit=["ServerHello.resumed", *CHANGE],  to=WAIT_CCS_R,      cite="5246 7.3", when=RESUMES),
)
LINES: tuple[Line, ...] = (
    *(
        row(HELLOS, hellos, emit=["ServerHello", *flight, *REST], to=to, sets=sets, cite=cite, when=when)
        for hellos, sets in ((FULL, ()), (UNBOUND, ("unbound",)))
        for flight, to, cite, when in (
            (EXCHANGE, WAIT_CKE, "5489 2", ECDHE_PSK),
            ((), WAIT_CKE, "4279 2", PSK),
            ((*STAPLED, "CertificateRequest"), WAIT_CERT, "6066 8", STAPLES & RSA & AUTH),
            (STAPLED, WAIT_CKE, "6066 8", STAPLES & RSA),
            ((*STAPLED, *EXCHANGE, "CertificateRequest"), WAIT_CERT, "6066 8", STAPLES & AUTH),
            ((*STAPLED, *EXCHANGE), WAIT_CKE, "6066 8", STAPLES),
            (("Certificate", "CertificateRequest"), WAIT_CERT, "5246 7.4.4", RSA & AUTH),
            (("Certificate",), WAIT_CKE, "5246 7.4.2", RSA),
            (("Certificate", *EXCHANGE, "CertificateRequest"), WAIT_CERT, "5246 7.4.4", AUTH),
            (("Certificate", *EXCHANGE), WAIT_CKE, "5246 7.4.1.2", None),
        )
    ),
    row(HELLOS,        on("ClientHello.other_version"), refuse=OTHER_VERSION,                                    cite="5246 E.1"),
    row(HELLOS,        on("ClientHello.malformed"),  refuse=MALFORMED,                                           cite="5246 7.2.2"),
    row(WAIT_CERT,     on("Certificate"),            sets="shown",                           to=WAIT_CKE_V,      cite="5246 7.4.6"),
    row(WAIT_CERT,     on("Certificate.empty"),      refuse=CERTIFICATE_MISSING_12,                              cite="5246 7.4.6", when=REQUIRED),
    row(WAIT_CERT,     on("Certificate.empty"),      sets="unshown",                         to=WAIT_CKE,        cite="5246 7.4.6"),
    row(WAIT_CKE,      on("ClientKeyExchange"),                                              to=WAIT_CCS,        cite="5246 7.4.7"),
    row(WAIT_CKE_V,    on("ClientKeyExchange"),                                              to=WAIT_CV,         cite="5246 7.4.7"),
    row(WAIT_CV,       on("CertificateVerify"),                                              to=WAIT_CCS,        cite="5246 7.4.8"),
    row(WAIT_CV,       on("CertificateVerify.bad"),  refuse=DECRYPT_ERROR,                                       cite="5246 7.4.8"),
    row(WAIT_CCS,      on("ChangeCipherSpec"),                                               to=WAIT_FINISHED,   cite="5246 7.1"),
    row(WAIT_CCS_R,    on("ChangeCipherSpec"),                                               to=WAIT_FINISHED_R, cite="5246 7.1"),
    row(CHANGING,      on("ChangeCipherSpec.bad"),   refuse=BAD_CHANGE_CIPHER_SPEC_12,                           cite="5246 7.1"),
    row(WAIT_FINISHED, on("Finished"),               emit=["NewSessionTicket", *CHANGE],     to=CONNECTED,       cite="5077 3.3", when=TICKETS),
    row(WAIT_FINISHED, on("Finished"),               emit=CHANGE,                            to=CONNECTED,       cite="5246 7.4.9"),
    row(WAIT_FINISHED_R, on("Finished"),                                                     to=CONNECTED,       cite="5246 7.3"),
    row(CONNECTED,     on("ApplicationData"),        verb=Verb.DELIVER,                                          cite="5246 10"),
    row(CONNECTED,     HANDSHAKE,                    verb=Verb.AWAIT,                                            cite="5246 7.4.1.1"),
    row(CONNECTED,     REHANDSHAKE,                  emit=["HelloRequest"],                                      cite="gnutls_rehandshake(3)"),
)

TABLE = Table("tls12.server.phase", PHASES,
    *HELLO_LINES, *LINES,
    row(FINISHING,     on("Finished.bad"),           refuse=DECRYPT_ERROR,                                       cite="5246 7.4.9"),
    row(KEYED,         UNREADABLE,                   refuse=BAD_RECORD_MAC,                                      cite="5246 7.2.2"),
    row(PHASES,        MALFORMED_MESSAGES,           refuse=MALFORMED_OUT_OF_ORDER,                              cite="5246 7.2.2"),
    row(PHASES,        MESSAGES,                     refuse=UNEXPECTED_MESSAGE,                                  cite="5246 7.4"),
)
