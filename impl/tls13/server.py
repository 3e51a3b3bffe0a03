"""TLS 1.3, server: from ClientHello to the client's Finished (RFC 8446 appendix A.2).

Handlers decide only; keys go into effect and messages out when `perform` carries the decision out.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from typing import ClassVar, Final

from impl.codec import extensions as ext
from impl.codec.certificate import Certificate13, CertificateEntry, CertificateVerify
from impl.codec.encrypted_extensions import EncryptedExtensions
from impl.codec.enums import ExtensionType, HandshakeType, ProtocolVersion, SignatureScheme
from impl.codec.extensions import Extensions, KeyShareEntry
from impl.codec.finished import Finished
from impl.codec.hello import RANDOM_LENGTH, ClientHello, ServerHello
from impl.codec.messages import encode
from impl.codes import Code
from impl.config import Config
from impl.credentials import CertifiedKey
from impl.crypto.signatures import SERVER_CONTEXT, certificate_verify_content
from impl.crypto.suites import Suite
from impl.extension_rules import Place, check, require
from impl.keyschedule.tls13 import Exporter, KeySchedule, Label, verify_data
from impl.parameters import Parameters
from impl.record.joiner import Message
from impl.selection import (
    alpn,
    answers,
    certified_keys,
    common_suites,
    server_name,
    signature_scheme,
    usable_groups,
)
from impl.step import (
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
class WaitFinished:
    """The server's flight is out.

    Parameters
    ----------
    transcript: all messages up to the server's Finished.
    handshake_secret: the client's handshake traffic secret.
    read_secret, write_secret: the application traffic secrets.
    parameters: what is agreed on once the client has proved itself.
    """

    phase: ClassVar = Phase.WAIT_FINISHED

    suite: Suite
    transcript: Transcript
    handshake_secret: bytes
    read_secret: bytes
    write_secret: bytes
    parameters: Parameters
    exporter: Exporter


def on_client_hello(hello: ClientHello, message: Message, config: Config) -> Handled:
    """Choose everything, and answer with the whole flight (RFC 8446 sections 4.1.1, 4.3 and 4.4)."""
    # 1. What the offer must have.
    _check_offer(hello)
    # 2. The choices.
    suite = common_suites(hello, config, ProtocolVersion.TLS13)[0]
    host = server_name(hello)
    key, scheme = _choose_key(hello, config, host)
    protocol = alpn(hello, config)
    theirs = _choose_share(hello, config)
    # 3. ServerHello and the handshake keys.
    group = next(group for group in config.groups if group == theirs.group)
    ours = config.make_key_share(group)
    schedule = KeySchedule.early(suite).handshake(ours.exchange(theirs.key_exchange))
    server_hello = encode(
        ServerHello(
            random=config.randomness(RANDOM_LENGTH),
            session_id=hello.session_id,
            cipher_suite=suite.number,
            extensions=Extensions.of(
                ext.build_supported_versions_server(ProtocolVersion.TLS13),
                ext.build_key_share_server(KeyShareEntry(group, ours.public)),
            ),
        )
    )
    transcript = Transcript(suite.hash_name)
    transcript.add(message.raw)
    transcript.add(server_hello)
    digest = transcript.digest()
    client_handshake = schedule.derive(Label.CLIENT_HANDSHAKE_TRAFFIC, digest)
    server_handshake = schedule.derive(Label.SERVER_HANDSHAKE_TRAFFIC, digest)
    # 4. The rest of the flight, each message over the transcript before it.
    flight = [
        encode(EncryptedExtensions(Extensions.of(*answers(host, key, protocol)))),
        encode(Certificate13(tuple(map(CertificateEntry, key.chain)))),
    ]
    for sent in flight:
        transcript.add(sent)
    content = certificate_verify_content(SERVER_CONTEXT, transcript.digest())
    flight.append(encode(CertificateVerify(scheme, key.sign(scheme, content))))
    transcript.add(flight[-1])
    flight.append(encode(Finished(verify_data(suite, server_handshake, transcript.digest()))))
    transcript.add(flight[-1])
    # 5. The application keys.
    main, digest = schedule.main(), transcript.digest()
    client_secret = main.derive(Label.CLIENT_APPLICATION_TRAFFIC, digest)
    server_secret = main.derive(Label.SERVER_APPLICATION_TRAFFIC, digest)
    exporter = Exporter(suite, main.derive(Label.EXPORTER, digest))
    parameters = Parameters(ProtocolVersion.TLS13, suite.number, group, scheme, protocol, host)
    # A client that sends a session id wants to look like TLS 1.2 (RFC 8446 appendix D.4).
    compatible: tuple[Effect, ...] = (SendChangeCipherSpec(),) if hello.session_id else ()
    return Handled(
        WaitFinished(suite, transcript, client_handshake, client_secret, server_secret, parameters, exporter),
        (
            Settle(ProtocolVersion.TLS13),
            Send((server_hello,)),
            *compatible,
            WriteKeys(protection(suite, server_handshake)),
            ReadKeys(protection(suite, client_handshake)),
            Send(tuple(flight)),
            WriteKeys(protection(suite, server_secret)),
            Log("CLIENT_HANDSHAKE_TRAFFIC_SECRET", hello.random, client_handshake),
            Log("SERVER_HANDSHAKE_TRAFFIC_SECRET", hello.random, server_handshake),
            Log("CLIENT_TRAFFIC_SECRET_0", hello.random, client_secret),
            Log("SERVER_TRAFFIC_SECRET_0", hello.random, server_secret),
        ),
    )


def on_finished(state: WaitFinished, message: Message, _config: Config) -> Handled:
    """Check the client's Finished (RFC 8446 section 4.4.4)."""
    expected = verify_data(state.suite, state.handshake_secret, state.transcript.digest())
    if not hmac.compare_digest(expected, Finished.parse(message.body).verify_data):
        raise Refusal(Code.ERROR_IN_FINISHED_PACKET, "the client's Finished is wrong")
    return Handled(
        Connected(state.suite, state.read_secret, state.write_secret),
        (ReadKeys(protection(state.suite, state.read_secret)), Complete(state.parameters, state.exporter)),
    )


