"""Seeded bugs at the level of the model: each a few rows.  Those of the zoo carry its ids.

A test shows for every one of them that some property notices it, and for every property that some bug breaks it.
"""

# fmt: off
from __future__ import annotations

from typing import Final

from tlsmodel.spec.choices import UNEXPECTED_MESSAGE
from tlsmodel.spec.contract import (
    AGAIN_READ, AGAIN_WRITE, ENTER, FLUSH, INTERRUPTED_READ, STEP, Action, Signal, rule,
)
from tlsmodel.spec.mutation import Change, Mutation
from tlsmodel.spec.row import Line, Verb, row
from tlsmodel.spec.symbols import HANDSHAKE, RECORD_SEND, Return, Symbol, delivery as on
from tlsmodel.spec.tls12.client import FLIGHT
from tlsmodel.spec.tls12.server import CHANGE
from tlsmodel.spec.tls13.server import FULL as FULL_13, RESUMED as RESUMED_13

WAIT_13 = ("WAIT_EE", "WAIT_CERT_CR", "WAIT_CERT", "WAIT_CV", "WAIT_CV_R", "WAIT_FINISHED", "WAIT_FINISHED_R")
BEFORE_FINISHED_12 = ("WAIT_CERT", "WAIT_SKE", "WAIT_CR_DONE")
WARNING = Return("WARNING_ALERT_RECEIVED")


def _all(tables: str, line: Line) -> tuple[Change, ...]:
    """The same line in several tables, `tls12.client.phase dtls12.client.phase`."""
    return tuple(Change(table, line) for table in tables.split())


def _gone(tables: str, at: str | tuple[str, ...], *items: Symbol) -> tuple[Change, ...]:
    return tuple(Change(table, row(at, items, verb=Verb.IGNORE, cite=""), gone=True) for table in tables.split())


CLIENT_12, SERVER_12 = "tls12.client.phase dtls12.client.phase", "tls12.server.phase dtls12.server.phase"
CLIENT_13, SERVER_13 = "tls13.client.phase", "tls13.server.phase"
CLOSURES = "tls12.closure tls13.closure dtls12.closure"

