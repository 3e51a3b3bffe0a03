"""TLS 1.2, client: the server's messages from ServerHello to Finished (RFC 5246 section 7.3, RFC 8422).

Handlers decide only; keys go into effect and messages out when `perform` carries the decision out.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from typing import ClassVar, Final

from impl.codec import extensions as ext
from impl.codec.certificate import Certificate12, CertificateRequest12
from impl.codec.enums import ExtensionType, HandshakeType, NamedGroup, ProtocolVersion, SignatureScheme
from impl.codec.extensions import Extensions
from impl.codec.finished import Finished
from impl.codec.hello import HelloRequest, ServerHello
from impl.codec.key_exchange import ClientKeyExchange, ServerHelloDone, ServerKeyExchange
from impl.codec.messages import encode
from impl.codes import Code
from impl.config import Config
from impl.credentials import leaf_key, read_chain
from impl.crypto import signatures
from impl.crypto.signatures import PublicKey
from impl.crypto.suites import SUITES
from impl.extension_rules import Place, check
from impl.keyschedule.tls12 import CLIENT_FINISHED, SERVER_FINISHED
from impl.offer import Offer
from impl.parameters import Parameters
from impl.record.joiner import Message
from impl.selection import answered_alpn, authenticates, check_point_formats, check_server_name_answer
from impl.step import (
    Ask,
    Complete,
    Handled,
    Handlers,
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
from impl.tls12.agreed import Agreed, Secrets, extended_by, secrets
from impl.transcript import Transcript


@dataclass(frozen=True, slots=True)
class WaitCertificate:
    """The server has chosen."""

    phase: ClassVar = Phase.WAIT_CERT

    agreed: Agreed
    transcript: Transcript


@dataclass(frozen=True, slots=True)
class WaitServerKeyExchange:
    """The server's chain (DER, leaf first) is accepted; whether it has the leaf's key is open."""

    phase: ClassVar = Phase.WAIT_SKE

    agreed: Agreed
    transcript: Transcript
    chain: tuple[bytes, ...]
    key: PublicKey


@dataclass(frozen=True, slots=True)
class Signed:
    """A key exchange that the server has signed with the key of its chain."""

    group: NamedGroup
    public: bytes
    scheme: SignatureScheme
    chain: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class WaitRequestOrDone:
    """The server may ask for a certificate."""

    phase: ClassVar = Phase.WAIT_CR_DONE

    agreed: Agreed
    transcript: Transcript
    signed: Signed


@dataclass(frozen=True, slots=True)
class WaitServerHelloDone:
    """The server has asked for a certificate."""

    phase: ClassVar = Phase.WAIT_DONE

    agreed: Agreed
    transcript: Transcript
    signed: Signed


@dataclass(frozen=True, slots=True)
class WaitChangeCipherSpec:
    """The client's flight is out.

    Parameters
    ----------
    transcript: all messages up to the client's Finished.
    parameters: what is agreed on once the server has proved itself.
    """

    phase: ClassVar = Phase.WAIT_CCS

    transcript: Transcript
    secrets: Secrets
    parameters: Parameters


@dataclass(frozen=True, slots=True)
class WaitFinished:
    """The server has changed keys."""

    phase: ClassVar = Phase.WAIT_FINISHED

    transcript: Transcript
    secrets: Secrets
    parameters: Parameters


@dataclass(frozen=True, slots=True)
class Connected:
    """An established session."""

    phase: ClassVar = Phase.CONNECTED


def on_server_hello(state: Offer, hello: ServerHello, message: Message, config: Config) -> Handled:
    """Take the server's choices (RFC 5246 section 7.4.1.3)."""
    # 1. The answer must fit the offer; no session was offered for resumption.
    if hello.session_id and hello.session_id == state.hello.session_id:
        raise _illegal("the server resumes a session that does not exist (RFC 8446 appendix D.4)")
    check(hello.extensions, Place.SERVER_HELLO12, state.hello.extensions)
    suite = SUITES.get(hello.cipher_suite)
    offered = suite is not None and suite.number in state.hello.cipher_suites
    if suite is None or not offered or suite.version is not ProtocolVersion.TLS12:
        raise Refusal(Code.UNKNOWN_CIPHER_SUITE, f"the server chose cipher suite {hello.cipher_suite:#06x}")
    # 2. The extensions that the server answered.
    check_server_name_answer(hello.extensions)
    check_point_formats(hello.extensions)
    agreed = Agreed(
        suite=suite,
        client_random=state.hello.random,
        server_random=hello.random,
        extended=_is_extended(hello.extensions),
        safe=_is_safe(hello.extensions),
        alpn=answered_alpn(hello.extensions, config),
        server_name=config.server_name,
    )
    transcript = extended_by(Transcript(suite.hash_name), state.raw, message.raw)
    return Handled(WaitCertificate(agreed, transcript), (Settle(ProtocolVersion.TLS12),))


