"""X25519MLKEM768: a key encapsulation and an elliptic curve together (draft-ietf-tls-ecdhe-mlkem).

The client's share is an encapsulation key with an X25519 key behind it, the server's a ciphertext with its
own; the secret is both secrets, ML-KEM's first.  Encodings are in section 4 of the draft; ML-KEM is FIPS 203.
"""

from __future__ import annotations

from typing import Final

from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey, MLKEM768PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey

from impl.codec.enums import NamedGroup
from impl.codec.wire import IllegalParameter

ENCAPSULATION_KEY_LENGTH: Final = 1184
CIPHERTEXT_LENGTH: Final = 1088
_POINT_LENGTH: Final = 32


class X25519MlKem768:
    """A client's share, or what a server answers to one with."""

    __slots__ = ("_curve", "_kem", "_public", "group")

    def __init__(self) -> None:
        self.group = NamedGroup.X25519MLKEM768
        self._curve = X25519PrivateKey.generate()
        self._kem: MLKEM768PrivateKey | None = None
        self._public = b""

    @property
    def public(self) -> bytes:
        """The client's share, of 1,216 bytes; the encapsulation key is made when it is first asked for."""
        if self._kem is None:
            self._kem = MLKEM768PrivateKey.generate()
            self._public = self._kem.public_key().public_bytes_raw() + self._point
        return self._public

    def exchange(self, peer: bytes) -> bytes:
        """Return the shared secret of 64 bytes with a server's share; raises `IllegalParameter`."""
        if self._kem is None or len(peer) != CIPHERTEXT_LENGTH + _POINT_LENGTH:
            raise IllegalParameter(f"a server's X25519MLKEM768 share of {len(peer)} bytes")
        try:
            return self._kem.decapsulate(peer[:CIPHERTEXT_LENGTH]) + self._exchange(peer[CIPHERTEXT_LENGTH:])
        except ValueError as error:
            raise _unusable() from error

    def answer(self, peer: bytes) -> tuple[bytes, bytes]:
        """Return the server's share, of 1,120 bytes, and the secret, with a client's share.

        Raises `IllegalParameter` if that is not well formed (FIPS 203 section 7.2).
        """
        if len(peer) != ENCAPSULATION_KEY_LENGTH + _POINT_LENGTH:
            raise IllegalParameter(f"a client's X25519MLKEM768 share of {len(peer)} bytes")
        try:
            key = MLKEM768PublicKey.from_public_bytes(peer[:ENCAPSULATION_KEY_LENGTH])
            secret, ciphertext = key.encapsulate()
            return ciphertext + self._point, secret + self._exchange(peer[ENCAPSULATION_KEY_LENGTH:])
        except ValueError as error:
            raise _unusable() from error

    @property
    def _point(self) -> bytes:
        return self._curve.public_key().public_bytes_raw()

    def _exchange(self, point: bytes) -> bytes:
        return self._curve.exchange(X25519PublicKey.from_public_bytes(point))


def _unusable() -> IllegalParameter:
    return IllegalParameter("the peer's X25519MLKEM768 share is not usable")
