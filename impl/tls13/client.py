"""TLS 1.3, client: the server's messages from ServerHello to Finished (RFC 8446 appendix A.1).

Handlers decide only; keys go into effect and messages out when `perform` carries the decision out.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass, replace
from typing import ClassVar, Final

from impl.codec import extensions as ext
from impl.codec.certificate import Certificate13, CertificateRequest13, CertificateVerify
from impl.codec.encrypted_extensions import EncryptedExtensions
from impl.codec.enums import ExtensionType, HandshakeType, NamedGroup, ProtocolVersion, SignatureScheme
from impl.codec.finished import Finished
from impl.codec.hello import ServerHello
from impl.codec.messages import encode
from impl.codes import Code
from impl.config import Config
from impl.credentials import leaf_key, read_chain
from impl.crypto import signatures
from impl.crypto.signatures import SERVER_CONTEXT, PublicKey, certificate_verify_content
from impl.crypto.suites import SUITES, Suite
from impl.extension_rules import Place, check, require
from impl.keyschedule.tls13 import Exporter, KeySchedule, Label, verify_data
from impl.offer import Offer
from impl.parameters import Parameters
from impl.record.joiner import Message
from impl.selection import answered_alpn, check_server_name_answer
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
    WriteKeys,
)
from impl.tls13.post_handshake import Connected, protection
from impl.transcript import Transcript


@dataclass(frozen=True, slots=True)
class Keyed:
    """What every phase after ServerHello remembers.

    Parameters
    ----------
    offer: what the client sent.
    group: the group of the key exchange.
    transcript: all messages so far.
    schedule: the key schedule in its handshake stage.
    client_secret, server_secret: the handshake traffic secrets.
    """

    offer: Offer
    suite: Suite
    group: NamedGroup
    transcript: Transcript
    schedule: KeySchedule
    client_secret: bytes
    server_secret: bytes

    def with_message(self, raw: bytes) -> Keyed:
        """Return the same with one more message in the transcript."""
        transcript = self.transcript.copy()
        transcript.add(raw)
        return replace(self, transcript=transcript)


@dataclass(frozen=True, slots=True)
class WaitEncryptedExtensions:
    """Keys are agreed on."""

    phase: ClassVar = Phase.WAIT_EE

    keyed: Keyed


@dataclass(frozen=True, slots=True)
class WaitCertificateOrRequest:
    """The server may ask for a certificate before it shows its own."""

    phase: ClassVar = Phase.WAIT_CERT_CR

    keyed: Keyed
    alpn: bytes | None


@dataclass(frozen=True, slots=True)
class WaitCertificate:
    """The server has asked for a certificate."""

    phase: ClassVar = Phase.WAIT_CERT

    keyed: Keyed
    alpn: bytes | None


@dataclass(frozen=True, slots=True)
class WaitCertificateVerify:
    """The server's chain is accepted; whether it has the key is open.

    Parameters
    ----------
    requested: whether a Certificate must go into the client's flight.
    chain: DER, leaf first.
    key: the leaf's.
    """

    phase: ClassVar = Phase.WAIT_CV

    keyed: Keyed
    alpn: bytes | None
    requested: bool
    chain: tuple[bytes, ...]
    key: PublicKey


@dataclass(frozen=True, slots=True)
class WaitFinished:
    """The server has signed the handshake with the key of `chain` under `scheme`."""

    phase: ClassVar = Phase.WAIT_FINISHED

    keyed: Keyed
    alpn: bytes | None
    requested: bool
    chain: tuple[bytes, ...]
    scheme: SignatureScheme


def on_server_hello(state: Offer, hello: ServerHello, message: Message) -> Handled:
    """Agree on suite and keys (RFC 8446 sections 4.1.3 and 7.1)."""
    # 1. The answer must fit the offer.
    if hello.is_hello_retry_request:
        raise _illegal("HelloRetryRequest would not change the ClientHello (RFC 8446 section 4.1.4)")
    if hello.session_id != state.hello.session_id:
        raise _illegal("the server did not echo the session id (RFC 8446 section 4.1.3)")
    check(hello.extensions, Place.SERVER_HELLO, state.hello.extensions)
    suite = SUITES.get(hello.cipher_suite)
    offered = suite is not None and suite.number in state.hello.cipher_suites
    if suite is None or not offered or suite.version is not ProtocolVersion.TLS13:
        raise _illegal(f"the server chose cipher suite {hello.cipher_suite:#06x}")
    # 2. The key exchange.
    content = require(hello.extensions, ExtensionType.KEY_SHARE, Place.SERVER_HELLO)
    answer = ext.parse_key_share_server(content)
    share = state.shares.get(answer.group)
    if share is None:
        raise _illegal(f"the server chose group {answer.group}, of which there is no share")
    schedule = KeySchedule.early(suite).handshake(share.exchange(answer.key_exchange))
    # 3. The handshake keys.
    transcript = Transcript(suite.hash_name)
    transcript.add(state.raw)
    transcript.add(message.raw)
    digest = transcript.digest()
    client_secret = schedule.derive(Label.CLIENT_HANDSHAKE_TRAFFIC, digest)
    server_secret = schedule.derive(Label.SERVER_HANDSHAKE_TRAFFIC, digest)
    keyed = Keyed(state, suite, share.group, transcript, schedule, client_secret, server_secret)
    random = state.hello.random
    return Handled(
        WaitEncryptedExtensions(keyed),
        (
            Settle(ProtocolVersion.TLS13),
            WriteKeys(protection(suite, client_secret)),
            ReadKeys(protection(suite, server_secret)),
            Log("CLIENT_HANDSHAKE_TRAFFIC_SECRET", random, client_secret),
            Log("SERVER_HANDSHAKE_TRAFFIC_SECRET", random, server_secret),
        ),
    )


def on_encrypted_extensions(state: WaitEncryptedExtensions, message: Message, config: Config) -> Handled:
    """Take the server's other answers (RFC 8446 section 4.3.1)."""
    answers = EncryptedExtensions.parse(message.body).extensions
    check(answers, Place.ENCRYPTED_EXTENSIONS, state.keyed.offer.hello.extensions)
    check_server_name_answer(answers)
    keyed = state.keyed.with_message(message.raw)
    return Handled(WaitCertificateOrRequest(keyed, answered_alpn(answers, config)))


