"""Extensions as an ordered list, and the contents of each extension (RFC 8446 section 4.2).

The list keeps what it does not know and refuses duplicates.  Contents come as pairs of functions, `parse_x`
and `build_x`; those of hellos that differ by sender say so in their names.  Which extension may stand in
which message is decided by the flows.  Other sources: RFC 5746, 6066, 7301, 7627, 8422.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final, Self

from impl.codec.enums import ExtensionType
from impl.codec.wire import DecodeError, IllegalParameter, Reader, numbers, u8, u16, u32, vector
from impl.frozen import dataclass

_HOST_NAME: Final = 0
_OCSP: Final = 1


class Extensions:
    """Extensions in the order in which they are sent; they never change.

    Parameters
    ----------
    entries: (type, content) pairs with no type twice.
    """

    __slots__ = ("_contents",)

    def __init__(self, entries: Iterable[tuple[int, bytes]] = ()) -> None:
        self._contents = dict(entries)

    @classmethod
    def parse(cls, data: bytes, what: str = "Extensions") -> Self:
        """Read the content of an extensions vector.

        Raises `DecodeError`, and `IllegalParameter` if a type comes twice (RFC 8446 section 4.2).
        """
        reader = Reader(data, what)
        contents: dict[int, bytes] = {}
        while reader:
            kind, content = reader.u16(), reader.vector(2)
            if kind in contents:
                raise IllegalParameter(f"extension {kind} twice in {what}")
            contents[kind] = content
        return cls(contents.items())

    @classmethod
    def of(cls, *entries: tuple[int, bytes] | None) -> Self:
        """Collect extensions, leaving out those that are None."""
        return cls(entry for entry in entries if entry is not None)

    def encode(self) -> bytes:
        """Return the vector with its length."""
        return vector(2, b"".join([u16(kind) + vector(2, content) for kind, content in self]))

    def get(self, kind: int) -> bytes | None:
        """Return the content of an extension, or None if it is not there."""
        return self._contents.get(kind)

    def types(self) -> tuple[int, ...]:
        """Return the types in their order."""
        return tuple(self._contents)

    def __contains__(self, kind: object) -> bool:
        return kind in self._contents

    def __iter__(self) -> Iterator[tuple[int, bytes]]:
        return iter(self._contents.items())

    def __bool__(self) -> bool:
        return bool(self._contents)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Extensions) and tuple(self) == tuple(other)

    def __hash__(self) -> int:
        return hash(tuple(self))

    def __repr__(self) -> str:
        return f"Extensions({tuple(self)})"


NO_EXTENSIONS: Final = Extensions()


@dataclass(frozen=True, slots=True)
class KeyShareEntry:
    """A group and a public key of it (RFC 8446 section 4.2.8)."""

    group: int
    key_exchange: bytes


def parse_empty(data: bytes) -> None:
    """Read an extension without content: extended_master_secret, a server's server_name, and others."""
    Reader(data, "an extension that must be empty").end()


def parse_server_name(data: bytes) -> str | None:
    """Read a client's server_name; return the host, or None if only other kinds of names are there.

    Raises `IllegalParameter` if a kind comes twice or the host is not ASCII (RFC 6066 section 3).
    """
    outer = Reader(data, "server_name")
    names = Reader(outer.vector(2, 1), "server_name")
    outer.end()
    found: dict[int, bytes] = {}
    while names:
        kind = names.u8()
        if kind in found:
            raise IllegalParameter("two names of one kind in server_name (RFC 6066 section 3)")
        found[kind] = names.vector(2, 1)
    host = found.get(_HOST_NAME)
    if host is None:
        return None
    if not host.isascii() or b"\0" in host:
        raise IllegalParameter("a host name that is not ASCII (RFC 6066 section 3)")
    return host.decode("ascii")


def build_server_name(host: str) -> tuple[int, bytes]:
    """Return the extension that names `host`; raises `UnicodeEncodeError` if it is not ASCII."""
    return ExtensionType.SERVER_NAME, vector(2, u8(_HOST_NAME) + vector(2, host.encode("ascii")))


