"""Warning alerts are reported without end: a caller who calls again as the manual says never gets away."""

from __future__ import annotations

from impl import receive
from tlsmodel.targets.zoo.bug import BOTH, DTLS12, TLS12, Bug, attribute

BUG = Bug(
    "G14",
    "endless warning alerts in a handshake are all non-fatal",
    "GnuTLS before 3.5.6 (NEWS), related to CVE-2016-8610",
    BOTH,
    (TLS12, DTLS12),
    lambda: attribute(receive, "count_warning", lambda _memory, _what: None),
)
