"""After a fatal failure the session passes for established, and reading hands out what comes in the clear."""

from __future__ import annotations

from impl import CipherSuite, Code, Parameters
from impl.established import Connected
from impl.perform import Memory
from impl.step import Refusal
from tlsmodel.targets.zoo.bug import BOTH, TLS12, TLS13, Bug, attribute


def _forget(memory: Memory, refusal: Refusal) -> Code:
    parameters = Parameters(TLS12, CipherSuite.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256)
    memory.state, memory.version, memory.complete = Connected(b"", b"", parameters), TLS12, True
    return refusal.code


BUG = Bug(
    "T13",
    "after a failed handshake, reading and writing pass plaintext",
    "CVE-2017-3737, OpenSSL 1.0.2b to 1.0.2m",
    BOTH,
    (TLS12, TLS13),
    lambda: attribute(Memory, "fail", _forget),
)
