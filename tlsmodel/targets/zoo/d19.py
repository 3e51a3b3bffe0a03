"""A handshake that failed over its parameters makes every later one fail, whoever the client is."""

from __future__ import annotations

from impl import Code, Config
from impl.codec.hello import ClientHello
from impl.record.joiner import Message
from impl.step import Handled, Refusal
from impl.tls12 import server
from tlsmodel.targets.zoo.bug import DTLS12, SERVER, Bug, attribute

_on_client_hello = server.on_client_hello
_failed: dict[int, Config] = {}
"""The servers whose state is spoilt, by identity; the value keeps the identity from being used again."""


def _spoilt(
    hello: ClientHello, message: Message, config: Config, circumstances: server.Circumstances
) -> Handled:
    if id(config) in _failed:
        raise Refusal(Code.INTERNAL_ERROR, "an earlier handshake has failed")
    try:
        return _on_client_hello(hello, message, config, circumstances)
    except Refusal:
        _failed[id(config)] = config
        raise


BUG = Bug(
    "D19",
    "after a parameter mismatch a server fails all further handshakes",
    "CVE-2020-27222, Californium 2.3.0 to 2.6.0",
    (SERVER,),
    (DTLS12,),
    lambda: attribute(server, "on_client_hello", _spoilt),
)
