"""TLS 1.2, client: the server's messages from ServerHello to Finished (RFC 5246 section 7.3, RFC 8422).

Handlers decide only; keys go into effect and messages out when `perform` carries the decision out.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable
from dataclasses import replace
from typing import Final

from impl.codec import extensions as ext
from impl.codec.certificate import Certificate12, CertificateRequest12, CertificateStatus, CertificateVerify
from impl.codec.datagram_hello import DatagramClientHello
from impl.codec.enums import ExtensionType, HandshakeType, NamedGroup, ProtocolVersion, SignatureScheme
from impl.codec.extensions import Extensions
from impl.codec.finished import Finished, read_verify_data
from impl.codec.hello import HelloRequest, ServerHello
from impl.codec.key_exchange import (
    ServerHelloDone,
    ServerKeyExchange,
    ServerKeyExchangeDhe,
    ServerKeyExchangeEcdhePsk,
    ServerKeyExchangePsk,
)
from impl.codec.messages import encode
from impl.codec.post_handshake import NewSessionTicket12
from impl.codes import Code
from impl.config import Config
from impl.credentials import leaf_key, read_chain
from impl.crypto import signatures
from impl.crypto.finite_field import Field
from impl.crypto.groups import CURVES
from impl.crypto.signatures import PublicKey
from impl.crypto.suites import SUITES, KeyExchange
from impl.established import Connected
from impl.extension_rules import Place, check
from impl.keyschedule.tls12 import CLIENT_FINISHED, SERVER_FINISHED
from impl.offer import Offer
from impl.parameters import Parameters
from impl.record.joiner import Message
from impl.saved_session import SavedSession
from impl.selection import (
    answered_alpn,
    answered_record_limit,
    authenticates,
    check_point_formats,
    check_server_name_answer,
    client_key,
)
from impl.step import (
    Ask,
    Complete,
    Effect,
    Handled,
    Handlers,
    Keep,
    Notify,
    Phase,
    ReadKeys,
    Refusal,
    Send,
    SendChangeCipherSpec,
    Settle,
    State,
    WriteKeys,
)
from impl.tls12 import renegotiation
from impl.tls12.agreed import Agreed, said, secrets, secrets_again, settled
from impl.tls12.client_states import (
    Peer,
    Pending,
    Request,
    WaitCertificate,
    WaitChangeCipherSpec,
    WaitFinished,
    WaitHint,
    WaitRequestOrDone,
    WaitServerHelloDone,
    WaitServerKeyExchange,
    WaitStatus,
    WaitTicket,
)
from impl.tls12.exchange import ClientDhe, ClientEcdhe, ClientExchange, ClientPsk, ClientRsa
from impl.tls12.resumption import saved
from impl.transcript import Transcript


def on_server_hello(state: Offer, hello: ServerHello, message: Message, config: Config) -> Handled:
    """Take the server's choices (RFC 5246 section 7.4.1.3)."""
    # 1. The answer must fit the offer.
    check(hello.extensions, Place.SERVER_HELLO12, state.hello.extensions)
    suite = SUITES.get(hello.cipher_suite)
    offered = suite is not None and suite.number in state.hello.cipher_suites
    if suite is None or not offered or suite.version is not ProtocolVersion.TLS12:
        raise Refusal(Code.UNKNOWN_CIPHER_SUITE, f"the server chose cipher suite {hello.cipher_suite:#06x}")
    # 2. The extensions that the server answered.
    answers = hello.extensions
    check_server_name_answer(answers)
    check_point_formats(answers)
    agreed = Agreed(
        version=ProtocolVersion(hello.legacy_version),
        suite=suite,
        client_version=state.hello.legacy_version,
        client_random=state.hello.random,
        server_random=hello.random,
        session_id=hello.session_id,
        extended=_is_there(answers, ExtensionType.EXTENDED_MASTER_SECRET),
        safe=renegotiation.check_server(hello, config, state.previous),
        ticketed=_is_there(answers, ExtensionType.SESSION_TICKET),
        status=_is_there(answers, ExtensionType.STATUS_REQUEST),
        alpn=answered_alpn(answers, config),
        server_name=config.server_name,
        previous=state.previous,
        cookie=state.hello.cookie if isinstance(state.hello, DatagramClientHello) else b"",
    )
    settle: tuple[Effect, ...] = (
        Settle(agreed.version),
        *answered_record_limit(answers, config, agreed.version),
    )
    transcript = Transcript(suite.hash_name, keep=True, number=state.number)
    transcript.add_own(state.raw)
    transcript.add(message.raw)
    # 3. What comes next.
    if hello.session_id and hello.session_id == state.hello.session_id:
        return Handled(_resumed(state.session, agreed, settled(transcript)), settle)
    return Handled(_FIRST[suite.key_exchange](agreed, transcript), settle)


