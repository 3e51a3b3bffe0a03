"""What a client and a server together guarantee: agreement, authenticity, progress."""

# fmt: off
from __future__ import annotations

from typing import Final

from tlsmodel.spec.properties.formula import By, Is, Was
from tlsmodel.spec.properties.property import Property, Scope
from tlsmodel.spec.properties.temporal import Always, LeadsTo, Never, NoDeadlock
from tlsmodel.spec.properties.words import delivers, holds, implies, sends

STREAMS = ("tls12", "tls13")
ATTACKED = (("attacker", "1"), ("channel", "1"))
BOTH_DONE = holds("complete", "client") & holds("complete", "server")
BOTH_ESTABLISHED = holds("established", "client") & holds("established", "server")
SAME_TRANSCRIPT = Is("register", "touched_client", ("0",)) & Is("register", "touched_server", ("0",))


def on(names: tuple[str, ...], settings: tuple[tuple[str, str], ...] = ()) -> tuple[Scope, ...]:
    return (Scope(names, settings),)


OPEN = (("byes", "0"),)
CROSSING = (("byes", "0"), ("renewals", "2"))
HONEST = on(STREAMS, OPEN)
"""Whoever closes ends what is under way, so that the ends are kept from it where nothing may fail."""
PROPERTIES: Final = (
    Property("agreement", "Two ends that both complete with each other have seen the same transcript.",
        Always(implies(BOTH_DONE & holds("agreed", "client") & holds("agreed", "server"), SAME_TRANSCRIPT)),
        "8446 4.4.4; 8446 E.1", ("finished-unchecked",), on(STREAMS, ATTACKED)),
    Property("server-authenticated", "A client that completes has agreed on its keys with the honest server.",
        Always(implies(holds("complete", "client"), holds("agreed", "client"))),
        "8446 E.1; 5246 F.1.1", ("T18", "T19", "T04"), on(STREAMS, ATTACKED)),
    Property("client-authenticated", "A server that requires a certificate completes only with the honest client.",
        Always(implies(holds("complete", "server"), holds("agreed", "server"))),
        "8446 E.1; 5246 F.1.1", ("T22", "T08"),
        on(("tls12?auth=require&certificate=on", "tls13?auth=require&certificate=on"), ATTACKED)),
    Property("rehandshake-bound", "A re-handshake is completed with whom the handshake before it was.",
        Always(~holds("spliced", "client") & ~holds("spliced", "server")),
        "5746 1; 5746 3", ("T01",), on(("tls12",), ATTACKED)),
    Property("client-data-secret", "A client sends application data only under keys shared with the honest server.",
        Never(By("client") & sends("ApplicationData") & Was(~holds("writes", "client"))),
        "8446 E.1; 5246 F.2", ("T18", "T19", "T04"), on(STREAMS, ATTACKED)),
    Property("client-data-authentic", "Data delivered to a client was sent by the honest server.",
        Never(By("client") & delivers("ApplicationData") & Was(~holds("reads", "client"))),
        "8446 E.2; 5246 F.2", ("T18", "T32"), on(STREAMS, ATTACKED)),
    Property("honest-never-fail", "Between two honest ends no handshake fails, whatever crosses on the way.",
        Always(~holds("failed", "client") & ~holds("failed", "server")),
        "8446 4; 5246 7.3", ("finished-refused", "cross-refused"), HONEST),
    Property("no-deadlock", "Two honest ends never wait for each other for ever.",
        NoDeadlock(),
        "8446 4; 5246 7.3; 8446 4.6.3", ("silent-server",), (*on(STREAMS), *on(STREAMS, CROSSING))),
    Property("both-finish", "Under fair scheduling two honest ends both complete.",
        LeadsTo(~holds("complete", "client") & ~holds("established", "client"), BOTH_ESTABLISHED),
        "8446 4; 5246 7.3", ("silent-server",), (*HONEST, *on(STREAMS))),
    Property("renewals-finish", "A re-handshake that was begun ends, also where requests and data cross it.",
        LeadsTo(holds("established", "client") & ~holds("complete", "client"), holds("complete", "client")),
        "5246 7.4.1.1", ("renewal-unanswered",), on(("tls12",), CROSSING)),
)
