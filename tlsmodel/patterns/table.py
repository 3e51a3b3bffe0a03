"""The bug patterns that every hunt looks for: classes that published state-machine bug finders know, as rows.

Letters are those of `tlsmodel.patterns.labels` with the model's own message names.  A message counts when the
observed side reads it, not when it is sent.
"""

# fmt: off
from __future__ import annotations

from collections.abc import Iterator
from fnmatch import fnmatchcase
from typing import Final

from tlsmodel.patterns.automaton import Pattern, Severity, automaton
from tlsmodel.patterns.shapes import Rows, accepted, missing, repeated, swapped

CLIENT12, SERVER12 = ("tls12-client*", "dtls12-client*"), ("tls12-server*", "dtls12-server*")
CLIENT13, SERVER13 = ("tls13-client*",), ("tls13-server*",)
DTLS_CLIENT, DTLS_SERVER = ("dtls12-client*",), ("dtls12-server*",)
EVERY = ("*",)
STREAMS = ("tls1*",)
"""Over datagrams an alert in the clear may be dropped, because anybody could have sent it (RFC 6347 4.1.2.7)."""
SECURITY, CONTRACT, ALERT = Severity

SUCCESS = "R_handshake.SUCCESS"
OFFER = r"F_O_ClientHello(\.resuming)?"
CERTIFICATE = r"F_I_Certificate(\.\w+)*"
FATAL = r"F_O_Alert\.fatal\.\w+"
_Entry = tuple[tuple[str, ...], str, str, str, str, Severity, Rows]

