"""Authenticated encryption algorithms of the cipher suites (RFC 5116, RFC 8439), and the keys for them.

Nonces are built by the record layer; here is only what an algorithm needs and how it is made.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, Protocol

from cryptography.hazmat.primitives.ciphers.aead import AESGCM, ChaCha20Poly1305

from impl.frozen import dataclass

TAG_LENGTH: Final = 16
NONCE_LENGTH: Final = 12


class Cipher(Protocol):
    """A keyed algorithm; `decrypt` raises `cryptography.exceptions.InvalidTag`."""

    def encrypt(self, nonce: bytes, data: bytes, associated_data: bytes | None) -> bytes:
        """Return ciphertext and tag."""

    def decrypt(self, nonce: bytes, data: bytes, associated_data: bytes | None) -> bytes:
        """Return plaintext."""


@dataclass(frozen=True, slots=True)
class Aead:
    """One algorithm.

    Parameters
    ----------
    name: for people.
    key_length: bytes of key.
    fixed_iv_length: bytes of implicit nonce that TLS 1.2 derives (RFC 5288 section 3, RFC 7905 section 2);
        what is missing to 12 travels in each TLS 1.2 record.
    make: key -> keyed algorithm.
    """

    name: str
    key_length: int
    fixed_iv_length: int
    make: Callable[[bytes], Cipher]


@dataclass(frozen=True, slots=True)
class TrafficKeys:
    """Key and (implicit) initialization vector of one direction."""

    key: bytes
    iv: bytes


AES_128_GCM: Final = Aead("AES-128-GCM", 16, 4, AESGCM)
AES_256_GCM: Final = Aead("AES-256-GCM", 32, 4, AESGCM)
CHACHA20_POLY1305: Final = Aead("ChaCha20-Poly1305", 32, 12, ChaCha20Poly1305)
