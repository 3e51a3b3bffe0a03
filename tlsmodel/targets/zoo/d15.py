"""Records that come before their keys are all kept, copies too, and each copy counts afterwards."""

from __future__ import annotations

from impl.record import datagram
from impl.record.datagram import DatagramReader, ReplayWindow
from impl.record.protection import Protection
from impl.record.stream import Record
from tlsmodel.targets.zoo.bug import BOTH, DTLS12, Bug, attribute, together

_use = DatagramReader.use


def _copies_too(self: DatagramReader, protection: Protection) -> list[Record]:
    with attribute(ReplayWindow, "admits", lambda _self, _sequence: True):
        return _use(self, protection)


BUG = Bug(
    "D15",
    "repeated records of the next epoch are buffered each time, without bound",
    "CVE-2015-0206, OpenSSL before 1.0.1k",
    BOTH,
    (DTLS12,),
    lambda: together(
        attribute(DatagramReader, "use", _copies_too), attribute(datagram, "MAX_EARLY_BYTES", 1 << 62)
    ),
)
