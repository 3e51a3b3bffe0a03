"""TLS 1.2, server: from ClientHello to the client's Finished (RFC 5246 section 7.3, RFC 8422).

Handlers decide only; keys go into effect and messages out when `perform` carries the decision out.
"""

from __future__ import annotations

import hmac
from dataclasses import replace
from typing import Final

from impl.alerts import AlertDescription
from impl.codec import extensions as ext
from impl.codec.certificate import Certificate12, CertificateRequest12, CertificateStatus, CertificateVerify
from impl.codec.enums import ClientCertificateType, ExtensionType, HandshakeType, ProtocolVersion
from impl.codec.extensions import Extensions
from impl.codec.finished import Finished, read_verify_data
from impl.codec.hello import (
    DOWNGRADE_TLS12,
    RANDOM_LENGTH,
    SESSION_ID_LENGTH,
    ClientHello,
    HelloRequest,
    ServerHello,
)
from impl.codec.key_exchange import ServerHelloDone
from impl.codec.messages import encode
from impl.codec.post_handshake import NewSessionTicket12
from impl.codes import Code
from impl.config import ClientAuth, Config
from impl.credentials import leaf_key, read_chain
from impl.crypto import signatures
from impl.crypto.suites import SUITES
from impl.established import Connected
from impl.frozen import dataclass
from impl.keyschedule.tls12 import CLIENT_FINISHED, SERVER_FINISHED
from impl.parameters import Parameters
from impl.record.joiner import Message
from impl.saved_session import SavedSession
from impl.selection import alpn, answers, check_point_formats, record_limit, server_name
from impl.step import (
    Ask,
    Complete,
    Effect,
    Handled,
    Handlers,
    Hold,
    Limit,
    Notify,
    Phase,
    ReadKeys,
    Refusal,
    Send,
    SendChangeCipherSpec,
    Settle,
    State,
    Store,
    WriteKeys,
)
from impl.tls12 import renegotiation, resumption
from impl.tls12.agreed import Agreed, said, secrets, secrets_again, settled
from impl.tls12.choice import Choice, choose, half
from impl.tls12.server_states import (
    Pending,
    WaitCertificate,
    WaitCertificateVerify,
    WaitChangeCipherSpec,
    WaitClientKeyExchange,
    WaitFinished,
)
from impl.transcript import Transcript


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What a ClientHello meets.

    Parameters
    ----------
    version: TLS 1.2 or DTLS 1.2.
    previous: the connection that the client renews, if it does.
    number: message_seq of our ServerHello, over datagrams; None over streams.
    """

    version: ProtocolVersion = ProtocolVersion.TLS12
    previous: Connected | None = None
    number: int | None = None


def on_client_hello(
    hello: ClientHello, message: Message, config: Config, circumstances: Circumstances
) -> Handled:
    """Choose everything, and answer with the whole flight (RFC 5246 sections 7.4.1.2 to 7.4.5)."""
    check_point_formats(hello.extensions)
    host = server_name(hello)
    session = resumption.find(hello, config, host, circumstances.version)
    ticketed = session is None and resumption.wants_ticket(hello, config)
    suite = None if session is None else SUITES[session.cipher_suite]
    choice = choose(hello, config, host) if suite is None else Choice(suite, None, None, None)
    agreed = Agreed(
        version=circumstances.version,
        suite=choice.suite,
        client_version=hello.legacy_version,
        client_random=hello.random,
        server_random=_random(config, circumstances),
        session_id=_session_id(config, ticketed) if session is None else hello.session_id,
        extended=ExtensionType.EXTENDED_MASTER_SECRET in hello.extensions,
        safe=renegotiation.check_client(hello, config, circumstances.previous),
        ticketed=ticketed,
        status=_is_asked_for_status(hello, choice),
        alpn=alpn(hello, config),
        server_name=host,
        previous=circumstances.previous,
    )
    transcript = Transcript(agreed.suite.hash_name, keep=True, number=circumstances.number)
    transcript.add(message.raw)
    server_hello, settled_limits = _server_hello(agreed, choice, hello, config)
    settle: tuple[Effect, ...] = (Settle(agreed.version), *settled_limits)
    if session is not None:
        return _abbreviated(agreed, session, server_hello, transcript, settle)
    return _full(agreed, choice, hello, server_hello, transcript, settle, config)


def _server_hello(
    agreed: Agreed, choice: Choice, hello: ClientHello, config: Config
) -> tuple[bytes, tuple[Limit, ...]]:
    """Return ServerHello with the answers to what the client asked, and the limits that follow."""
    limit, limits = record_limit(hello, config, agreed.version)
    message = ServerHello(
        random=agreed.server_random,
        session_id=agreed.session_id,
        cipher_suite=agreed.suite.number,
        legacy_version=agreed.version,
        extensions=Extensions.of(
            *answers(agreed.server_name, choice.key, agreed.alpn),
            ext.build_ec_point_formats() if ExtensionType.EC_POINT_FORMATS in hello.extensions else None,
            ext.build_extended_master_secret() if agreed.extended else None,
            renegotiation.answered(agreed.previous) if agreed.safe else None,
            ext.build_session_ticket() if agreed.ticketed else None,
            (ExtensionType.STATUS_REQUEST, b"") if agreed.status else None,
            limit,
        ),
    )
    return encode(message), limits


def _full(
    agreed: Agreed,
    choice: Choice,
    hello: ClientHello,
    server_hello: bytes,
    transcript: Transcript,
    settle: tuple[Effect, ...],
    config: Config,
) -> Handled:
    ours = half(choice, hello, agreed.server_random, config)
    key = choice.key
    asks = config.client_auth is not ClientAuth.NONE and key is not None
    stapled = key.ocsp_response if agreed.status and key is not None else None
    flight = tuple(
        message
        for message in (
            server_hello,
            None if key is None else encode(Certificate12(key.chain)),
            None if stapled is None else encode(CertificateStatus(stapled)),
            ours.message,
            encode(_certificate_request(config)) if asks else None,
            encode(ServerHelloDone()),
        )
        if message is not None
    )
    transcript = said(transcript, *flight)
    waiting: WaitCertificate | WaitClientKeyExchange
    if asks:
        waiting = WaitCertificate(agreed, transcript, choice, ours.exchange)
    else:
        waiting = WaitClientKeyExchange(agreed, transcript, choice, ours.exchange)
    return Handled(waiting, (*settle, Send(flight)))


def _abbreviated(
    agreed: Agreed,
    session: SavedSession,
    server_hello: bytes,
    transcript: Transcript,
    settle: tuple[Effect, ...],
) -> Handled:
    made = secrets_again(agreed, session.secret)
    transcript = settled(said(transcript, server_hello))
    own_verify = made.verify_data(SERVER_FINISHED, transcript)
    finished = encode(Finished(own_verify))
    parameters = Parameters(
        version=agreed.version,
        cipher_suite=agreed.suite.number,
        alpn=agreed.alpn,
        server_name=agreed.server_name,
        peer_certificates=session.chain,
        extended_master_secret=agreed.extended,
        safe_renegotiation=agreed.safe,
        resumed=True,
        psk_identity=session.psk_identity,
    )
    pending = Pending(agreed, said(transcript, finished), made, parameters, own_verify, None)
    return Handled(
        WaitChangeCipherSpec(pending),
        (*settle, Send((server_hello,)), SendChangeCipherSpec(), WriteKeys(made.server), Send((finished,))),
    )


def on_certificate(state: WaitCertificate, message: Message, config: Config) -> Handled:
    """Take the client's chain, perhaps an empty one (RFC 5246 section 7.4.6)."""
    certificate = Certificate12.parse(message.body)
    transcript = state.transcript.with_message(message.raw)
    waiting = WaitClientKeyExchange(state.agreed, transcript, state.choice, state.exchange)
    if not certificate.chain:
        if config.client_auth is ClientAuth.REQUIRE:
            raise Refusal(
                Code.NO_CERTIFICATE_FOUND,
                "the client showed no certificate (RFC 5246 section 7.4.6)",
                AlertDescription.HANDSHAKE_FAILURE,
            )
        return Handled(waiting)
    chain = read_chain(certificate.chain)
    return Handled(replace(waiting, chain=certificate.chain, key=leaf_key(chain[0])), (Ask(chain),))


