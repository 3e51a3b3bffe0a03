"""The two hellos: what the mapper offers as a client and answers as a server.

Pure functions of the profile and of what was seen, so a hello that is sent twice is the same both times.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from functools import lru_cache
from typing import Final

from impl.codec import extensions as ext
from impl.codec.datagram_hello import DatagramClientHello
from impl.codec.enums import CipherSuite, ExtensionType, ProtocolVersion, PskKeyExchangeMode
from impl.codec.extensions import Extensions, KeyShareEntry
from impl.codec.hello import HELLO_RETRY_REQUEST_RANDOM, ClientHello, ServerHello
from impl.codec.wire import CodecError
from impl.crypto.signatures import ALGORITHMS
from tlsmodel.mapper.identity import (
    CLIENT_RANDOM,
    GROUPS,
    OFFERED_SESSION_ID,
    SERVER_RANDOM,
    SERVER_SESSION_ID,
    SESSION_ID,
    key_shares,
)
from tlsmodel.mapper.profile import Profile
from tlsmodel.mapper.saved import Saved

Extension = tuple[int, bytes]
OTHER_VERSION: Final = {
    ProtocolVersion.TLS12: ProtocolVersion.TLS11,
    ProtocolVersion.TLS13: ProtocolVersion.TLS12,
    ProtocolVersion.DTLS12: ProtocolVersion.DTLS10,
}
"""A version that the target does not speak."""
UNOFFERED_SUITE: Final = 0x5A5A
"""A number that nobody offers, should all that are known be offered."""


@lru_cache(maxsize=256)
def offer(
    profile: Profile,
    server_name: str,
    *,
    binding: bytes | None = b"",
    groups: tuple[int, ...] = GROUPS,
    saved: Saved | None = None,
    modes: bool = False,
    early: bool = False,
    cookie: bytes = b"",
    random: bytes = CLIENT_RANDOM,
) -> ClientHello:
    """Return a ClientHello, in TLS 1.3 without the pre-shared key that `saved` stands for.

    Parameters
    ----------
    binding: what renegotiation_info says; None leaves it out.
    groups: those with a share (TLS 1.3).
    saved: the session that would be resumed.
    modes: whether pre-shared keys are spoken of (RFC 8446 4.2.9).
    early: whether early data follows.
    cookie: from HelloVerifyRequest or HelloRetryRequest.
    """
    listed: list[Extension | None] = [
        ext.build_server_name(server_name),
        ext.build_supported_groups(key_shares()),
        ext.build_signature_algorithms(ALGORITHMS),
    ]
    if profile.is_tls13:
        listed += [
            ext.build_supported_versions_client([profile.version]),
            ext.build_key_share_client(KeyShareEntry(group, key_shares()[group].public) for group in groups),
            (ExtensionType.POST_HANDSHAKE_AUTH, b"") if profile.late_auth else None,
            ext.build_psk_key_exchange_modes([PskKeyExchangeMode.PSK_DHE_KE]) if modes else None,
            ext.build_cookie(cookie) if cookie else None,
            (ExtensionType.EARLY_DATA, b"") if early else None,
        ]
    else:
        ticket = b"" if saved is None else saved.ticket
        listed += [
            ext.build_ec_point_formats(),
            ext.build_extended_master_secret(),
            None if binding is None else ext.build_renegotiation_info(binding),
            ext.build_session_ticket(ticket) if ticket or profile.tickets else None,
        ]
    suites = tuple(suite.number for suite in profile.suites)
    extensions = Extensions.of(*listed)
    if profile.datagrams:
        identifier = _identifier(saved)
        return DatagramClientHello(random, identifier, suites, extensions, cookie=cookie)
    identifier = SESSION_ID if profile.is_tls13 else _identifier(saved)
    return ClientHello(random, identifier, suites, extensions)


def _identifier(saved: Saved | None) -> bytes:
    """A ticket goes with an id of the client's own, by which it knows the answer (RFC 5077 3.4)."""
    if saved is None:
        return b""
    return saved.session_id or OFFERED_SESSION_ID


def of_other_version(profile: Profile, hello: ClientHello) -> ClientHello:
    """Return `hello` as from a client that speaks no version of the target's."""
    extensions = Extensions(
        tuple(item for item in hello.extensions if item[0] != ExtensionType.SUPPORTED_VERSIONS)
    )
    return replace(hello, legacy_version=OTHER_VERSION[profile.version], extensions=extensions)