def on_certificate(state: WaitCertificate, message: Message, _config: Config) -> Handled:
    """Take the server's chain (RFC 5246 section 7.4.2)."""
    certificate = Certificate12.parse(message.body)
    if not certificate.chain:
        raise Refusal(Code.NO_CERTIFICATE_FOUND, "an empty server Certificate (RFC 5246 section 7.4.2)")
    chain = read_chain(certificate.chain)
    waiting = WaitServerKeyExchange(
        agreed=state.agreed,
        transcript=extended_by(state.transcript, message.raw),
        chain=certificate.chain,
        key=leaf_key(chain[0]),
    )
    return Handled(waiting, (Ask(chain),))


def on_server_key_exchange(state: WaitServerKeyExchange, message: Message, config: Config) -> Handled:
    """Check that the server's share is signed with the key of its certificate (RFC 8422 section 5.4)."""
    exchange = ServerKeyExchange.parse(message.body)
    agreed = state.agreed
    if exchange.group not in config.groups:
        raise _illegal(f"the server chose group {exchange.group}, which was not offered")
    if exchange.scheme not in config.signature_schemes:
        raise _illegal(f"signature scheme {exchange.scheme:#06x} was not offered")
    fits_key = exchange.scheme in signatures.schemes_for(state.key, ProtocolVersion.TLS12)
    if not (fits_key and authenticates(state.key, agreed.suite.authentication)):
        raise _illegal("the server's key fits neither cipher suite nor signature scheme")
    content = exchange.signed_content(agreed.client_random, agreed.server_random)
    if not signatures.verify(state.key, exchange.scheme, content, exchange.signature):
        raise Refusal(Code.PK_SIG_VERIFY_FAILED, "the signature in ServerKeyExchange is wrong")
    signed = Signed(
        NamedGroup(exchange.group), exchange.public, SignatureScheme(exchange.scheme), state.chain
    )
    return Handled(WaitRequestOrDone(agreed, extended_by(state.transcript, message.raw), signed))


def on_certificate_request(state: WaitRequestOrDone, message: Message, _config: Config) -> Handled:
    """Note that the server wants a certificate, of which we have none (RFC 5246 section 7.4.4)."""
    CertificateRequest12.parse(message.body)
    transcript = extended_by(state.transcript, message.raw)
    return Handled(WaitServerHelloDone(state.agreed, transcript, state.signed))


def on_server_hello_done(
    state: WaitRequestOrDone | WaitServerHelloDone, message: Message, config: Config
) -> Handled:
    """Send the client's flight (RFC 5246 sections 7.4.6 to 7.4.9)."""
    ServerHelloDone.parse(message.body)
    agreed, signed = state.agreed, state.signed
    # 1. The key exchange.
    share = config.make_key_share(signed.group)
    premaster = share.exchange(signed.public)
    flight = [encode(Certificate12())] if isinstance(state, WaitServerHelloDone) else []
    flight.append(encode(ClientKeyExchange(share.public)))
    transcript = extended_by(state.transcript, message.raw, *flight)
    # 2. The keys and the client's proof.
    made, log = secrets(agreed, premaster, transcript)
    finished = encode(Finished(made.verify_data(CLIENT_FINISHED, transcript)))
    parameters = Parameters(
        version=ProtocolVersion.TLS12,
        cipher_suite=agreed.suite.number,
        group=signed.group,
        signature_scheme=signed.scheme,
        alpn=agreed.alpn,
        server_name=agreed.server_name,
        peer_certificates=signed.chain,
        extended_master_secret=agreed.extended,
        safe_renegotiation=agreed.safe,
    )
    return Handled(
        WaitChangeCipherSpec(extended_by(transcript, finished), made, parameters),
        (Send(tuple(flight)), SendChangeCipherSpec(), WriteKeys(made.client), Send((finished,)), log),
    )


