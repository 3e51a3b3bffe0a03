"""The first ClientHello over datagrams has 32 zero bytes for its random."""

from __future__ import annotations

from dataclasses import replace

from impl import Config, negotiation
from impl.step import Handled
from tlsmodel.targets.zoo.bug import CLIENT, DTLS12, Bug, attribute

_begin = negotiation.begin


def _without_random(config: Config, *, early_data: bool = False) -> Handled:
    return _begin(replace(config, randomness=bytes), early_data=early_data)


BUG = Bug(
    "G02",
    "a client's first ClientHello has zeros for its random",
    "CVE-2020-11501, GNUTLS-SA-2020-03-31, GnuTLS 3.6.3 to 3.6.12",
    (CLIENT,),
    (DTLS12,),
    lambda: attribute(negotiation, "begin", _without_random),
)
