"""TLS 1.2, server: from ClientHello to the client's Finished (RFC 5246 section 7.3, RFC 8422).

Handlers decide only; keys go into effect and messages out when `perform` carries the decision out.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from typing import ClassVar, Final

from impl.codec import extensions as ext
from impl.codec.certificate import Certificate12
from impl.codec.enums import CipherSuite, ExtensionType, HandshakeType, ProtocolVersion, SignatureScheme
from impl.codec.extensions import Extensions
from impl.codec.finished import Finished
from impl.codec.hello import DOWNGRADE_TLS12, RANDOM_LENGTH, ClientHello, ServerHello
from impl.codec.key_exchange import (
    ClientKeyExchange,
    ServerHelloDone,
    ServerKeyExchange,
    ecdhe_parameters,
)
from impl.codec.messages import encode
from impl.codes import Code
from impl.config import Config
from impl.credentials import CertifiedKey
from impl.crypto.groups import KeyShare
from impl.crypto.suites import Suite
from impl.keyschedule.tls12 import CLIENT_FINISHED, SERVER_FINISHED
from impl.parameters import Parameters
from impl.record.joiner import Message
from impl.selection import (
    alpn,
    answers,
    authenticates,
    certified_keys,
    check_point_formats,
    common_suites,
    server_name,
    signature_scheme,
    usable_groups,
)
from impl.step import (
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
    WriteKeys,
)
from impl.tls12.agreed import Agreed, Secrets, extended_by, secrets
from impl.transcript import Transcript


@dataclass(frozen=True, slots=True)
class WaitClientKeyExchange:
    """The server's first flight is out, with `share` signed under `scheme`."""

    phase: ClassVar = Phase.WAIT_CKE

    agreed: Agreed
    transcript: Transcript
    share: KeyShare
    scheme: SignatureScheme


@dataclass(frozen=True, slots=True)
class WaitChangeCipherSpec:
    """The keys are known to both sides.

    Parameters
    ----------
    transcript: all messages up to ClientKeyExchange.
    parameters: what is agreed on once the client has proved itself.
    """

    phase: ClassVar = Phase.WAIT_CCS

    transcript: Transcript
    secrets: Secrets
    parameters: Parameters


@dataclass(frozen=True, slots=True)
class WaitFinished:
    """The client has changed keys."""

    phase: ClassVar = Phase.WAIT_FINISHED

    transcript: Transcript
    secrets: Secrets
    parameters: Parameters


@dataclass(frozen=True, slots=True)
class Connected:
    """An established session."""

    phase: ClassVar = Phase.CONNECTED


def on_client_hello(hello: ClientHello, message: Message, config: Config) -> Handled:
    """Choose everything, and answer with the whole flight (RFC 5246 sections 7.4.1.2 to 7.4.5)."""
    # 1. The choices.
    check_point_formats(hello.extensions)
    host = server_name(hello)
    groups = usable_groups(hello, config)
    if not groups:
        raise Refusal(Code.NO_CIPHER_SUITES, "no group in common")
    suite, key, scheme = _choose_suite(hello, config, host)
    protocol = alpn(hello, config)
    # 2. ServerHello, with the answers to what the client asked.
    random = config.randomness(RANDOM_LENGTH)
    if ProtocolVersion.TLS13 in config.versions:
        random = random[: -len(DOWNGRADE_TLS12)] + DOWNGRADE_TLS12
    extended = ExtensionType.EXTENDED_MASTER_SECRET in hello.extensions
    safe = _is_safe(hello)
    server_hello = ServerHello(
        random=random,
        session_id=b"",
        cipher_suite=suite.number,
        extensions=Extensions.of(
            *answers(host, key, protocol),
            ext.build_ec_point_formats() if ExtensionType.EC_POINT_FORMATS in hello.extensions else None,
            ext.build_extended_master_secret() if extended else None,
            ext.build_renegotiation_info() if safe else None,
        ),
    )
    # 3. The signed share.
    share = config.make_key_share(groups[0])
    signature = key.sign(scheme, hello.random + random + ecdhe_parameters(groups[0], share.public))
    flight = (
        encode(server_hello),
        encode(Certificate12(key.chain)),
        encode(ServerKeyExchange(groups[0], share.public, scheme, signature)),
        encode(ServerHelloDone()),
    )
    agreed = Agreed(suite, hello.random, random, extended, safe, protocol, host)
    transcript = extended_by(Transcript(suite.hash_name), message.raw, *flight)
    return Handled(
        WaitClientKeyExchange(agreed, transcript, share, scheme),
        (Settle(ProtocolVersion.TLS12), Send(flight)),
    )


