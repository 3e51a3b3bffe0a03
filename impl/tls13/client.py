"""TLS 1.3, client: the server's messages from ServerHello to Finished (RFC 8446 appendix A.1).

Handlers decide only; keys go into effect and messages out when `perform` carries the decision out.
"""

from __future__ import annotations

import hmac
from dataclasses import replace
from typing import Final

from impl.alerts import AlertDescription
from impl.codec import extensions as ext
from impl.codec.encrypted_extensions import EncryptedExtensions
from impl.codec.enums import ExtensionType, HandshakeType, NamedGroup, ProtocolVersion, PskKeyExchangeMode
from impl.codec.extensions import Extensions, KeyShareEntry
from impl.codec.finished import Finished, read_verify_data
from impl.codec.hello import ServerHello
from impl.codec.messages import encode
from impl.codec.post_handshake import EndOfEarlyData
from impl.codes import Code
from impl.config import Config
from impl.crypto.signatures import CLIENT_CONTEXT, SERVER_CONTEXT
from impl.crypto.suites import SUITES, Suite
from impl.extension_rules import Place, check, require
from impl.keyschedule.tls13 import Exporter, KeySchedule, Label, verify_data
from impl.offer import Offer, Retry
from impl.parameters import Parameters
from impl.pre_shared import KnownPsk
from impl.record.joiner import Message
from impl.selection import answered_alpn, answered_record_limit, check_server_name_answer
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
    SendEarlyData,
    Settle,
    WriteInTheClear,
    WriteKeys,
)
from impl.tls13 import psk
from impl.tls13.authentication import (
    certificate_message,
    check_verify,
    read_certificate,
    read_request,
    verify_message,
)
from impl.tls13.client_states import (
    Answers,
    Keyed,
    WaitCertificate,
    WaitCertificateOrRequest,
    WaitCertificateVerify,
    WaitEncryptedExtensions,
    WaitFinished,
)
from impl.tls13.post_handshake import Connected, protection
from impl.transcript import Transcript


def early_data(offer: Offer, config: Config) -> tuple[Effect, ...]:
    """Return what sends data right behind the ClientHello (RFC 8446 sections 2.3 and 4.2.10)."""
    if not offer.early_data:
        return ()
    first = offer.psks[0]
    suite = _suite_of(first)
    digest = Transcript(suite.hash_name)
    digest.add(offer.raw)
    secret = first.schedule(suite).derive(Label.CLIENT_EARLY_TRAFFIC, digest.digest())
    return (
        *_compatible(config),
        WriteKeys(protection(suite, secret)),
        SendEarlyData(),
        Log(offer.hello.random, (("CLIENT_EARLY_TRAFFIC_SECRET", secret),)),
    )


def on_hello_retry_request(state: Offer, hello: ServerHello, message: Message, config: Config) -> Handled:
    """Send another ClientHello that has what the server misses (RFC 8446 sections 4.1.2 and 4.1.4)."""
    # 1. The request must make sense.
    if state.retry is not None:
        raise Refusal(Code.UNEXPECTED_HANDSHAKE_PACKET, "a second HelloRetryRequest (RFC 8446 section 4.1.4)")
    check(hello.extensions, Place.RETRY_REQUEST, (*state.hello.extensions.types(), ExtensionType.COOKIE))
    suite = _chosen_suite(state, hello)
    wanted = hello.extensions.get(ExtensionType.KEY_SHARE)
    group = None if wanted is None else ext.parse_key_share_retry(wanted)
    cookie = hello.extensions.get(ExtensionType.COOKIE)
    if group is not None and (group not in config.groups or group in state.shares):
        raise _illegal(f"HelloRetryRequest for group {group}, not offered or already shared")
    if group is None and cookie is None:
        raise _illegal("HelloRetryRequest would not change the ClientHello (RFC 8446 section 4.1.4)")
    # 2. The transcript goes on with a hash of the first ClientHello.
    transcript = Transcript(suite.hash_name)
    transcript.add(state.raw)
    transcript.retry()
    transcript.add(message.raw)
    # 3. The same ClientHello, but for what may change.
    shares = state.shares if group is None else {group: config.make_key_share(NamedGroup(group))}
    psks = tuple(item for item in psk.to_offer(config, state.session) if item.hash_name == suite.hash_name)
    changed = {
        ExtensionType.KEY_SHARE: ext.build_key_share_client(
            KeyShareEntry(number, share.public) for number, share in shares.items()
        ),
        ExtensionType.EARLY_DATA: None,
        ExtensionType.PRE_SHARED_KEY: None,
    }
    kept = (changed.get(ExtensionType(kind), (kind, content)) for kind, content in state.hello.extensions)
    echoed = None if cookie is None else ext.build_cookie(ext.parse_cookie(cookie))
    partial = replace(state.hello, extensions=Extensions.of(*kept, echoed))
    try:
        again, raw = psk.with_binders(partial, psks, transcript)
    except OverflowError:
        raise _illegal("a cookie so long that no ClientHello can hold it") from None
    # What was sent early is refused, and the ClientHello goes out in the clear again.
    first = (WriteInTheClear(),) if state.early_data else _compatible(config)
    offer = replace(
        state, hello=again, raw=raw, shares=shares, psks=psks, early_data=False,
        retry=Retry(suite, group, transcript), compatible=True,
    )  # fmt: skip
    return Handled(offer, (*first, Send((raw,))))


