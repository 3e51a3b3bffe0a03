"""The hellos up to the version: what a client offers, and who goes on after the choice.

Everything that depends on the version belongs to `tls12` and `tls13`, which this module joins.
Theory: RFC 8446 sections 4.1 and 4.2.1, RFC 5246 section 7.4.1, RFC 7507 (fallback).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import ClassVar, Final

from impl import standing
from impl.codec import extensions as ext
from impl.codec.datagram_hello import DatagramClientHello, HelloVerifyRequest
from impl.codec.enums import CipherSuite, ExtensionType, HandshakeType, NamedGroup, ProtocolVersion
from impl.codec.extensions import Extensions, KeyShareEntry
from impl.codec.hello import RANDOM_LENGTH, SESSION_ID_LENGTH, ClientHello, HelloRequest, ServerHello
from impl.codec.messages import encode
from impl.codes import Code
from impl.config import Config, Role
from impl.dtls12 import cookie
from impl.established import Connected
from impl.frozen import dataclass
from impl.limits import MAX_COOKIES, MAX_TICKET
from impl.offer import Offer
from impl.record.joiner import Message
from impl.saved_session import SavedSession
from impl.step import Handled, Handlers, Phase, Refusal, Send, SendFirst
from impl.tls12 import client as client12
from impl.tls12 import renegotiation
from impl.tls12 import server as server12
from impl.tls13 import client as client13
from impl.tls13 import psk
from impl.tls13 import server as server13

TLS12, TLS13, DTLS12 = ProtocolVersion.TLS12, ProtocolVersion.TLS13, ProtocolVersion.DTLS12

SHARED_GROUPS: Final[tuple[NamedGroup, ...]] = (NamedGroup.X25519, NamedGroup.SECP256R1)
"""The groups of which a client sends shares at once, if it has them enabled, besides its favourite."""


@dataclass(frozen=True, slots=True)
class Start:
    """Nothing has been said yet in this handshake.

    Parameters
    ----------
    previous: the TLS 1.2 connection that is to be renewed; None in a first handshake.
    number: message_seq of our next message, over datagrams; None over streams.
    address: where the client's datagrams come from, for cookies.
    """

    phase: ClassVar = Phase.START

    previous: Connected | None = None
    number: int | None = None
    address: bytes = b""


def begin(config: Config, *, early_data: bool = False) -> Handled:
    """Make the offer: send ClientHello, and early data behind it if there is some."""
    modern = TLS13 in config.versions
    groups = [group for group in config.groups if group in SHARED_GROUPS or group is config.groups[0]]
    shares = {int(group): config.make_key_share(group) for group in groups} if modern else {}
    session = resumable(config)
    form = DatagramClientHello if config.datagram else ClientHello
    hello = form(
        random=config.randomness(RANDOM_LENGTH),
        session_id=_offered_session_id(config, session),
        cipher_suites=standing.suites(config, config.versions),
        extensions=_offered_extensions(
            config, config.versions, None, session, [KeyShareEntry(g, s.public) for g, s in shares.items()]
        ),
    )
    psks = psk.to_offer(config, session) if modern else ()
    early_data = early_data and bool(psks) and psks[0].session is not None
    if early_data:
        hello = replace(hello, extensions=Extensions.of(*hello.extensions, (ExtensionType.EARLY_DATA, b"")))
    hello, raw = psk.with_binders(hello, psks, None)
    offer = Offer(
        hello=hello,
        raw=raw,
        shares=shares,
        session=session,
        number=0 if config.datagram else None,
        psks=psks,
        early_data=early_data,
        compatible=early_data,
    )
    return Handled(offer, (SendFirst(raw), *client13.early_data(offer, config)))


def begin_again(state: Connected, config: Config, number: int | None) -> Handled:
    """Begin a re-handshake: a client makes its offer, a server waits for one (RFC 5746).

    Parameters
    ----------
    number: message_seq of our next message, over datagrams.
    """
    if config.role is Role.SERVER:
        return Handled(Start(state, number))
    version = state.parameters.version
    hello = ClientHello(
        random=config.randomness(RANDOM_LENGTH),
        session_id=b"",
        cipher_suites=standing.suites(config, (version,)),
        extensions=_offered_extensions(config, (version,), state, None, []),
    )
    if config.datagram:
        # There are servers that skip a hello without the cookie that they have accepted once.
        hello = DatagramClientHello(
            hello.random, b"", hello.cipher_suites, hello.extensions, cookie=state.cookie
        )
    raw = encode(hello)
    return Handled(Offer(hello, raw, previous=state, number=number), (Send((raw,)),))


def resumable(config: Config) -> SavedSession | None:
    """Return the session that may be offered for resumption, if it fits the configuration."""
    session = config.resume
    if session is None or session.version not in config.versions or not session.is_fresh(config.clock()):
        return None
    if session.cipher_suite not in config.cipher_suites or session.server_name != config.server_name:
        return None
    if len(session.ticket) > MAX_TICKET:
        return None
    # Without it nothing binds a resumption to the handshake that it goes on from (RFC 7627 section 5.3).
    is_safe = bool(session.ticket) if session.version is TLS13 else session.extended
    return session if is_safe else None


def _offered_session_id(config: Config, session: SavedSession | None) -> bytes:
    """Return what a server echoes: a session's name, or something new that makes a ticket's use show."""
    if session is not None and session.version is not TLS13 and not session.ticket:
        return session.session_id
    ticketed = session is not None and session.version is not TLS13
    random = ticketed or (TLS13 in config.versions and config.compatible)
    return config.randomness(SESSION_ID_LENGTH) if random else b""


def _offered_extensions(
    config: Config,
    versions: tuple[ProtocolVersion, ...],
    previous: Connected | None,
    session: SavedSession | None,
    shares: Sequence[KeyShareEntry],
) -> Extensions:
    entries = standing.extensions(config, versions)
    if TLS13 in versions:
        entries += (ext.build_key_share_client(shares),)
    if versions == (TLS13,):
        return Extensions(entries)
    ticket = session.ticket if session is not None and session.version is not TLS13 else b""
    return Extensions.of(
        *entries,
        ext.build_ec_point_formats(),
        ext.build_extended_master_secret(),
        renegotiation.offered(config, previous),
        ext.build_session_ticket(ticket) if ticket or config.session_tickets else None,
    )


def on_server_hello(state: Offer, message: Message, config: Config) -> Handled:
    """See which version the server chose, and go on there (RFC 8446 sections 4.1.3 and 4.2.1)."""
    hello = ServerHello.parse(message.body)
    chosen = hello.extensions.get(ExtensionType.SUPPORTED_VERSIONS)
    version = hello.legacy_version if chosen is None else ext.parse_supported_versions_server(chosen)
    if state.previous is not None and version != state.previous.parameters.version:
        reason = "a re-handshake in another version (RFC 8446 section 4.1.3)"
        raise Refusal(Code.UNSUPPORTED_VERSION_PACKET, reason)
    if chosen is not None and (version != TLS13 or not _is_legacy_version_right(hello)):
        raise Refusal(Code.RECEIVED_ILLEGAL_PARAMETER, "supported_versions chooses no version from 1.3 on")
    if version not in config.versions or (chosen is None and version == TLS13):
        raise Refusal(Code.UNSUPPORTED_VERSION_PACKET, f"the server chose version {version:#06x}")
    if version == TLS13:
        return client13.on_server_hello(state, hello, message, config)
    client13.check_older_version(state, hello)
    if state.previous is None and TLS13 in config.versions and hello.downgraded:
        raise Refusal(Code.RECEIVED_ILLEGAL_PARAMETER, "the server was made to choose an older version")
    return client12.on_server_hello(state, hello, message, config)


def _is_legacy_version_right(hello: ServerHello) -> bool:
    """Tell whether legacy_version is as it must be: ServerHello's is ignored (RFC 8446 section 4.2.1)."""
    return hello.legacy_version == TLS12 or not hello.is_hello_retry_request


