"""A ClientHello in the clear, which anyone can forge, makes a server forget the association at once."""

from __future__ import annotations

from typing import Final

from impl.codec.enums import ContentType
from impl.dtls12.channel import DatagramChannel
from impl.record.datagram import HEADER_LENGTH
from tlsmodel.targets.zoo.bug import DTLS12, SERVER, Bug, attribute

_feed = DatagramChannel.feed
_CLIENT_HELLO: Final = bytes((1,))
_HANDSHAKE_IN_EPOCH_0: Final = bytes((ContentType.HANDSHAKE,)), bytes(2)


def _forget(self: DatagramChannel, datagram: bytes) -> None:
    hello = datagram[HEADER_LENGTH : HEADER_LENGTH + 1] == _CLIENT_HELLO
    if self._reader.epoch and hello and (datagram[:1], datagram[3:5]) == _HANDSHAKE_IN_EPOCH_0:
        self.__init__(self._mtu)  # type: ignore[misc]
    _feed(self, datagram)


BUG = Bug(
    "D21",
    "a ClientHello from the address of a live association drops it before any cookie is checked",
    "Mbed TLS before 2.22.0 (ChangeLog); RFC 6347 section 4.2.8",
    (SERVER,),
    (DTLS12,),
    lambda: attribute(DatagramChannel, "feed", _forget),
)
