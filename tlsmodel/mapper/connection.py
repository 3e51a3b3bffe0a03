"""What the mapper knows of a connection: hellos, secrets, transcript, and the keys of both directions.

It has no opinion on order.  What has not been exchanged is empty or zero, as it would be in a stack that
skipped the exchange, so that a message sent too early is as good as such a stack would make it.
"""

from __future__ import annotations

from functools import cache
from os import urandom
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, load_pem_private_key

from impl.codec.enums import NamedGroup
from impl.crypto import groups
from impl.crypto.groups import KeyShare
from impl.crypto.signatures import PublicKey
from impl.crypto.suites import SUITES as SUITE_TABLE
from impl.crypto.suites import Suite
from impl.keyschedule import tls12, tls13
from impl.keyschedule.tls13 import KeySchedule, Label
from impl.record.protection import Protection12, Protection13
from impl.record.stream import RecordReader, RecordWriter
from impl.transcript import Transcript
from tlsmodel.credentials import TestCredentials
from tlsmodel.mapper.messages import EXTENDED_MASTER_SECRET, KEY_SHARE, SUITES
from tlsmodel.mapper.reading import Hello, chosen_share, key_shares
from tlsmodel.spec.scenario import Role, Scenario, Version

DEFAULT_GROUP: Final = NamedGroup.X25519
RANDOM_LENGTH: Final = 32


@cache
def shares() -> dict[int, KeyShare]:
    """Return the test peer's ephemeral keys: one per group and process, because nobody is to be kept out."""
    return {int(group): groups.generate(group) for group in NamedGroup if group in groups.GENERATORS}


@cache
def identity(credentials: TestCredentials) -> tuple[tuple[bytes, ...], ec.EllipticCurvePrivateKey]:
    """Return the server's chain in DER, leaf first, and its key."""
    chain = x509.load_pem_x509_certificates(credentials.chain_pem)
    key = load_pem_private_key(credentials.key_pem, None)
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise TypeError("the test credentials have an ECDSA key")
    return tuple(item.public_bytes(Encoding.DER) for item in chain), key