def on_client_key_exchange(state: WaitClientKeyExchange, message: Message, config: Config) -> Handled:
    """Agree on the keys (RFC 5246 section 7.4.7, RFC 8422 section 5.7)."""
    agreed, choice = state.agreed, state.choice
    premaster = state.exchange.take(message.body, config)
    transcript = state.transcript.with_message(message.raw)
    made, log = secrets(agreed, premaster.secret, transcript)
    parameters = Parameters(
        version=agreed.version,
        cipher_suite=agreed.suite.number,
        group=choice.group,
        signature_scheme=choice.scheme,
        alpn=agreed.alpn,
        server_name=agreed.server_name,
        peer_certificates=state.chain,
        extended_master_secret=agreed.extended,
        safe_renegotiation=agreed.safe,
        psk_identity=premaster.identity,
    )
    renegotiation.check_identity(parameters, config, agreed.previous)
    session = resumption.saved(agreed, made.master, parameters, config)
    pending = Pending(agreed, transcript, made, parameters, None, session)
    if state.key is not None:
        return Handled(WaitCertificateVerify(pending, state.key), (log,))
    return Handled(WaitChangeCipherSpec(replace(pending, transcript=settled(transcript))), (log,))


def on_certificate_verify(state: WaitCertificateVerify, message: Message, config: Config) -> Handled:
    """Check that the client has the key of its certificate (RFC 5246 section 7.4.8)."""
    verify = CertificateVerify.parse(message.body)
    pending, key = state.pending, state.key
    fits = signatures.fits(key, verify.scheme, ProtocolVersion.TLS12)
    if verify.scheme not in config.signature_schemes or not fits:
        raise Refusal(
            Code.RECEIVED_ILLEGAL_PARAMETER, f"signature scheme {verify.scheme:#06x} was not asked for"
        )
    if not signatures.verify(key, verify.scheme, pending.transcript.messages(), verify.signature):
        raise Refusal(Code.PK_SIG_VERIFY_FAILED, "the client's CertificateVerify is wrong")
    transcript = settled(pending.transcript.with_message(message.raw))
    return Handled(WaitChangeCipherSpec(replace(pending, transcript=transcript)))