def on_certificate_request(state: WaitCertificateOrRequest, message: Message, _config: Config) -> Handled:
    """Note that the server wants a certificate, of which we have none (RFC 8446 section 4.3.2)."""
    request = CertificateRequest13.parse(message.body)
    if request.request_context:
        raise _illegal("a request context in the handshake (RFC 8446 section 4.3.2)")
    check(request.extensions, Place.CERTIFICATE_REQUEST)
    schemes = require(request.extensions, ExtensionType.SIGNATURE_ALGORITHMS, Place.CERTIFICATE_REQUEST)
    ext.parse_signature_algorithms(schemes)
    return Handled(WaitCertificate(state.keyed.with_message(message.raw), state.alpn))


def on_certificate(
    state: WaitCertificateOrRequest | WaitCertificate, message: Message, _config: Config
) -> Handled:
    """Take the server's chain (RFC 8446 section 4.4.2)."""
    certificate = Certificate13.parse(message.body)
    if certificate.request_context:
        raise _illegal("a request context in the server's Certificate (RFC 8446 section 4.4.2)")
    if not certificate.entries:
        raise Refusal(Code.NO_CERTIFICATE_FOUND, "an empty server Certificate (RFC 8446 section 4.4.2.4)")
    for entry in certificate.entries:
        check(entry.extensions, Place.CERTIFICATE, state.keyed.offer.hello.extensions)
    chain = read_chain(certificate.chain)
    waiting = WaitCertificateVerify(
        keyed=state.keyed.with_message(message.raw),
        alpn=state.alpn,
        requested=isinstance(state, WaitCertificate),
        chain=certificate.chain,
        key=leaf_key(chain[0]),
    )
    return Handled(waiting, (Ask(chain),))


