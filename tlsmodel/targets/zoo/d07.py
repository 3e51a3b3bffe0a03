"""A ClientHello in a record of epoch 1 begins a handshake, although there are no keys of that epoch."""

from __future__ import annotations

from typing import Final

from impl.codec.enums import ContentType
from impl.record.datagram import HEADER_LENGTH, DatagramReader, Drop
from impl.record.stream import Record
from tlsmodel.targets.zoo.bug import DTLS12, SERVER, Bug, attribute

_open = DatagramReader._open
_CLIENT_HELLO: Final = bytes((1,))
_HANDSHAKE_IN_EPOCH_1: Final = bytes((ContentType.HANDSHAKE,)), b"\0\1"


def _of_any_epoch(self: DatagramReader, raw: bytes) -> Record | Drop | None:
    hello = raw[HEADER_LENGTH : HEADER_LENGTH + 1] == _CLIENT_HELLO
    if self.epoch == 0 and hello and (raw[:1], raw[3:5]) == _HANDSHAKE_IN_EPOCH_1:
        raw = raw[:3] + bytes(2) + raw[5:]
    return _open(self, raw)


BUG = Bug(
    "D07",
    "a server answers a first ClientHello whose record is of epoch 1",
    "eclipse-tinydtls/tinydtls issue 13",
    (SERVER,),
    (DTLS12,),
    lambda: attribute(DatagramReader, "_open", _of_any_epoch),
)
