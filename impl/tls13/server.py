"""TLS 1.3, server: from ClientHello to the client's Finished (RFC 8446 appendix A.2).

Handlers decide only; keys go into effect and messages out when `perform` carries the decision out.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import replace
from typing import Final

from impl.codec import extensions as ext
from impl.codec.encrypted_extensions import EncryptedExtensions
from impl.codec.enums import (
    ExtensionType,
    HandshakeType,
    NamedGroup,
    ProtocolVersion,
    SignatureScheme,
)
from impl.codec.extensions import Extensions, KeyShareEntry
from impl.codec.finished import Finished, read_verify_data
from impl.codec.hello import HELLO_RETRY_REQUEST_RANDOM, RANDOM_LENGTH, ClientHello, ServerHello
from impl.codec.messages import encode
from impl.codec.post_handshake import EndOfEarlyData
from impl.codec.wire import u16, vector
from impl.codes import Code
from impl.config import ClientAuth, Config
from impl.credentials import CertifiedKey
from impl.crypto.signatures import CLIENT_CONTEXT, SERVER_CONTEXT
from impl.crypto.suites import Suite
from impl.extension_rules import Place, require
from impl.keyschedule.tls13 import Exporter, KeySchedule, Label, verify_data
from impl.parameters import Parameters
from impl.record.joiner import Message
from impl.selection import (
    answers,
    record_limit,
)
from impl.step import (
    Ask,
    Complete,
    Effect,
    Handled,
    Handlers,
    Log,
    Phase,
    ReadKeys,
    Refusal,
    Send,
    SendChangeCipherSpec,
    Settle,
    SkipEarlyData,
    TakeEarlyData,
    WriteKeys,
)
from impl.tls13 import early_data, psk
from impl.tls13.authentication import (
    certificate_message,
    check_verify,
    read_certificate,
    request_message,
    verify_message,
)
from impl.tls13.choice import Choice, choose
from impl.tls13.post_handshake import Connected, protection, tickets
from impl.tls13.psk import ChosenPsk
from impl.tls13.server_states import (
    Pending,
    WaitCertificate,
    WaitCertificateVerify,
    WaitClientHello,
    WaitEndOfEarlyData,
    WaitFinished,
)
from impl.transcript import Transcript


def on_client_hello(
    hello: ClientHello, message: Message, config: Config, retry: WaitClientHello | None = None
) -> Handled:
    """Choose everything, and answer with the whole flight or ask for another ClientHello.

    Theory: RFC 8446 sections 4.1.1 to 4.1.4, 4.3 and 4.4.

    Parameters
    ----------
    retry: what is remembered of the first ClientHello, if this is the second.
    """
    settled, before = (None, None) if retry is None else (retry.suite, retry.transcript)
    choice = choose(hello, message.raw, config, settled, before)
    if choice.group is not None:
        return _ask_again(hello, message, choice.suite, choice.group, config)
    return _answer(choice, hello, message, config, retry)


def on_second_client_hello(state: WaitClientHello, message: Message, config: Config) -> Handled:
    """Check that only what may change has changed, and go on (RFC 8446 section 4.1.2)."""
    hello = ClientHello.parse(message.body)
    if _constant(hello) != state.constant:
        raise _illegal("the second ClientHello differs from the first (RFC 8446 section 4.1.2)")
    shares = ext.parse_key_share_client(
        require(hello.extensions, ExtensionType.KEY_SHARE, Place.CLIENT_HELLO)
    )
    if [share.group for share in shares] != [state.group]:
        raise _illegal("the second ClientHello has not the one share that was asked for")
    if ExtensionType.EARLY_DATA in hello.extensions:
        raise _illegal("early data after HelloRetryRequest (RFC 8446 section 4.2.10)")
    if not state.proves and _proves(hello):
        raise _illegal("the second ClientHello brings pre-shared keys (RFC 8446 section 4.1.2)")
    return on_client_hello(hello, message, config, state)


def _proves(hello: ClientHello) -> bool:
    return ExtensionType.PRE_SHARED_KEY in hello.extensions


def _constant(hello: ClientHello) -> bytes:
    """Return a hash of what a second ClientHello must repeat; the hello itself may be long."""
    plain = replace(hello, extensions=Extensions())
    digest = hashlib.sha256(plain.body())
    for kind, content in hello.extensions:
        if kind not in _CHANGEABLE:
            digest.update(u16(kind) + vector(2, content))
    return digest.digest()


def _ask_again(
    hello: ClientHello, message: Message, suite: Suite, group: NamedGroup, config: Config
) -> Handled:
    """Send HelloRetryRequest for a share of `group` (RFC 8446 section 4.1.4)."""
    request = encode(
        ServerHello(
            random=HELLO_RETRY_REQUEST_RANDOM,
            session_id=hello.session_id,
            cipher_suite=suite.number,
            extensions=Extensions.of(
                ext.build_supported_versions_server(ProtocolVersion.TLS13),
                ext.build_key_share_retry(group),
            ),
        )
    )
    transcript = Transcript(suite.hash_name)
    transcript.add(message.raw)
    transcript.retry()
    transcript.add(request)
    return Handled(
        WaitClientHello(_constant(hello), _proves(hello), suite, group, transcript),
        (Send((request,)), *_compatible(hello), *early_data.skipped(hello, config)),
    )


def _answer(
    choice: Choice, hello: ClientHello, message: Message, config: Config, retry: WaitClientHello | None
) -> Handled:
    suite, chosen = choice.suite, choice.psk
    early = KeySchedule.early(suite) if chosen is None else chosen.psk.schedule(suite)
    transcript = Transcript(suite.hash_name) if retry is None else retry.transcript.copy()
    transcript.add(message.raw)
    accepted = retry is None and early_data.is_accepted(hello, chosen, suite, choice.protocol, config)
    early_keys = early.derive(Label.CLIENT_EARLY_TRAFFIC, transcript.digest()) if accepted else b""
    # 1. ServerHello and the handshake keys.
    group, share, secret = _exchange(choice, config)
    server_hello = encode(
        ServerHello(
            random=config.randomness(RANDOM_LENGTH),
            session_id=hello.session_id,
            cipher_suite=suite.number,
            extensions=Extensions.of(
                ext.build_supported_versions_server(ProtocolVersion.TLS13),
                share,
                None if chosen is None else ext.build_pre_shared_key_server(chosen.index),
            ),
        )
    )
    transcript.add(server_hello)
    schedule, digest = early.handshake(secret), transcript.digest()
    client_handshake = schedule.derive(Label.CLIENT_HANDSHAKE_TRAFFIC, digest)
    server_handshake = schedule.derive(Label.SERVER_HANDSHAKE_TRAFFIC, digest)
    # 2. The rest of the flight, each message over the transcript before it.
    limit, limits = record_limit(hello, config, ProtocolVersion.TLS13)
    asks = chosen is None and config.client_auth is not ClientAuth.NONE
    flight = [
        encode(
            EncryptedExtensions(
                Extensions.of(
                    *answers(choice.host, choice.key, choice.protocol),
                    limit,
                    (ExtensionType.EARLY_DATA, b"") if accepted else None,
                )
            )
        )
    ]
    transcript.add(flight[-1])
    if choice.key is not None and choice.scheme is not None:
        _authenticate(choice.key, choice.scheme, hello, config, flight, transcript, asks=asks)
    flight.append(encode(Finished(verify_data(suite, server_handshake, transcript.digest()))))
    transcript.add(flight[-1])
    # 3. The application keys.
    main, digest = schedule.main(), transcript.digest()
    client_secret = main.derive(Label.CLIENT_APPLICATION_TRAFFIC, digest)
    server_secret = main.derive(Label.SERVER_APPLICATION_TRAFFIC, digest)
    exporter = Exporter(suite, main.derive(Label.EXPORTER, digest))
    pending = Pending(
        transcript=transcript,
        handshake_secret=client_handshake,
        main=main,
        read_secret=client_secret,
        write_secret=server_secret,
        parameters=_parameters(choice, group, accepted),
        exporter=exporter,
        late_auth=ExtensionType.POST_HANDSHAKE_AUTH in hello.extensions,
        asks=asks,
        ticket_lifetime=_ticket_lifetime(hello, chosen, config),
    )
    # 4. Which keys the client writes with next.
    reading = protection(suite, client_handshake)
    waiting: WaitEndOfEarlyData | WaitCertificate | WaitFinished
    if accepted:
        waiting = WaitEndOfEarlyData(pending, reading)
        read: tuple[Effect, ...] = (
            ReadKeys(protection(suite, early_keys)),
            TakeEarlyData(config.early_data_size),
        )
    else:
        waiting = _after_early_data(pending)
        # After a HelloRetryRequest there is no early data left to drop.
        skip = early_data.skipped(hello, config) if retry is None else (SkipEarlyData(0),)
        read = (ReadKeys(reading), *skip)
    compatible = _compatible(hello) if retry is None else ()
    return Handled(
        waiting,
        (
            Settle(ProtocolVersion.TLS13),
            Send((server_hello,)),
            *compatible,
            WriteKeys(protection(suite, server_handshake)),
            *read,
            *limits,
            Send(tuple(flight)),
            WriteKeys(protection(suite, server_secret)),
            Log(
                hello.random,
                (
                    ("CLIENT_EARLY_TRAFFIC_SECRET", early_keys),
                    ("CLIENT_HANDSHAKE_TRAFFIC_SECRET", client_handshake),
                    ("SERVER_HANDSHAKE_TRAFFIC_SECRET", server_handshake),
                    ("CLIENT_TRAFFIC_SECRET_0", client_secret),
                    ("SERVER_TRAFFIC_SECRET_0", server_secret),
                    ("EXPORTER_SECRET", exporter.secret),
                ),
            ),
        ),
    )


def _exchange(choice: Choice, config: Config) -> tuple[NamedGroup | None, tuple[int, bytes] | None, bytes]:
    """Return group, extension and secret of the key exchange; zeros where the pre-shared key is all."""
    theirs = choice.share
    if theirs is None:
        return None, None, bytes(choice.suite.hash_length)
    ours = config.make_key_share(NamedGroup(theirs.group))
    public, secret = ours.answer(theirs.key_exchange)
    return ours.group, ext.build_key_share_server(KeyShareEntry(ours.group, public)), secret


def _authenticate(
    key: CertifiedKey,
    scheme: SignatureScheme,
    hello: ClientHello,
    config: Config,
    flight: list[bytes],
    transcript: Transcript,
    *,
    asks: bool,
) -> None:
    """Put the server's certificate and its proof into flight and transcript, behind a request if it asks."""
    if asks:
        flight.append(request_message(config))
        transcript.add(flight[-1])
    wanted = hello.extensions.get(ExtensionType.STATUS_REQUEST)
    flight.append(certificate_message(key, stapled=wanted is not None and ext.parse_status_request(wanted)))
    transcript.add(flight[-1])
    flight.append(verify_message(key, scheme, SERVER_CONTEXT, transcript))
    transcript.add(flight[-1])


