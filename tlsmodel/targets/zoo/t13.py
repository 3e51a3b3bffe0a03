"""After a fatal failure the session passes for established, and reading hands out what comes in the clear."""

from __future__ import annotations

from impl import Code
from impl.perform import Memory
from impl.step import Refusal
from tlsmodel.spec.scenario import Version
from tlsmodel.targets.zoo.bug import BOTH, Bug, attribute


def _forget(memory: Memory, refusal: Refusal) -> Code:
    memory.complete = True
    return refusal.code


BUG = Bug(
    "T13",
    "after a failed handshake, reading and writing pass plaintext",
    "CVE-2017-3737, OpenSSL 1.0.2b to 1.0.2m",
    BOTH,
    (Version.TLS12, Version.TLS13),
    lambda: attribute(Memory, "fail", _forget),
)
