"""A server that requires a client certificate accepts Finished in its place."""

from __future__ import annotations

from impl import Config, Role
from impl.codec.enums import HandshakeType
from impl.record.joiner import Message
from impl.step import Handled, Phase
from impl.tls13.server import on_finished
from impl.tls13.server_states import WaitCertificate, WaitCertificateVerify, WaitFinished
from tlsmodel.targets.zoo.bug import SERVER, TLS13, Bug
from tlsmodel.targets.zoo.handlers import admits


def _omitted(state: WaitCertificate | WaitCertificateVerify, message: Message, config: Config) -> Handled:
    return on_finished(WaitFinished(state.pending), message, config)


BUG = Bug(
    "T22",
    "a server that requires client authentication accepts Finished without Certificate or CertificateVerify",
    "CVE-2022-25640, wolfSSL before 5.2.0",
    (SERVER,),
    (TLS13,),
    lambda: admits(
        TLS13,
        Role.SERVER,
        {(phase, HandshakeType.FINISHED): _omitted for phase in (Phase.WAIT_CERT, Phase.WAIT_CV)},
    ),
)
