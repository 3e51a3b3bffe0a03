"""A session goes into the server's database although the client was given a ticket for it."""

from __future__ import annotations

from impl.tls12 import server
from tlsmodel.targets.zoo.bug import DTLS12, SERVER, TLS12, Bug, attribute

_session_id = server._session_id

BUG = Bug(
    "M10",
    "the store callback is called although a ticket was sent",
    "a slip in the caller's contract",
    (SERVER,),
    (TLS12, DTLS12),
    lambda: attribute(server, "_session_id", lambda config, _ticketed: _session_id(config, False)),
)
