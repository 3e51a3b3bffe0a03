"""Triple handshake: after a resumption, a renegotiation may bring another server certificate."""

from __future__ import annotations

from impl import Config, Parameters, Role
from impl.established import Connected
from impl.tls12 import renegotiation
from tlsmodel.targets.zoo.bug import CLIENT, TLS12, Bug, attribute

_check_identity = renegotiation.check_identity


def _but_after_resumption(parameters: Parameters, config: Config, previous: Connected | None) -> None:
    if config.role is Role.SERVER or previous is None or not previous.parameters.resumed:
        _check_identity(parameters, config, previous)


BUG = Bug(
    "T17",
    "a client accepts another server certificate in a renegotiation after a resumption",
    "CVE-2014-1295 and others (triple handshake); RFC 7627",
    (CLIENT,),
    (TLS12,),
    lambda: attribute(renegotiation, "check_identity", _but_after_resumption),
)
