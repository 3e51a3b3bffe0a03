"""goto fail: the signature over the server's key exchange is not checked."""

from __future__ import annotations

from impl.crypto import signatures
from tlsmodel.spec.scenario import Role, Version
from tlsmodel.targets.zoo.bug import Bug, attribute

BUG = Bug(
    "T18",
    "a client accepts any signature in ServerKeyExchange",
    "CVE-2014-1266, Apple (goto fail)",
    (Role.CLIENT,),
    (Version.TLS12,),
    lambda: attribute(signatures, "verify", lambda *_: True),
)