def on_certificate_verify(state: WaitCertificateVerify, message: Message, config: Config) -> Handled:
    """Check that the server has the key of its certificate (RFC 8446 section 4.4.3)."""
    verify = CertificateVerify.parse(message.body)
    if verify.scheme not in config.signature_schemes:
        raise _illegal(f"signature scheme {verify.scheme:#06x} was not offered")
    if verify.scheme not in signatures.schemes_for(state.key, ProtocolVersion.TLS13):
        raise _illegal(f"signature scheme {verify.scheme:#06x} does not fit the certificate in TLS 1.3")
    content = certificate_verify_content(SERVER_CONTEXT, state.keyed.transcript.digest())
    if not signatures.verify(state.key, verify.scheme, content, verify.signature):
        raise Refusal(Code.PK_SIG_VERIFY_FAILED, "the server's CertificateVerify is wrong")
    return Handled(
        WaitFinished(
            keyed=state.keyed.with_message(message.raw),
            alpn=state.alpn,
            requested=state.requested,
            chain=state.chain,
            scheme=SignatureScheme(verify.scheme),
        )
    )


def on_finished(state: WaitFinished, message: Message, config: Config) -> Handled:
    """Check the server's Finished, and send the client's flight (RFC 8446 section 4.4.4)."""
    keyed, suite = state.keyed, state.keyed.suite
    # 1. The server's proof.
    expected = verify_data(suite, keyed.server_secret, keyed.transcript.digest())
    if not hmac.compare_digest(expected, Finished.parse(message.body).verify_data):
        raise Refusal(Code.ERROR_IN_FINISHED_PACKET, "the server's Finished is wrong")
    # 2. The application keys, from the transcript up to here.
    transcript = keyed.transcript.copy()
    transcript.add(message.raw)
    main, digest = keyed.schedule.main(), transcript.digest()
    client_secret = main.derive(Label.CLIENT_APPLICATION_TRAFFIC, digest)
    server_secret = main.derive(Label.SERVER_APPLICATION_TRAFFIC, digest)
    # 3. The client's flight.
    flight = [encode(Certificate13())] if state.requested else []
    for sent in flight:
        transcript.add(sent)
    flight.append(encode(Finished(verify_data(suite, keyed.client_secret, transcript.digest()))))
    hello = keyed.offer.hello
    compatible: tuple[Effect, ...] = (SendChangeCipherSpec(),) if config.compatible else ()
    parameters = Parameters(
        version=ProtocolVersion.TLS13,
        cipher_suite=suite.number,
        group=keyed.group,
        signature_scheme=state.scheme,
        alpn=state.alpn,
        server_name=config.server_name,
        peer_certificates=state.chain,
    )
    return Handled(
        Connected(suite, read_secret=server_secret, write_secret=client_secret),
        (
            ReadKeys(protection(suite, server_secret)),
            *compatible,
            Send(tuple(flight)),
            WriteKeys(protection(suite, client_secret)),
            Log("CLIENT_TRAFFIC_SECRET_0", hello.random, client_secret),
            Log("SERVER_TRAFFIC_SECRET_0", hello.random, server_secret),
            Complete(parameters, Exporter(suite, main.derive(Label.EXPORTER, digest))),
        ),
    )


def _illegal(reason: str) -> Refusal:
    return Refusal(Code.RECEIVED_ILLEGAL_PARAMETER, reason)


HANDLERS: Final[Handlers] = {
    (Phase.WAIT_EE, HandshakeType.ENCRYPTED_EXTENSIONS): on_encrypted_extensions,
    (Phase.WAIT_CERT_CR, HandshakeType.CERTIFICATE_REQUEST): on_certificate_request,
    (Phase.WAIT_CERT_CR, HandshakeType.CERTIFICATE): on_certificate,
    (Phase.WAIT_CERT, HandshakeType.CERTIFICATE): on_certificate,
    (Phase.WAIT_CV, HandshakeType.CERTIFICATE_VERIFY): on_certificate_verify,
    (Phase.WAIT_FINISHED, HandshakeType.FINISHED): on_finished,
}
