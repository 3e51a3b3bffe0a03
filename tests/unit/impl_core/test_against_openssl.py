"""The lower half put together by hand into both versions' clients, against OpenSSL as the server.

No flow of the implementation takes part: only that codec, keys and records are what a foreign stack expects.
"""

from __future__ import annotations

import ssl
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID

from impl.codec import extensions as ext
from impl.codec.certificate import Certificate12, Certificate13, CertificateVerify
from impl.codec.enums import (
    CipherSuite,
    ContentType,
    ExtensionType,
    HandshakeType,
    NamedGroup,
    ProtocolVersion,
)
from impl.codec.extensions import Extensions, KeyShareEntry
from impl.codec.finished import Finished
from impl.codec.hello import ClientHello, ServerHello
from impl.codec.key_exchange import ClientKeyExchange, ServerKeyExchange
from impl.codec.messages import MESSAGES, HandshakeMessage, encode
from impl.crypto import groups, signatures
from impl.crypto.signatures import PublicKey, schemes_for
from impl.crypto.suites import SUITES, Authentication, KeyExchange, Suite
from impl.keyschedule import tls12, tls13
from impl.keyschedule.tls13 import KeySchedule, Label, traffic_keys
from impl.record.joiner import Joiner
from impl.record.protection import Protection12, Protection13
from impl.record.stream import RecordReader, RecordWriter
from impl.transcript import Transcript

TLS12, TLS13 = ProtocolVersion.TLS12, ProtocolVersion.TLS13
OPENSSL_NAMES = {
    CipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256: "ECDHE-ECDSA-AES128-GCM-SHA256",
    CipherSuite.TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384: "ECDHE-ECDSA-AES256-GCM-SHA384",
    CipherSuite.TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256: "ECDHE-ECDSA-CHACHA20-POLY1305",
    CipherSuite.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256: "ECDHE-RSA-AES128-GCM-SHA256",
    CipherSuite.TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384: "ECDHE-RSA-AES256-GCM-SHA384",
    CipherSuite.TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256: "ECDHE-RSA-CHACHA20-POLY1305",
}
EPHEMERAL = [suite for suite in SUITES.values() if suite.key_exchange in (KeyExchange.ANY, KeyExchange.ECDHE)]


@cache
def pem_of(kind: Authentication) -> bytes:
    """Return a private key and its self-signed certificate."""
    key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey
    if kind is Authentication.RSA:
        key = rsa.generate_private_key(65537, 2048)
    else:
        key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "server.example")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ) + certificate.public_bytes(serialization.Encoding.PEM)


class Server:
    """OpenSSL in memory."""

    def __init__(self, path: Path, suite: Suite, group: NamedGroup) -> None:
        kind = Authentication.ECDSA if suite.authentication is Authentication.ANY else suite.authentication
        path.write_bytes(pem_of(kind))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(path)
        context.minimum_version = context.maximum_version = (
            ssl.TLSVersion.TLSv1_2 if suite.version is TLS12 else ssl.TLSVersion.TLSv1_3
        )
        if suite.version is TLS12:
            context.set_ciphers(OPENSSL_NAMES[suite.number])
        if group is not NamedGroup.X25519:
            context.set_ecdh_curve(
                {NamedGroup.SECP256R1: "prime256v1", NamedGroup.SECP384R1: "secp384r1"}[group]
            )
        self.inbox, self.outbox = ssl.MemoryBIO(), ssl.MemoryBIO()
        self.connection = context.wrap_bio(self.inbox, self.outbox, server_side=True)
        self.done = False

    def handshake(self, data: bytes) -> bytes:
        """Give the server bytes and return what it answers."""
        self.inbox.write(data)
        try:
            self.connection.do_handshake()
            self.done = True
        except ssl.SSLWantReadError:
            pass
        return self.outbox.read()


class Client:
    """A script's tools: records, messages and the transcript of one client."""

    def __init__(self, suite: Suite, group: NamedGroup) -> None:
        self.reader, self.writer, self.joiner = RecordReader(), RecordWriter(), Joiner()
        self.transcript = Transcript()
        self.suite = suite
        self.share = groups.generate(group)
        self.random = b"client random".ljust(32, b".")

    def hello(self) -> bytes:
        version = self.suite.version
        message = ClientHello(
            self.random,
            b"",
            (self.suite.number,),
            Extensions.of(
                ext.build_server_name("server.example"),
                ext.build_supported_groups(dict.fromkeys((self.share.group, *sorted(groups.CURVES)))),
                ext.build_ec_point_formats(),
                ext.build_signature_algorithms(signatures.ALGORITHMS),
                ext.build_extended_master_secret(),
                ext.build_renegotiation_info(),
                ext.build_supported_versions_client([version]) if version is TLS13 else None,
                ext.build_key_share_client([KeyShareEntry(self.share.group, self.share.public)]),
            ),
        )
        return self.send(message)

    def send(self, message: HandshakeMessage) -> bytes:
        raw = encode(message)
        self.transcript.add(raw)
        return b"".join(self.writer.protect(ContentType.HANDSHAKE, raw))

    def receive(self, kind: HandshakeType) -> bytes:
        """Return the body of the next message, which must be of `kind`, and add it to the transcript."""
        message = self.joiner.next()
        while message is None:
            record = self.reader.next()
            assert record is not None
            if record.content_type is ContentType.HANDSHAKE:
                self.joiner.feed(record.fragment)
            message = self.joiner.next()
        assert message.type == kind
        self.transcript.add(message.raw)
        return message.body

    def receive_hello(self) -> ServerHello:
        hello = ServerHello.parse(self.receive(HandshakeType.SERVER_HELLO))
        self.transcript.choose(self.suite.hash_name)
        assert hello.cipher_suite == self.suite.number
        return hello

    def exchange_data(self, server: Server) -> None:
        server.inbox.write(b"".join(self.writer.protect(ContentType.APPLICATION_DATA, b"ping")))
        assert server.connection.read(100) == b"ping"
        server.connection.write(b"pong" * 5000)
        self.reader.feed(server.outbox.read())
        received = [record.fragment for record in iter(self.reader.next, None) if record.content_type == 23]
        assert b"".join(received) == b"pong" * 5000


