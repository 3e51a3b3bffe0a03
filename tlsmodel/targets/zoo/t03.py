"""Finished is accepted without ChangeCipherSpec before it, in the clear."""

from __future__ import annotations

from impl import ProtocolVersion, Role
from impl.codec.enums import HandshakeType
from impl.step import Phase
from impl.tls12.client import on_finished
from tlsmodel.spec.scenario import Role as ModelRole
from tlsmodel.spec.scenario import Version
from tlsmodel.targets.zoo.bug import Bug
from tlsmodel.targets.zoo.handlers import admits

BUG = Bug(
    "T03",
    "a client that waits for ChangeCipherSpec accepts Finished and stays in plaintext",
    "CVE-2014-6593, Oracle JSSE (SMACK)",
    (ModelRole.CLIENT,),
    (Version.TLS12,),
    lambda: admits(
        ProtocolVersion.TLS12, Role.CLIENT, {(Phase.WAIT_CCS, HandshakeType.FINISHED): on_finished}
    ),
)
