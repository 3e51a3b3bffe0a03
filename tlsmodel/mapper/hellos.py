"""The two hellos: what the mapper offers as a client and answers as a server.

An answer is a pure function of the offer, so a hello that is sent twice is the same both times.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Final

from impl.codec import extensions as ext
from impl.codec.enums import CipherSuite, ExtensionType, ProtocolVersion
from impl.codec.extensions import Extensions, KeyShareEntry
from impl.codec.hello import ClientHello, ServerHello
from impl.codec.wire import CodecError
from impl.crypto.signatures import ALGORITHMS
from impl.crypto.suites import SUITES, Suite
from tlsmodel.mapper.identity import CLIENT_RANDOM, SERVER_RANDOM, SESSION_ID, key_shares

OFFERED_SUITES: Final[Mapping[ProtocolVersion, tuple[Suite, ...]]] = {
    version: tuple(suite for suite in SUITES.values() if suite.version is version)
    for version in (ProtocolVersion.TLS12, ProtocolVersion.TLS13)
}
"""The suites of each version, preferred first; the first one is also what counts before any is chosen."""


@lru_cache(maxsize=8)
def offer(version: ProtocolVersion, server_name: str) -> ClientHello:
    """Return a ClientHello for `version` alone.

    It has no psk_key_exchange_modes and no session_ticket: resumption is not asked for (RFC 8446 4.2.9).
    """
    shares = key_shares()
    listed = [
        ext.build_server_name(server_name),
        ext.build_supported_groups(shares),
        ext.build_signature_algorithms(ALGORITHMS),
    ]
    if version is ProtocolVersion.TLS13:
        listed += [
            ext.build_supported_versions_client([version]),
            ext.build_key_share_client(KeyShareEntry(share.group, share.public) for share in shares.values()),
        ]
    else:
        listed += [
            ext.build_ec_point_formats(),
            ext.build_extended_master_secret(),
            ext.build_renegotiation_info(),
        ]
    return ClientHello(
        random=CLIENT_RANDOM,
        session_id=SESSION_ID if version is ProtocolVersion.TLS13 else b"",
        cipher_suites=tuple(suite.number for suite in OFFERED_SUITES[version]),
        extensions=Extensions(tuple(listed)),
    )


def answer(version: ProtocolVersion, offered: ClientHello) -> ServerHello:
    """Return the ServerHello that accepts what `offered` has and the mapper speaks.

    In TLS 1.2 the session id stays empty: to echo one would mean to resume its session (RFC 5246 7.4.1.3).
    """
    suite = _first(offered.cipher_suites, [suite.number for suite in OFFERED_SUITES[version]])
    if version is ProtocolVersion.TLS13:
        share = key_shares()[chosen_group(version, offered)]
        extensions = Extensions.of(
            ext.build_supported_versions_server(version),
            ext.build_key_share_server(KeyShareEntry(share.group, share.public)),
        )
        return ServerHello(SERVER_RANDOM, offered.session_id, suite, extensions)
    asked = offered.extensions
    secure = (
        ExtensionType.RENEGOTIATION_INFO in asked
        or CipherSuite.TLS_EMPTY_RENEGOTIATION_INFO_SCSV in offered.cipher_suites
    )
    extensions = Extensions.of(
        ext.build_renegotiation_info() if secure else None,
        ext.build_extended_master_secret() if ExtensionType.EXTENDED_MASTER_SECRET in asked else None,
        ext.build_ec_point_formats() if ExtensionType.EC_POINT_FORMATS in asked else None,
    )
    return ServerHello(SERVER_RANDOM, b"", suite, extensions)


def chosen_group(version: ProtocolVersion, offered: ClientHello) -> int:
    """Return the group for the exchange: one with a share in TLS 1.3, any in TLS 1.2, or the mapper's own."""
    if version is ProtocolVersion.TLS13:
        return _first(offered_shares(offered), key_shares())
    return _first(_offered_groups(offered), key_shares())


def offered_shares(offered: ClientHello) -> dict[int, bytes]:
    """Return the shares of a ClientHello by group; none if they cannot be read."""
    content = offered.extensions.get(ExtensionType.KEY_SHARE)
    try:
        entries = () if content is None else ext.parse_key_share_client(content)
    except CodecError:
        return {}
    return {entry.group: entry.key_exchange for entry in entries}


def answered_share(answered: ServerHello) -> KeyShareEntry | None:
    """Return the share of a ServerHello, or None if there is none that can be read."""
    content = answered.extensions.get(ExtensionType.KEY_SHARE)
    try:
        return None if content is None else ext.parse_key_share_server(content)
    except CodecError:
        return None


def _offered_groups(offered: ClientHello) -> tuple[int, ...]:
    content = offered.extensions.get(ExtensionType.SUPPORTED_GROUPS)
    try:
        return () if content is None else ext.parse_supported_groups(content)
    except CodecError:
        return ()


def _first(offered: Iterable[int], preferred: Iterable[int]) -> int:
    """Return the first preferred number that is offered, or the first of all if none is."""
    numbers = list(preferred)
    present = set(offered)
    return next((number for number in numbers if number in present), numbers[0])
