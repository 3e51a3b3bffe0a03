"""Re-handshakes of TLS 1.2 and DTLS 1.2: what is different when a connection exists already (RFC 5746, RFC 5246 7.4.1.1).

The place is the generation: `first` handshake that awaits the peer's hello; `bound` or `unbound`, a connection with or without RFC 5746;
`again_hello` and `again_hello_unbound`, a re-handshake that awaits the peer's hello; `again`, one under way; `later`, a first handshake under way.
A pair that has no row here is answered by the closure and phase tables as in a first handshake.
"""

# fmt: off
from __future__ import annotations

from tlsmodel.spec.choices import (
    BAD_DATAGRAM, BAD_RECORD_MAC, DATA_IN_REHANDSHAKE, DATA_IN_REHANDSHAKE_DATAGRAM, NO_RENEGOTIATION_LATE,
    SAFE_RENEGOTIATION, UNSAFE_AT_ONCE, UNSAFE_RENEGOTIATION,
)
from tlsmodel.spec.conditions import has
from tlsmodel.spec.row import Line, Table, Verb, row
from tlsmodel.spec.symbols import HANDSHAKE, delivery as on

FIRST, LATER, BOUND, UNBOUND, AGAIN_HELLO, AGAIN_HELLO_UNBOUND, AGAIN = PLACES = (
    "first", "later", "bound", "unbound", "again_hello", "again_hello_unbound", "again",
)
AWAITING = (AGAIN_HELLO, AGAIN_HELLO_UNBOUND)
CHECKS, SAFE, DEMANDS = ~has("policy", "disabled"), has("policy", "safe"), has("policy", "partial", "safe")

BINDING = tuple(
    on(name) for name in ("ClientHello", "ClientHello.resuming", "ClientHello.no_cookie", "ClientHello.misbound")
)

CLIENT_LINES = (
    row(FIRST,       on("ServerHello.unbound"),     refuse=SAFE_RENEGOTIATION,            cite="5746 4.1", when=SAFE),
    row(FIRST,       on("ServerHello.misbound"),    refuse=SAFE_RENEGOTIATION,            cite="5746 3.4", when=CHECKS),
    row(UNBOUND,     HANDSHAKE,                     refuse=UNSAFE_AT_ONCE,                cite="5746 4.2", when=DEMANDS),
    row(AGAIN_HELLO, (on("ServerHello.unbound"), on("ServerHello.misbound")),
                                                    refuse=SAFE_RENEGOTIATION,            cite="5746 3.5", when=CHECKS),
    row(AGAIN_HELLO_UNBOUND, (on("ServerHello"), on("ServerHello.resumed"), on("ServerHello.misbound")),
                                                    refuse=SAFE_RENEGOTIATION,            cite="5746 4.2", when=CHECKS),
    row(AGAIN_HELLO_UNBOUND, on("ServerHello.unbound"), refuse=UNSAFE_RENEGOTIATION,      cite="5746 4.2", when=DEMANDS),
    row(AWAITING,    on("Alert.no_renegotiation"),  notify="WARNING_ALERT_RECEIVED", sets="refused", cite="5246 7.2.2"),
    row(AGAIN,       on("Alert.no_renegotiation"),  refuse=NO_RENEGOTIATION_LATE,         cite="5246 7.2.2"),
    row(AWAITING,    on("ApplicationData"),         verb=Verb.DELIVER,                    cite="gnutls_handshake(3)"),
    row(AGAIN,       on("ApplicationData"),         refuse=DATA_IN_REHANDSHAKE,           cite="gnutls_handshake(3)"),
)
SERVER_LINES = (
    row(FIRST,       on("ClientHello.unbound"),     refuse=SAFE_RENEGOTIATION,            cite="5746 4.3", when=SAFE),
    row(FIRST,       on("ClientHello.misbound"),    refuse=SAFE_RENEGOTIATION,            cite="5746 3.6", when=CHECKS),
    row(BOUND,       (on("ClientHello.unbound"), on("ClientHello.misbound")),
                                                    refuse=SAFE_RENEGOTIATION,            cite="5746 3.7", when=CHECKS),
    row(UNBOUND,     on("ClientHello.unbound"),     refuse=UNSAFE_RENEGOTIATION,          cite="5746 4.4", when=DEMANDS),
    row(UNBOUND,     BINDING,
                                                    refuse=SAFE_RENEGOTIATION,            cite="5746 4.4", when=CHECKS),
    row(AGAIN,       on("Alert.no_renegotiation"),  refuse=NO_RENEGOTIATION_LATE,         cite="5246 7.2.2"),
    row(AGAIN,       on("ApplicationData"),         refuse=DATA_IN_REHANDSHAKE,           cite="gnutls_handshake(3)"),
)
UNREADABLE = row((*AWAITING, AGAIN), on("BadRecord"), refuse=BAD_RECORD_MAC,              cite="5246 7.2.2")
DATAGRAM_DATA = row(AGAIN, on("ApplicationData"), refuse=DATA_IN_REHANDSHAKE_DATAGRAM,    cite="6347 4.1")
UNREADABLE_DATAGRAM = row((*AWAITING, AGAIN), on("BadRecord"), refuse=BAD_DATAGRAM,       cite="6347 4.1.2.7")


def _over_datagrams(lines: tuple[Line, ...]) -> tuple[Line, ...]:
    return (*(line for line in lines if line.choice is not DATA_IN_REHANDSHAKE), DATAGRAM_DATA, UNREADABLE_DATAGRAM)


CLIENT = Table("tls12.client.rehandshake", PLACES, *CLIENT_LINES, UNREADABLE)
SERVER = Table("tls12.server.rehandshake", PLACES, *SERVER_LINES, UNREADABLE)
DATAGRAM_CLIENT = Table("dtls12.client.rehandshake", PLACES, *_over_datagrams(CLIENT_LINES))
DATAGRAM_SERVER = Table("dtls12.server.rehandshake", PLACES, *_over_datagrams(SERVER_LINES))

NOTHING_OFFERED = {on("ServerHello.resumed"): on("ServerHello")}
"""What is another message in a re-handshake whose ClientHello offers no session: none can be taken up."""