def parse_supported_groups(data: bytes) -> tuple[int, ...]:
    """Read groups, preferred first."""
    return _parse_numbers(data, "supported_groups", 2, 2)


def build_supported_groups(groups: Iterable[int]) -> tuple[int, bytes]:
    """Return the extension that lists `groups`."""
    return ExtensionType.SUPPORTED_GROUPS, numbers(2, 2, groups)


def parse_ec_point_formats(data: bytes) -> tuple[int, ...]:
    """Read point formats; 0 is uncompressed (RFC 8422 section 5.1.2)."""
    return _parse_numbers(data, "ec_point_formats", 1, 1)


def build_ec_point_formats(formats: Iterable[int] = (0,)) -> tuple[int, bytes]:
    """Return the extension that lists `formats`."""
    return ExtensionType.EC_POINT_FORMATS, numbers(1, 1, formats)


def parse_signature_algorithms(data: bytes) -> tuple[int, ...]:
    """Read signature schemes, preferred first; also the content of signature_algorithms_cert."""
    return _parse_numbers(data, "signature_algorithms", 2, 2)


def build_signature_algorithms(schemes: Iterable[int]) -> tuple[int, bytes]:
    """Return the extension that lists `schemes`."""
    return ExtensionType.SIGNATURE_ALGORITHMS, numbers(2, 2, schemes)


def build_signature_algorithms_cert(schemes: Iterable[int]) -> tuple[int, bytes]:
    """Return the extension that lists `schemes` for certificates."""
    return ExtensionType.SIGNATURE_ALGORITHMS_CERT, numbers(2, 2, schemes)


def parse_alpn(data: bytes) -> tuple[bytes, ...]:
    """Read the names of application protocols, preferred first (RFC 7301 section 3.1)."""
    outer = Reader(data, "application_layer_protocol_negotiation")
    names = Reader(outer.vector(2, 2), "application_layer_protocol_negotiation")
    outer.end()
    protocols = []
    while names:
        protocols.append(names.vector(1, 1))
    return tuple(protocols)


def parse_alpn_choice(data: bytes) -> bytes:
    """Read a server's answer, which names exactly one protocol."""
    protocols = parse_alpn(data)
    if len(protocols) != 1:
        raise DecodeError(f"{len(protocols)} protocols in a server's answer (RFC 7301 section 3.1)")
    return protocols[0]


def build_alpn(protocols: Iterable[bytes]) -> tuple[int, bytes]:
    """Return the extension that lists `protocols`; a server lists one."""
    return ExtensionType.ALPN, vector(2, b"".join(vector(1, protocol) for protocol in protocols))


def build_extended_master_secret() -> tuple[int, bytes]:
    """Return the extension of RFC 7627."""
    return ExtensionType.EXTENDED_MASTER_SECRET, b""


def parse_renegotiation_info(data: bytes) -> bytes:
    """Read the verify_data of the previous handshake, empty in the first (RFC 5746 section 3.2)."""
    reader = Reader(data, "renegotiation_info")
    connection = reader.vector(1)
    reader.end()
    return connection


def build_renegotiation_info(connection: bytes = b"") -> tuple[int, bytes]:
    """Return the extension with the verify_data of the previous handshake."""
    return ExtensionType.RENEGOTIATION_INFO, vector(1, connection)


def parse_supported_versions_client(data: bytes) -> tuple[int, ...]:
    """Read the versions that a client speaks, preferred first (RFC 8446 section 4.2.1)."""
    reader = Reader(data, "supported_versions")
    versions = reader.numbers(1, 2)
    reader.end()
    return versions


def build_supported_versions_client(versions: Iterable[int]) -> tuple[int, bytes]:
    """Return the extension that lists `versions`."""
    return ExtensionType.SUPPORTED_VERSIONS, numbers(1, 2, versions)


def parse_supported_versions_server(data: bytes) -> int:
    """Read the version that a server chose."""
    return _parse_u16(data, "supported_versions")


def build_supported_versions_server(version: int) -> tuple[int, bytes]:
    """Return the extension that chooses `version`."""
    return ExtensionType.SUPPORTED_VERSIONS, u16(version)