class Connection:
    """One connection as its peer sees it.

    Parameters
    ----------
    scenario: version, and the role of the *target*; this end has the other role.
    credentials: whose certificate is shown.
    """

    def __init__(self, scenario: Scenario, credentials: TestCredentials) -> None:
        self.version = scenario.version
        self.is_server = scenario.role is Role.CLIENT
        self.chain, self.key = identity(credentials)
        self.server_name = credentials.server_name
        self.random = urandom(RANDOM_LENGTH)
        self.session_id = urandom(RANDOM_LENGTH) if self.is_tls13 else b""
        self.client_random = self.server_random = bytes(RANDOM_LENGTH)
        self.hello: Hello | None = None
        self.target_key: PublicKey | None = None
        self.group: int = DEFAULT_GROUP
        self.premaster = b""
        self.master = b""
        self.extended = False
        self.reader = RecordReader()
        self.writer = RecordWriter()
        self.keyed_writer = False
        self.transcript = Transcript()
        self._suite: Suite | None = None
        self._handshake: KeySchedule | None = None
        self._client_handshake = self._server_handshake = b""
        self._application: tuple[bytes, bytes] | None = None
        self._read_secret = self._write_secret = b""

    @property
    def is_tls13(self) -> bool:
        """Whether the scenario's version is TLS 1.3."""
        return self.version is Version.TLS13

    @property
    def keyed(self) -> bool:
        """Whether TLS 1.3 handshake keys exist."""
        return self._handshake is not None

    @property
    def suite(self) -> Suite:
        """The cipher suite; before any hello, the first of the version."""
        if self._suite is None:
            self._choose(SUITES[self.version][0])
        assert self._suite is not None
        return self._suite

    def _choose(self, number: int) -> None:
        if self._suite is None:
            self._suite = SUITE_TABLE[number]
            self.transcript.choose(self._suite.hash_name)

    # What the hellos settle.

    def take_client_hello(self, hello: Hello) -> None:
        """Note the target's first ClientHello and take the first suite that both know."""
        if self.hello is None:
            self.hello, self.client_random = hello, hello.random
            common = [number for number in hello.suites if number in SUITES[self.version]]
            self._choose((common or SUITES[self.version])[0])

    def take_server_hello(self, hello: Hello) -> None:
        """Note the target's ServerHello; its suite must be known (`KeyError`)."""
        self.server_random = hello.random
        self._choose(SUITE_TABLE[hello.suites[0]].number)
        self.extended = EXTENDED_MASTER_SECRET in hello.extensions
        if self.is_tls13 and KEY_SHARE in hello.extensions:
            self.agree(*chosen_share(hello.extensions[KEY_SHARE]))

    def answer_client_hello(self) -> int:
        """Settle the group and secret of our own ServerHello, and return the group."""
        offered = key_shares(self.hello.extensions[KEY_SHARE]) if self._has_share() and self.hello else {}
        common = [group for group in shares() if group in offered]
        group = DEFAULT_GROUP if DEFAULT_GROUP in common or not common else common[0]
        if group in offered:
            self.agree(group, offered[group])
        self.server_random = self.random
        return group

    def _has_share(self) -> bool:
        return self.hello is not None and KEY_SHARE in self.hello.extensions

    def agree(self, group: int, public: bytes) -> None:
        """Compute the shared secret with the target's public key; raises `KeyError` or `IllegalParameter`."""
        self.group = group
        self.premaster = shares()[group].exchange(public)

    # TLS 1.2.

    def derive_master(self) -> None:
        """Derive the TLS 1.2 master secret; the transcript reaches to ClientKeyExchange."""
        if self.extended:
            digest = self.transcript.digest()
            self.master = tls12.extended_master_secret(self.suite, self.premaster, digest)
        else:
            self.master = tls12.master_secret(
                self.suite, self.premaster, self.client_random, self.server_random
            )

    def change_cipher(self, *, ours: bool) -> None:
        """Put the TLS 1.2 keys of one direction into force."""
        block = tls12.key_block(self.suite, self.master, self.client_random, self.server_random)
        keys = block.server if self.is_server is ours else block.client
        self.keyed_writer |= ours
        (self.writer if ours else self.reader).use(Protection12(self.suite, keys))

    # TLS 1.3.

    def derive_handshake(self) -> None:
        """Put the handshake keys into force, both ways, once; the transcript reaches to ServerHello."""
        if self._handshake is not None:
            return
        stage = self._handshake = KeySchedule.early(self.suite).handshake(self.premaster)
        digest = self.transcript.digest()
        self._client_handshake = stage.derive(Label.CLIENT_HANDSHAKE_TRAFFIC, digest)
        self._server_handshake = stage.derive(Label.SERVER_HANDSHAKE_TRAFFIC, digest)
        pair = (self._client_handshake, self._server_handshake)
        self._use(read=pair[0] if self.is_server else pair[1], write=pair[1] if self.is_server else pair[0])

    def derive_application(self) -> None:
        """Derive the application secrets, once; the transcript reaches to the server's Finished."""
        if self._handshake is not None and self._application is None:
            main, digest = self._handshake.main(), self.transcript.digest()
            self._application = (
                main.derive(Label.CLIENT_APPLICATION_TRAFFIC, digest),
                main.derive(Label.SERVER_APPLICATION_TRAFFIC, digest),
            )

    def use_application(self, *, ours: bool) -> None:
        """Put the application keys of one direction into force, where they exist."""
        if self._application is not None:
            secret = self._application[1 if self.is_server is ours else 0]
            self._use(write=secret) if ours else self._use(read=secret)

    def update(self, *, ours: bool) -> None:
        """Go on to the next application keys of one direction (RFC 8446 7.2)."""
        before = self._write_secret if ours else self._read_secret
        if before:
            secret = tls13.next_traffic_secret(self.suite, before)
            self._use(write=secret) if ours else self._use(read=secret)

    def _use(self, *, read: bytes = b"", write: bytes = b"") -> None:
        if read:
            self._read_secret = read
            self.reader.use(Protection13(self.suite, tls13.traffic_keys(self.suite, read)))
        if write:
            self._write_secret = write
            self.keyed_writer = True
            self.writer.use(Protection13(self.suite, tls13.traffic_keys(self.suite, write)))

    # Both.

    def verify_data(self, *, ours: bool) -> bytes:
        """Return what the next Finished of one side must contain."""
        from_server = self.is_server is ours
        suite, digest = self.suite, self.transcript.digest()
        if not self.is_tls13:
            label = tls12.SERVER_FINISHED if from_server else tls12.CLIENT_FINISHED
            return tls12.verify_data(suite, self.master, label, digest)
        secret = self._server_handshake if from_server else self._client_handshake
        return tls13.verify_data(suite, secret or bytes(suite.hash_length), digest)