_BUGS: Final = (
    Mutation("G01", "A client that gets a no_renegotiation warning in its first handshake starts again", "CVE-2020-24659",
        ("tls13-client",), (
            *_gone("tls13.closure", ("unversioned", "handshaking"), on("Alert.no_renegotiation")),
            *_all(CLIENT_13, row(("START", "WAIT_SH", "WAIT_SH_2", *WAIT_13), on("Alert.no_renegotiation"),
                                 notify=WARNING.code, to="START", cite="CVE-2020-24659")),
        )),
    Mutation("G03", "A server takes a pre-shared key whose binder does not verify", "CVE-2020-13777",
        ("tls13-server?resume=on",),
        _all(SERVER_13, row("START", on("ClientHello.bad_binder"), emit=RESUMED_13, to="WAIT_FINISHED", cite="CVE-2020-13777"))),
    Mutation("G11", "A second ClientHello inside one handshake is answered", "CVE-2008-1949",
        ("tls12-server", "tls13-server"), (
            *_all(SERVER_12, row("WAIT_CKE", on("ClientHello"), emit=["ServerHello"], to="WAIT_CKE", cite="CVE-2008-1949")),
            *_all(SERVER_13, row("WAIT_FINISHED", on("ClientHello"), emit=FULL_13, to="WAIT_FINISHED", cite="CVE-2008-1949")),
        )),
    Mutation("G13", "A heartbeat, which nobody has asked for, is handled in the middle of a handshake", "USENIX Security 2015",
        ("tls12-client", "tls12-server"), (
            *_all(CLIENT_12, row("WAIT_SH", on("UnknownRecord"), verb=Verb.IGNORE, cite="USENIX Security 2015")),
            *_all(SERVER_12, row("WAIT_CKE", on("UnknownRecord"), verb=Verb.IGNORE, cite="USENIX Security 2015")),
        )),
    Mutation("G14", "Warning alerts in a handshake are not counted", "GnuTLS NEWS 3.5.6",
        ("tls12-client", "tls12-server"),
        contract=(rule(HANDSHAKE, STEP, Signal.EXCESS, cite="GnuTLS NEWS 3.5.6", returns=(WARNING,)),)),
    Mutation("T01", "A re-handshake is not bound to the connection that it renews", "CVE-2009-3555",
        ("tls12-server?policy=safe", "tls12"), (
            *_gone("tls12.server.rehandshake tls12.client.rehandshake", ("first", "bound", "unbound", "again_hello", "again_hello_unbound"),
                on("ClientHello.unbound"), on("ClientHello.misbound"), on("ServerHello.unbound"), on("ServerHello.misbound")),
            *_all(CLIENT_12, row("WAIT_SH", on("ServerHello.misbound"), to="WAIT_CERT", cite="CVE-2009-3555")),
        )),
    Mutation("T02", "A client accepts ChangeCipherSpec before any key exchange", "CVE-2014-0224",
        ("tls12-client", "dtls12-client"),
        _all(CLIENT_12, row("WAIT_CERT", on("ChangeCipherSpec"), to="WAIT_CERT", cite="CVE-2014-0224"))),
    Mutation("T02S", "A server accepts ChangeCipherSpec before any key exchange", "CVE-2014-0224",
        ("tls12-server", "dtls12-server"),
        _all(SERVER_12, row("WAIT_CKE", on("ChangeCipherSpec"), to="WAIT_CKE", cite="CVE-2014-0224"))),
    Mutation("T03", "A client takes Finished without ChangeCipherSpec", "CVE-2014-6593",
        ("tls12-client", "dtls12-client"),
        _all(CLIENT_12, row("WAIT_CCS", on("Finished"), to="CONNECTED", cite="CVE-2014-6593"))),
    Mutation("T04", "A client takes Finished where the server's certificate is due", "CVE-2015-2318",
        ("tls12-client", "tls12"),
        _all(CLIENT_12, row(BEFORE_FINISHED_12, on("Finished"), to="CONNECTED", cite="CVE-2015-2318"))),
    Mutation("T05", "A client of static RSA takes the short key of a ServerKeyExchange", "CVE-2015-0204",
        ("tls12-client?exchange=rsa",),
        _all(CLIENT_12, row("WAIT_CR_DONE", on("ServerKeyExchange"), to="WAIT_CR_DONE", cite="CVE-2015-0204"))),
    Mutation("T06", "An ECDHE client carries on without ServerKeyExchange", "CVE-2014-3572",
        ("tls12-client",),
        _all(CLIENT_12, row("WAIT_SKE", on("ServerHelloDone"), emit=FLIGHT, to="WAIT_CCS", cite="CVE-2014-3572"))),
    Mutation("T08", "A server takes a client for authenticated without its CertificateVerify", "CVE-2015-0205",
        ("tls12-server?auth=require", "tls12?auth=require&certificate=on"),
        _all(SERVER_12, row("WAIT_CV", on("ChangeCipherSpec"), to="WAIT_FINISHED", cite="CVE-2015-0205"))),
    Mutation("T13", "After a fatal error data is passed on as if nothing had happened", "CVE-2017-3737",
        ("tls13-client", "tls13-server", "tls12-client", "tls12-server"),
        contract=(rule(RECORD_SEND, ENTER, Signal.FAILED, cite="CVE-2017-3737", action=Action.QUEUE_DATA, then=(FLUSH,)),)),
    Mutation("T14", "A flood of warning alerts is never cut off", "CVE-2016-8610",
        ("tls12-server", "tls12-client"),
        contract=(rule(HANDSHAKE, STEP, Signal.EXCESS, cite="CVE-2016-8610", returns=(WARNING,)),)),
    Mutation("T18", "The signature of ServerKeyExchange is not checked", "CVE-2014-1266",
        ("tls12-client", "tls12"),
        _all(CLIENT_12, row("WAIT_SKE", on("ServerKeyExchange.bad"), to="WAIT_CR_DONE", cite="CVE-2014-1266"))),
    Mutation("T19", "A TLS 1.3 client takes Finished where the server's certificate is due", "CVE-2020-24613",
        ("tls13-client", "tls13"),
        _all(CLIENT_13, row("WAIT_CERT_CR", on("Finished"), emit=["Finished"], to="CONNECTED", cite="CVE-2020-24613"))),
    Mutation("T20", "A CertificateVerify that does not verify is passed over", "CVE-2021-3336",
        ("tls13-client",),
        _all(CLIENT_13, row("WAIT_CV", on("CertificateVerify.bad"), to="WAIT_FINISHED", cite="CVE-2021-3336"))),
    Mutation("T22", "A server that requires a certificate takes Finished instead", "CVE-2022-25640",
        ("tls13-server?auth=require", "tls13?auth=require&certificate=on"),
        _all(SERVER_13, row("WAIT_CERT", on("Finished"), to="CONNECTED", cite="CVE-2022-25640"))),
    Mutation("T24", "A server takes CertificateVerify before ClientKeyExchange", "CVE-2026-2645",
        ("tls12-server?auth=require",),
        _all(SERVER_12, row("WAIT_CKE_V", on("CertificateVerify"), to="WAIT_CKE_V", cite="CVE-2026-2645"))),
    Mutation("T27", "After HelloRetryRequest a ServerHello of another version is taken", "CVE-2019-17023",
        ("tls13-client",),
        _all(CLIENT_13, row("WAIT_SH_2", on("ServerHello.other_version"), to="WAIT_EE", cite="CVE-2019-17023"))),
    Mutation("T30", "A close_notify in the middle of a handshake is passed over", "CVE-2024-32650",
        ("tls12-server", "tls13-server"),
        _all(CLOSURES, row("handshaking", on("Alert.close_notify"), verb=Verb.IGNORE, cite="CVE-2024-32650"))),
    Mutation("T32", "A client hands data to the application before the server's Finished", "CVE-2013-1740",
        ("tls12-client", "tls12", "tls13"), (
            *_all(CLIENT_12, row(("WAIT_CCS", "WAIT_FINISHED"), on("ApplicationData"), verb=Verb.DELIVER, cite="CVE-2013-1740")),
            *_all(CLIENT_13, row(WAIT_13, on("ApplicationData"), verb=Verb.DELIVER, cite="CVE-2013-1740")),
        )),
    Mutation("D01", "Data of an old epoch is delivered", "CVE-2019-20786",
        ("dtls12-client", "dtls12-server"),
        _all("dtls12.client.phase dtls12.server.phase", row("CONNECTED", on("StaleRecord"), verb=Verb.DELIVER, cite="CVE-2019-20786"))),
    Mutation("D03", "An injected ChangeCipherSpec is accepted on an established connection", "pion/dtls#138",
        ("dtls12-client", "tls12-client"),
        _all(CLIENT_12, row("CONNECTED", on("ChangeCipherSpec"), to="CONNECTED", cite="pion/dtls#138"))),
    Mutation("D04", "A server takes Finished where the key exchange is due", "USENIX Security 2020",
        ("dtls12-server", "tls12-server"),
        _all(SERVER_12, row("WAIT_CKE", on("Finished"), emit=CHANGE, to="CONNECTED", cite="USENIX Security 2020"))),
    Mutation("D05", "A server takes a plain Finished where ChangeCipherSpec is due", "USENIX Security 2020",
        ("dtls12-server", "tls12-server"),
        _all(SERVER_12, row("WAIT_CCS", on("Finished"), emit=CHANGE, to="CONNECTED", cite="USENIX Security 2020"))),
    Mutation("D13", "A HelloRequest in the middle of a handshake is answered with another ClientHello", "CVE-2014-0221",
        ("tls12-client", "dtls12-client"),
        _all(CLIENT_12, row("WAIT_SH", on("HelloRequest"), emit=["ClientHello"], to="WAIT_SH", cite="CVE-2014-0221"))),
    Mutation("M01", "A call that was blocked in a write builds its message again", "contract",
        ("tls13-client", "tls12-client", "tls12-server", "tls13-server"), contract=(
            rule(HANDSHAKE, ENTER, Signal.UNFINISHED, cite="contract", action=Action.BEGIN, then=(FLUSH,)),
            rule(RECORD_SEND, ENTER, Signal.UNFINISHED, cite="contract", action=Action.QUEUE_DATA, then=(FLUSH,)),
        )),
    Mutation("M02", "A call that is blocked in a write says that it waits for reading", "contract",
        ("tls13-client", "tls12-client", "tls12-server"), contract=(
            rule(HANDSHAKE, FLUSH, Signal.BLOCKED, cite="contract", action=Action.STAY, returns=(AGAIN_READ,)),
            rule(HANDSHAKE, FLUSH, Signal.INTERRUPTED, cite="contract", action=Action.STAY, returns=(INTERRUPTED_READ,)),
        )),
    Mutation("M03", "The count of warnings begins anew with every call", "contract",
        ("tls12-client", "tls12-server"),
        contract=(rule(HANDSHAKE, STEP, Signal.EXCESS, cite="contract", returns=(WARNING,)),)),
    Mutation("M05", "Application data in the first handshake is kept for later", "contract",
        ("tls12-server", "tls12-client"), (
            *_all(SERVER_12, row(("WAIT_CKE", "WAIT_CCS", "WAIT_FINISHED"), on("ApplicationData"), verb=Verb.DELIVER, cite="contract")),
            *_all(CLIENT_12, row("WAIT_FINISHED", on("ApplicationData"), verb=Verb.DELIVER, cite="contract")),
        )),
    Mutation("M06", "A TLS 1.3 server's handshake() after completion updates its keys", "contract",
        ("tls13-server",),
        _all(SERVER_13, row("CONNECTED", HANDSHAKE, emit=["KeyUpdate.not_requested"], cite="contract"))),
    Mutation("M06b", "A TLS 1.3 client's handshake() after completion does nothing", "contract",
        ("tls13-client",),
        _all(CLIENT_13, row("CONNECTED", HANDSHAKE, verb=Verb.IGNORE, cite="contract"))),
)
_OWN: Final = (
    Mutation("finished-unchecked", "Finished is not verified", "8446 4.4.4",
        ("tls12", "tls13", "tls12-client", "tls13-client"), (
            *_all(CLIENT_12, row("WAIT_FINISHED", on("Finished.bad"), to="CONNECTED", cite="5246 7.4.9")),
            *_all(SERVER_12, row("WAIT_FINISHED", on("Finished.bad"), emit=CHANGE, to="CONNECTED", cite="5246 7.4.9")),
            *_all(CLIENT_13, row("WAIT_FINISHED", on("Finished.bad"), emit=["Finished"], to="CONNECTED", cite="8446 4.4.4")),
            *_all(SERVER_13, row("WAIT_FINISHED", on("Finished.bad"), to="CONNECTED", cite="8446 4.4.4")),
            *_all(CLIENT_13, row("WAIT_CV", on("CertificateVerify.bad"), to="WAIT_FINISHED", cite="8446 4.4.3")),
        )),
    Mutation("empty-accepted", "An empty list of certificates is taken for a certificate", "8446 4.4.2.4",
        ("tls12-server?auth=require", "tls13-server?auth=require"), (
            *_all(SERVER_12, row("WAIT_CERT", on("Certificate.empty"), to="WAIT_CKE_V", cite="5246 7.4.6")),
            *_all(SERVER_13, row("WAIT_CERT", on("Certificate.empty"), to="WAIT_CV", cite="8446 4.4.2.4")),
        )),
    Mutation("cookie-skipped", "A datagram server answers a ClientHello without a cookie", "6347 4.2.1",
        ("dtls12-server",),
        _all("dtls12.server.phase", row("START", on("ClientHello.no_cookie"), to="WAIT_CKE", cite="6347 4.2.1",
                                        emit=["ServerHello", "Certificate", "ServerKeyExchange", "ServerHelloDone"]))),
    Mutation("request-undoes", "A HelloRequest takes an established connection back into its handshake", "gnutls_record_recv(3)",
        ("tls12-client", "dtls12-client"),
        _all(CLIENT_12, row("CONNECTED", on("HelloRequest"), notify="REHANDSHAKE", to="WAIT_SH", cite="gnutls_record_recv(3)"))),
    Mutation("flush-forgets", "A blocked write is forgotten instead of kept", "gnutls_record_get_direction(3)",
        ("tls13-client", "tls12-client", "tls12-server"),
        contract=(rule(HANDSHAKE, FLUSH, Signal.BLOCKED, cite="gnutls_record_get_direction(3)", action=Action.COUNT, returns=(AGAIN_WRITE,)),)),
    Mutation("update-unanswered", "A requested key update is never answered", "8446 4.6.3",
        ("tls13-client", "tls13-server"),
        _all(f"{CLIENT_13} {SERVER_13}", row("CONNECTED", on("KeyUpdate.requested"), verb=Verb.IGNORE, cite="8446 4.6.3"))),
    Mutation("send-after-bye", "After bye() data is still sent", "8446 6.1",
        ("tls13-client", "tls13-server", "tls12-client", "tls12-server"),
        contract=(rule(RECORD_SEND, ENTER, Signal.WRITE_CLOSED, cite="8446 6.1", action=Action.QUEUE_DATA, then=(FLUSH,)),)),
    Mutation("finished-ignored", "Finished is passed over, so that the handshake never ends", "gnutls_handshake(3)",
        ("tls13-client", "tls13-server", "tls12-client", "tls12-server"), (
            *_all(f"{CLIENT_12} {SERVER_12} {SERVER_13}", row("WAIT_FINISHED", on("Finished"), verb=Verb.IGNORE, cite="gnutls_handshake(3)")),
            *_all(CLIENT_13, row(("WAIT_FINISHED", "WAIT_FINISHED_R"), on("Finished"), verb=Verb.IGNORE, cite="gnutls_handshake(3)")),
        )),
    Mutation("never-flushed", "A call that was blocked in a write says so for ever", "gnutls_handshake(3)",
        ("tls13-client", "tls12-client", "tls12-server"),
        contract=(rule(HANDSHAKE, ENTER, Signal.UNFINISHED, cite="gnutls_handshake(3)", returns=(AGAIN_WRITE,)),)),
    Mutation("finished-refused", "A server refuses the client's Finished", "5246 7.4.9",
        ("tls12", "tls13"),
        _all(f"{SERVER_12} {SERVER_13}", row("WAIT_FINISHED", on("Finished"), refuse=UNEXPECTED_MESSAGE, cite="5246 7.4.9"))),
    Mutation("cross-refused", "A client refuses a HelloRequest that crosses its own ClientHello", "5246 7.4.1.1",
        ("tls12",),
        _all(CLIENT_12, row("WAIT_SH", on("HelloRequest"), refuse=UNEXPECTED_MESSAGE, cite="5246 7.4.1.1"))),
    Mutation("silent-server", "A server accepts Finished and never sends its own flight", "5246 7.4.9",
        ("tls12", "tls13"), (
            *_all(SERVER_12, row("WAIT_FINISHED", on("Finished"), to="CONNECTED", cite="5246 7.4.9")),
            *_all(SERVER_13, row("START", on("ClientHello"), emit=FULL_13[:-1], to="WAIT_FINISHED", cite="8446 4.4.4")),
        )),
    Mutation("renewal-unanswered", "A ClientHello for another handshake is passed over", "5246 7.4.1.2",
        ("tls12",),
        _all(SERVER_12, row("CONNECTED", on("ClientHello"), verb=Verb.IGNORE, cite="5246 7.4.1.2"))),
)
MUTATIONS: Final[dict[str, Mutation]] = {item.id: item for item in (*_BUGS, *_OWN)}
"""Every mutation, by id."""

