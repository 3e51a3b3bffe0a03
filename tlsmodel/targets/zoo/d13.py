"""Each HelloRequest in the middle of a handshake is read past by one more recursive call.

A stack of a few calls stands for the real one, so that a short trace overruns it.
"""

from __future__ import annotations

from typing import Final

from impl import Code, receive
from impl.codec.enums import HandshakeType
from impl.perform import Memory
from impl.record.joiner import Message
from impl.step import Phase, Refusal
from tlsmodel.targets.zoo.bug import CLIENT, DTLS12, Bug, attribute

STACK: Final = 3
_on_message = receive._on_message


def _recursive(memory: Memory, message: Message, depth: int = 0) -> Code:
    if message.type != HandshakeType.HELLO_REQUEST or memory.state.phase is Phase.CONNECTED:
        return _on_message(memory, message)
    if depth == STACK:
        raise Refusal(Code.INTERNAL_ERROR, "the stack is used up")
    following = memory.channel.next_message()
    return Code.SUCCESS if following is None else _recursive(memory, following, depth + 1)


BUG = Bug(
    "D13",
    "a client in mid-handshake reads past HelloRequests by recursion without bound",
    "CVE-2014-0221, OpenSSL",
    (CLIENT,),
    (DTLS12,),
    lambda: attribute(receive, "_on_message", _recursive),
)
