"""TLS 1.3 server: the handshake phase, message by message (RFC 8446 Appendix A.2).

RECVD_CH and NEGOTIATED of the RFC's drawing are passed through in one step: nothing can happen in them.
_S is a phase in which refused early data is passed over; LATE_ phases authenticate the client after the handshake.
"""

# fmt: off
from __future__ import annotations

from tlsmodel.spec.choices import (
    BAD_BINDER, BAD_RECORD_MAC, CERTIFICATE_REQUIRED, DECRYPT_ERROR, INTERVENING, INTERVENING_DATA, INTERVENING_MALFORMED, KEY_UPDATE_MALFORMED,
    MALFORMED, MALFORMED_OUT_OF_ORDER, OTHER_VERSION, SECOND_HELLO, SECOND_VERSION, UNEXPECTED_MESSAGE,
)
from tlsmodel.spec.conditions import has
from tlsmodel.spec.groups import MALFORMED_MESSAGES, MESSAGES, UNREADABLE
from tlsmodel.spec.row import Table, Verb, once, row
from tlsmodel.spec.symbols import HANDSHAKE, KEY_UPDATE, KEY_UPDATE_PEER, REAUTH, REHANDSHAKE, delivery as on

START, WAIT_CH_2, WAIT_EOED, WAIT_CERT, WAIT_CERT_S, WAIT_CV, WAIT_FINISHED, WAIT_FINISHED_S = UNFINISHED = (
    "START", "WAIT_CH_2", "WAIT_EOED", "WAIT_CERT", "WAIT_CERT_S", "WAIT_CV", "WAIT_FINISHED", "WAIT_FINISHED_S",
)
CONNECTED, LATE_CERT, LATE_CV, LATE_FINISHED = ESTABLISHED = ("CONNECTED", "LATE_CERT", "LATE_CV", "LATE_FINISHED")
LATE = (LATE_CERT, LATE_CV, LATE_FINISHED)
HELLOS = (START, WAIT_CH_2)
SKIPPING = (WAIT_CERT_S, WAIT_FINISHED_S)
CERTS, FINISHING = (WAIT_CERT, WAIT_CERT_S), (WAIT_FINISHED, WAIT_FINISHED_S)
PROTECTED = (WAIT_EOED, WAIT_CERT, WAIT_CV, WAIT_FINISHED)
KEYED = (*PROTECTED, *SKIPPING, *ESTABLISHED)
PHASES = (*UNFINISHED, *ESTABLISHED)

CCS, TICKETS = once("ChangeCipherSpec"), once("NewSessionTicket")
AUTH, REQUIRED, RESUMES, EARLY = has("auth", "request", "require"), has("auth", "require"), has("resume"), has("early")
ISSUES, ASKS, LATE_REQUIRED = has("tickets"), has("late_auth", "request", "require"), has("late_auth", "require")
PROOF = ("Certificate", "CertificateVerify", "Finished")
FULL = ("ServerHello", CCS, "EncryptedExtensions", *PROOF)
ASKING = ("ServerHello", CCS, "EncryptedExtensions", "CertificateRequest", *PROOF)
RESUMED = ("ServerHello.resumed", CCS, "EncryptedExtensions", "Finished")
ACCEPTING = ("ServerHello.resumed", CCS, "EncryptedExtensions.early", "Finished")
PLAIN = (on("ClientHello"), on("ClientHello.resuming"))

