"""Bodies of handshake messages as the mapper sends them: plain functions from values to bytes.

Messages here may be right or wrong in any way that the alphabet names; nothing knows keys, records or what
has been said so far.  Forms are those of RFC 8446 4 and RFC 5246 7.4.
"""

from __future__ import annotations

from typing import Final

from tlsmodel.mapper.names import handshake_type
from tlsmodel.spec.scenario import Version

LEGACY_VERSION: Final = b"\x03\x03"
TLS13_VERSION: Final = b"\x03\x04"
NO_COMPRESSION: Final = b"\x00"
UNCOMPRESSED_POINTS: Final = b"\x01\x00"

# fmt: off
SUITES: Final = {                                       # in order of preference; RFC 8446 B.4, RFC 5289, RFC 7905
    Version.TLS12: (0xC02B, 0xC02C, 0xCCA9, 0xC02F, 0xC030, 0xCCA8),
    Version.TLS13: (0x1301, 0x1302, 0x1303),
}
SIGNATURE_SCHEMES: Final = (0x0403, 0x0503, 0x0603, 0x0807, 0x0804, 0x0805, 0x0806, 0x0401, 0x0501, 0x0601)
SERVER_NAME, SUPPORTED_GROUPS, POINT_FORMATS, SIGNATURE_ALGORITHMS = 0, 10, 11, 13
EXTENDED_MASTER_SECRET, SUPPORTED_VERSIONS, KEY_SHARE, RENEGOTIATION_INFO = 23, 43, 51, 0xFF01
# fmt: on


def vector(width: int, *parts: bytes) -> bytes:
    """Return `parts` behind a length of `width` bytes (RFC 8446 3.4)."""
    body = b"".join(parts)
    return len(body).to_bytes(width, "big") + body


def numbers(values: tuple[int, ...]) -> bytes:
    """Return a vector of 16-bit numbers with a 16-bit length."""
    return vector(2, *(value.to_bytes(2, "big") for value in values))


def extension(number: int, body: bytes = b"") -> bytes:
    """Return one extension (RFC 8446 4.2)."""
    return number.to_bytes(2, "big") + vector(2, body)


def handshake(name: str, *parts: bytes) -> bytes:
    """Return the handshake message `name` with the given body."""
    return bytes([handshake_type(name)]) + vector(3, *parts)