def _resumed(
    session: SavedSession | None, agreed: Agreed, transcript: Transcript
) -> WaitTicket | WaitChangeCipherSpec:
    """Check that the server takes up the session that was offered (RFC 5246 7.4.1.3, RFC 7627 5.3)."""
    if session is None:
        raise _illegal("the server resumes a session that does not exist (RFC 8446 appendix D.4)")
    if agreed.suite.number != session.cipher_suite or agreed.version != session.version:
        raise _illegal("the server resumes a session with another cipher suite or version")
    if agreed.extended is not session.extended:
        raise Refusal(
            Code.NO_CIPHER_SUITES, "a resumption that differs in the extended master secret (RFC 7627)"
        )
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
    pending = Pending(agreed, transcript, secrets_again(agreed, session.secret), parameters, None, session)
    return WaitTicket(pending) if agreed.ticketed else WaitChangeCipherSpec(pending)


def on_certificate(state: WaitCertificate, message: Message, _config: Config) -> Handled:
    """Take the server's chain (RFC 5246 section 7.4.2)."""
    certificate = Certificate12.parse(message.body)
    if not certificate.chain:
        raise Refusal(Code.NO_CERTIFICATE_FOUND, "an empty server Certificate (RFC 5246 section 7.4.2)")
    chain = read_chain(certificate.chain)
    agreed, transcript = state.agreed, state.transcript.with_message(message.raw)
    peer = Peer(certificate.chain, leaf_key(chain[0]))
    if not authenticates(peer.key, agreed.suite.authentication):
        raise _illegal("the server's key does not fit the cipher suite")
    then: WaitServerKeyExchange | WaitRequestOrDone
    if agreed.suite.key_exchange is KeyExchange.RSA:
        exchange = ClientRsa(peer.key, agreed.client_version)
        then = WaitRequestOrDone(agreed, transcript, peer, exchange)
    else:
        then = WaitServerKeyExchange(agreed, transcript, peer)
    return Handled(WaitStatus(then) if agreed.status else then, (Ask(chain),))


def on_certificate_status(state: WaitStatus, message: Message, _config: Config) -> Handled:
    """Keep a stapled OCSP response for the application (RFC 6066 section 8)."""
    status = CertificateStatus.parse(message.body)
    then = state.then
    peer = None if then.peer is None else replace(then.peer, ocsp_response=status.response)
    return Handled(replace(then, transcript=then.transcript.with_message(message.raw), peer=peer))


def on_message_in_place_of_status(state: WaitStatus, message: Message, config: Config) -> Handled:
    """Go on with a server that staples nothing although it said it might (RFC 6066 section 8)."""
    handler = HANDLERS.get((state.then.phase, message.type))
    if handler is None:
        reason = f"handshake message {message.type} in phase {state.phase}"
        raise Refusal(Code.UNEXPECTED_HANDSHAKE_PACKET, reason)
    return handler(state.then, message, config)