TABLE = Table("tls13.server.phase", PHASES,
    row(START,           on("ClientHello.early"),          emit=ACCEPTING,         to=WAIT_EOED,       cite="8446 4.2.10", when=EARLY),
    row(START,           on("ClientHello.early"),          emit=RESUMED,           to=WAIT_FINISHED_S, cite="8446 4.2.10", when=RESUMES),
    row(START,           on("ClientHello.early"),          emit=ASKING,            to=WAIT_CERT_S,     cite="8446 4.2.10", when=AUTH),
    row(START,           on("ClientHello.early"),          emit=(*FULL, TICKETS),  to=WAIT_FINISHED_S, cite="8446 4.2.10", when=ISSUES),
    row(START,           on("ClientHello.early"),          emit=FULL,              to=WAIT_FINISHED_S, cite="8446 4.2.10"),
    row(START,           on("ClientHello.no_share"),       emit=["HelloRetryRequest", CCS], to=WAIT_CH_2,  cite="8446 4.1.4"),
    row(WAIT_CH_2,       on("ClientHello.no_share"),       refuse=SECOND_HELLO,                            cite="8446 4.1.2"),
    # Early data is not permitted there; that a server must look is nowhere said.
    *(
        row(WAIT_CH_2, on("ClientHello.early"), verb=Verb.ADVANCE, refuse=SECOND_HELLO, emit=emit, to=to, cite="8446 4.1.2", when=when)
        for emit, to, when in (
            (RESUMED, WAIT_FINISHED_S, RESUMES),
            (ASKING, WAIT_CERT_S, AUTH),
            ((*FULL, TICKETS), WAIT_FINISHED_S, ISSUES),
            (FULL, WAIT_FINISHED_S, None),
        )
    ),
    row(HELLOS,          on("ClientHello.bad_binder"),     refuse=BAD_BINDER,                              cite="8446 4.2.11", when=RESUMES),
    row(HELLOS,          on("ClientHello.resuming"),       emit=RESUMED,           to=WAIT_FINISHED,   cite="8446 4.2.11", when=RESUMES),
    row(HELLOS,          (*PLAIN, on("ClientHello.bad_binder")), emit=ASKING,      to=WAIT_CERT,       cite="8446 4.3.2", when=AUTH),
    row(HELLOS,          (*PLAIN, on("ClientHello.bad_binder")), emit=(*FULL, TICKETS), to=WAIT_FINISHED, cite="8446 4.1.2", when=ISSUES),
    row(HELLOS,          (*PLAIN, on("ClientHello.bad_binder")), emit=FULL,        to=WAIT_FINISHED,   cite="8446 4.1.2"),
    row(WAIT_CH_2,       on("ClientHello.other_version"),  refuse=SECOND_VERSION,                          cite="8446 4.1.2"),
    row(START,           on("ClientHello.other_version"),  refuse=OTHER_VERSION,                           cite="8446 D.2"),
    row(HELLOS,          on("ClientHello.malformed"),      refuse=MALFORMED,                               cite="8446 6"),
    row(START,           on("ChangeCipherSpec"),           refuse=UNEXPECTED_MESSAGE,                      cite="8446 5"),

    row(WAIT_EOED,       (on("EarlyData"), on("ApplicationData")), verb=Verb.IGNORE,                               cite="8446 4.2.10"),
    row(SKIPPING,        on("EarlyData"),                  verb=Verb.IGNORE,                               cite="8446 4.2.10"),
    row(WAIT_EOED,       on("EndOfEarlyData"),                                     to=WAIT_FINISHED,   cite="8446 4.5"),
    row(CERTS,           on("Certificate"),                                        to=WAIT_CV,         cite="8446 4.4.2"),
    row(CERTS,           on("Certificate.empty"),          refuse=CERTIFICATE_REQUIRED,                    cite="8446 4.4.2.4", when=REQUIRED),
    row(CERTS,           on("Certificate.empty"),                                  to=WAIT_FINISHED,   cite="8446 4.4.2.4"),
    row(WAIT_CV,         on("CertificateVerify"),                                  to=WAIT_FINISHED,   cite="8446 4.4.3"),
    row(WAIT_CV,         on("CertificateVerify.bad"),      refuse=DECRYPT_ERROR,                           cite="8446 4.4.3"),
    row(FINISHING,       on("Finished"),                   emit=[TICKETS],         to=CONNECTED,       cite="8446 4.6.1", when=ISSUES),
    row(FINISHING,       on("Finished"),                                           to=CONNECTED,       cite="8446 4.4.4"),
    row(FINISHING,       on("Finished.bad"),               refuse=DECRYPT_ERROR,                           cite="8446 4.4.4"),

    row(CONNECTED,       REAUTH,                           emit=["CertificateRequest"], to=LATE_CERT,  cite="8446 4.6.2", when=ASKS),
    row(LATE,            REAUTH,                           verb=Verb.AWAIT,                                cite="gnutls_reauth(3)"),
    row(LATE_CERT,       on("Certificate"),                                        to=LATE_CV,         cite="8446 4.6.2"),
    row(LATE_CERT,       on("Certificate.empty"),          refuse=CERTIFICATE_REQUIRED,                    cite="8446 4.4.2.4", when=LATE_REQUIRED),
    row(LATE_CERT,       on("Certificate.empty"),                                  to=LATE_FINISHED,   cite="8446 4.6.2"),
    row(LATE_CV,         on("CertificateVerify"),                                  to=LATE_FINISHED,   cite="8446 4.4.3"),
    row(LATE_CV,         on("CertificateVerify.bad"),      refuse=DECRYPT_ERROR,                           cite="8446 4.4.3"),
    row(LATE_FINISHED,   on("Finished"),                                           to=CONNECTED,       cite="8446 4.4.4"),
    row(LATE_FINISHED,   on("Finished.bad"),               refuse=DECRYPT_ERROR,                           cite="8446 4.4.4"),

    row(ESTABLISHED,     HANDSHAKE,                        verb=Verb.IGNORE,                               cite="gnutls_handshake(3)"),
    row(ESTABLISHED,     (KEY_UPDATE_PEER, REHANDSHAKE),   emit=["KeyUpdate.requested"],                   cite="8446 4.6.3"),
    row(ESTABLISHED,     KEY_UPDATE,                       emit=["KeyUpdate.not_requested"],               cite="8446 4.6.3"),
    row((CONNECTED, LATE_CERT), on("ApplicationData"),     verb=Verb.DELIVER,                              cite="8446 5.1"),
    row((LATE_CV, LATE_FINISHED), on("ApplicationData"),   refuse=INTERVENING_DATA,                        cite="8446 4.6.2"),
    row((LATE_CV, LATE_FINISHED), on("KeyUpdate.not_requested"), refuse=INTERVENING,                       cite="8446 4.6.2"),
    row((LATE_CV, LATE_FINISHED), on("KeyUpdate.requested"), refuse=INTERVENING, sets="owed?",             cite="8446 4.6.2"),
    row(ESTABLISHED,     on("KeyUpdate.not_requested"),    verb=Verb.IGNORE,                               cite="8446 4.6.3"),
    row(ESTABLISHED,     on("KeyUpdate.requested"),        verb=Verb.IGNORE, sets="owed",                  cite="8446 4.6.3"),
    row((LATE_CV, LATE_FINISHED), on("KeyUpdate.malformed"), refuse=INTERVENING_MALFORMED,                 cite="8446 4.6.2"),
    row(ESTABLISHED,     on("KeyUpdate.malformed"),        refuse=KEY_UPDATE_MALFORMED,                    cite="8446 4.6.3"),

    row(UNFINISHED,      on("ChangeCipherSpec"),           verb=Verb.IGNORE,                               cite="8446 5"),
    row(SKIPPING,        on("BadRecord"),                  verb=Verb.IGNORE,                               cite="8446 4.2.10"),
    row(KEYED,           UNREADABLE,                       refuse=BAD_RECORD_MAC,                          cite="8446 5.2"),
    row(PHASES,          MALFORMED_MESSAGES,               refuse=MALFORMED_OUT_OF_ORDER,                  cite="8446 6.2"),
    row(PHASES,          MESSAGES,                         refuse=UNEXPECTED_MESSAGE,                      cite="8446 4"),
)
