"""Finished is accepted without ChangeCipherSpec before it, in the clear."""

from __future__ import annotations

from impl import Role
from impl.codec.enums import HandshakeType
from impl.step import Phase
from impl.tls12.client import on_finished
from tlsmodel.targets.zoo.bug import CLIENT, TLS12, Bug
from tlsmodel.targets.zoo.handlers import admits

BUG = Bug(
    "T03",
    "a client that waits for ChangeCipherSpec accepts Finished and stays in plaintext",
    "CVE-2014-6593, Oracle JSSE (SMACK)",
    (CLIENT,),
    (TLS12,),
    lambda: admits(TLS12, Role.CLIENT, {(Phase.WAIT_CCS, HandshakeType.FINISHED): on_finished}),
)