def on_server_key_exchange(
    state: WaitServerKeyExchange | WaitHint, message: Message, config: Config
) -> Handled:
    """Take the server's half of the key exchange (RFC 5246 section 7.4.3)."""
    agreed, transcript = state.agreed, state.transcript.with_message(message.raw)
    if isinstance(state, WaitHint):
        ServerKeyExchangePsk.parse(message.body)
        return Handled(WaitServerHelloDone(agreed, transcript, None, ClientPsk(), None))
    peer = state.peer
    if peer is None:
        exchange = _take_ecdhe_psk(message.body, config)
        return Handled(WaitServerHelloDone(agreed, transcript, None, exchange, None))
    signed = _TAKE_SIGNED[agreed.suite.key_exchange](message.body, agreed, peer.key, config)
    return Handled(WaitRequestOrDone(agreed, transcript, peer, signed))


def _take_ecdhe(body: bytes, agreed: Agreed, key: PublicKey, config: Config) -> ClientExchange:
    exchange = ServerKeyExchange.parse(body)
    group = _offered_group(exchange.group, config)
    _check_signature(exchange, agreed, key, config)
    return ClientEcdhe(group, exchange.public, SignatureScheme(exchange.scheme))


def _take_dhe(body: bytes, agreed: Agreed, key: PublicKey, config: Config) -> ClientExchange:
    exchange = ServerKeyExchangeDhe.parse(body)
    field = Field.named_by_peer(exchange.prime, exchange.generator)
    _check_signature(exchange, agreed, key, config)
    return ClientDhe(field, exchange.public, SignatureScheme(exchange.scheme))


def _take_ecdhe_psk(body: bytes, config: Config) -> ClientExchange:
    exchange = ServerKeyExchangeEcdhePsk.parse(body)
    return ClientPsk(_offered_group(exchange.group, config), exchange.public)


def _offered_group(number: int, config: Config) -> NamedGroup:
    if number not in config.groups or number not in CURVES:
        raise _illegal(f"the server chose group {number}, which was not offered")
    return NamedGroup(number)


def _check_signature(
    exchange: ServerKeyExchange | ServerKeyExchangeDhe, agreed: Agreed, key: PublicKey, config: Config
) -> None:
    """Require that the key of the server's certificate signed its share (RFC 8422 section 5.4)."""
    if exchange.scheme not in config.signature_schemes:
        raise _illegal(f"signature scheme {exchange.scheme:#06x} was not offered")
    if not signatures.fits(key, exchange.scheme, ProtocolVersion.TLS12):
        raise _illegal("the server's key does not fit the signature scheme")
    content = exchange.signed_content(agreed.client_random, agreed.server_random)
    if not signatures.verify(key, exchange.scheme, content, exchange.signature):
        raise Refusal(Code.PK_SIG_VERIFY_FAILED, "the signature in ServerKeyExchange is wrong")


def on_certificate_request(state: WaitRequestOrDone, message: Message, config: Config) -> Handled:
    """Choose what to show; the server's lists are not kept, for they may be long (RFC 5246 section 7.4.4)."""
    wanted = CertificateRequest12.parse(message.body)
    request = Request(
        client_key(config, wanted.signature_algorithms, wanted.authorities, ProtocolVersion.TLS12)
    )
    transcript = state.transcript.with_message(message.raw)
    return Handled(WaitServerHelloDone(state.agreed, transcript, state.peer, state.exchange, request))


def on_done_without_hint(state: WaitHint, message: Message, config: Config) -> Handled:
    """Go on with our only pre-shared key."""
    done = WaitServerHelloDone(state.agreed, state.transcript, None, ClientPsk(), None)
    return on_server_hello_done(done, message, config)


