"""A TLS 1.3 client that waits for a certificate accepts Finished: the server is not authenticated at all."""

from __future__ import annotations

from impl import Config, Role
from impl.codec.enums import HandshakeType
from impl.record.joiner import Message
from impl.step import Handled, Phase
from impl.tls13.client import on_finished
from impl.tls13.client_states import WaitCertificate, WaitCertificateOrRequest, WaitFinished
from tlsmodel.targets.zoo.bug import CLIENT, TLS13, Bug
from tlsmodel.targets.zoo.handlers import admits


def _unauthenticated(
    state: WaitCertificateOrRequest | WaitCertificate, message: Message, config: Config
) -> Handled:
    request = state.request if isinstance(state, WaitCertificate) else None
    return on_finished(WaitFinished(state.keyed, state.answers, request), message, config)


BUG = Bug(
    "T19",
    "a client that waits for Certificate or CertificateRequest accepts Finished",
    "CVE-2020-24613, wolfSSL before 4.5.0",
    (CLIENT,),
    (TLS13,),
    lambda: admits(
        TLS13,
        Role.CLIENT,
        {
            (phase, HandshakeType.FINISHED): _unauthenticated
            for phase in (Phase.WAIT_CERT_CR, Phase.WAIT_CERT)
        },
    ),
)
