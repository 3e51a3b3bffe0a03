"""What all ClientHellos of a configuration have in common, worked out once.

Functions of a configuration's values; what differs from one connection to the next is added by `negotiation`.
Theory: RFC 8446 section 4.1.2, RFC 5246 section 7.4.1.2, RFC 7919 section 3.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from impl.codec import extensions as ext
from impl.codec.enums import CipherSuite, ExtensionType, NamedGroup, ProtocolVersion, SignatureScheme
from impl.codec.enums import PskKeyExchangeMode as PskMode
from impl.config import SUITES_OF, Config
from impl.credentials import is_address
from impl.crypto.finite_field import FIELDS
from impl.crypto.suites import SUITES, KeyExchange

Entry = tuple[int, bytes]

_KEPT: Final = 64
"""For how many configurations the answer is kept."""


def suites(config: Config, versions: tuple[ProtocolVersion, ...]) -> tuple[CipherSuite, ...]:
    """Return the cipher suites that are offered for `versions`, preferred first."""
    return _suites(config.cipher_suites, versions)


def extensions(config: Config, versions: tuple[ProtocolVersion, ...]) -> tuple[Entry, ...]:
    """Return the extensions that nothing but the configuration decides on."""
    common = _common(
        config.server_name,
        _groups(config.groups, suites(config, versions)),
        config.signature_schemes,
        config.alpn,
        config.request_status,
        None if config.datagram else config.record_size_limit,
    )
    if ProtocolVersion.TLS13 not in versions:
        return common
    return common + _newer(versions, config.psk_modes, config.post_handshake_auth)


@lru_cache(maxsize=_KEPT)
def _suites(
    enabled: tuple[CipherSuite, ...], versions: tuple[ProtocolVersion, ...]
) -> tuple[CipherSuite, ...]:
    covered = {SUITES_OF[version] for version in versions}
    return tuple(number for number in enabled if SUITES[number].version in covered)


@lru_cache(maxsize=_KEPT)
def _groups(enabled: tuple[NamedGroup, ...], offered: tuple[CipherSuite, ...]) -> tuple[NamedGroup, ...]:
    """Return the groups, with the prime fields if TLS 1.2 may need one (RFC 7919 section 3)."""
    exchanges = {SUITES[number].key_exchange for number in offered}
    return (*enabled, *FIELDS) if KeyExchange.DHE in exchanges else enabled


@lru_cache(maxsize=_KEPT)
def _common(
    server_name: str | None,
    groups: tuple[NamedGroup, ...],
    schemes: tuple[SignatureScheme, ...],
    alpn: tuple[bytes, ...],
    request_status: bool,
    limit: int | None,
) -> tuple[Entry, ...]:
    named = server_name is not None and not is_address(server_name)
    return _present(
        ext.build_server_name(server_name) if server_name is not None and named else None,
        ext.build_supported_groups(groups),
        ext.build_signature_algorithms(schemes),
        ext.build_alpn(alpn) if alpn else None,
        ext.build_status_request() if request_status else None,
        None if limit is None else ext.build_record_size_limit(limit),
    )


@lru_cache(maxsize=_KEPT)
def _newer(
    versions: tuple[ProtocolVersion, ...], psk_modes: tuple[PskMode, ...], post_handshake_auth: bool
) -> tuple[Entry, ...]:
    return _present(
        ext.build_supported_versions_client(versions),
        ext.build_psk_key_exchange_modes(psk_modes) if psk_modes else None,
        (ExtensionType.POST_HANDSHAKE_AUTH, b"") if post_handshake_auth else None,
    )


def _present(*entries: Entry | None) -> tuple[Entry, ...]:
    return tuple(entry for entry in entries if entry is not None)