def _check_offer(hello: ClientHello) -> None:
    """Require what a ClientHello without pre-shared keys must have (RFC 8446 sections 4.1.2 and 9.2)."""
    if hello.compression_methods != (0,):
        raise Refusal(Code.RECEIVED_ILLEGAL_PARAMETER, "TLS 1.3 with compression (RFC 8446 section 4.1.2)")
    check(hello.extensions, Place.CLIENT_HELLO)
    for kind in _MANDATORY:
        require(hello.extensions, kind, Place.CLIENT_HELLO)
    if ExtensionType.PRE_SHARED_KEY in hello.extensions:
        require(hello.extensions, ExtensionType.PSK_KEY_EXCHANGE_MODES, Place.CLIENT_HELLO)


def _choose_key(hello: ClientHello, config: Config, host: str | None) -> tuple[CertifiedKey, SignatureScheme]:
    content = require(hello.extensions, ExtensionType.SIGNATURE_ALGORITHMS, Place.CLIENT_HELLO)
    offered = ext.parse_signature_algorithms(content)
    for key in certified_keys(config, host):
        scheme = signature_scheme(key, offered, config, ProtocolVersion.TLS13)
        if scheme is not None:
            return key, scheme
    raise Refusal(Code.NO_CIPHER_SUITES, "no signature scheme in common that fits a certificate")


def _choose_share(hello: ClientHello, config: Config) -> KeyShareEntry:
    shares = ext.parse_key_share_client(
        require(hello.extensions, ExtensionType.KEY_SHARE, Place.CLIENT_HELLO)
    )
    listed = ext.parse_supported_groups(
        require(hello.extensions, ExtensionType.SUPPORTED_GROUPS, Place.CLIENT_HELLO)
    )
    if any(share.group not in listed for share in shares):
        raise Refusal(Code.RECEIVED_ILLEGAL_PARAMETER, "a share of a group that supported_groups lacks")
    by_group = {share.group: share for share in shares}
    for group in usable_groups(hello, config):
        if group in by_group:
            return by_group[group]
    raise Refusal(Code.NO_COMMON_KEY_SHARE, "no key share in common")


_MANDATORY: Final = (
    ExtensionType.SIGNATURE_ALGORITHMS,
    ExtensionType.SUPPORTED_GROUPS,
    ExtensionType.KEY_SHARE,
)

HANDLERS: Final[Handlers] = {
    (Phase.WAIT_FINISHED, HandshakeType.FINISHED): on_finished,
}