def on_hello_verify_request(state: Offer, message: Message, _config: Config) -> Handled:
    """Send the same ClientHello with the server's cookie (RFC 6347 section 4.2.1)."""
    request = HelloVerifyRequest.parse(message.body)
    if not isinstance(state.hello, DatagramClientHello) or state.number is None:
        raise Refusal(Code.UNEXPECTED_HANDSHAKE_PACKET, "HelloVerifyRequest is no message of TLS")
    if state.number >= MAX_COOKIES:
        raise Refusal(Code.UNEXPECTED_PACKET, f"more than {MAX_COOKIES} cookies in one handshake")
    hello = replace(state.hello, cookie=request.cookie)
    raw = encode(hello)
    return Handled(replace(state, hello=hello, raw=raw, number=state.number + 1), (Send((raw,)),))


def on_hello_request(state: Offer, message: Message, config: Config) -> Handled:
    """Ignore it where (D)TLS 1.2 may yet be chosen (RFC 5246 7.4.1.1); TLS 1.3 has no such message."""
    HelloRequest.parse(message.body)
    if {TLS12, DTLS12}.isdisjoint(config.versions):
        raise Refusal(Code.UNEXPECTED_HANDSHAKE_PACKET, "HelloRequest is no message of TLS 1.3")
    return Handled(state)


