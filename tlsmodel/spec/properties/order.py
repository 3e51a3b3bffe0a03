"""The order of messages: what must have been accepted before what, in one session."""

# fmt: off
from __future__ import annotations

from typing import Final

from tlsmodel.spec.properties.formula import Meets, Was
from tlsmodel.spec.properties.property import Property, Scope
from tlsmodel.spec.properties.temporal import AtMost, Never, Precedes
from tlsmodel.spec.properties.words import accepts, completes, delivers, holds, phase, sends, succeeds
from tlsmodel.spec.row import Verb

CCS = "ChangeCipherSpec"
DATA = accepts("ApplicationData") | delivers("ApplicationData")
STREAMS = ("tls12-client", "tls12-server", "tls13-client", "tls13-server")
DATAGRAMS = ("dtls12-client", "dtls12-server")
CLIENTS_12, SERVERS_12 = ("tls12-client", "dtls12-client"), ("tls12-server", "dtls12-server")
RESUMED = "ServerHello.resumed"
RESUMING_12 = ("tls12-client?resume=on", "tls12-server?resume=on")
RESUMING = (*RESUMING_12, "tls13-server?resume=on", "tls13-server?early=on&resume=on")
BAD = ("CertificateVerify.bad", "ServerKeyExchange.bad", "Finished.bad")
TAKEN = (Verb.ADVANCE, Verb.IGNORE, Verb.DELIVER, Verb.NOTIFY)


def on(*names: str) -> tuple[Scope, ...]:
    return (Scope(names),)