def _parameters(choice: Choice, group: NamedGroup | None, accepted: bool) -> Parameters:
    session = None if choice.psk is None else choice.psk.psk.session
    external = choice.psk.psk.identity if choice.psk is not None and session is None else None
    return Parameters(
        version=ProtocolVersion.TLS13,
        cipher_suite=choice.suite.number,
        group=group,
        signature_scheme=choice.scheme,
        alpn=choice.protocol,
        server_name=choice.host,
        peer_certificates=() if session is None else session.chain,
        resumed=session is not None,
        psk_identity=external if session is None else session.psk_identity,
        early_data=accepted,
    )


def _ticket_lifetime(hello: ClientHello, chosen: ChosenPsk | None, config: Config) -> int:
    """Return for how many seconds tickets will be good: no longer than the session that is resumed."""
    if config.tickets is None or not config.ticket_count or not psk.modes(hello, config):
        return 0
    session = None if chosen is None else chosen.psk.session
    if session is None:
        return config.session_lifetime
    left = session.lifetime - (config.clock() - session.issued / 1000)
    return max(0, min(config.session_lifetime, int(left)))


def on_end_of_early_data(state: WaitEndOfEarlyData, message: Message, _config: Config) -> Handled:
    """Expect the client's handshake keys from here on (RFC 8446 section 4.5)."""
    EndOfEarlyData.parse(message.body)
    pending = replace(state.pending, transcript=state.pending.transcript.with_message(message.raw))
    return Handled(_after_early_data(pending), (ReadKeys(state.then),))


