"""A forged record moves the replay window, and the genuine records behind it are dropped."""

from __future__ import annotations

from impl.record.datagram import DatagramReader, Drop
from impl.record.stream import Record
from tlsmodel.targets.zoo.bug import BOTH, DTLS12, Bug, attribute

_open = DatagramReader._open


def _window_first(self: DatagramReader, raw: bytes) -> Record | Drop | None:
    opened = _open(self, raw)
    if opened is Drop.FORGED:
        self._window.mark(int.from_bytes(raw[5:11]))
    return opened


BUG = Bug(
    "D17",
    "a forged record with a high sequence number moves the replay window",
    "CVE-2016-2181, OpenSSL before 1.0.2i",
    BOTH,
    (DTLS12,),
    lambda: attribute(DatagramReader, "_open", _window_first),
)