def on_server_hello(state: Offer, hello: ServerHello, message: Message, config: Config) -> Handled:
    """Agree on suite and keys (RFC 8446 sections 4.1.3 and 7.1)."""
    # 1. The answer must fit the offer.
    if hello.session_id != state.hello.session_id:
        raise _illegal("the server did not echo the session id (RFC 8446 section 4.1.3)")
    if hello.is_hello_retry_request:
        return on_hello_retry_request(state, hello, message, config)
    check(hello.extensions, Place.SERVER_HELLO, state.hello.extensions)
    suite = _chosen_suite(state, hello)
    chosen = _chosen_psk(state, hello, suite)
    # 2. The key exchange.
    group, secret = _exchange(state, hello, suite, chosen, config)
    early = KeySchedule.early(suite) if chosen is None else chosen.schedule(suite)
    schedule = early.handshake(secret)
    # 3. The handshake keys.
    transcript = Transcript(suite.hash_name) if state.retry is None else state.retry.transcript.copy()
    transcript.add(state.raw)
    transcript.add(message.raw)
    digest = transcript.digest()
    client_secret = schedule.derive(Label.CLIENT_HANDSHAKE_TRAFFIC, digest)
    server_secret = schedule.derive(Label.SERVER_HANDSHAKE_TRAFFIC, digest)
    keyed = Keyed(state, suite, group, chosen, transcript, schedule, client_secret, server_secret)
    random = state.hello.random
    # Until the server has said whether it takes early data, what we write is early data.
    write = () if state.early_data else (WriteKeys(protection(suite, client_secret)),)
    return Handled(
        WaitEncryptedExtensions(keyed),
        (
            Settle(ProtocolVersion.TLS13),
            *write,
            ReadKeys(protection(suite, server_secret)),
            Log(
                random,
                (
                    ("CLIENT_HANDSHAKE_TRAFFIC_SECRET", client_secret),
                    ("SERVER_HANDSHAKE_TRAFFIC_SECRET", server_secret),
                ),
            ),
        ),
    )


def check_older_version(state: Offer, hello: ServerHello) -> None:
    """Refuse a version before TLS 1.3 where the server cannot choose it any more.

    A HelloRetryRequest has settled the version (RFC 8446 section 4.1.4), and early data must not be followed
    by an older one (appendix D.3).
    """
    if hello.is_hello_retry_request or state.retry is not None:
        raise _illegal("HelloRetryRequest goes with TLS 1.3 only (RFC 8446 section 4.1.4)")
    if state.early_data:
        reason = "an older version, although early data was sent (RFC 8446 appendix D.3)"
        raise Refusal(Code.UNSUPPORTED_VERSION_PACKET, reason)


def _chosen_suite(state: Offer, hello: ServerHello) -> Suite:
    suite = SUITES.get(hello.cipher_suite)
    offered = suite is not None and suite.number in state.hello.cipher_suites
    if suite is None or not offered or suite.version is not ProtocolVersion.TLS13:
        reason = f"the server chose cipher suite {hello.cipher_suite:#06x}"
        raise Refusal(Code.UNKNOWN_CIPHER_SUITE, reason, AlertDescription.ILLEGAL_PARAMETER)
    if state.retry is not None and suite is not state.retry.suite:
        raise _illegal("another cipher suite than HelloRetryRequest said (RFC 8446 section 4.1.4)")
    return suite


