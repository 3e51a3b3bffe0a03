"""Message bytes before and after a change of keys may share a record."""

from __future__ import annotations

from impl import perform, receive
from impl.codec.enums import ContentType
from impl.step import ReadKeys
from tlsmodel.targets.zoo.bug import BOTH, TLS12, TLS13, Bug, attribute, entries, together

BUG = Bug(
    "T29",
    "handshake bytes that came under old keys count after the keys have changed",
    "CVE-2023-6937, wolfSSL before 5.6.6",
    BOTH,
    (TLS12, TLS13),
    lambda: together(
        entries(perform._CHECKS, {ReadKeys: lambda _memory, _effect: None}),
        attribute(receive, "_MAY_INTERLEAVE", tuple(ContentType)),
    ),
)
