"""A ChangeCipherSpec in the clear moves an established session to another epoch."""

from __future__ import annotations

from typing import Final

from impl import Role, receive
from impl.codec.enums import ContentType
from impl.crypto.suites import SUITES
from impl.established import Connected
from impl.keyschedule.tls12 import key_block
from impl.record.datagram import HEADER_LENGTH, DatagramReader, Drop
from impl.record.protection import Protection12
from impl.record.stream import Record
from impl.step import Handled, Phase, ReadKeys
from tlsmodel.targets.zoo.bug import BOTH, DTLS12, Bug, attribute, entries, together

_open = DatagramReader._open
_CHANGE_IN_EPOCH_0: Final = bytes((ContentType.CHANGE_CIPHER_SPEC,)), bytes(2)


def _in_the_clear(self: DatagramReader, raw: bytes) -> Record | Drop | None:
    if self.epoch and (raw[:1], raw[3:5]) == _CHANGE_IN_EPOCH_0:
        return Record(ContentType.CHANGE_CIPHER_SPEC, raw[HEADER_LENGTH:], True)
    return _open(self, raw)


def _move(state: Connected) -> Handled:
    suite = SUITES[state.parameters.cipher_suite]
    return Handled(state, (ReadKeys(Protection12(suite, key_block(suite, b"", b"", b"").client)),))


BUG = Bug(
    "D03",
    "an established session takes an unprotected ChangeCipherSpec and moves its epoch",
    "pion/dtls issue 138",
    BOTH,
    (DTLS12,),
    lambda: together(
        attribute(DatagramReader, "_open", _in_the_clear),
        entries(receive.ON_CHANGE_CIPHER_SPEC, {(DTLS12, role, Phase.CONNECTED): _move for role in Role}),
    ),
)