def _chosen_psk(state: Offer, hello: ServerHello, suite: Suite) -> KnownPsk | None:
    content = hello.extensions.get(ExtensionType.PRE_SHARED_KEY)
    if content is None:
        return None
    index = ext.parse_pre_shared_key_server(content)
    if index >= len(state.psks):
        raise _illegal(f"the server chose pre-shared key {index} of {len(state.psks)}")
    chosen = state.psks[index]
    if chosen.hash_name != suite.hash_name:
        raise _illegal("a pre-shared key with a cipher suite of another hash (RFC 8446 section 4.2.11)")
    return chosen


def _exchange(
    state: Offer, hello: ServerHello, suite: Suite, chosen: KnownPsk | None, config: Config
) -> tuple[NamedGroup | None, bytes]:
    """Return the group and the shared secret; zeros where the pre-shared key is all."""
    content = hello.extensions.get(ExtensionType.KEY_SHARE)
    if content is None and chosen is not None and PskKeyExchangeMode.PSK_KE in config.psk_modes:
        return None, bytes(suite.hash_length)
    if content is None and chosen is not None:
        raise _illegal(
            "no key share with a pre-shared key that was offered with one (RFC 8446 section 4.2.11)"
        )
    content = require(hello.extensions, ExtensionType.KEY_SHARE, Place.SERVER_HELLO)
    if chosen is not None and PskKeyExchangeMode.PSK_DHE_KE not in config.psk_modes:
        raise _illegal("a key share with a pre-shared key that was offered without (RFC 8446 section 4.2.9)")
    answer = ext.parse_key_share_server(content)
    share = state.shares.get(answer.group)
    asked = None if state.retry is None else state.retry.group
    if share is None or (asked is not None and answer.group != asked):
        raise _illegal(f"the server chose group {answer.group}, of which there is no share")
    return share.group, share.exchange(answer.key_exchange)


def on_encrypted_extensions(state: WaitEncryptedExtensions, message: Message, config: Config) -> Handled:
    """Take the server's other answers (RFC 8446 section 4.3.1)."""
    answers = EncryptedExtensions.parse(message.body).extensions
    keyed = state.keyed
    offer = keyed.offer
    check(answers, Place.ENCRYPTED_EXTENSIONS, offer.hello.extensions)
    check_server_name_answer(answers)
    protocol = answered_alpn(answers, config)
    accepted = _is_early_data_accepted(answers, keyed, protocol)
    taken = Answers(protocol, accepted)
    keyed = keyed.with_message(message.raw)
    effects: tuple[Effect, ...] = answered_record_limit(answers, config, ProtocolVersion.TLS13)
    if offer.early_data and not accepted:
        effects = (WriteKeys(protection(keyed.suite, keyed.client_secret)), *effects)
    if keyed.psk is not None:
        return Handled(WaitFinished(keyed, taken), effects)
    return Handled(WaitCertificateOrRequest(keyed, taken), effects)


def _is_early_data_accepted(answers: Extensions, keyed: Keyed, protocol: bytes | None) -> bool:
    content = answers.get(ExtensionType.EARLY_DATA)
    if content is None:
        return False
    ext.parse_empty(content)
    offer = keyed.offer
    first = offer.psks[0] if offer.psks else None
    session = None if first is None else first.session
    if keyed.psk is not first or session is None or session.cipher_suite is not keyed.suite.number:
        raise _illegal("early data accepted with another key or suite (RFC 8446 section 4.2.10)")
    if session.alpn != protocol:
        raise _illegal("early data accepted for another application protocol (RFC 8446 section 4.2.10)")
    return True


def on_certificate_request(state: WaitCertificateOrRequest, message: Message, config: Config) -> Handled:
    """Note what certificate the server wants (RFC 8446 section 4.3.2)."""
    request = read_request(message.body, config)
    if request.context:
        raise _illegal("a request context in the handshake (RFC 8446 section 4.3.2)")
    return Handled(WaitCertificate(state.keyed.with_message(message.raw), state.answers, request))


def on_certificate(
    state: WaitCertificateOrRequest | WaitCertificate, message: Message, _config: Config
) -> Handled:
    """Take the server's chain (RFC 8446 section 4.4.2)."""
    read = read_certificate(message.body, b"", state.keyed.offer.hello.extensions)
    if read is None:
        raise Refusal(Code.NO_CERTIFICATE_FOUND, "an empty server Certificate (RFC 8446 section 4.4.2.4)")
    peer, chain = read
    waiting = WaitCertificateVerify(
        keyed=state.keyed.with_message(message.raw),
        answers=state.answers,
        request=state.request if isinstance(state, WaitCertificate) else None,
        peer=peer,
    )
    return Handled(waiting, (Ask(tuple(chain)),))