def answer(
    profile: Profile,
    offered: ClientHello,
    *,
    binding: bytes | None = None,
    resumed: bool = False,
    saved: Saved | None = None,
) -> ServerHello:
    """Return the ServerHello that accepts what `offered` has and the mapper speaks.

    Parameters
    ----------
    binding: what renegotiation_info says; None leaves it out.
    resumed: whether the session that was offered is taken up.
    saved: that session, where it is known.
    """
    numbers = [suite.number for suite in profile.suites]
    if resumed and saved is not None and saved.suite in numbers:
        numbers.insert(0, CipherSuite(saved.suite))
    suite = _first(offered.cipher_suites, numbers)
    if profile.is_tls13:
        share = key_shares()[chosen_group(profile, offered)]
        extensions = Extensions.of(
            ext.build_supported_versions_server(profile.version),
            ext.build_key_share_server(KeyShareEntry(share.group, share.public)),
            ext.build_pre_shared_key_server(0) if resumed else None,
        )
        return ServerHello(SERVER_RANDOM, offered.session_id, suite, extensions)
    asked = offered.extensions
    extended = ExtensionType.EXTENDED_MASTER_SECRET in asked
    # Nothing is resumed where nothing was shown, whatever the server calls the session.
    taken = resumed and bool(offered.session_id or asked.get(ExtensionType.SESSION_TICKET))
    ticketed = profile.tickets and not taken and ExtensionType.SESSION_TICKET in asked
    stapled = profile.status and not taken and ExtensionType.STATUS_REQUEST in asked
    extensions = Extensions.of(
        None if binding is None else ext.build_renegotiation_info(binding),
        ext.build_extended_master_secret() if extended else None,
        ext.build_ec_point_formats() if ExtensionType.EC_POINT_FORMATS in asked else None,
        ext.build_session_ticket() if ticketed else None,
        (ExtensionType.STATUS_REQUEST, b"") if stapled else None,
    )
    # To echo the client's id would mean to resume its session (RFC 5246 7.4.1.3).
    identifier = SERVER_SESSION_ID if profile.names_session else b""
    if resumed:
        identifier = offered.session_id or OFFERED_SESSION_ID
    version = ProtocolVersion.DTLS12 if profile.datagrams else ProtocolVersion.TLS12
    return ServerHello(SERVER_RANDOM, identifier, suite, extensions, version)


def unoffered(profile: Profile, offered: ClientHello, answered: ServerHello) -> ServerHello:
    """Return `answered` with a cipher suite that the client has not offered."""
    others = [suite.number for suite in profile.suites if suite.number not in offered.cipher_suites]
    return replace(answered, cipher_suite=others[0] if others else UNOFFERED_SUITE)


def answer_of_other_version(profile: Profile, answered: ServerHello) -> ServerHello:
    """Return `answered` as from a server that has chosen a version which the client does not speak."""
    return replace(
        answered,
        legacy_version=OTHER_VERSION[profile.version],
        extensions=Extensions.of() if profile.is_tls13 else answered.extensions,
    )


def retry(profile: Profile, offered: ClientHello, *, idle: bool) -> ServerHello:
    """Return a HelloRetryRequest; an `idle` one asks for what is there already (RFC 8446 4.1.4)."""
    shares = offered_shares(offered)
    supported = [group for group in _offered_groups(offered) if (group in shares) is idle]
    wanted = _first(supported, GROUPS)
    suite = _first(offered.cipher_suites, [suite.number for suite in profile.suites])
    extensions = Extensions.of(
        ext.build_supported_versions_server(profile.version), ext.build_key_share_retry(wanted)
    )
    return ServerHello(HELLO_RETRY_REQUEST_RANDOM, offered.session_id, suite, extensions)


def retried_group(retried: ServerHello) -> int | None:
    """Return the group that a HelloRetryRequest asks for, if it can be read and the mapper has it."""
    content = retried.extensions.get(ExtensionType.KEY_SHARE)
    try:
        group = None if content is None else ext.parse_key_share_retry(content)
    except CodecError:
        return None
    return group if group in key_shares() else None


def retried_cookie(retried: ServerHello) -> bytes:
    """Return the cookie of a HelloRetryRequest, or no bytes."""
    content = retried.extensions.get(ExtensionType.COOKIE)
    try:
        return b"" if content is None else ext.parse_cookie(content)
    except CodecError:
        return b""


def binding_of(hello: ClientHello | ServerHello) -> bytes | None:
    """Return what a hello says of the connection that it belongs to: None if it says nothing (RFC 5746)."""
    content = hello.extensions.get(ExtensionType.RENEGOTIATION_INFO)
    if content is not None:
        try:
            return ext.parse_renegotiation_info(content)
        except CodecError:
            return None
    signalled = isinstance(hello, ClientHello) and (
        CipherSuite.TLS_EMPTY_RENEGOTIATION_INFO_SCSV in hello.cipher_suites
    )
    return b"" if signalled else None


def chosen_group(profile: Profile, offered: ClientHello) -> int:
    """Return the group for the exchange: one with a share in TLS 1.3, any in TLS 1.2, or the mapper's own."""
    if profile.is_tls13:
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


def offered_psks(offered: ClientHello) -> ext.OfferedPsks | None:
    """Return the pre-shared keys of a ClientHello, or None if there are none that can be read."""
    content = offered.extensions.get(ExtensionType.PRE_SHARED_KEY)
    try:
        return None if content is None else ext.parse_pre_shared_key_client(content)
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
