"""A server that waits for ClientKeyExchange takes CertificateVerify first."""

from __future__ import annotations

from impl import Role
from impl.codec.enums import HandshakeType
from impl.step import Handled, Phase
from tlsmodel.targets.zoo.bug import SERVER, TLS12, Bug
from tlsmodel.targets.zoo.handlers import admits

BUG = Bug(
    "T24",
    "a server accepts CertificateVerify before ClientKeyExchange",
    "CVE-2026-2645, wolfSSL up to 5.8.2",
    (SERVER,),
    (TLS12,),
    lambda: admits(
        TLS12,
        Role.SERVER,
        {(Phase.WAIT_CKE, HandshakeType.CERTIFICATE_VERIFY): lambda state, _message, _config: Handled(state)},
    ),
)
