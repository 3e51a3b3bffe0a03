"""Ephemeral Diffie-Hellman over the named groups (RFC 8446 sections 4.2.8.2 and 7.4.2, RFC 8422, RFC 7748).

Arithmetic and point validation are those of the cryptography package.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final, Protocol

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from impl.codec.enums import NamedGroup
from impl.codec.wire import IllegalParameter
from impl.crypto.hybrid import X25519MlKem768


class KeyShare(Protocol):
    """One's own half of an exchange.

    Attributes
    ----------
    group: the group.
    public: 32 bytes of X25519, an uncompressed point, or what else the group has.
    """

    group: NamedGroup

    @property
    def public(self) -> bytes:
        """What goes to the peer."""

    def exchange(self, peer: bytes) -> bytes:
        """Return the shared secret with a peer's public bytes.

        Raises `IllegalParameter` if they are no point of the group, or X25519 yields zero only.
        """

    def answer(self, peer: bytes) -> tuple[bytes, bytes]:
        """Return what a server answers to a client's public bytes with, and the secret; raises likewise."""


class _X25519:
    __slots__ = ("_private", "group", "public")

    def __init__(self, private: X25519PrivateKey) -> None:
        self.group = NamedGroup.X25519
        self._private = private
        self.public = private.public_key().public_bytes_raw()

    def exchange(self, peer: bytes) -> bytes:
        try:
            return self._private.exchange(X25519PublicKey.from_public_bytes(peer))
        except ValueError as error:
            raise IllegalParameter("the peer's X25519 share is not usable (RFC 7748 section 6.1)") from error

    def answer(self, peer: bytes) -> tuple[bytes, bytes]:
        return self.public, self.exchange(peer)


class _EllipticCurve:
    __slots__ = ("_curve", "_private", "group", "public")

    def __init__(self, group: NamedGroup, private: ec.EllipticCurvePrivateKey) -> None:
        self.group = group
        self._curve = private.curve
        self._private = private
        self.public = private.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)

    def exchange(self, peer: bytes) -> bytes:
        # Compressed points are refused first: the package would take them, both versions forbid them.
        if len(peer) != len(self.public) or peer[0] != 4:
            raise IllegalParameter("the peer's point is not uncompressed (RFC 8446 section 4.2.8.2)")
        try:
            point = ec.EllipticCurvePublicKey.from_encoded_point(self._curve, peer)
            return self._private.exchange(ec.ECDH(), point)
        except ValueError as error:
            raise IllegalParameter(
                "the peer's point is not on the curve (RFC 8446 section 4.2.8.2)"
            ) from error

    def answer(self, peer: bytes) -> tuple[bytes, bytes]:
        return self.public, self.exchange(peer)


_CURVES: Final[dict[NamedGroup, ec.EllipticCurve]] = {
    NamedGroup.SECP256R1: ec.SECP256R1(),
    NamedGroup.SECP384R1: ec.SECP384R1(),
}

GENERATORS: Final[Mapping[int, Callable[[], KeyShare]]] = MappingProxyType(
    {
        NamedGroup.X25519: lambda: _X25519(X25519PrivateKey.generate()),
        NamedGroup.SECP256R1: lambda: _curve_share(NamedGroup.SECP256R1),
        NamedGroup.SECP384R1: lambda: _curve_share(NamedGroup.SECP384R1),
        NamedGroup.X25519MLKEM768: X25519MlKem768,
    }
)
"""Group -> what makes a fresh share of it; the groups that are implemented."""


CURVES: Final = frozenset({NamedGroup.X25519, *_CURVES})
"""The groups that TLS 1.2 can use too."""


def generate(group: NamedGroup) -> KeyShare:
    """Return a fresh share of `group`; raises `KeyError` if it is not in `GENERATORS`."""
    return GENERATORS[group]()


def load(group: NamedGroup, private: bytes) -> KeyShare:
    """Return the share with a known private key, for reproducible exchanges.

    Parameters
    ----------
    private: 32 bytes of X25519, or the scalar in network order.

    Raises `KeyError` for a group that is not implemented, `ValueError` for a key that is not of the group.
    """
    if group is NamedGroup.X25519:
        return _X25519(X25519PrivateKey.from_private_bytes(private))
    return _EllipticCurve(group, ec.derive_private_key(int.from_bytes(private), _CURVES[group]))


def _curve_share(group: NamedGroup) -> KeyShare:
    return _EllipticCurve(group, ec.generate_private_key(_CURVES[group]))