def leaf_key(chain: tuple[bytes, ...]) -> PublicKey:
    key = x509.load_der_x509_certificate(chain[0]).public_key()
    assert isinstance(key, PublicKey)
    return key


def run_tls12(client: Client, server: Server) -> None:
    suite = client.suite
    client.reader.feed(server.handshake(client.hello()))
    hello = client.receive_hello()
    key = leaf_key(Certificate12.parse(client.receive(HandshakeType.CERTIFICATE)).chain)
    exchange = ServerKeyExchange.parse(client.receive(HandshakeType.SERVER_KEY_EXCHANGE))
    content = exchange.signed_content(client.random, hello.random)
    assert exchange.group == client.share.group
    assert exchange.scheme in schemes_for(key, TLS12)
    assert signatures.verify(key, exchange.scheme, content, exchange.signature)
    MESSAGES[TLS12][HandshakeType.SERVER_HELLO_DONE].parse(client.receive(HandshakeType.SERVER_HELLO_DONE))
    assert ExtensionType.EXTENDED_MASTER_SECRET in hello.extensions

    premaster = client.share.exchange(exchange.public)
    flight = client.send(ClientKeyExchange(client.share.public))
    master = tls12.extended_master_secret(suite, premaster, client.transcript.digest())
    block = tls12.key_block(suite, master, client.random, hello.random)
    flight += b"".join(client.writer.plain(ContentType.CHANGE_CIPHER_SPEC, b"\1"))
    client.writer.use(Protection12(suite, block.client))
    digest = client.transcript.digest()
    flight += client.send(Finished(tls12.verify_data(suite, master, tls12.CLIENT_FINISHED, digest)))
    client.reader.feed(server.handshake(flight))
    digest = client.transcript.digest()
    record = client.reader.next()
    while record is not None and record.content_type is ContentType.HANDSHAKE:
        client.transcript.add(record.fragment)
        digest = client.transcript.digest()
        record = client.reader.next()
    assert record == (ContentType.CHANGE_CIPHER_SPEC, b"\1", False)
    client.reader.use(Protection12(suite, block.server))
    finished = Finished.parse(client.receive(HandshakeType.FINISHED))
    assert finished.verify_data == tls12.verify_data(suite, master, tls12.SERVER_FINISHED, digest)


def run_tls13(client: Client, server: Server) -> None:
    suite = client.suite
    client.reader.feed(server.handshake(client.hello()))
    hello = client.receive_hello()
    share = ext.parse_key_share_server(hello.extensions.get(ExtensionType.KEY_SHARE) or b"")
    stage = KeySchedule.early(suite).handshake(client.share.exchange(share.key_exchange))
    digest = client.transcript.digest()
    reading = stage.derive(Label.SERVER_HANDSHAKE_TRAFFIC, digest)
    writing = stage.derive(Label.CLIENT_HANDSHAKE_TRAFFIC, digest)
    client.reader.use(Protection13(suite, traffic_keys(suite, reading)))
    client.receive(HandshakeType.ENCRYPTED_EXTENSIONS)
    key = leaf_key(Certificate13.parse(client.receive(HandshakeType.CERTIFICATE)).chain)
    content = signatures.certificate_verify_content(signatures.SERVER_CONTEXT, client.transcript.digest())
    proof = CertificateVerify.parse(client.receive(HandshakeType.CERTIFICATE_VERIFY))
    assert proof.scheme in schemes_for(key, TLS13)
    assert signatures.verify(key, proof.scheme, content, proof.signature)
    expected = tls13.verify_data(suite, reading, client.transcript.digest())
    assert Finished.parse(client.receive(HandshakeType.FINISHED)).verify_data == expected

    digest = client.transcript.digest()
    client.writer.use(Protection13(suite, traffic_keys(suite, writing)))
    answer = server.handshake(client.send(Finished(tls13.verify_data(suite, writing, digest))))
    main = stage.main()
    for user, label in (
        (client.reader, Label.SERVER_APPLICATION_TRAFFIC),
        (client.writer, Label.CLIENT_APPLICATION_TRAFFIC),
    ):
        user.use(Protection13(suite, traffic_keys(suite, main.derive(label, digest))))
    client.reader.feed(answer)


@pytest.mark.parametrize("group", sorted(groups.CURVES))
@pytest.mark.parametrize("suite", EPHEMERAL, ids=lambda suite: suite.number.name)
def test_a_scripted_client_and_openssl_understand_each_other(
    tmp_path: Path, suite: Suite, group: NamedGroup
) -> None:
    client, server = Client(suite, group), Server(tmp_path / "server.pem", suite, group)
    (run_tls12 if suite.version is TLS12 else run_tls13)(client, server)

    assert server.done
    assert server.connection.version() == ("TLSv1.2" if suite.version is TLS12 else "TLSv1.3")
    client.exchange_data(server)
