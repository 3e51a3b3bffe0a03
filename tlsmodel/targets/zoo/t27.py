"""After HelloRetryRequest a ServerHello may still choose TLS 1.2."""

from __future__ import annotations

from impl.tls13 import client
from tlsmodel.targets.zoo.bug import CLIENT, TLS13, Bug, attribute

BUG = Bug(
    "T27",
    "a client that has got HelloRetryRequest goes on with TLS 1.2",
    "CVE-2019-17023, NSS before 3.49",
    (CLIENT,),
    (TLS13,),
    lambda: attribute(client, "check_older_version", lambda _state, _hello: None),
)
