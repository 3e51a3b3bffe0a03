"""What each cipher suite stands for (RFC 8446 B.4; RFC 4279, 5288, 5289, 5487, 7905, 8442).

A suite that is not in the table is not implemented, whatever a peer offers.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from impl.codec.enums import CipherSuite, ProtocolVersion
from impl.crypto.aead import AES_128_GCM, AES_256_GCM, CHACHA20_POLY1305, Aead
from impl.frozen import dataclass


class Authentication(StrEnum):
    """The kind of certificate key that a cipher suite asks of the server."""

    ANY = "any"
    ECDSA = "ecdsa"
    RSA = "rsa"
    NONE = "none"


class KeyExchange(StrEnum):
    """How the premaster secret of TLS 1.2 comes about; TLS 1.3 negotiates that apart from the suite."""

    ANY = "any"
    ECDHE = "ECDHE"
    DHE = "DHE"
    RSA = "RSA"
    PSK = "PSK"
    ECDHE_PSK = "ECDHE_PSK"


@dataclass(frozen=True, slots=True)
class Suite:
    """One cipher suite.

    Parameters
    ----------
    number: its registered number.
    version: the one version that it belongs to.
    key_exchange: ANY in TLS 1.3.
    authentication: ECDSA (also for EdDSA keys, RFC 8422 section 5.10) or RSA; ANY in TLS 1.3, NONE where a
        pre-shared key authenticates.
    aead: the record protection, with its key length.
    hash_name: `hashlib`'s name of the hash of PRF or HKDF.
    hash_length: bytes of its output.
    """

    number: CipherSuite
    version: ProtocolVersion
    key_exchange: KeyExchange
    authentication: Authentication
    aead: Aead
    hash_name: str
    hash_length: int


_TLS12, _TLS13 = ProtocolVersion.TLS12, ProtocolVersion.TLS13
_ANY, _ECDSA, _RSA, _NONE = Authentication
_K = KeyExchange
_C = CipherSuite
_128, _256, _CHACHA = (
    (AES_128_GCM, "sha256", 32),
    (AES_256_GCM, "sha384", 48),
    (CHACHA20_POLY1305, "sha256", 32),
)

# fmt: off
_ROWS: Final = (
    (_C.TLS_AES_128_GCM_SHA256,                        _TLS13, _K.ANY,       _ANY,   *_128),
    (_C.TLS_AES_256_GCM_SHA384,                        _TLS13, _K.ANY,       _ANY,   *_256),
    (_C.TLS_CHACHA20_POLY1305_SHA256,                  _TLS13, _K.ANY,       _ANY,   *_CHACHA),
    (_C.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,       _TLS12, _K.ECDHE,     _ECDSA, *_128),
    (_C.TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,       _TLS12, _K.ECDHE,     _ECDSA, *_256),
    (_C.TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256, _TLS12, _K.ECDHE,     _ECDSA, *_CHACHA),
    (_C.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,         _TLS12, _K.ECDHE,     _RSA,   *_128),
    (_C.TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,         _TLS12, _K.ECDHE,     _RSA,   *_256),
    (_C.TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256,   _TLS12, _K.ECDHE,     _RSA,   *_CHACHA),
    (_C.TLS_DHE_RSA_WITH_AES_128_GCM_SHA256,           _TLS12, _K.DHE,       _RSA,   *_128),
    (_C.TLS_DHE_RSA_WITH_AES_256_GCM_SHA384,           _TLS12, _K.DHE,       _RSA,   *_256),
    (_C.TLS_DHE_RSA_WITH_CHACHA20_POLY1305_SHA256,     _TLS12, _K.DHE,       _RSA,   *_CHACHA),
    (_C.TLS_RSA_WITH_AES_128_GCM_SHA256,               _TLS12, _K.RSA,       _RSA,   *_128),
    (_C.TLS_RSA_WITH_AES_256_GCM_SHA384,               _TLS12, _K.RSA,       _RSA,   *_256),
    (_C.TLS_ECDHE_PSK_WITH_AES_128_GCM_SHA256,         _TLS12, _K.ECDHE_PSK, _NONE,  *_128),
    (_C.TLS_ECDHE_PSK_WITH_AES_256_GCM_SHA384,         _TLS12, _K.ECDHE_PSK, _NONE,  *_256),
    (_C.TLS_ECDHE_PSK_WITH_CHACHA20_POLY1305_SHA256,   _TLS12, _K.ECDHE_PSK, _NONE,  *_CHACHA),
    (_C.TLS_PSK_WITH_AES_128_GCM_SHA256,               _TLS12, _K.PSK,       _NONE,  *_128),
    (_C.TLS_PSK_WITH_AES_256_GCM_SHA384,               _TLS12, _K.PSK,       _NONE,  *_256),
    (_C.TLS_PSK_WITH_CHACHA20_POLY1305_SHA256,         _TLS12, _K.PSK,       _NONE,  *_CHACHA),
)
# fmt: on

SUITES: Final[Mapping[int, Suite]] = MappingProxyType({row[0]: Suite(*row) for row in _ROWS})
"""Number -> suite; keys compare with plain numbers."""
