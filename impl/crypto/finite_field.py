"""Diffie-Hellman over prime fields: the groups of RFC 7919, and those that a TLS 1.2 server names by itself.

Arithmetic is that of the cryptography package.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import Final, Self

from cryptography.hazmat.primitives.asymmetric import dh

from impl.codec.enums import NamedGroup
from impl.codec.wire import IllegalParameter
from impl.frozen import dataclass

MIN_PRIME_BITS: Final = 2048
MAX_PRIME_BITS: Final = 8192


@dataclass(frozen=True, slots=True)
class Field:
    """A prime and a generator."""

    prime: int
    generator: int

    @property
    def length(self) -> int:
        """Bytes of a number of the field."""
        return (self.prime.bit_length() + 7) // 8

    @classmethod
    def named_by_peer(cls, prime: bytes, generator: bytes) -> Self:
        """Return a server's own choice.

        Raises `IllegalParameter` if it is too small to be safe, or so large that it costs too much.
        """
        field = cls(int.from_bytes(prime), int.from_bytes(generator))
        bits = field.prime.bit_length()
        if not MIN_PRIME_BITS <= bits <= MAX_PRIME_BITS or field.prime % 2 == 0:
            raise IllegalParameter(f"a Diffie-Hellman group of {bits} bits, or no prime")
        if not 1 < field.generator < field.prime - 1:
            raise IllegalParameter("a Diffie-Hellman generator outside the field")
        return field


class FieldShare:
    """One's own half of an exchange over a field; public and secret are padded to the field's length."""

    __slots__ = ("_numbers", "_private", "field", "public")

    def __init__(self, field: Field) -> None:
        self.field = field
        self._numbers = dh.DHParameterNumbers(field.prime, field.generator)
        self._private = self._numbers.parameters().generate_private_key()
        self.public = self._private.public_key().public_numbers().y.to_bytes(field.length)

    def exchange(self, peer: bytes) -> bytes:
        """Return the shared secret without leading zero bytes (RFC 5246 section 8.1.2).

        Raises `IllegalParameter` if the peer's number is not inside the field (RFC 7919 section 5.1).
        """
        number = int.from_bytes(peer)
        if not 1 < number < self.field.prime - 1:
            raise IllegalParameter("the peer's Diffie-Hellman number is outside the field")
        try:
            public = dh.DHPublicNumbers(number, self._numbers).public_key()
            return self._private.exchange(public).lstrip(b"\0")
        except ValueError as error:
            raise IllegalParameter("the peer's Diffie-Hellman number is not usable") from error


@cache
def named(group: NamedGroup) -> Field:
    """Return a field of RFC 7919; raises `KeyError` if the group is none of them."""
    bits, offset = _CONSTANTS[group]
    scaled_e = _euler(bits - 130) + offset
    return Field((1 << bits) - (1 << (bits - 64)) + (scaled_e << 64) - 1, 2)


def _euler(bits: int) -> int:
    """Return the integer part of e times two to the power of `bits`."""
    guard = 64
    term = total = 1 << (bits + guard)
    count = 1
    while term:
        term //= count
        total += term
        count += 1
    return total >> guard


_CONSTANTS: Final[Mapping[int, tuple[int, int]]] = MappingProxyType(
    {
        NamedGroup.FFDHE2048: (2048, 560316),
        NamedGroup.FFDHE3072: (3072, 2625351),
        NamedGroup.FFDHE4096: (4096, 5736041),
    }
)
"""Group -> bits and the constant of its formula (RFC 7919 appendix A)."""

FIELDS: Final = tuple(NamedGroup(group) for group in _CONSTANTS)
"""The groups over prime fields that are implemented."""
