"""Two real sessions over a network that a test makes up, on a clock that a test turns."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ed25519
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from impl import (
    CertifiedKey,
    Code,
    Config,
    ProtocolVersion,
    Received,
    Role,
    Sent,
    Session,
    load_certified_key,
)

Deliver = Callable[[str, bytes], list[bytes]]
"""(sending side, datagram) -> the datagrams that arrive, in order."""

START: Final = 1_700_000_000.0
SETTINGS: Final = {
    "versions": (ProtocolVersion.DTLS12,), "mtu": 1400, "retransmit_timeout": 0.1, "total_timeout": 120.0
}  # fmt: skip


@cache
def certified_key() -> CertifiedKey:
    """Return a certificate that only a client without authorities takes, with its key."""
    key = ed25519.Ed25519PrivateKey.generate()
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "server.test")])
    start = datetime.fromtimestamp(START, UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(start - timedelta(days=1))
        .not_valid_after(start + timedelta(days=1))
        .sign(key, None)
    )
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return load_certified_key(certificate.public_bytes(Encoding.PEM), private)


class DatagramTransport:
    """One end of the network."""

    def __init__(self, side: str, deliver: Deliver) -> None:
        self._side = side
        self._deliver = deliver
        self.incoming: deque[bytes] = deque()
        self.peer = self

    def push(self, data: bytes) -> int:
        """Give one datagram to the network."""
        self.peer.incoming.extend(self._deliver(self._side, data))
        return len(data)

    def pull(self, size: int) -> bytes:
        """Take one datagram."""
        if not self.incoming:
            raise BlockingIOError
        return self.incoming.popleft()[:size]


class Ends:
    """A client's and a server's session, the network between them and the clock of both."""

    def __init__(
        self,
        deliver: Deliver,
        client: dict | None = None,
        server: dict | None = None,
        transport: type[DatagramTransport] = DatagramTransport,
    ) -> None:
        self.now = START
        self.transports = {side: transport(side, deliver) for side in "cs"}
        self.transports["c"].peer, self.transports["s"].peer = self.transports["s"], self.transports["c"]
        common = {**SETTINGS, "clock": lambda: self.now}
        configs = {
            "c": Config(Role.CLIENT, **{**common, **(client or {})}),
            "s": Config(Role.SERVER, **{**common, "certified_keys": (certified_key(),), **(server or {})}),
        }
        self.sessions = {side: Session(configs[side], self.transports[side], b"peer") for side in "cs"}
        self.codes = dict.fromkeys("cs", Code.AGAIN)

    def call(self, side: str) -> None:
        """Let a session go on with its handshake, or read once that is complete."""
        session = self.sessions[side]
        if self.codes[side] is Code.SUCCESS:
            assert session.record_recv() is Code.AGAIN
        else:
            self.codes[side] = session.handshake()
            assert self.codes[side] in (Code.SUCCESS, Code.AGAIN), session.failure

    def handshake(self) -> None:
        """Call both until both handshakes are complete, turning the clock when nothing is on its way."""
        self.codes = dict.fromkeys("cs", Code.AGAIN)
        while True:
            for side in "cs":
                self.call(side)
            if any(transport.incoming for transport in self.transports.values()):
                continue
            if set(self.codes.values()) == {Code.SUCCESS}:
                return
            waits = [session.get_timeout() for session in self.sessions.values()]
            self.now += min(wait for wait in waits if wait is not None)

    def echo(self, data: bytes) -> bytes:
        """Send application data from the client to the server and back, and return what comes."""
        for here, there in ("cs", "sc"):
            assert self.sessions[here].record_send(data) == Sent(len(data))
            received = self.sessions[there].record_recv()
            assert isinstance(received, Received)
            data = received.data
        return data

    def agreed(self) -> bool:
        """Tell whether both have negotiated the same and have the same secrets."""
        client, server = (self.sessions[side] for side in "cs")
        fields = ("version", "cipher_suite", "group", "signature_scheme", "extended_master_secret", "resumed")
        same = all(getattr(client.parameters, name) == getattr(server.parameters, name) for name in fields)
        secrets = {session.export(b"EXPERIMENTAL test", 32) for session in (client, server)}
        return same and len(secrets) == 1 and all(isinstance(secret, bytes) for secret in secrets)