def on_client_key_exchange(state: WaitClientKeyExchange, message: Message, _config: Config) -> Handled:
    """Agree on the keys (RFC 8422 section 5.7)."""
    agreed = state.agreed
    premaster = state.share.exchange(ClientKeyExchange.parse(message.body).public)
    transcript = extended_by(state.transcript, message.raw)
    made, log = secrets(agreed, premaster, transcript)
    parameters = Parameters(
        version=ProtocolVersion.TLS12,
        cipher_suite=agreed.suite.number,
        group=state.share.group,
        signature_scheme=state.scheme,
        alpn=agreed.alpn,
        server_name=agreed.server_name,
        extended_master_secret=agreed.extended,
        safe_renegotiation=agreed.safe,
    )
    return Handled(WaitChangeCipherSpec(transcript, made, parameters), (log,))


def on_change_cipher_spec(state: WaitChangeCipherSpec) -> Handled:
    """Expect the client's keys from here on (RFC 5246 section 7.1)."""
    return Handled(
        WaitFinished(state.transcript, state.secrets, state.parameters), (ReadKeys(state.secrets.client),)
    )


def on_finished(state: WaitFinished, message: Message, _config: Config) -> Handled:
    """Check the client's Finished, and send our own (RFC 5246 section 7.4.9)."""
    made = state.secrets
    expected = made.verify_data(CLIENT_FINISHED, state.transcript)
    if not hmac.compare_digest(expected, Finished.parse(message.body).verify_data):
        raise Refusal(Code.ERROR_IN_FINISHED_PACKET, "the client's Finished is wrong")
    transcript = extended_by(state.transcript, message.raw)
    finished = encode(Finished(made.verify_data(SERVER_FINISHED, transcript)))
    return Handled(
        Connected(),
        (
            SendChangeCipherSpec(),
            WriteKeys(made.server),
            Send((finished,)),
            Complete(state.parameters),
        ),
    )


def on_client_hello_when_connected(state: Connected, _message: Message, _config: Config) -> Handled:
    """Leave it to the application to refuse another handshake."""
    return Handled(state, (Notify(Code.REHANDSHAKE),))


def _choose_suite(
    hello: ClientHello, config: Config, host: str | None
) -> tuple[Suite, CertifiedKey, SignatureScheme]:
    content = hello.extensions.get(ExtensionType.SIGNATURE_ALGORITHMS)
    # Without the extension SHA-1 is meant (RFC 5246 section 7.4.1.4.1), which is not implemented.
    offered = () if content is None else ext.parse_signature_algorithms(content)
    keys = certified_keys(config, host)
    for suite in common_suites(hello, config, ProtocolVersion.TLS12):
        for key in keys:
            if authenticates(key.key.public_key(), suite.authentication):
                scheme = signature_scheme(key, offered, config, ProtocolVersion.TLS12)
                if scheme is not None:
                    return suite, key, scheme
    raise Refusal(Code.NO_CIPHER_SUITES, "no cipher suite and signature scheme that fit a certificate")


def _is_safe(hello: ClientHello) -> bool:
    """Check renegotiation_info, which is empty in a first handshake (RFC 5746 section 3.6)."""
    content = hello.extensions.get(ExtensionType.RENEGOTIATION_INFO)
    if content is None:
        return CipherSuite.TLS_EMPTY_RENEGOTIATION_INFO_SCSV in hello.cipher_suites
    if ext.parse_renegotiation_info(content):
        raise Refusal(Code.SAFE_RENEGOTIATION_FAILED, "renegotiation_info of a handshake that never was")
    return True


HANDLERS: Final[Handlers] = {
    (Phase.WAIT_CKE, HandshakeType.CLIENT_KEY_EXCHANGE): on_client_key_exchange,
    (Phase.WAIT_FINISHED, HandshakeType.FINISHED): on_finished,
    (Phase.CONNECTED, HandshakeType.CLIENT_HELLO): on_client_hello_when_connected,
}
