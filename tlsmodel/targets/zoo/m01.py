"""A flush that would block leaves the message to be made and sent a second time."""

from __future__ import annotations

from impl import Code, contract
from impl.perform import Memory
from impl.record.channel import StreamChannel
from tlsmodel.targets.zoo.bug import BOTH, TLS12, TLS13, Bug, attribute

_flush = contract.flush


def _twice(memory: Memory) -> Code:
    code = _flush(memory)
    channel = memory.channel
    if code is Code.AGAIN and isinstance(channel, StreamChannel):
        channel.output += channel.waiting()
    return code


BUG = Bug(
    "M01",
    "AGAIN on a flush: on resume the message is rebuilt and sent twice",
    "a slip in the caller's contract",
    BOTH,
    (TLS12, TLS13),
    lambda: attribute(contract, "flush", _twice),
)
