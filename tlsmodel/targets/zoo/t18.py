"""goto fail: the signature over the server's key exchange is not checked."""

from __future__ import annotations

from impl.crypto import signatures
from tlsmodel.targets.zoo.bug import CLIENT, TLS12, Bug, attribute

BUG = Bug(
    "T18",
    "a client accepts any signature in ServerKeyExchange",
    "CVE-2014-1266, Apple (goto fail)",
    (CLIENT,),
    (TLS12,),
    lambda: attribute(signatures, "verify", lambda *_: True),
)