def parse_key_share_client(data: bytes) -> tuple[KeyShareEntry, ...]:
    """Read a client's shares, perhaps none; raises `IllegalParameter` if a group comes twice."""
    outer = Reader(data, "key_share")
    reader = Reader(outer.vector(2), "key_share")
    outer.end()
    shares: dict[int, KeyShareEntry] = {}
    while reader:
        share = KeyShareEntry(reader.u16(), reader.vector(2, 1))
        if share.group in shares:
            raise IllegalParameter(f"group {share.group} twice in key_share (RFC 8446 section 4.2.8)")
        shares[share.group] = share
    return tuple(shares.values())


def build_key_share_client(shares: Iterable[KeyShareEntry]) -> tuple[int, bytes]:
    """Return the extension with a client's `shares`."""
    return ExtensionType.KEY_SHARE, vector(2, b"".join(map(_share, shares)))


def parse_key_share_server(data: bytes) -> KeyShareEntry:
    """Read the one share of a server."""
    reader = Reader(data, "key_share")
    share = KeyShareEntry(reader.u16(), reader.vector(2, 1))
    reader.end()
    return share


def build_key_share_server(share: KeyShareEntry) -> tuple[int, bytes]:
    """Return the extension with a server's `share`."""
    return ExtensionType.KEY_SHARE, _share(share)


def parse_key_share_retry(data: bytes) -> int:
    """Read the group that a HelloRetryRequest asks for."""
    return _parse_u16(data, "key_share")


def build_key_share_retry(group: int) -> tuple[int, bytes]:
    """Return the extension that asks for a share of `group`."""
    return ExtensionType.KEY_SHARE, u16(group)


def parse_psk_key_exchange_modes(data: bytes) -> tuple[int, ...]:
    """Read how a client would use pre-shared keys (RFC 8446 section 4.2.9)."""
    return _parse_numbers(data, "psk_key_exchange_modes", 1, 1)


def build_psk_key_exchange_modes(modes: Iterable[int]) -> tuple[int, bytes]:
    """Return the extension that lists `modes`."""
    return ExtensionType.PSK_KEY_EXCHANGE_MODES, numbers(1, 1, modes)


@dataclass(frozen=True, slots=True)
class PskIdentity:
    """One pre-shared key that a client offers (RFC 8446 section 4.2.11).

    Parameters
    ----------
    identity: its name, or a ticket.
    obfuscated_age: milliseconds since the ticket came, with its age_add, modulo 2^32; 0 for other keys.
    """

    identity: bytes
    obfuscated_age: int


@dataclass(frozen=True, slots=True)
class OfferedPsks:
    """A client's pre_shared_key: as many binders as identities."""

    identities: tuple[PskIdentity, ...]
    binders: tuple[bytes, ...]

    @property
    def binders_length(self) -> int:
        """Bytes of the binders with all their lengths, which a partial ClientHello leaves out."""
        return 2 + sum(1 + len(binder) for binder in self.binders)


def parse_pre_shared_key_client(data: bytes) -> OfferedPsks:
    """Read a client's offer; raises `IllegalParameter` if keys and binders are not as many."""
    outer = Reader(data, "pre_shared_key")
    identities, binders = Reader(outer.vector(2, 7), "pre_shared_key"), Reader(outer.vector(2, 33), "binders")
    outer.end()
    named, proved = [], []
    while identities:
        named.append(PskIdentity(identities.vector(2, 1), identities.u32()))
    while binders:
        proved.append(binders.vector(1, 32))
    if len(named) != len(proved):
        raise IllegalParameter(f"{len(named)} pre-shared keys with {len(proved)} binders")
    return OfferedPsks(tuple(named), tuple(proved))


def build_pre_shared_key_client(offered: OfferedPsks) -> tuple[int, bytes]:
    """Return the extension with a client's offer."""
    named = b"".join(vector(2, item.identity) + u32(item.obfuscated_age) for item in offered.identities)
    return ExtensionType.PRE_SHARED_KEY, vector(2, named) + build_binders(offered)


