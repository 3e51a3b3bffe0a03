"""EarlyCCS: ChangeCipherSpec is accepted before the key exchange, and makes keys from an empty secret."""

from __future__ import annotations

from typing import Any

from impl import Role, receive
from impl.keyschedule.tls12 import key_block
from impl.record.protection import Protection12
from impl.step import Handled, Phase, ReadKeys
from tlsmodel.targets.zoo.bug import BOTH, TLS12, Bug, entries


def _early(state: Any) -> Handled:
    agreed = state.agreed
    block = key_block(agreed.suite, b"", agreed.client_random, agreed.server_random)
    keys = block.client if state.phase is Phase.WAIT_CKE else block.server
    return Handled(state, (ReadKeys(Protection12(agreed.suite, keys)),))


PLACES = [(Role.SERVER, Phase.WAIT_CKE)] + [
    (Role.CLIENT, phase) for phase in (Phase.WAIT_CERT, Phase.WAIT_SKE, Phase.WAIT_CR_DONE, Phase.WAIT_DONE)
]
BUG = Bug(
    "T02",
    "ChangeCipherSpec before the key exchange switches to keys from an empty master secret",
    "CVE-2014-0224, OpenSSL (EarlyCCS)",
    BOTH,
    (TLS12,),
    lambda: entries(
        receive.ON_CHANGE_CIPHER_SPEC,
        {(TLS12, role, phase): _early for role, phase in PLACES},
    ),
)