UNSEEN: Final[dict[str, str]] = {
    "D07": "the epoch of a ClientHello is not a letter of the alphabet",
    "D09": "in a session machine records keep their order; the pair's network moves them, the tables drop them",
    "D10": "which Finished is a true retransmission is a matter of numbers, which the model does not carry",
    "D15": "how often a record is buffered is not part of a state",
    "D16": "what is kept after a handshake is not part of a state",
    "D17": "the replay window is below the model: a forged record is BadRecord",
    "D19": "a listener's next session is another machine",
    "D21": "an association and its address are outside a session",
    "G02": "the random bytes of a hello are not part of a symbol",
    "G21": "names of servers are not part of a symbol",
    "G22": "who a certificate names is not part of a symbol",
    "M03b": "one warning more than the limit is the limit of another scenario",
    "M04": "the verify callback is not a letter of the alphabet",
    "M10": "what a server stores is not part of an output",
    "M10b": "what a server stores is not part of an output",
    "M13": "the rate of key updates is a matter of time",
    "M13b": "the rate of key updates is a matter of time",
    "T17": "who a certificate names is not part of a symbol",
    "T25": "how many ChangeCipherSpec are passed over is a bound below the model",
    "T29": "where records end is below the model: a message is a symbol",
}
"""Bugs of the zoo that cannot be seen at this level, with the reason."""
