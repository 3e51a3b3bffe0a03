"""Handshake messages as the mapper reads them: bounds-checked, strict, and without any opinion on order.

Each reader takes a body (without the four-byte header), consumes all of it and gives back the few values that
a peer needs; anything else raises `Malformed`.  Forms are those of RFC 8446 4 and RFC 5246 7.4.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

from tlsmodel.mapper.messages import SIGNATURE_ALGORITHMS
from tlsmodel.spec.scenario import Version

RETRY_RANDOM: Final = bytes.fromhex("cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c")
"""The random that makes a ServerHello a HelloRetryRequest (RFC 8446 4.1.3)."""


class Malformed(ValueError):
    """Bytes that are no message of the form that their header claims."""


class Reader:
    """Takes values off the front of `data`; raises `Malformed` rather than run past its end."""

    __slots__ = ("_data", "_place")

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._place = 0

    def take(self, size: int) -> bytes:
        """Return the next `size` bytes."""
        end = self._place + size
        if end > len(self._data):
            raise Malformed("truncated")
        taken, self._place = self._data[self._place : end], end
        return taken

    def number(self, width: int) -> int:
        """Return the next big-endian number of `width` bytes."""
        return int.from_bytes(self.take(width), "big")

    def vector(self, width: int) -> bytes:
        """Return the next vector with a length of `width` bytes."""
        return self.take(self.number(width))

    def numbers(self, width: int) -> tuple[int, ...]:
        """Return the next vector of 16-bit numbers with a length of `width` bytes."""
        body = self.vector(width)
        if len(body) % 2:
            raise Malformed("half a number")
        return tuple(int.from_bytes(body[place : place + 2], "big") for place in range(0, len(body), 2))

    def more(self) -> bool:
        """Tell whether anything is left."""
        return self._place < len(self._data)

    def end(self) -> None:
        """Raise `Malformed` if anything is left."""
        if self.more():
            raise Malformed("trailing bytes")


class Hello(NamedTuple):
    """What the mapper needs of a ClientHello or a ServerHello, which offers one `suite`."""

    random: bytes
    session_id: bytes
    suites: tuple[int, ...]
    extensions: dict[int, bytes]


class Signed(NamedTuple):
    """What a peer signed (ECDH parameters, or nothing in a CertificateVerify), and how."""

    parameters: bytes
    scheme: int
    signature: bytes


def client_hello(body: bytes) -> Hello:
    """Read a ClientHello (RFC 8446 4.1.2)."""
    reader = Reader(body)
    reader.take(2)
    random, session_id, suites = reader.take(32), reader.vector(1), reader.numbers(2)
    reader.vector(1)
    return Hello(random, session_id, suites, _last_extensions(reader))


def server_hello(body: bytes) -> Hello:
    """Read a ServerHello or HelloRetryRequest (RFC 8446 4.1.3)."""
    reader = Reader(body)
    reader.take(2)
    random, session_id, suite = reader.take(32), reader.vector(1), reader.number(2)
    reader.take(1)
    return Hello(random, session_id, (suite,), _last_extensions(reader))


def key_shares(body: bytes) -> dict[int, bytes]:
    """Read a ClientHello's key_share extension (RFC 8446 4.2.8)."""
    reader = Reader(Reader(body).vector(2))
    shares: dict[int, bytes] = {}
    while reader.more():
        group = reader.number(2)
        shares[group] = reader.vector(2)
    return shares


def chosen_share(body: bytes) -> tuple[int, bytes]:
    """Read a ServerHello's key_share extension (RFC 8446 4.2.8)."""
    reader = Reader(body)
    return reader.number(2), reader.vector(2)


def certificate_chain(version: Version, body: bytes) -> tuple[bytes, ...]:
    """Read the DER certificates of a Certificate message (RFC 8446 4.4.2; RFC 5246 7.4.2)."""
    reader = Reader(body)
    if version is Version.TLS13:
        reader.vector(1)
    entries = Reader(reader.vector(3))
    reader.end()
    return tuple(_entries(version, entries))


def server_key_exchange(body: bytes) -> tuple[int, bytes, Signed]:
    """Read group, public key and signature of an ECDHE ServerKeyExchange (RFC 8422 5.4)."""
    reader = Reader(body)
    if reader.number(1) != 3:
        raise Malformed("not a named curve")
    group, public = reader.number(2), reader.vector(1)
    parameters = body[: 4 + len(public)]
    return group, public, _signed(reader, parameters)


def certificate_verify(body: bytes) -> Signed:
    """Read a CertificateVerify (RFC 8446 4.4.3)."""
    return _signed(Reader(body), b"")


def client_key_exchange(body: bytes) -> bytes:
    """Read the public key of an ECDHE ClientKeyExchange (RFC 8422 5.7)."""
    reader = Reader(body)
    public = reader.vector(1)
    reader.end()
    return public


def check_extensions(body: bytes) -> None:
    """Read EncryptedExtensions (RFC 8446 4.3.1)."""
    reader = Reader(body)
    _extensions(reader)
    reader.end()


def check_certificate_request(version: Version, body: bytes) -> None:
    """Read a CertificateRequest (RFC 8446 4.3.2, where signature_algorithms is required; RFC 5246 7.4.4)."""
    reader = Reader(body)
    reader.vector(1)
    if version is Version.TLS13:
        if SIGNATURE_ALGORITHMS not in _extensions(reader):
            raise Malformed("no signature_algorithms")
    else:
        reader.numbers(2)
        reader.vector(2)
    reader.end()


def check_new_session_ticket(version: Version, body: bytes) -> None:
    """Read a NewSessionTicket (RFC 8446 4.6.1; RFC 5077 3.3)."""
    reader = Reader(body)
    reader.take(4)
    if version is Version.TLS13:
        reader.take(4)
        reader.vector(1)
    reader.vector(2)
    if version is Version.TLS13:
        _extensions(reader)
    reader.end()


def key_update(body: bytes) -> bool:
    """Tell whether a KeyUpdate asks for one in return (RFC 8446 4.6.3)."""
    if body not in (b"\x00", b"\x01"):
        raise Malformed("neither requested nor not requested")
    return body == b"\x01"


def _signed(reader: Reader, parameters: bytes) -> Signed:
    found = Signed(parameters, reader.number(2), reader.vector(2))
    reader.end()
    return found


def _last_extensions(reader: Reader) -> dict[int, bytes]:
    found = _extensions(reader) if reader.more() else {}
    reader.end()
    return found


def _extensions(reader: Reader) -> dict[int, bytes]:
    listed = Reader(reader.vector(2))
    found: dict[int, bytes] = {}
    while listed.more():
        number = listed.number(2)
        if number in found:
            raise Malformed("an extension twice")
        found[number] = listed.vector(2)
    return found


def _entries(version: Version, entries: Reader) -> Iterator[bytes]:
    while entries.more():
        yield entries.vector(3)
        if version is Version.TLS13:
            _extensions(entries)