def on_change_cipher_spec(state: WaitChangeCipherSpec) -> Handled:
    """Expect the client's keys from here on (RFC 5246 section 7.1)."""
    return Handled(WaitFinished(state.pending), (ReadKeys(state.pending.secrets.client),))


def on_finished(state: WaitFinished, message: Message, config: Config) -> Handled:
    """Check the client's Finished; in a full handshake ours follows (RFC 5246 section 7.4.9)."""
    pending = state.pending
    made = pending.secrets
    expected = made.verify_data(CLIENT_FINISHED, pending.transcript)
    if not hmac.compare_digest(expected, read_verify_data(message.body, len(expected))):
        raise Refusal(Code.ERROR_IN_FINISHED_PACKET, "the client's Finished is wrong")
    complete = Complete(pending.parameters, made)
    if pending.own_verify is not None:
        return Handled(Connected(expected, pending.own_verify, pending.parameters), (complete,))
    transcript = pending.transcript.with_message(message.raw)
    ticket = _ticket(pending, config)
    transcript = said(transcript, *ticket)
    own_verify = made.verify_data(SERVER_FINISHED, transcript)
    stored = (Store(pending.session),) if pending.session is not None and pending.session.session_id else ()
    return Handled(
        Connected(expected, own_verify, pending.parameters),
        (
            Send(ticket),
            SendChangeCipherSpec(),
            WriteKeys(made.server),
            Send((encode(Finished(own_verify)),)),
            *stored,
            complete,
        ),
    )


def request(state: State) -> Handled:
    """Ask the client for another handshake, which changes nothing here (RFC 5246 section 7.4.1.1)."""
    return Handled(state, (Send((encode(HelloRequest()),)),))


def on_client_hello_when_connected(state: Connected, message: Message, _config: Config) -> Handled:
    """Leave it to the application whether there will be another handshake."""
    return Handled(state, (Hold(message), Notify(Code.REHANDSHAKE)))


def _random(config: Config, circumstances: Circumstances) -> bytes:
    """Return the server's random, which in a first handshake tells of a later version (RFC 8446 4.1.3)."""
    random = config.randomness(RANDOM_LENGTH)
    if circumstances.previous is None and ProtocolVersion.TLS13 in config.versions:
        return random[: -len(DOWNGRADE_TLS12)] + DOWNGRADE_TLS12
    return random


def _session_id(config: Config, ticketed: bool) -> bytes:
    """Return a name for the session if it will be stored; a ticket takes the place of the store."""
    return b"" if config.store is None or ticketed else config.randomness(SESSION_ID_LENGTH)


def _is_asked_for_status(hello: ClientHello, choice: Choice) -> bool:
    content = hello.extensions.get(ExtensionType.STATUS_REQUEST)
    if content is None or choice.key is None or choice.key.ocsp_response is None:
        return False
    return ext.parse_status_request(content)


def _certificate_request(config: Config) -> CertificateRequest12:
    authorities = () if config.trust is None else config.trust.authorities
    return CertificateRequest12(tuple(ClientCertificateType), config.signature_schemes, authorities)


def _ticket(pending: Pending, config: Config) -> tuple[bytes, ...]:
    if not pending.agreed.ticketed or config.tickets is None or pending.session is None:
        return ()
    sealed = config.tickets.seal(pending.session, config.clock())
    return (encode(NewSessionTicket12(config.session_lifetime, sealed)),)


HANDLERS: Final[Handlers] = {
    (Phase.WAIT_CERT, HandshakeType.CERTIFICATE): on_certificate,
    (Phase.WAIT_CKE, HandshakeType.CLIENT_KEY_EXCHANGE): on_client_key_exchange,
    (Phase.WAIT_CV, HandshakeType.CERTIFICATE_VERIFY): on_certificate_verify,
    (Phase.WAIT_FINISHED, HandshakeType.FINISHED): on_finished,
    (Phase.CONNECTED, HandshakeType.CLIENT_HELLO): on_client_hello_when_connected,
}