def on_certificate_verify(state: WaitCertificateVerify, message: Message, config: Config) -> Handled:
    """Check that the server has the key of its certificate (RFC 8446 section 4.4.3)."""
    scheme = check_verify(message.body, state.peer.key, SERVER_CONTEXT, state.keyed.transcript, config)
    keyed = state.keyed.with_message(message.raw)
    return Handled(WaitFinished(keyed, state.answers, state.request, state.peer, scheme))


def on_finished(state: WaitFinished, message: Message, config: Config) -> Handled:
    """Check the server's Finished, and send the client's flight (RFC 8446 section 4.4.4)."""
    keyed, suite = state.keyed, state.keyed.suite
    # 1. The server's proof.
    expected = verify_data(suite, keyed.server_secret, keyed.transcript.digest())
    if not hmac.compare_digest(expected, read_verify_data(message.body, len(expected))):
        raise Refusal(Code.ERROR_IN_FINISHED_PACKET, "the server's Finished is wrong")
    # 2. The application keys, from the transcript up to here.
    transcript = keyed.transcript.copy()
    transcript.add(message.raw)
    main, digest = keyed.schedule.main(), transcript.digest()
    client_secret = main.derive(Label.CLIENT_APPLICATION_TRAFFIC, digest)
    server_secret = main.derive(Label.SERVER_APPLICATION_TRAFFIC, digest)
    exporter = Exporter(suite, main.derive(Label.EXPORTER, digest))
    # 3. The client's flight.
    ending, flight = _flight(state, transcript)
    parameters = _parameters(state, config)
    offer, random = keyed.offer, keyed.offer.hello.random
    connected = Connected(
        suite=suite,
        read_secret=server_secret,
        write_secret=client_secret,
        resumption_secret=main.derive(Label.RESUMPTION, transcript.digest()),
        transcript=transcript,
        parameters=parameters,
        exporter=exporter,
    )
    compatible = () if offer.compatible else _compatible(config)
    return Handled(
        connected,
        (
            ReadKeys(protection(suite, server_secret)),
            *ending,
            *compatible,
            Send(flight),
            WriteKeys(protection(suite, client_secret)),
            Log(
                random,
                (
                    ("CLIENT_TRAFFIC_SECRET_0", client_secret),
                    ("SERVER_TRAFFIC_SECRET_0", server_secret),
                    ("EXPORTER_SECRET", exporter.secret),
                ),
            ),
            Complete(parameters, exporter),
        ),
    )


def _flight(state: WaitFinished, transcript: Transcript) -> tuple[tuple[Effect, ...], tuple[bytes, ...]]:
    """Return what ends early data, and the messages up to Finished; the transcript takes them all."""
    keyed, suite = state.keyed, state.keyed.suite
    ending: tuple[Effect, ...] = ()
    if state.answers.early_data:
        end = encode(EndOfEarlyData())
        transcript.add(end)
        ending = (Send((end,)), WriteKeys(protection(suite, keyed.client_secret)))
    flight = []
    if state.request is not None:
        found = state.request.key
        flight.append(certificate_message(None if found is None else found[0]))
        transcript.add(flight[-1])
        if found is not None:
            flight.append(verify_message(*found, CLIENT_CONTEXT, transcript))
            transcript.add(flight[-1])
    flight.append(encode(Finished(verify_data(suite, keyed.client_secret, transcript.digest()))))
    transcript.add(flight[-1])
    return ending, tuple(flight)


def _parameters(state: WaitFinished, config: Config) -> Parameters:
    keyed, peer = state.keyed, state.peer
    session = None if keyed.psk is None else keyed.psk.session
    external = keyed.psk.identity if keyed.psk is not None and session is None else None
    return Parameters(
        version=ProtocolVersion.TLS13,
        cipher_suite=keyed.suite.number,
        group=keyed.group,
        signature_scheme=state.scheme,
        alpn=state.answers.alpn,
        server_name=config.server_name,
        peer_certificates=peer.chain if peer is not None else session.chain if session is not None else (),
        resumed=session is not None,
        psk_identity=external if session is None else session.psk_identity,
        early_data=state.answers.early_data,
        ocsp_response=None if peer is None else peer.ocsp_response,
    )


def _suite_of(psk_: KnownPsk) -> Suite:
    assert psk_.session is not None
    return SUITES[psk_.session.cipher_suite]


def _compatible(config: Config) -> tuple[Effect, ...]:
    """Return the ChangeCipherSpec that middleboxes wait for (RFC 8446 appendix D.4)."""
    return (SendChangeCipherSpec(),) if config.compatible else ()


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
