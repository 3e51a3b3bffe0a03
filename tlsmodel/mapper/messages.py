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


def client_hello(
    version: Version, random: bytes, session_id: bytes, shares: dict[int, bytes], name: str
) -> bytes:
    """Return a ClientHello that offers `version` alone (RFC 8446 4.1.2).

    Parameters
    ----------
    random, session_id: 32 bytes, and 32 or none.
    shares: public key per group, in order of preference.
    name: the host asked for.
    """
    host = name.encode("ascii")
    extensions = [
        extension(SERVER_NAME, vector(2, b"\x00", vector(2, host))),
        extension(SUPPORTED_GROUPS, numbers(tuple(shares))),
        extension(SIGNATURE_ALGORITHMS, numbers(SIGNATURE_SCHEMES)),
    ]
    if version is Version.TLS13:
        entries = (group.to_bytes(2, "big") + vector(2, share) for group, share in shares.items())
        extensions += [
            extension(SUPPORTED_VERSIONS, vector(1, TLS13_VERSION)),
            extension(KEY_SHARE, vector(2, *entries)),
        ]
    else:
        extensions += [
            extension(POINT_FORMATS, UNCOMPRESSED_POINTS),
            extension(EXTENDED_MASTER_SECRET),
            extension(RENEGOTIATION_INFO, vector(1)),
        ]
    return handshake(
        "ClientHello",
        LEGACY_VERSION,
        random,
        vector(1, session_id),
        numbers(SUITES[version]),
        vector(1, NO_COMPRESSION),
        vector(2, *extensions),
    )


def server_hello(random: bytes, session_id: bytes, suite: int, extensions: dict[int, bytes]) -> bytes:
    """Return a ServerHello (RFC 8446 4.1.3); without extensions their vector is left out (RFC 5246 7.4.1.3)."""
    listed = [extension(number, body) for number, body in extensions.items()]
    return handshake(
        "ServerHello",
        LEGACY_VERSION,
        random,
        vector(1, session_id),
        suite.to_bytes(2, "big"),
        NO_COMPRESSION,
        vector(2, *listed) if listed else b"",
    )


def certificate(version: Version, chain: tuple[bytes, ...]) -> bytes:
    """Return a Certificate of DER certificates, leaf first (RFC 8446 4.4.2; RFC 5246 7.4.2)."""
    if version is Version.TLS13:
        return handshake("Certificate", vector(1), vector(3, *(vector(3, der) + vector(2) for der in chain)))
    return handshake("Certificate", vector(3, *(vector(3, der) for der in chain)))


def certificate_request(version: Version) -> bytes:
    """Return a CertificateRequest that takes any authority (RFC 8446 4.3.2; RFC 5246 7.4.4)."""
    schemes = numbers(SIGNATURE_SCHEMES)
    if version is Version.TLS13:
        return handshake("CertificateRequest", vector(1), vector(2, extension(SIGNATURE_ALGORITHMS, schemes)))
    return handshake("CertificateRequest", vector(1, _CERTIFICATE_TYPES), schemes, vector(2))


def new_session_ticket(version: Version) -> bytes:
    """Return a NewSessionTicket whose ticket nobody will redeem (RFC 8446 4.6.1; RFC 5077 3.3)."""
    if version is Version.TLS13:
        return handshake(
            "NewSessionTicket", _LIFETIME, _AGE_ADD, vector(1, b"\x00"), vector(2, _TICKET), vector(2)
        )
    return handshake("NewSessionTicket", _LIFETIME, vector(2, _TICKET))


def signed(name: str, parameters: bytes, scheme: int, signature: bytes) -> bytes:
    """Return `name` (ServerKeyExchange or CertificateVerify) with parameters and a signature over them."""
    return handshake(name, parameters, scheme.to_bytes(2, "big"), vector(2, signature))


def key_exchange_parameters(group: int, public: bytes) -> bytes:
    """Return the ServerECDHParams of a named curve (RFC 8422 5.4)."""
    return _NAMED_CURVE + group.to_bytes(2, "big") + vector(1, public)


def truncated(message: bytes) -> bytes:
    """Return a hello cut inside its last vector, whose own length still claims the rest; the header agrees."""
    return message[:1] + vector(3, message[4:-_CUT])


def flipped(message: bytes) -> bytes:
    """Return `message` with the last bit of its last byte turned over."""
    return message[:-1] + bytes([message[-1] ^ 1])


_NAMED_CURVE: Final = b"\x03"
_CERTIFICATE_TYPES: Final = b"\x40\x01"
_LIFETIME: Final = (7200).to_bytes(4, "big")
_AGE_ADD: Final = b"\x5a\x5a\x5a\x5a"
_TICKET: Final = bytes(range(64))
_CUT: Final = 3