def on_datagram_client_hello(state: Start, message: Message, config: Config) -> Handled:
    """Make sure of the client's address, and go on as in TLS 1.2 (RFC 6347 section 4.2.1)."""
    hello = DatagramClientHello.parse(message.body)
    # Whoever asked the client for a cookie in our name has used the numbers up to that of its hello.
    number = max(state.number or 0, int.from_bytes(message.raw[4:6]))
    secret = config.cookie_secret
    if secret is not None and state.previous is None and not cookie.is_valid(secret, state.address, hello):
        request = encode(HelloVerifyRequest(cookie.make(secret, state.address, hello)))
        return Handled(replace(state, number=number + 1), (Send((request,)),))
    version = _choose_version(hello, config.versions)
    circumstances = server12.Circumstances(version, state.previous, number)
    return server12.on_client_hello(hello, message, config, circumstances)


def on_client_hello(state: Start, message: Message, config: Config) -> Handled:
    """Choose the version, and go on there."""
    hello = ClientHello.parse(message.body)
    version = _choose_version(hello, config.versions if state.previous is None else (TLS12,))
    fallback = CipherSuite.TLS_FALLBACK_SCSV in hello.cipher_suites
    if fallback and state.previous is None and version < max(config.versions):
        raise Refusal(Code.INAPPROPRIATE_FALLBACK, "the client fell back without need (RFC 7507 section 3)")
    if version is TLS13:
        return server13.on_client_hello(hello, message, config)
    circumstances = server12.Circumstances(version, state.previous, state.number)
    return server12.on_client_hello(hello, message, config, circumstances)


def _choose_version(hello: ClientHello, versions: Sequence[ProtocolVersion]) -> ProtocolVersion:
    listed = hello.extensions.get(ExtensionType.SUPPORTED_VERSIONS)
    if listed is not None:
        offered = ext.parse_supported_versions_client(listed)
    else:
        offered = _up_to(hello.legacy_version)
    for version in (TLS13, TLS12, DTLS12):
        if version in offered and version in versions:
            return version
    raise Refusal(Code.UNSUPPORTED_VERSION_PACKET, "no protocol version in common")


def _up_to(version: int) -> tuple[ProtocolVersion, ...]:
    """Return what a client without supported_versions offers; DTLS counts its versions downwards."""
    if version >> 8 == DTLS12 >> 8:
        return (DTLS12,) if version <= DTLS12 else ()
    return (TLS12,) if version >= TLS12 else ()


CLIENT: Final[Handlers] = {
    (Phase.WAIT_SH, HandshakeType.SERVER_HELLO): on_server_hello,
    (Phase.WAIT_SH, HandshakeType.HELLO_REQUEST): on_hello_request,
}
SERVER_AGAIN: Final[Handlers] = {
    (Phase.START, HandshakeType.CLIENT_HELLO): on_client_hello,
}
SERVER: Final[Handlers] = {
    **SERVER_AGAIN,
    (Phase.WAIT_CH, HandshakeType.CLIENT_HELLO): server13.on_second_client_hello,
}
DATAGRAM_CLIENT: Final[Handlers] = {
    **CLIENT,
    (Phase.WAIT_SH, HandshakeType.HELLO_VERIFY_REQUEST): on_hello_verify_request,
}
DATAGRAM_SERVER: Final[Handlers] = {
    (Phase.START, HandshakeType.CLIENT_HELLO): on_datagram_client_hello,
}
