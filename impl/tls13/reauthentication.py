"""Client authentication after the handshake (RFC 8446 sections 4.6.2 and 4.4; gnutls_reauth(3))."""

from __future__ import annotations

import hmac
from dataclasses import replace
from typing import Final

from impl.alerts import AlertDescription
from impl.codec.enums import HandshakeType
from impl.codec.extensions import NO_EXTENSIONS
from impl.codec.finished import Finished, read_verify_data
from impl.codec.messages import encode
from impl.codes import Code
from impl.config import ClientAuth, Config
from impl.crypto.signatures import CLIENT_CONTEXT
from impl.keyschedule.tls13 import verify_data
from impl.limits import MAX_REQUESTS
from impl.record.joiner import Message
from impl.step import Ask, Complete, Handled, Handlers, Notify, Phase, Refusal, Send
from impl.tls13.authentication import (
    certificate_message,
    check_verify,
    read_certificate,
    read_request,
    request_message,
    verify_message,
)
from impl.tls13.post_handshake import Asked, Connected

_CONTEXT_LENGTH: Final = 32


def ask(state: Connected, config: Config) -> Handled:
    """Ask the client, which has offered it, for a certificate."""
    context = config.randomness(_CONTEXT_LENGTH)
    message = request_message(config, context)
    asked = Asked(context, state.transcript.with_message(message))
    return Handled(replace(state, asked=asked), (Send((message,)),))


def on_certificate_request(state: Connected, message: Message, config: Config) -> Handled:
    """Leave it to the application to answer."""
    if not config.post_handshake_auth:
        raise _unexpected("CertificateRequest, although authentication was not offered")
    request = read_request(message.body, config)
    if len(state.requests) >= MAX_REQUESTS:
        raise Refusal(
            Code.TOO_MANY_HANDSHAKE_PACKETS, f"more than {MAX_REQUESTS} requests for authentication"
        )
    waiting = (request, state.transcript.with_message(message.raw))
    return Handled(replace(state, requests=(*state.requests, waiting)), (Notify(Code.REAUTH_REQUEST),))


def answer(state: Connected) -> Handled:
    """Show the client's certificate, or that it has none, to the oldest request."""
    (request, transcript), *rest = state.requests
    transcript = transcript.copy()
    found = request.key
    flight = [certificate_message(None if found is None else found[0], request.context)]
    transcript.add(flight[-1])
    if found is not None:
        flight.append(verify_message(*found, CLIENT_CONTEXT, transcript))
        transcript.add(flight[-1])
    flight.append(encode(Finished(verify_data(state.suite, state.write_secret, transcript.digest()))))
    return Handled(replace(state, requests=tuple(rest)), (Send(tuple(flight)),))


def on_certificate(state: Connected, message: Message, config: Config) -> Handled:
    """Take the client's chain, perhaps an empty one."""
    asked = state.asked
    if asked is None or asked.peer is not None or asked.proved:
        raise _unexpected("a Certificate that nobody asked for")
    read = read_certificate(message.body, asked.context, NO_EXTENSIONS)
    transcript = asked.transcript.with_message(message.raw)
    if read is None:
        if config.late_client_auth is ClientAuth.REQUIRE:
            raise Refusal(Code.CERTIFICATE_REQUIRED, "the client showed no certificate")
        return Handled(replace(state, asked=replace(asked, transcript=transcript, proved=True)))
    peer, chain = read
    return Handled(
        replace(state, asked=replace(asked, transcript=transcript, peer=peer)), (Ask(tuple(chain)),)
    )


def on_certificate_verify(state: Connected, message: Message, config: Config) -> Handled:
    """Check that the client has the key of its certificate."""
    asked = state.asked
    if asked is None or asked.peer is None or asked.proved:
        raise _unexpected("CertificateVerify without Certificate")
    check_verify(message.body, asked.peer.key, CLIENT_CONTEXT, asked.transcript, config)
    proved = replace(asked, transcript=asked.transcript.with_message(message.raw), proved=True)
    return Handled(replace(state, asked=proved))


def on_finished(state: Connected, message: Message, _config: Config) -> Handled:
    """Check the client's Finished, and take its identity."""
    asked = state.asked
    if asked is None or not asked.proved:
        raise _unexpected("Finished after the handshake")
    expected = verify_data(state.suite, state.read_secret, asked.transcript.digest())
    if not hmac.compare_digest(expected, read_verify_data(message.body, len(expected))):
        raise Refusal(Code.ERROR_IN_FINISHED_PACKET, "the client's Finished is wrong")
    chain = () if asked.peer is None else asked.peer.chain
    parameters = replace(state.parameters, peer_certificates=chain)
    return Handled(replace(state, asked=None, parameters=parameters), (Complete(parameters, state.exporter),))


def _unexpected(reason: str) -> Refusal:
    return Refusal(Code.UNEXPECTED_HANDSHAKE_PACKET, reason, AlertDescription.UNEXPECTED_MESSAGE)


CLIENT: Final[Handlers] = {
    (Phase.CONNECTED, HandshakeType.CERTIFICATE_REQUEST): on_certificate_request,
}
SERVER: Final[Handlers] = {
    (Phase.CONNECTED, HandshakeType.CERTIFICATE): on_certificate,
    (Phase.CONNECTED, HandshakeType.CERTIFICATE_VERIFY): on_certificate_verify,
    (Phase.CONNECTED, HandshakeType.FINISHED): on_finished,
}