def on_server_hello_done(
    state: WaitRequestOrDone | WaitServerHelloDone, message: Message, config: Config
) -> Handled:
    """Send the client's flight (RFC 5246 sections 7.4.6 to 7.4.9)."""
    ServerHelloDone.parse(message.body)
    agreed, exchange, peer = state.agreed, state.exchange, state.peer
    request = state.request if isinstance(state, WaitServerHelloDone) else None
    # 1. Our certificate, if we are asked for one, and the key exchange.
    shown = None if request is None else request.key
    flight = [] if request is None else [encode(Certificate12(() if shown is None else shown[0].chain))]
    answer = exchange.answer(config)
    flight.append(answer.message)
    transcript = said(state.transcript.with_message(message.raw), *flight)
    made, log = secrets(agreed, answer.premaster.secret, transcript)
    # 2. The proof that the certificate is ours (RFC 5246 section 7.4.8).
    if shown is not None:
        key, scheme = shown
        verify = encode(CertificateVerify(scheme, key.sign(scheme, transcript.messages())))
        flight.append(verify)
        transcript = said(transcript, verify)
    # 3. The keys, and the proof that we have them.
    transcript = settled(transcript)
    own_verify = made.verify_data(CLIENT_FINISHED, transcript)
    finished = encode(Finished(own_verify))
    parameters = Parameters(
        version=agreed.version,
        cipher_suite=agreed.suite.number,
        group=exchange.group,
        signature_scheme=exchange.scheme,
        alpn=agreed.alpn,
        server_name=agreed.server_name,
        peer_certificates=() if peer is None else peer.chain,
        extended_master_secret=agreed.extended,
        safe_renegotiation=agreed.safe,
        psk_identity=answer.premaster.identity,
        ocsp_response=None if peer is None else peer.ocsp_response,
    )
    renegotiation.check_identity(parameters, config, agreed.previous)
    session = saved(agreed, made.master, parameters, config)
    pending = Pending(agreed, said(transcript, finished), made, parameters, own_verify, session)
    return Handled(
        WaitTicket(pending) if agreed.ticketed else WaitChangeCipherSpec(pending),
        (Send(tuple(flight)), SendChangeCipherSpec(), WriteKeys(made.client), Send((finished,)), log),
    )


def on_new_session_ticket(state: WaitTicket, message: Message, _config: Config) -> Handled:
    """Keep the ticket; an empty one means that there is none after all (RFC 5077 section 3.3)."""
    ticket = NewSessionTicket12.parse(message.body)
    pending = state.pending
    session = pending.session
    if ticket.ticket and session is not None:
        lifetime = min(session.lifetime, ticket.lifetime or session.lifetime)
        session = replace(session, ticket=ticket.ticket, lifetime=lifetime)
    return Handled(
        WaitChangeCipherSpec(
            replace(pending, transcript=pending.transcript.with_message(message.raw), session=session)
        )
    )


def on_change_cipher_spec(state: WaitChangeCipherSpec) -> Handled:
    """Expect the server's keys from here on (RFC 5246 section 7.1)."""
    return Handled(WaitFinished(state.pending), (ReadKeys(state.pending.secrets.server),))


def on_finished(state: WaitFinished, message: Message, config: Config) -> Handled:
    """Check the server's Finished; in an abbreviated handshake ours follows (RFC 5246 section 7.4.9)."""
    pending = state.pending
    made = pending.secrets
    expected = made.verify_data(SERVER_FINISHED, pending.transcript)
    if not hmac.compare_digest(expected, read_verify_data(message.body, len(expected))):
        raise Refusal(Code.ERROR_IN_FINISHED_PACKET, "the server's Finished is wrong")
    own_verify, flight = pending.own_verify, tuple[Effect, ...]()
    if own_verify is None:
        renegotiation.check_identity(pending.parameters, config, pending.agreed.previous)
        own_verify = made.verify_data(CLIENT_FINISHED, pending.transcript.with_message(message.raw))
        finished = encode(Finished(own_verify))
        flight = (SendChangeCipherSpec(), WriteKeys(made.client), Send((finished,)))
    session = pending.session
    can_resume = session is not None and (session.ticket or session.session_id)
    keep = (Keep(session),) if session is not None and can_resume else ()
    return Handled(
        Connected(own_verify, expected, pending.parameters, pending.agreed.cookie),
        (*flight, *keep, Complete(pending.parameters, made)),
    )


