"""SKIP-TLS: the server jumps from its hello straight to Finished, unauthenticated and without keys."""

from __future__ import annotations

from impl import Code, Config, NamedGroup, Parameters, Role, SignatureScheme
from impl.codec.enums import HandshakeType
from impl.codec.finished import Finished
from impl.established import Connected
from impl.keyschedule.tls12 import SERVER_FINISHED, verify_data
from impl.record.joiner import Message
from impl.step import Complete, Handled, Phase, Refusal
from impl.tls12.agreed import secrets_again
from impl.tls12.client_states import WaitCertificate
from tlsmodel.targets.zoo.bug import CLIENT, TLS12, Bug
from tlsmodel.targets.zoo.handlers import admits


def _skip(state: WaitCertificate, message: Message, _config: Config) -> Handled:
    suite = state.agreed.suite
    expected = verify_data(suite, b"", SERVER_FINISHED, state.transcript.digest())
    if Finished.parse(message.body).verify_data != expected:
        raise Refusal(Code.ERROR_IN_FINISHED_PACKET, "the server's Finished is wrong")
    parameters = Parameters(TLS12, suite.number, NamedGroup.X25519, SignatureScheme.ECDSA_SECP256R1_SHA256)
    made = secrets_again(state.agreed, b"")
    return Handled(Connected(b"", expected, parameters), (Complete(parameters, made),))


BUG = Bug(
    "T04",
    "a client that waits for the server's certificate accepts Finished",
    "SKIP-TLS: CyaSSL before 3.3.0, Mono CVE-2015-2318",
    (CLIENT,),
    (TLS12,),
    lambda: admits(TLS12, Role.CLIENT, {(Phase.WAIT_CERT, HandshakeType.FINISHED): _skip}),
)
