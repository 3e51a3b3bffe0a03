"""Honest messages made as long as their fields allow, so that as much as possible has to be remembered.

They still parse, and where they can they still make sense: chains with a hundred authorities that nobody
needs, hellos with thousands of suites and extensions, cookies and names of the greatest length.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import lru_cache
from typing import Final

from cryptography.hazmat.primitives.serialization import Encoding

from fuzz.identities import authority
from impl.codec import extensions as ext
from impl.codec.certificate import (
    Certificate12,
    Certificate13,
    CertificateEntry,
    CertificateRequest12,
    CertificateRequest13,
    CertificateStatus,
)
from impl.codec.datagram_hello import DatagramClientHello
from impl.codec.enums import ExtensionType, HandshakeType
from impl.codec.extensions import Extensions
from impl.codec.hello import ClientHello, ServerHello
from impl.codec.key_exchange import ClientKeyExchangePsk, ServerKeyExchangePsk
from impl.codec.post_handshake import NewSessionTicket12, NewSessionTicket13
from impl.codec.wire import CodecError
from impl.limits import MAX_HANDSHAKE_MESSAGE, MAX_TICKET

_VECTOR: Final = 2**16 - 1
"""Bytes of the longest vector behind a length of two bytes."""
_SUITES: Final = 32_000
_OWN: Final = 0x2000
"""The first of a range of extension types and suites that nobody knows."""


@lru_cache(maxsize=256)
def inflate(kind: int, body: bytes) -> list[bytes]:
    """Return longer forms of an honest message's body; none where nothing in it can grow."""
    found = []
    for grow in _GROWING.get(kind, ()):
        try:
            found.append(grow(body))
        except (CodecError, OverflowError, ValueError):
            continue
    return [item for item in found if len(item) <= MAX_HANDSHAKE_MESSAGE]


def _many_extensions(extensions: Extensions, room: int = _VECTOR) -> Extensions:
    """Put empty extensions that nobody knows in front of the others, as many as fit."""
    used = sum(4 + len(content) for _, content in extensions)
    count = (room - used) // 4
    return Extensions((*((_OWN + i, b"") for i in range(count)), *extensions))


def _hello(body: bytes) -> bytes:
    hello = ClientHello.parse(body)
    suites = (*hello.cipher_suites, *range(_OWN, _OWN + _SUITES))
    return replace(hello, cipher_suites=suites, extensions=_many_extensions(hello.extensions)).body()


def _datagram_hello(body: bytes) -> bytes:
    hello = DatagramClientHello.parse(body)
    suites = (*hello.cipher_suites, *range(_OWN, _OWN + _SUITES))
    return replace(hello, cipher_suites=suites, extensions=_many_extensions(hello.extensions)).body()


def _shares(body: bytes) -> bytes:
    """List thousands of groups, with a share of each."""
    hello = ClientHello.parse(body)
    others = [item for item in hello.extensions if item[0] not in _LISTED]
    groups = range(_OWN, _OWN + 8_000)
    shares = [ext.KeyShareEntry(group, b"x") for group in groups]
    grown = ext.build_supported_groups(groups), ext.build_key_share_client(shares)
    return replace(hello, extensions=Extensions.of(*grown, *others)).body()


def _retry(body: bytes) -> bytes:
    hello = ServerHello.parse(body)
    rest = Extensions.of(*(item for item in hello.extensions if item[0] != ExtensionType.COOKIE))
    used = sum(4 + len(content) for _, content in rest)
    cookie = ext.build_cookie(bytes(_VECTOR - used - 6))
    return replace(hello, extensions=Extensions.of(*rest, cookie)).body()


def _server_hello(body: bytes) -> bytes:
    hello = ServerHello.parse(body)
    return replace(hello, extensions=_many_extensions(hello.extensions)).body()


def _needless() -> bytes:
    return authority()[0].public_bytes(Encoding.DER)