def on_hello_request(state: State, message: Message, _config: Config) -> Handled:
    """Ignore it in the middle of a handshake (RFC 5246 section 7.4.1.1)."""
    HelloRequest.parse(message.body)
    return Handled(state)


def on_hello_request_when_connected(state: Connected, message: Message, _config: Config) -> Handled:
    """Leave it to the application whether there will be another handshake."""
    HelloRequest.parse(message.body)
    return Handled(state, (Notify(Code.REHANDSHAKE),))


def _is_there(answers: Extensions, kind: ExtensionType) -> bool:
    """Tell whether the server answered with an extension that has no content."""
    content = answers.get(kind)
    if content is None:
        return False
    ext.parse_empty(content)
    return True


def _illegal(reason: str) -> Refusal:
    return Refusal(Code.RECEIVED_ILLEGAL_PARAMETER, reason)


_First = WaitCertificate | WaitServerKeyExchange | WaitHint
_FIRST: Final[dict[KeyExchange, Callable[[Agreed, Transcript], _First]]] = {
    KeyExchange.ECDHE: WaitCertificate,
    KeyExchange.DHE: WaitCertificate,
    KeyExchange.RSA: WaitCertificate,
    KeyExchange.PSK: WaitHint,
    KeyExchange.ECDHE_PSK: lambda agreed, transcript: WaitServerKeyExchange(agreed, transcript, None),
}
"""Key exchange -> what a full handshake waits for first."""

_TAKE_SIGNED: Final[dict[KeyExchange, Callable[[bytes, Agreed, PublicKey, Config], ClientExchange]]] = {
    KeyExchange.ECDHE: _take_ecdhe,
    KeyExchange.DHE: _take_dhe,
}

_WAITING: Final = (
    Phase.WAIT_CERT,
    Phase.WAIT_STATUS,
    Phase.WAIT_SKE,
    Phase.WAIT_HINT,
    Phase.WAIT_CR_DONE,
    Phase.WAIT_DONE,
    Phase.WAIT_TICKET,
    Phase.WAIT_CCS,
    Phase.WAIT_FINISHED,
)

# fmt: off
HANDLERS: Final[Handlers] = {
    (Phase.WAIT_CERT, HandshakeType.CERTIFICATE):            on_certificate,
    (Phase.WAIT_STATUS, HandshakeType.CERTIFICATE_STATUS):   on_certificate_status,
    (Phase.WAIT_STATUS, HandshakeType.SERVER_KEY_EXCHANGE):  on_message_in_place_of_status,
    (Phase.WAIT_STATUS, HandshakeType.CERTIFICATE_REQUEST):  on_message_in_place_of_status,
    (Phase.WAIT_STATUS, HandshakeType.SERVER_HELLO_DONE):    on_message_in_place_of_status,
    (Phase.WAIT_SKE, HandshakeType.SERVER_KEY_EXCHANGE):     on_server_key_exchange,
    (Phase.WAIT_HINT, HandshakeType.SERVER_KEY_EXCHANGE):    on_server_key_exchange,
    (Phase.WAIT_HINT, HandshakeType.SERVER_HELLO_DONE):      on_done_without_hint,
    (Phase.WAIT_CR_DONE, HandshakeType.CERTIFICATE_REQUEST): on_certificate_request,
    (Phase.WAIT_CR_DONE, HandshakeType.SERVER_HELLO_DONE):   on_server_hello_done,
    (Phase.WAIT_DONE, HandshakeType.SERVER_HELLO_DONE):      on_server_hello_done,
    (Phase.WAIT_TICKET, HandshakeType.NEW_SESSION_TICKET):   on_new_session_ticket,
    (Phase.WAIT_FINISHED, HandshakeType.FINISHED):           on_finished,
    **{(phase, HandshakeType.HELLO_REQUEST): on_hello_request for phase in _WAITING},
    (Phase.CONNECTED, HandshakeType.HELLO_REQUEST):          on_hello_request_when_connected,
}
# fmt: on