def on_change_cipher_spec(state: WaitChangeCipherSpec) -> Handled:
    """Expect the server's keys from here on (RFC 5246 section 7.1)."""
    return Handled(
        WaitFinished(state.transcript, state.secrets, state.parameters), (ReadKeys(state.secrets.server),)
    )


def on_finished(state: WaitFinished, message: Message, _config: Config) -> Handled:
    """Check the server's Finished (RFC 5246 section 7.4.9)."""
    expected = state.secrets.verify_data(SERVER_FINISHED, state.transcript)
    if not hmac.compare_digest(expected, Finished.parse(message.body).verify_data):
        raise Refusal(Code.ERROR_IN_FINISHED_PACKET, "the server's Finished is wrong")
    return Handled(Connected(), (Complete(state.parameters),))


def on_hello_request(state: State, message: Message, _config: Config) -> Handled:
    """Ignore it in the middle of a handshake (RFC 5246 section 7.4.1.1)."""
    HelloRequest.parse(message.body)
    return Handled(state)


def on_hello_request_when_connected(state: Connected, message: Message, _config: Config) -> Handled:
    """Leave it to the application whether there will be another handshake."""
    HelloRequest.parse(message.body)
    return Handled(state, (Notify(Code.REHANDSHAKE),))


def _is_extended(answers: Extensions) -> bool:
    content = answers.get(ExtensionType.EXTENDED_MASTER_SECRET)
    if content is None:
        return False
    ext.parse_empty(content)
    return True


def _is_safe(answers: Extensions) -> bool:
    """Check renegotiation_info, which is empty in a first handshake (RFC 5746 section 3.4)."""
    content = answers.get(ExtensionType.RENEGOTIATION_INFO)
    if content is None:
        return False
    if ext.parse_renegotiation_info(content):
        raise Refusal(Code.SAFE_RENEGOTIATION_FAILED, "renegotiation_info of a handshake that never was")
    return True


def _illegal(reason: str) -> Refusal:
    return Refusal(Code.RECEIVED_ILLEGAL_PARAMETER, reason)


_WAITING: Final = (
    Phase.WAIT_CERT,
    Phase.WAIT_SKE,
    Phase.WAIT_CR_DONE,
    Phase.WAIT_DONE,
    Phase.WAIT_CCS,
    Phase.WAIT_FINISHED,
)

HANDLERS: Final[Handlers] = {
    (Phase.WAIT_CERT, HandshakeType.CERTIFICATE): on_certificate,
    (Phase.WAIT_SKE, HandshakeType.SERVER_KEY_EXCHANGE): on_server_key_exchange,
    (Phase.WAIT_CR_DONE, HandshakeType.CERTIFICATE_REQUEST): on_certificate_request,
    (Phase.WAIT_CR_DONE, HandshakeType.SERVER_HELLO_DONE): on_server_hello_done,
    (Phase.WAIT_DONE, HandshakeType.SERVER_HELLO_DONE): on_server_hello_done,
    (Phase.WAIT_FINISHED, HandshakeType.FINISHED): on_finished,
    **{(phase, HandshakeType.HELLO_REQUEST): on_hello_request for phase in _WAITING},
    (Phase.CONNECTED, HandshakeType.HELLO_REQUEST): on_hello_request_when_connected,
}