_TABLE: Final[tuple[_Entry, ...]] = (
    # TLS 1.2 and DTLS 1.2, client.  (machines, id, title, what is wrong, source, severity, rows)
    (CLIENT12, "early-finished", "Early Finished",
     "A client completes a handshake in which the server has not sent ChangeCipherSpec.", "5246 7.1", SECURITY,
     missing("O_ClientHello", "I_ChangeCipherSpec", SUCCESS)),
    (CLIENT12, "no-finished", "Missing Finished",
     "A client completes a handshake in which the server has not sent Finished.", "5246 7.4.9", SECURITY,
     missing("O_ClientHello", "I_Finished", SUCCESS)),
    (CLIENT12, "finished-before-change", "Finished before ChangeCipherSpec",
     "A client completes a handshake in which Finished came before ChangeCipherSpec.", "5246 7.4.9", SECURITY,
     swapped(OFFER, "I_ChangeCipherSpec", "I_Finished", SUCCESS)),
    (CLIENT12, "no-certificate", "Missing Certificate",
     "A client goes on with its key exchange although the server has shown no certificate.", "5246 7.4.2", SECURITY,
     missing("I_ServerHello", CERTIFICATE, "O_ClientKeyExchange")),
    (CLIENT12, "no-server-key-exchange", "Missing ServerKeyExchange",
     "A client goes on without the server's share in an ephemeral key exchange.", "5246 7.4.3", SECURITY,
     missing("I_ServerHello", r"F_I_ServerKeyExchange(\.\w+)*", "O_ClientKeyExchange")),
    (CLIENT12, "no-server-hello-done", "Missing ServerHelloDone",
     "A client answers before the server has said that it is done.", "5246 7.4.5", CONTRACT,
     missing("I_ServerHello", "I_ServerHelloDone", "O_ClientKeyExchange")),
    (CLIENT12, "certificate-twice", "Multiple Certificate",
     "A client accepts two server certificates in one handshake.", "5246 7.3", SECURITY,
     repeated(OFFER, "I_Certificate", "O_ClientKeyExchange")),
    (CLIENT12, "server-key-exchange-twice", "Multiple ServerKeyExchange",
     "A client accepts two server shares in one handshake.", "5246 7.3", SECURITY,
     repeated(OFFER, "I_ServerKeyExchange", "O_ClientKeyExchange")),
    (CLIENT12, "request-twice", "Multiple CertificateRequest",
     "A client accepts two requests for its certificate in one handshake.", "5246 7.3", CONTRACT,
     repeated(OFFER, "I_CertificateRequest", "O_ClientKeyExchange")),
    (CLIENT12, "flight-restart", "ServerHello flight restart",
     "A client accepts a second ServerHello in one handshake, perhaps with another cipher suite.", "5246 7.3", SECURITY,
     repeated(OFFER, "I_ServerHello", "O_ClientKeyExchange")),
    (CLIENT12, "request-before-certificate", "CertificateRequest before Certificate",
     "A client accepts a request for its certificate before the server's own certificate.", "5246 7.4.4", CONTRACT,
     swapped(OFFER, "I_Certificate", "I_CertificateRequest", "O_ClientKeyExchange")),
    (CLIENT12, "unrequested-certificate", "Unrequested Certificate",
     "A client shows a certificate that nobody has asked for.", "5246 7.4.6", CONTRACT,
     missing("I_ServerHello", "I_CertificateRequest", r"F_O_Certificate(\.empty)?")),
    (CLIENT12, "bad-key-exchange", "ServerKeyExchange with a bad signature",
     "A client accepts a server's share that the server's key has not signed.", "5246 7.4.3", SECURITY,
     accepted("O_ClientHello", "I_ServerKeyExchange.bad", "O_ClientKeyExchange")),
    (CLIENT12, "premature-hello-request", "Premature HelloRequest",
     "A client answers a HelloRequest in the middle of a handshake with another ClientHello.", "5246 7.4.1.1", CONTRACT, (
         ("idle",  "O_ClientHello",                          "sent"),
         ("idle",  "other",                                  "idle"),
         ("sent",  "I_HelloRequest",                         "asked"),
         ("sent",  "{I_Finished, I_Alert.no_renegotiation}", "idle"),
         ("sent",  "other",                                  "sent"),
         ("asked", "O_ClientHello",                          "bug"),
         ("asked", "{I_Finished, I_Alert.no_renegotiation}", "idle"),
         ("asked", r"F_I_(?!HelloRequest|Finished$|Alert\.no_renegotiation$).*|R_.*", "sent"),
         ("asked", "other",                                  "asked"),
     )),
    (CLIENT12, "decrypt-error-without-keys", "decrypt_error without keys",
     "A client says decrypt_error before anything could have been decrypted or verified.", "5246 7.2.2", ALERT, (
         ("idle",  "O_Alert.fatal.decrypt_error",            "bug"),
         ("idle",  r"F_I_(ServerKeyExchange|Finished)(\.\w+)*", "keys"),
         ("idle",  "other",                                  "idle"),
     )),

    # TLS 1.2 and DTLS 1.2, server.
    (SERVER12, "early-finished", "Early Finished",
     "A server completes a handshake in which the client has not sent ChangeCipherSpec.", "5246 7.1", SECURITY,
     missing("O_ServerHelloDone", "I_ChangeCipherSpec", "O_Finished")),
    (SERVER12, "no-finished", "Missing Finished",
     "A server completes a handshake in which the client has not sent Finished.", "5246 7.4.9", SECURITY,
     missing("O_ServerHelloDone", "I_Finished", "O_Finished")),
    (SERVER12, "finished-before-change", "Finished before ChangeCipherSpec",
     "A server completes a handshake in which Finished came before ChangeCipherSpec.", "5246 7.4.9", SECURITY,
     swapped("O_ServerHelloDone", "I_ChangeCipherSpec", "I_Finished", "O_Finished")),
    (SERVER12, "no-client-key-exchange", "Missing ClientKeyExchange",
     "A server completes a handshake in which the client has not sent its share.", "5246 7.4.7", SECURITY,
     missing("O_ServerHelloDone", "I_ClientKeyExchange", "O_Finished")),
    (SERVER12, "no-client-certificate", "Certificate-less client authentication",
     "A server that has asked for a certificate completes although none, not even an empty one, came.", "5246 7.4.6", SECURITY,
     missing("O_CertificateRequest", CERTIFICATE, "O_Finished")),
    (SERVER12, "no-certificate-verify", "CertificateVerify-less client authentication",
     "A server completes although the client has not proved that the certificate is its own.", "5246 7.4.8", SECURITY, (
         ("idle",  "O_ServerHelloDone",      "asked"),
         ("idle",  "other",                  "idle"),
         ("asked", "I_Certificate",          "due"),
         ("asked", "O_Finished",             "idle"),
         ("asked", "other",                  "asked"),
         ("due",   "O_ServerHelloDone",      "asked"),
         ("due",   "I_CertificateVerify",    "idle"),
         ("due",   "O_Finished",             "bug"),
         ("due",   "other",                  "due"),
     )),
    (SERVER12, "bad-certificate-verify", "CertificateVerify with a bad signature",
     "A server completes although the client's proof is wrong.", "5246 7.4.8", SECURITY,
     accepted("O_ServerHelloDone", "I_CertificateVerify.bad", "O_Finished")),
    (SERVER12, "exchange-before-certificate", "ClientKeyExchange before Certificate",
     "A server completes a handshake in which the client's share came before its certificate.", "5246 7.3", SECURITY,
     swapped("O_CertificateRequest", "I_Certificate", "I_ClientKeyExchange", "O_Finished")),
    (SERVER12, "exchange-after-verify", "ClientKeyExchange after CertificateVerify",
     "A server completes a handshake in which the client's share came after its proof.", "5246 7.4.8", SECURITY,
     swapped("O_ServerHelloDone", "I_ClientKeyExchange", "I_CertificateVerify", "O_Finished")),
    (("tls12-server*",), "change-before-verify", "ChangeCipherSpec before CertificateVerify",
     "A server completes a handshake in which the client changed keys before its proof.", "5246 7.3", CONTRACT,
     swapped("O_ServerHelloDone", "I_CertificateVerify", "I_ChangeCipherSpec", "O_Finished")),
    (SERVER12, "certificate-twice", "Multiple Certificate",
     "A server accepts two client certificates in one handshake.", "5246 7.3", SECURITY,
     repeated("O_ServerHelloDone", "I_Certificate", "O_Finished")),
    (SERVER12, "exchange-twice", "Multiple ClientKeyExchange",
     "A server accepts two shares of the client in one handshake.", "5246 7.3", SECURITY,
     repeated("O_ServerHelloDone", "I_ClientKeyExchange", "O_Finished")),
    (SERVER12, "verify-twice", "Multiple CertificateVerify",
     "A server accepts two proofs in one handshake.", "5246 7.3", CONTRACT,
     repeated("O_ServerHelloDone", "I_CertificateVerify", "O_Finished")),
    (("tls12-server*",), "change-twice", "Multiple ChangeCipherSpec",
     "A server completes a handshake in which the client has changed keys twice.", "5246 7.1", CONTRACT,
     repeated("O_ServerHelloDone", "I_ChangeCipherSpec", "O_Finished")),
    (SERVER12, "unrequested-certificate", "Unrequested Certificate",
     "A server completes although the client has shown a certificate that was not asked for.", "5246 7.4.6", CONTRACT, (
         ("idle",  "O_ServerHello",          "quiet"),
         ("idle",  "other",                  "idle"),
         ("quiet", "O_CertificateRequest",   "idle"),
         ("quiet", CERTIFICATE,              "shown"),
         ("quiet", "other",                  "quiet"),
         ("shown", "O_ServerHello",          "quiet"),
         ("shown", "O_Finished",             "bug"),
         ("shown", "other",                  "shown"),
     )),
    (SERVER12, "internal-error-on-finished", "internal_error on Finished",
     "A server answers a Finished with internal_error.", "5246 7.2.2", ALERT, (
         ("idle",  r"F_I_Finished(\.\w+)*",          "met"),
         ("idle",  "other",                          "idle"),
         ("met",   "O_Alert.fatal.internal_error",   "bug"),
         ("met",   "F_I_(?!Finished).*",             "idle"),
         ("met",   "other",                          "met"),
     )),
    (SERVER12, "decrypt-error-without-keys", "decrypt_error without keys",
     "A server says decrypt_error before anything could have been decrypted or verified.", "5246 7.2.2", ALERT, (
         ("idle",  "O_Alert.fatal.decrypt_error",    "bug"),
         ("idle",  "F_I_(ClientKeyExchange|ChangeCipherSpec)", "keys"),
         ("idle",  "other",                          "idle"),
     )),
    (DTLS_SERVER, "verify-request-twice", "HelloVerifyRequest retransmission",
     "A server sends HelloVerifyRequest twice without being asked twice, which takes state or a timer.", "6347 4.2.1", CONTRACT, (
         ("idle",  "O_HelloVerifyRequest",           "sent"),
         ("idle",  "other",                          "idle"),
         ("sent",  "O_HelloVerifyRequest",           "bug"),
         ("sent",  r"F_I_.*",                        "idle"),
         ("sent",  "other",                          "sent"),
     )),
    (DTLS_SERVER, "unasked-verify-request", "Invalid HelloVerifyRequest",
     "A server sends HelloVerifyRequest before any ClientHello.", "6347 4.2.1", CONTRACT, (
         ("idle",  "O_HelloVerifyRequest",           "bug"),
         ("idle",  r"F_I_ClientHello(\.\w+)*",       "asked"),
         ("idle",  "other",                          "idle"),
     )),

    # TLS 1.3, client.
    (CLIENT13, "no-encrypted-extensions", "Missing EncryptedExtensions",
     "A client sends Finished although EncryptedExtensions has not come.", "8446 4.3.1", CONTRACT,
     missing("I_ServerHello", "I_EncryptedExtensions", "O_Finished")),
    (CLIENT13, "no-certificate", "Missing Certificate",
     "A client sends Finished although the server has shown no certificate.", "8446 4.4.2", SECURITY,
     missing("I_ServerHello", CERTIFICATE, "O_Finished")),
    (CLIENT13, "no-certificate-verify", "Missing CertificateVerify",
     "A client sends Finished although the server has not proved that the certificate is its own.", "8446 4.4.3", SECURITY,
     missing("I_ServerHello", "I_CertificateVerify", "O_Finished")),
    (CLIENT13, "no-finished", "Early Finished",
     "A client sends Finished although the server's Finished has not come.", "8446 4.4.4", SECURITY,
     missing("I_ServerHello", "I_Finished", "O_Finished")),
    (CLIENT13, "bad-certificate-verify", "CertificateVerify with a bad signature",
     "A client sends Finished although the server's proof is wrong.", "8446 4.4.3", SECURITY,
     accepted("O_ClientHello", "I_CertificateVerify.bad", "O_Finished")),
    (CLIENT13, "extensions-twice", "Multiple EncryptedExtensions",
     "A client accepts EncryptedExtensions twice.", "8446 4", CONTRACT,
     repeated("I_ServerHello", "I_EncryptedExtensions", "O_Finished")),
    (CLIENT13, "certificate-twice", "Multiple Certificate",
     "A client accepts two server certificates.", "8446 4", SECURITY,
     repeated("I_ServerHello", "I_Certificate", "O_Finished")),
    (CLIENT13, "verify-twice", "Multiple CertificateVerify",
     "A client accepts two proofs.", "8446 4", CONTRACT,
     repeated("I_ServerHello", "I_CertificateVerify", "O_Finished")),
    (CLIENT13, "request-twice", "Multiple CertificateRequest",
     "A client accepts two requests for its certificate in one handshake.", "8446 4", CONTRACT,
     repeated("I_ServerHello", "I_CertificateRequest", "O_Finished")),
    (CLIENT13, "certificate-before-request", "CertificateRequest behind Certificate",
     "A client accepts a request for its certificate behind the server's own.", "8446 4.3.2", CONTRACT,
     swapped("I_ServerHello", "I_CertificateRequest", "I_Certificate", "O_Finished")),
    (CLIENT13, "unrequested-certificate", "Unrequested Certificate",
     "A client shows a certificate that nobody has asked for.", "8446 4.4.2", CONTRACT,
     missing("I_ServerHello", "I_CertificateRequest", r"F_O_Certificate(\.empty)?")),
    (CLIENT13, "second-hello", "Second ServerHello",
     "A client accepts a second ServerHello, perhaps with another cipher suite.", "8446 4.1.3", SECURITY,
     repeated("O_ClientHello", "I_ServerHello", "O_Finished")),

    # TLS 1.3, server.
    (SERVER13, "no-finished", "Early completion",
     "A server completes although the client's Finished has not come.", "8446 4.4.4", SECURITY,
     missing("O_Finished", "I_Finished", SUCCESS)),
    (SERVER13, "no-client-certificate", "Certificate-less client authentication",
     "A server that has asked for a certificate completes although none, not even an empty one, came.", "8446 4.4.2", SECURITY,
     missing("O_CertificateRequest", CERTIFICATE, SUCCESS)),
    (SERVER13, "no-certificate-verify", "CertificateVerify-less client authentication",
     "A server completes although the client has not proved that the certificate is its own.", "8446 4.4.3", SECURITY,
     missing("I_Certificate", "I_CertificateVerify", SUCCESS)),
    (SERVER13, "bad-certificate-verify", "CertificateVerify with a bad signature",
     "A server completes although the client's proof is wrong.", "8446 4.4.3", SECURITY,
     accepted("O_ServerHello", "I_CertificateVerify.bad", SUCCESS)),
    (SERVER13, "certificate-twice", "Multiple Certificate",
     "A server accepts two client certificates in one handshake.", "8446 4", SECURITY,
     repeated("O_CertificateRequest", "I_Certificate", SUCCESS)),

    # Every version and role.
    (EVERY, "bad-finished", "Finished with wrong verify_data",
     "A side completes although the peer's Finished is wrong.", "8446 4.4.4; 5246 7.4.9", SECURITY,
     accepted("F_O_(ClientHello|ServerHello)", "I_Finished.bad", SUCCESS)),
    (EVERY, "malformed-hello", "Malformed hello",
     "A side completes although the peer's hello was damaged.", "8446 6.2; 5246 7.2.2", SECURITY,
     accepted("I_ClientHello", r"F_I_(Client|Server)Hello\.malformed", SUCCESS)),
    (STREAMS, "continue-after-close", "Continue after close_notify",
     "A side completes a handshake although one of the two has said close_notify.", "8446 6.1; 5246 7.2.1", CONTRACT, (
         ("idle",   "{I_Alert.close_notify, O_Alert.warning.close_notify}", "closed"),
         ("idle",   SUCCESS,                             "done"),
         ("idle",   "other",                             "idle"),
         ("closed", SUCCESS,                             "bug"),
         ("closed", "other",                             "closed"),
     )),
    (STREAMS, "continue-after-fatal", "Continue after a fatal alert",
     "A side completes, reads or writes data although a fatal alert has come.", "8446 6.2; 5246 7.2.2", SECURITY, (
         ("idle",   r"F_I_Alert\.(fatal|unknown_level)", "over"),
         ("idle",   "other",                             "idle"),
         ("over",   f"{{{SUCCESS}, R_record_recv.DATA, R_record_send.SUCCESS, O_Finished}}", "bug"),
         ("over",   "other",                             "over"),
     )),
    (EVERY, "message-after-fatal", "Message behind a fatal alert",
     "A side sends a message behind its own fatal alert.", "8446 6.2; 5246 7.2.2", CONTRACT, (
         ("idle",   FATAL,                               "over"),
         ("idle",   "other",                             "idle"),
         ("over",   r"F_O_(?!Alert).*",                  "bug"),
         ("over",   "other",                             "over"),
     )),
    (EVERY, "data-after-close", "Data behind close_notify",
     "A side sends application data behind its own close_notify.", "8446 6.1; 5246 7.2.1", CONTRACT, (
         ("idle",   "O_Alert.warning.close_notify",      "closed"),
         ("idle",   "other",                             "idle"),
         ("closed", "O_ApplicationData",                 "bug"),
         ("closed", "other",                             "closed"),
     )),
    (EVERY, "early-data", "Data before the handshake is complete",
     "A side hands out or sends application data before its first handshake is complete.", "8446 2; 5246 7.3", SECURITY, (
         ("idle",   SUCCESS,                             "done"),
         ("idle",   "{R_record_recv.DATA, R_record_send.SUCCESS}", "bug"),
         ("idle",   "other",                             "idle"),
     )),
)
# fmt: on