def on_certificate(state: WaitCertificate, message: Message, config: Config) -> Handled:
    """Take the client's chain, perhaps an empty one (RFC 8446 section 4.4.2)."""
    pending = replace(state.pending, transcript=state.pending.transcript.with_message(message.raw))
    read = read_certificate(message.body, b"", Extensions())
    if read is None:
        if config.client_auth is ClientAuth.REQUIRE:
            raise Refusal(Code.CERTIFICATE_REQUIRED, "the client showed no certificate (RFC 8446 4.4.2.4)")
        return Handled(WaitFinished(pending))
    peer, chain = read
    return Handled(WaitCertificateVerify(pending, peer), (Ask(tuple(chain)),))


def on_certificate_verify(state: WaitCertificateVerify, message: Message, config: Config) -> Handled:
    """Check that the client has the key of its certificate (RFC 8446 section 4.4.3)."""
    pending = state.pending
    check_verify(message.body, state.peer.key, CLIENT_CONTEXT, pending.transcript, config)
    parameters = replace(pending.parameters, peer_certificates=state.peer.chain)
    transcript = pending.transcript.with_message(message.raw)
    return Handled(WaitFinished(replace(pending, transcript=transcript, parameters=parameters)))


def on_finished(state: WaitFinished, message: Message, config: Config) -> Handled:
    """Check the client's Finished, and give out tickets (RFC 8446 sections 4.4.4 and 4.6.1)."""
    pending, suite = state.pending, state.pending.main.suite
    expected = verify_data(suite, pending.handshake_secret, pending.transcript.digest())
    if not hmac.compare_digest(expected, read_verify_data(message.body, len(expected))):
        raise Refusal(Code.ERROR_IN_FINISHED_PACKET, "the client's Finished is wrong")
    transcript = pending.transcript.with_message(message.raw)
    lifetime = pending.ticket_lifetime
    connected = Connected(
        suite=suite,
        read_secret=pending.read_secret,
        write_secret=pending.write_secret,
        resumption_secret=pending.main.derive(Label.RESUMPTION, transcript.digest()) if lifetime else b"",
        transcript=transcript,
        parameters=pending.parameters,
        exporter=pending.exporter,
        late_auth=pending.late_auth,
    )
    given = tickets(connected, config, lifetime) if lifetime else Handled(connected)
    return Handled(
        given.next,
        (
            ReadKeys(protection(suite, pending.read_secret)),
            *given.effects,
            Complete(pending.parameters, pending.exporter),
        ),
    )


