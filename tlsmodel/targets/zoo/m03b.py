"""One warning more than the manual allows is not fatal."""

from __future__ import annotations

from impl import receive
from impl.limits import MAX_WARNINGS
from tlsmodel.targets.zoo.bug import BOTH, DTLS12, TLS12, Bug, attribute

BUG = Bug(
    "M03b",
    "17 warnings in a handshake are allowed",
    "a slip in the caller's contract",
    BOTH,
    (TLS12, DTLS12),
    lambda: attribute(receive, "MAX_WARNINGS", MAX_WARNINGS + 1),
)