def _patterns() -> Iterator[Pattern]:
    for machines, short, title, sentence, cite, severity, rows in _TABLE:
        side = machines[0].rstrip("*").replace("dtls12-", "").replace("tls12-", "").replace("tls13-", "13-")
        yield Pattern(
            f"{side}-{short}".lstrip("-"), title, sentence, cite, severity, automaton(*rows), machines
        )


WITHOUT: Final = {
    "client-no-certificate": ("exchange=psk", "exchange=ecdhe_psk"),
    "client-no-server-key-exchange": ("exchange=rsa", "exchange=psk"),
    "13-client-certificate-before-request": ("late_auth=request", "late_auth=require"),
    "13-client-request-twice": ("late_auth=request", "late_auth=require"),
    "13-server-no-client-certificate": ("late_auth=request", "late_auth=require"),
    "13-server-no-certificate-verify": ("late_auth=request", "late_auth=require"),
}
"""Scenarios in which a pattern says nothing: the message is not due there, or a call succeeds before it is."""

PATTERNS: Final[dict[str, Pattern]] = {pattern.id: pattern for pattern in _patterns()}


def patterns_for(machine: str) -> tuple[Pattern, ...]:
    """Return the patterns that runs of the machine called `machine` are checked against."""
    settings = machine.partition("?")[2].split("&")
    return tuple(
        pattern
        for pattern in PATTERNS.values()
        if any(fnmatchcase(machine, wanted) for wanted in pattern.machines)
        and not any(setting in settings for setting in WITHOUT.get(pattern.id, ()))
    )
