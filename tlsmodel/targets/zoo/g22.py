"""A re-handshake may turn the peer into somebody else, and nobody is told."""

from __future__ import annotations

from impl.tls12 import renegotiation
from tlsmodel.targets.zoo.bug import BOTH, DTLS12, TLS12, Bug, attribute

BUG = Bug(
    "G22",
    "a re-handshake accepts another peer certificate silently",
    "GnuTLS before 3.5.0 (NEWS)",
    BOTH,
    (TLS12, DTLS12),
    lambda: attribute(renegotiation, "check_identity", lambda _parameters, _config, _previous: None),
)
