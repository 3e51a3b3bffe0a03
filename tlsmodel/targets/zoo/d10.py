"""Any Finished that decrypts counts as the peer's retransmission and is answered with the last flight."""

from __future__ import annotations

from impl.codec.enums import HandshakeType
from impl.dtls12.channel import DatagramChannel
from impl.record.reassembly import Fragment
from tlsmodel.targets.zoo.bug import DTLS12, SERVER, Bug, attribute

_take_fragment = DatagramChannel._take_fragment


def _any_finished(self: DatagramChannel, fragment: Fragment) -> None:
    if fragment.type == HandshakeType.FINISHED and self._kept.answers is not None:
        self._send_again(self._kept.answers)
    else:
        _take_fragment(self, fragment)


BUG = Bug(
    "D10",
    "an established server sends its last flight again for any Finished",
    "openssl/openssl issue 15289, OpenSSL 1.1.1k",
    (SERVER,),
    (DTLS12,),
    lambda: attribute(DatagramChannel, "_take_fragment", _any_finished),
)
