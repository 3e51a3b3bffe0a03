"""Renegotiation without RFC 5746: the prefix of an attacker and the victim's session become one."""

from __future__ import annotations

from typing import Final

from impl import Config
from impl.codec.enums import ExtensionType
from impl.codec.hello import ClientHello
from impl.established import Connected
from impl.tls12 import renegotiation
from tlsmodel.targets.zoo.bug import DTLS12, SERVER, TLS12, Bug, attribute

_check_client = renegotiation.check_client
_OF_A_FIRST_HANDSHAKE: Final = (None, b"\0")


def _spliced(hello: ClientHello, config: Config, previous: Connected | None) -> bool:
    content = hello.extensions.get(ExtensionType.RENEGOTIATION_INFO)
    return _check_client(hello, config, None if content in _OF_A_FIRST_HANDSHAKE else previous)


BUG = Bug(
    "T01",
    "a server takes the first ClientHello of another connection for a re-handshake",
    "CVE-2009-3555; RFC 5746",
    (SERVER,),
    (TLS12, DTLS12),
    lambda: attribute(renegotiation, "check_client", _spliced),
)