def build_binders(offered: OfferedPsks) -> bytes:
    """Return the end of that extension, and so of its ClientHello: the binders."""
    return vector(2, b"".join(vector(1, binder) for binder in offered.binders))


def parse_pre_shared_key_server(data: bytes) -> int:
    """Read which of the client's keys a server chose."""
    return _parse_u16(data, "pre_shared_key")


def build_pre_shared_key_server(index: int) -> tuple[int, bytes]:
    """Return the extension that chooses a key."""
    return ExtensionType.PRE_SHARED_KEY, u16(index)


def parse_early_data_size(data: bytes) -> int:
    """Read how much early data a ticket allows (RFC 8446 section 4.6.1)."""
    reader = Reader(data, "early_data")
    size = reader.u32()
    reader.end()
    return size


def build_early_data_size(size: int) -> tuple[int, bytes]:
    """Return the extension of a ticket that allows `size` bytes of early data."""
    return ExtensionType.EARLY_DATA, u32(size)


def parse_certificate_authorities(data: bytes) -> tuple[bytes, ...]:
    """Read the names of those whose certificates are wanted (RFC 8446 section 4.2.4)."""
    outer = Reader(data, "certificate_authorities")
    names = Reader(outer.vector(2, 3), "certificate_authorities")
    outer.end()
    found = []
    while names:
        found.append(names.vector(2, 1))
    return tuple(found)


def build_certificate_authorities(names: Iterable[bytes]) -> tuple[int, bytes]:
    """Return the extension with these distinguished names (DER)."""
    return ExtensionType.CERTIFICATE_AUTHORITIES, vector(2, b"".join(vector(2, name) for name in names))


def parse_stapled(data: bytes) -> bytes:
    """Read an OCSP response stapled to a certificate (RFC 8446 section 4.4.2.1)."""
    reader = Reader(data, "status_request")
    kind, response = reader.u8(), reader.vector(3, 1)
    reader.end()
    if kind != _OCSP:
        raise IllegalParameter(f"a certificate status of type {kind}")
    return response


def build_stapled(response: bytes) -> tuple[int, bytes]:
    """Return the extension that staples an OCSP response to a certificate."""
    return ExtensionType.STATUS_REQUEST, u8(_OCSP) + vector(3, response)


def parse_record_size_limit(data: bytes) -> int:
    """Read how many bytes of content a record may have (RFC 8449 section 4)."""
    return _parse_u16(data, "record_size_limit")


def build_record_size_limit(limit: int) -> tuple[int, bytes]:
    """Return the extension that asks for `limit` bytes at most."""
    return ExtensionType.RECORD_SIZE_LIMIT, u16(limit)


def parse_status_request(data: bytes) -> bool:
    """Read a client's status_request; tell whether it is OCSP that it wants (RFC 6066 section 8)."""
    return data[:1] == b"\x01"


def build_status_request() -> tuple[int, bytes]:
    """Return the extension that asks for OCSP of any responder."""
    return ExtensionType.STATUS_REQUEST, b"\x01" + vector(2, b"") + vector(2, b"")


def build_session_ticket(ticket: bytes = b"") -> tuple[int, bytes]:
    """Return the extension that shows a ticket, or asks for one (RFC 5077 section 3.2)."""
    return ExtensionType.SESSION_TICKET, ticket


def parse_cookie(data: bytes) -> bytes:
    """Read a cookie (RFC 8446 section 4.2.2)."""
    reader = Reader(data, "cookie")
    cookie = reader.vector(2, 1)
    reader.end()
    return cookie


def build_cookie(cookie: bytes) -> tuple[int, bytes]:
    """Return the extension with `cookie`."""
    return ExtensionType.COOKIE, vector(2, cookie)


def _share(share: KeyShareEntry) -> bytes:
    return u16(share.group) + vector(2, share.key_exchange)


def _parse_numbers(data: bytes, what: str, width: int, size: int) -> tuple[int, ...]:
    reader = Reader(data, what)
    items = reader.numbers(width, size)
    reader.end()
    return items


def _parse_u16(data: bytes, what: str) -> int:
    reader = Reader(data, what)
    number = reader.u16()
    reader.end()
    return number
