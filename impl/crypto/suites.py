"""What each cipher suite stands for (RFC 8446 B.4, RFC 5289, RFC 7905).

A suite that is not in the table is not implemented, whatever a peer offers.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from impl.codec.enums import CipherSuite, ProtocolVersion
from impl.crypto.aead import AES_128_GCM, AES_256_GCM, CHACHA20_POLY1305, Aead


class Authentication(StrEnum):
    """The kind of certificate key that a cipher suite asks of the server."""

    ANY = "any"
    ECDSA = "ecdsa"
    RSA = "rsa"


@dataclass(frozen=True, slots=True)
class Suite:
    """One cipher suite.

    Parameters
    ----------
    number: its registered number.
    version: the one version that it belongs to.
    authentication: ECDSA (also for EdDSA keys, RFC 8422 section 5.10) or RSA; ANY in TLS 1.3.
    aead: the record protection, with its key length.
    hash_name: `hashlib`'s name of the hash of PRF or HKDF.
    hash_length: bytes of its output.
    """

    number: CipherSuite
    version: ProtocolVersion
    authentication: Authentication
    aead: Aead
    hash_name: str
    hash_length: int


_TLS12, _TLS13 = ProtocolVersion.TLS12, ProtocolVersion.TLS13
_ANY, _ECDSA, _RSA = Authentication
_C = CipherSuite

# fmt: off
_ROWS: Final = (
    (_C.TLS_AES_128_GCM_SHA256,                        _TLS13, _ANY,   AES_128_GCM,       "sha256", 32),
    (_C.TLS_AES_256_GCM_SHA384,                        _TLS13, _ANY,   AES_256_GCM,       "sha384", 48),
    (_C.TLS_CHACHA20_POLY1305_SHA256,                  _TLS13, _ANY,   CHACHA20_POLY1305, "sha256", 32),
    (_C.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,       _TLS12, _ECDSA, AES_128_GCM,       "sha256", 32),
    (_C.TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,       _TLS12, _ECDSA, AES_256_GCM,       "sha384", 48),
    (_C.TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256, _TLS12, _ECDSA, CHACHA20_POLY1305, "sha256", 32),
    (_C.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,         _TLS12, _RSA,   AES_128_GCM,       "sha256", 32),
    (_C.TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,         _TLS12, _RSA,   AES_256_GCM,       "sha384", 48),
    (_C.TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256,   _TLS12, _RSA,   CHACHA20_POLY1305, "sha256", 32),
)
# fmt: on

SUITES: Final[Mapping[int, Suite]] = MappingProxyType({row[0]: Suite(*row) for row in _ROWS})
"""Number -> suite; keys compare with plain numbers."""
