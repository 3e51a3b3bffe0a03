"""A client that shows a certificate need not prove that it has the key."""

from __future__ import annotations

from dataclasses import replace

from impl import Role, receive
from impl.step import Handled, Phase
from impl.tls12.agreed import settled
from impl.tls12.server import on_change_cipher_spec
from impl.tls12.server_states import WaitCertificateVerify, WaitChangeCipherSpec
from tlsmodel.targets.zoo.bug import SERVER, TLS12, Bug, entries


def _unproved(state: WaitCertificateVerify) -> Handled:
    pending = replace(state.pending, transcript=settled(state.pending.transcript))
    return on_change_cipher_spec(WaitChangeCipherSpec(pending))


BUG = Bug(
    "T08",
    "a server takes a client certificate without CertificateVerify for an authentication",
    "CVE-2015-0205, OpenSSL before 1.0.1k",
    (SERVER,),
    (TLS12,),
    lambda: entries(receive.ON_CHANGE_CIPHER_SPEC, {(TLS12, Role.SERVER, Phase.WAIT_CV): _unproved}),
)