PROPERTIES: Final = (
    Property("data-after-finished", "No application data is delivered before the peer's Finished is verified.",
        Precedes(accepts("Finished"), DATA),
        "8446 4.4.4; 5246 7.4.9", ("T32", "M05"), on(*STREAMS, *DATAGRAMS, *RESUMING)),
    Property("client-keys-after-exchange", "A client changes its reading keys only after a key exchange, or to resume.",
        Precedes(sends("ClientKeyExchange") | accepts(RESUMED), accepts(CCS), again=completes()),
        "5246 7.1; 5246 7.4.7", ("T02",), on(*CLIENTS_12, "tls12-client?resume=on", "tls12-client?exchange=rsa")),
    Property("server-keys-after-exchange", "A server changes its reading keys only after a key exchange, or to resume.",
        Precedes(accepts("ClientKeyExchange") | sends(RESUMED), accepts(CCS), again=completes()),
        "5246 7.1; 5246 7.4.7", ("T02S",), on(*SERVERS_12, "tls12-server?resume=on")),
    Property("finished-under-new-keys", "Finished is accepted only after ChangeCipherSpec.",
        Precedes(accepts(CCS), accepts("Finished"), again=completes()),
        "5246 7.4.9", ("T03", "T04", "D04", "D05"), on(*CLIENTS_12, *SERVERS_12, *RESUMING_12)),
    Property("no-late-change-of-keys", "Outside a handshake nothing changes keys by ChangeCipherSpec.",
        Never(Meets((CCS,), (Verb.ADVANCE, Verb.DELIVER), at=("CONNECTED", "complete"))),
        "5246 7.1; 8446 5", ("D03",), on(*STREAMS, *DATAGRAMS)),
    Property("server-proof-12", "A TLS 1.2 client succeeds only with a signed ServerKeyExchange, or a session of before.",
        Precedes(accepts("ServerKeyExchange", RESUMED), succeeds(), again=completes()),
        "5246 7.4.3; 5246 7.3", ("T04",), on("tls12-client", "dtls12-client", "tls12-client?resume=on")),
    Property("server-proof-13", "A TLS 1.3 client succeeds only with the server's CertificateVerify, or a session of before.",
        Precedes(accepts("CertificateVerify", RESUMED), succeeds()),
        "8446 4.4.3; 8446 2.2", ("T19",), on("tls13-client")),
    Property("signatures-checked", "A signature or Finished that does not verify is never accepted.",
        Never(Meets(BAD, TAKEN)),
        "8446 4.4.3; 8446 4.4.4; 5246 7.4.3; 5246 7.4.9", ("T18", "T20", "finished-unchecked"), on(*STREAMS, *RESUMING)),
    Property("client-proof-12", "A TLS 1.2 server that requires a certificate succeeds only with its proof.",
        Precedes(accepts("CertificateVerify"), succeeds(), again=completes()),
        "5246 7.4.8", ("T08",), on("tls12-server?auth=require")),
    Property("client-proof-13", "A TLS 1.3 server that requires a certificate succeeds only with its proof.",
        Precedes(accepts("CertificateVerify"), succeeds()),
        "8446 4.4.2; 8446 4.4.3", ("T22",), on("tls13-server?auth=require")),
    Property("certificate-demanded", "A server that requires a certificate never takes an empty list for one.",
        Never(accepts("Certificate.empty")),
        "5246 7.4.6; 8446 4.4.2.4", ("empty-accepted",), on("tls12-server?auth=require", "tls13-server?auth=require")),
    Property("exchange-before-proof", "A client's proof is accepted only after its key exchange.",
        Precedes(accepts("ClientKeyExchange"), accepts("CertificateVerify"), again=completes()),
        "5246 7.4.8", ("T24",), on("tls12-server?auth=require")),
    Property("one-server-hello", "A server answers one ClientHello in a handshake.",
        AtMost(1, sends("ServerHello", "ServerHello.resumed"), again=completes()),
        "5246 7.4.1.2; 8446 4.1.2", ("G11",), on("tls12-server", "tls13-server", "tls12-server?resume=on")),
    Property("one-client-hello", "A TLS 1.2 client sends one ClientHello in a handshake, whatever asks for more.",
        Never(Was(~holds("complete") & ~phase("START") & ~holds("output")) & sends("ClientHello")),
        "5246 7.4.1.1", ("D13",), on("tls12-client")),
    Property("request-passed-over", "A HelloRequest in the middle of a handshake begins nothing.",
        Never(Was(~holds("complete")) & Meets(("HelloRequest",), (Verb.ADVANCE, Verb.DELIVER))),
        "5246 7.4.1.1", ("D13",), on(*CLIENTS_12)),
    Property("forward-secrecy", "An (EC)DHE client sends its share only after the server's.",
        Precedes(accepts("ServerKeyExchange"), sends("ClientKeyExchange"), again=completes()),
        "5246 7.4.3", ("T06",), on("tls12-client")),
    Property("no-export-keys", "With static RSA no ServerKeyExchange is accepted.",
        Never(accepts("ServerKeyExchange")),
        "5246 7.4.3", ("T05",), on("tls12-client?exchange=rsa")),
    Property("version-settled", "After HelloRetryRequest no other version is accepted.",
        Never(accepts("ServerHello.other_version")),
        "8446 4.1.4", ("T27",), on("tls13-client")),
    Property("binder-checked", "No session is resumed for a pre-shared key whose binder does not verify.",
        Never(accepts("ClientHello.bad_binder") & sends("ServerHello.resumed")),
        "8446 4.2.11.2", ("G03",), on("tls13-server?resume=on")),
    Property("renegotiation-bound", "A server renews only the connection that the ClientHello names.",
        Never(Was(holds("renewal")) & accepts("ClientHello.unbound", "ClientHello.misbound")),
        "5746 3.7", ("T01",), on("tls12-server?policy=safe")),
    Property("no-data-of-old-epochs", "No record of another epoch, and none that does not verify, is delivered.",
        Never(delivers("StaleRecord", "BadRecord")),
        "6347 4.1", ("D01",), on(*DATAGRAMS)),
    Property("cookie-first", "A datagram server that asks for cookies answers no ClientHello without one.",
        Precedes(sends("HelloVerifyRequest"), sends("ServerHello", "ServerHello.resumed")),
        "6347 4.2.1", ("cookie-skipped",), on("dtls12-server")),
    Property("unknown-records-refused", "A record of a type that nobody knows is not passed over.",
        Never(Meets(("UnknownRecord",), TAKEN)),
        "5246 6; 8446 5", ("G13",), on(*STREAMS)),
    Property("close-ends-the-handshake", "A peer that closes in the middle of a handshake ends it.",
        Never(Was(~holds("complete")) & Meets(("Alert.close_notify",), TAKEN)),
        "8446 6.1; 5246 7.2.1", ("T30",), on("tls12-server", "tls13-server")),
)
