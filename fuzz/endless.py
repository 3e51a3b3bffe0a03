"""Streams without an end, and what becomes of a session that reads one."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from typing import Final

from fuzz.deeds import TYPES, Deed
from fuzz.stage import Point, Stage
from fuzz.verdict import check_alert, check_death, check_memory, run
from impl import Code
from impl.codec.enums import ContentType, HandshakeType

_HANDSHAKE: Final = TYPES.index(ContentType.HANDSHAKE)
_DATA: Final = TYPES.index(ContentType.APPLICATION_DATA)
_TICKET: Final = b"\x00\x00\x0e\x10" + bytes(4) + b"\x01\x00" + b"\x00\x04abcd" + b"\x00\x00"

ENDLESS: Final[Mapping[str, Deed]] = {
    "empty data": Deed("empty data"),
    "data": Deed("known type", b"x" * 64, _DATA),
    "largest data": Deed("largest", b"x", _DATA),
    "largest handshake": Deed("largest", b"\x0b\x02\x00\x00", _HANDSHAKE),
    "bytes of a long message": Deed("long message", b"x", 128 * 1024),
    "pieces of a long message": Deed("long message", bytes(2**14), 128 * 1024),
    "ChangeCipherSpec": Deed("ChangeCipherSpec"),
    "protected ChangeCipherSpec": Deed("protected ChangeCipherSpec"),
    "user_canceled": Deed("alert", b"\x5a", 1),
    "no_renegotiation": Deed("alert", b"\x64", 1),
    "plain user_canceled": Deed("plain alert", b"\x5a", 1),
    "new tickets": Deed("message", _TICKET, HandshakeType.NEW_SESSION_TICKET),
    "key updates": Deed("message", b"\x00", HandshakeType.KEY_UPDATE),
    "key updates that ask for one": Deed("message", b"\x01", HandshakeType.KEY_UPDATE),
    "garbage": Deed("bytes", bytes(range(256))),
    **{f"empty {kind.name}": Deed("message", b"", kind) for kind in HandshakeType if kind < 26},
    **{f"long {kind.name}": Deed("message", bytes(1000), kind) for kind in HandshakeType if kind < 26},
}
"""What the peer repeats for ever, by name; each record is written with the keys of its moment."""


class Supply(deque[bytes]):
    """What a wire gives out: as many times a deed as wanted, each made when the one before has been read.

    Parameters
    ----------
    rounds: how often; the stream falls silent afterwards.
    """

    def __init__(self, stage: Stage, deed: Deed, rounds: int) -> None:
        super().__init__()
        self._stage = stage
        self._deed = deed
        self._rounds = rounds

    def _fill(self) -> None:
        while self._rounds and not len(self):
            self._rounds -= 1
            self.extend(self._deed.pieces(self._stage))

    def __bool__(self) -> bool:
        self._fill()
        return bool(len(self))

    def popleft(self) -> bytes:
        """Give out the next piece."""
        self._fill()
        return super().popleft()


def drown(point: Point, deed: Deed, rounds: int) -> Code | None:
    """Let a session read `rounds` times a deed in as few calls as it likes; return the fatal code, if any."""
    stage = Stage(point)
    supply = Supply(stage, deed, rounds)
    stage.victim.wire.incoming = supply
    code = run(stage, 40 * rounds)
    check_memory(stage)
    if code is not None:
        stage.victim.wire.incoming = deque()
        check_alert(stage, code)
        check_death(stage)
    return code
