"""Messages that came out of order and were never completed outlive the handshake."""

from __future__ import annotations

from impl.record.reassembly import Reassembly
from tlsmodel.targets.zoo.bug import BOTH, DTLS12, Bug, attribute, together

_restart = Reassembly.restart


def _keep(self: Reassembly) -> None:
    partials = dict(self._partials)
    _restart(self)
    self._partials.update(partials)


BUG = Bug(
    "D16",
    "messages that wait for earlier ones are kept beyond the handshake",
    "CVE-2016-2179, OpenSSL before 1.0.2i",
    BOTH,
    (DTLS12,),
    lambda: together(
        attribute(Reassembly, "restart", _keep), attribute(Reassembly, "forget", lambda _self: None)
    ),
)