def _after_early_data(pending: Pending) -> WaitCertificate | WaitFinished:
    return WaitCertificate(pending) if pending.asks else WaitFinished(pending)


def _compatible(hello: ClientHello) -> tuple[Effect, ...]:
    """A client that sends a session id wants to look like TLS 1.2 (RFC 8446 appendix D.4)."""
    return (SendChangeCipherSpec(),) if hello.session_id else ()


def _illegal(reason: str) -> Refusal:
    return Refusal(Code.RECEIVED_ILLEGAL_PARAMETER, reason)


_CHANGEABLE: Final = frozenset(
    {
        ExtensionType.KEY_SHARE,
        ExtensionType.EARLY_DATA,
        ExtensionType.PRE_SHARED_KEY,
        ExtensionType.PADDING,
    }
)
"""What a second ClientHello may have otherwise (RFC 8446 section 4.1.2); we ask for no cookie."""

HANDLERS: Final[Handlers] = {
    (Phase.WAIT_EOED, HandshakeType.END_OF_EARLY_DATA): on_end_of_early_data,
    (Phase.WAIT_CERT, HandshakeType.CERTIFICATE): on_certificate,
    (Phase.WAIT_CV, HandshakeType.CERTIFICATE_VERIFY): on_certificate_verify,
    (Phase.WAIT_FINISHED, HandshakeType.FINISHED): on_finished,
}