def _chain12(body: bytes) -> bytes:
    chain = Certificate12.parse(body).chain
    needless = _needless()
    room = MAX_HANDSHAKE_MESSAGE - 3 - sum(3 + len(item) for item in chain)
    return Certificate12((*chain, *(needless,) * (room // (3 + len(needless))))).body()


def _chain13(body: bytes) -> bytes:
    certificate = Certificate13.parse(body)
    needless = _needless()
    room = MAX_HANDSHAKE_MESSAGE - len(body)
    count = room // (5 + len(needless))
    return replace(certificate, entries=(*certificate.entries, *(CertificateEntry(needless),) * count)).body()


def _crumbs12(_body: bytes) -> bytes:
    return Certificate12((b"x",) * ((MAX_HANDSHAKE_MESSAGE - 3) // 4)).body()


def _crumbs13(_body: bytes) -> bytes:
    return Certificate13((CertificateEntry(b"x"),) * ((MAX_HANDSHAKE_MESSAGE - 4) // 6)).body()


def _stapled(body: bytes) -> bytes:
    certificate = Certificate13.parse(body)
    first, *others = certificate.entries
    stapled = Extensions.of(ext.build_stapled(bytes(_VECTOR - 8)))
    return replace(certificate, entries=(replace(first, extensions=stapled), *others)).body()


def _request12(body: bytes) -> bytes:
    request = CertificateRequest12.parse(body)
    schemes = (*request.signature_algorithms, *range(_OWN, _OWN + 32_000))
    return replace(request, signature_algorithms=schemes, authorities=(b"x",) * (_VECTOR // 3)).body()


def _request13(body: bytes) -> bytes:
    request = CertificateRequest13.parse(body)
    schemes = ext.parse_signature_algorithms(
        request.extensions.get(ExtensionType.SIGNATURE_ALGORITHMS) or b""
    )
    grown = Extensions.of(
        ext.build_signature_algorithms((*schemes, *range(_OWN, _OWN + 16_000))),
        ext.build_certificate_authorities((b"x",) * 11_000),
    )
    return replace(request, extensions=grown).body()


def _request_with_names(body: bytes) -> bytes:
    request = CertificateRequest13.parse(body)
    return replace(request, extensions=_many_extensions(request.extensions)).body()


def _ticket12(body: bytes) -> bytes:
    return replace(NewSessionTicket12.parse(body), ticket=bytes(_VECTOR)).body()


def _ticket13(body: bytes) -> bytes:
    return replace(NewSessionTicket13.parse(body), ticket=bytes(MAX_TICKET), nonce=bytes(255)).body()


def _ticket_with_extensions(body: bytes) -> bytes:
    ticket = NewSessionTicket13.parse(body)
    return replace(ticket, extensions=_many_extensions(ticket.extensions)).body()


def _status(_body: bytes) -> bytes:
    return CertificateStatus(bytes(MAX_HANDSHAKE_MESSAGE - 4)).body()


def _hint(body: bytes) -> bytes:
    return replace(ServerKeyExchangePsk.parse(body), hint=bytes(_VECTOR)).body()


def _identity(body: bytes) -> bytes:
    return replace(ClientKeyExchangePsk.parse(body), identity=bytes(_VECTOR)).body()


_LISTED: Final = (ExtensionType.SUPPORTED_GROUPS, ExtensionType.KEY_SHARE, ExtensionType.PRE_SHARED_KEY)
_Grow = Callable[[bytes], bytes]
_GROWING: Final[Mapping[int, tuple[_Grow, ...]]] = {
    HandshakeType.CLIENT_HELLO: (_hello, _datagram_hello, _shares),
    HandshakeType.SERVER_HELLO: (_retry, _server_hello),
    HandshakeType.CERTIFICATE: (_chain12, _chain13, _crumbs12, _crumbs13, _stapled),
    HandshakeType.CERTIFICATE_REQUEST: (_request12, _request13, _request_with_names),
    HandshakeType.NEW_SESSION_TICKET: (_ticket12, _ticket13, _ticket_with_extensions),
    HandshakeType.CERTIFICATE_STATUS: (_status,),
    HandshakeType.SERVER_KEY_EXCHANGE: (_hint,),
    HandshakeType.CLIENT_KEY_EXCHANGE: (_identity,),
}

LONGEST: Final = max(map(len, _GROWING.values()))
"""How many forms a message has at most."""
