"""What the caller is promised: codes, the direction bit, warnings, and calls that are made again."""

# fmt: off
from __future__ import annotations

from typing import Final

from tlsmodel.spec.properties.formula import Becomes, Calls, Is, Returns, Sends, Was
from tlsmodel.spec.properties.property import Property, Scope
from tlsmodel.spec.properties.temporal import AtMost, Never, NotForever, Possible, Precedes
from tlsmodel.spec.properties.order import DATAGRAMS, STREAMS
from tlsmodel.spec.properties.words import NON_FATAL_RETURNS, calls, completes, holds, phase, sends
from tlsmodel.spec.properties.formula import Meets
from tlsmodel.spec.row import Verb
from tlsmodel.spec.symbols import CALLS

HANDSHAKING = ("handshake",)
UPDATES = ("KeyUpdate.requested", "KeyUpdate.not_requested")
MESSAGES = ("ClientHello", "ClientKeyExchange", "Finished", "KeyUpdate.requested", "ApplicationData")
AT_REST = ~holds("failed") & Is("", "closure", ("open",)) & ~holds("inbox") & ~holds("unfinished")
ESTABLISHED = holds("complete") & phase("CONNECTED")
LIVE_CALLS = tuple(call.name for call in CALLS if call.name != "bye" and not call.name.startswith("alert_send"))


def on(*names: str) -> tuple[Scope, ...]:
    return (Scope(names),)


PROPERTIES: Final = (
    Property("never-back-to-start", "A non-fatal code never takes the handshake back to its beginning.",
        Never(NON_FATAL_RETURNS & Was(~phase("START")) & Becomes(phase("START"))),
        "gnutls_handshake(3)", ("G01",), on(*STREAMS, *DATAGRAMS)),
    Property("never-undone", "A non-fatal code from record_recv() never undoes a complete handshake.",
        Never(NON_FATAL_RETURNS & calls("record_recv") & Was(ESTABLISHED) & Becomes(~ESTABLISHED)),
        "gnutls_record_recv(3)", ("request-undoes",), on(*STREAMS, *DATAGRAMS)),
    Property("direction-of-writing", "Direction write is said only where something waits to be written.",
        Never(Calls(HANDSHAKING) & Returns(("AGAIN", "INTERRUPTED"), 1) & Becomes(~holds("output"))),
        "gnutls_record_get_direction(3)", ("flush-forgets",), on(*STREAMS, *DATAGRAMS)),
    Property("direction-of-reading", "Direction read is said only where the call itself has nothing left to write.",
        Never(Calls(HANDSHAKING) & Returns(("AGAIN", "INTERRUPTED"), 0) & Becomes(holds("unfinished.handshake"))),
        "gnutls_record_get_direction(3)", ("M02",), on(*STREAMS, *DATAGRAMS)),
    Property("dead-after-fatal", "After a fatal code nothing succeeds and nothing of the session is sent.",
        Never(Was(holds("failed")) & Calls(LIVE_CALLS) & (Returns(("SUCCESS", "DATA")) | sends(*MESSAGES))),
        "gnutls_error_is_fatal(3)", ("T13",), on(*STREAMS, *DATAGRAMS)),
    Property("warnings-bounded", "Warnings in one handshake are bounded, however often handshake() is called.",
        AtMost(1, Calls(HANDSHAKING) & Becomes(~holds("complete")) & Returns(("WARNING_ALERT_RECEIVED",)), again=completes()),
        "gnutls_handshake(3)", ("M03", "G14", "T14"), on("tls12-client", "tls12-server")),
    Property("nothing-twice", "What a call could not write goes out once when it is called again.",
        Never(Sends(("ApplicationData",), times=2) | Sends(("KeyUpdate.requested",), times=2)),
        "gnutls_record_send(3); gnutls_handshake(3)", ("M01",), on(*STREAMS, *DATAGRAMS)),
    Property("server-handshake-is-idle", "At a TLS 1.3 server handshake() after completion sends nothing.",
        Never(Was(holds("complete")) & Calls(HANDSHAKING) & sends(*UPDATES)),
        "gnutls_handshake(3)", ("M06",), on("tls13-server")),
    Property("client-handshake-updates", "At a TLS 1.3 client handshake() after completion updates the keys.",
        Never(Was(holds("complete") & AT_REST & ~holds("output")) & Calls(HANDSHAKING) & Returns(("SUCCESS",)) & ~sends(*UPDATES)),
        "gnutls_handshake(3)", ("M06b",), on("tls13-client")),
    Property("update-answered", "A requested key update is answered before the next data.",
        Precedes(sends(*UPDATES), sends("ApplicationData"), again=Meets(("KeyUpdate.requested",), (Verb.IGNORE,)), once_asked=True),
        "8446 4.6.3", ("update-unanswered",), on("tls13-client", "tls13-server")),
    Property("silent-after-bye", "After bye() no data is sent.",
        Never(Was(Is("", "closure", ("write_closed", "closed")) & ~holds("output")) & sends("ApplicationData")),
        "8446 6.1; 5246 7.2.1", ("send-after-bye",), on(*STREAMS, *DATAGRAMS)),
    Property("progress", "As long as nothing fatal happened, calling again can still end in success.",
        Possible(AT_REST & Is("", "late", ("False",)), holds("complete")),
        "gnutls_handshake(3)", ("finished-ignored",), on(*STREAMS)),
    Property("no-livelock", "A caller that repeats a call is not told for ever that it was interrupted.",
        NotForever(Calls(LIVE_CALLS) & (Returns(("INTERRUPTED", "LARGE_PACKET")) | Returns(("AGAIN",), 1))),
        "gnutls_handshake(3)", ("never-flushed",), on(*STREAMS, *DATAGRAMS)),
)
