"""Pairs of sessions for tests: fixed randomness, transports that misbehave, a way to say anything."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cache

from flow_certificates import HOST, NOW, certified_key, trust

from impl import CertifiedKey, Code, Config, NamedGroup, ProtocolVersion, Role, Session
from impl.codec.enums import ContentType
from impl.contract import flush
from impl.crypto import groups
from impl.perform import perform
from impl.step import Effect, Handled, Phase
from impl.tls13 import client as client13

TLS12, TLS13 = ProtocolVersion.TLS12, ProtocolVersion.TLS13
WARNING = bytes.fromhex("15 0303 0002 015a")
FATAL = bytes.fromhex("15 0303 0002 0228")
CLOSE = bytes.fromhex("15 0303 0002 0100")
CHANGE_CIPHER_SPEC = bytes.fromhex("14 0303 0001 01")


class Wire:
    """One end of an in-memory stream that keeps what was written and misbehaves when told to.

    `faults` maps the number of a push or pull to the exception that it raises once; `portion` limits what one
    push or pull moves.
    """

    def __init__(self, incoming: bytearray, outgoing: bytearray) -> None:
        self.incoming = incoming
        self.outgoing = outgoing
        self.written = bytearray()
        self.faults: dict[tuple[str, int], type[OSError]] = {}
        self.portion = 1 << 20
        self.counts = {"push": 0, "pull": 0}
        self.ended = False

    def _strike(self, kind: str) -> None:
        fault = self.faults.pop((kind, self.counts[kind]), None)
        self.counts[kind] += 1
        if fault is not None:
            raise fault

    def push(self, data: bytes) -> int:
        self._strike("push")
        taken = data[: self.portion]
        self.outgoing += taken
        self.written += taken
        return len(taken)

    def pull(self, size: int) -> bytes:
        self._strike("pull")
        if not self.incoming and not self.ended:
            raise BlockingIOError
        taken = bytes(self.incoming[: min(size, self.portion)])
        del self.incoming[: len(taken)]
        return taken


@dataclass
class Pair:
    """A client and a server with the wires between them."""

    client: Session
    server: Session
    client_wire: Wire
    server_wire: Wire

    def handshake(self) -> tuple[Code, Code]:
        """Call both in turn until neither wants to be called again."""
        codes = {self.client: Code.AGAIN, self.server: Code.AGAIN}
        for _ in range(20):
            for session, code in codes.items():
                if code in (Code.AGAIN, Code.INTERRUPTED):
                    codes[session] = session.handshake()
        return codes[self.client], codes[self.server]


class Deterministic:
    """Bytes that look random and are the same in every run."""

    def __init__(self, seed: str) -> None:
        self._seed = seed
        self._count = 0

    def __call__(self, size: int) -> bytes:
        self._count += 1
        return hashlib.shake_128(f"{self._seed} {self._count}".encode()).digest(size)


def fixed_share(group: NamedGroup) -> groups.KeyShare:
    """The same ephemeral key of a group in every run."""
    return groups.load(group, hashlib.shake_128(group.name.encode()).digest(31) + b"\x01")


@cache
def _signed(kind: str, scheme: int, message: bytes) -> bytes:
    return certified_key(kind).sign(scheme, message)


@dataclass(frozen=True)
class SameSignature(CertifiedKey):
    """A key whose signature of a message does not change, although its algorithm is a random one."""

    kind: str = ""

    def sign(self, scheme: int, message: bytes) -> bytes:
        return _signed(self.kind, scheme, message)


def fixed_key(kind: str) -> SameSignature:
    """A leaf of a kind of key, with repeatable signatures."""
    key = certified_key(kind)
    return SameSignature(key.chain, key.key, key.schemes, key.names, key.issuers, kind=kind)


def client_config(**changes: object) -> Config:
    """A client that trusts the test authority."""
    return Config(
        **{
            "role": Role.CLIENT,
            "trust": trust(),
            "server_name": HOST,
            "clock": lambda: NOW,
            "randomness": Deterministic("client"),
            "make_key_share": fixed_share,
            **changes,
        }
    )


def server_config(kind: str = "ed25519", **changes: object) -> Config:
    """A server with a leaf of one kind of key."""
    return Config(
        **{
            "role": Role.SERVER,
            "certified_keys": (fixed_key(kind),),
            "clock": lambda: NOW,
            "randomness": Deterministic("server"),
            "make_key_share": fixed_share,
            **changes,
        }
    )


def pair(client: Config | None = None, server: Config | None = None) -> Pair:
    """A client and a server that have not spoken yet."""
    there, back = bytearray(), bytearray()
    wires = Wire(back, there), Wire(there, back)
    return Pair(
        Session(client or client_config(), wires[0]), Session(server or server_config(), wires[1]), *wires
    )


def of_version(version: ProtocolVersion, kind: str = "ed25519") -> Pair:
    """A pair that speaks one version only."""
    return pair(client_config(versions=(version,)), server_config(kind, versions=(version,)))


def established(version: ProtocolVersion) -> Pair:
    """A pair whose handshake is complete."""
    made = of_version(version)
    assert made.handshake() == (Code.SUCCESS, Code.SUCCESS)
    return made


def say(session: Session, *effects: Effect) -> None:
    """Make a session send what it never would, under its present keys."""
    memory = session._memory
    perform(memory, Handled(memory.state, effects))
    assert flush(memory) is Code.SUCCESS


def record(content_type: int, fragment: bytes) -> bytes:
    """A record in the clear."""
    return bytes((content_type, 3, 3)) + len(fragment).to_bytes(2) + fragment


def handshake_record(message: bytes) -> bytes:
    """A handshake record in the clear."""
    return record(ContentType.HANDSHAKE, message)


def waiting(version):
    """A client that has sent ClientHello and heard nothing, and what it reads from."""
    made = of_version(version)
    made.client.handshake()
    return made.client, made.client_wire.incoming


def server_hello_only(made):
    """Let the server answer, and let only ServerHello through."""
    made.server.handshake()
    incoming = made.client_wire.incoming
    length = 5 + int.from_bytes(incoming[3:5])
    del incoming[length:]
    assert made.client.handshake() is Code.AGAIN
    assert made.client.path[-1] == Phase.WAIT_EE


def memory_protection(made):
    """The server's handshake keys, from the client's side of them."""
    keyed = made.client._memory.state.keyed
    return client13.protection(keyed.suite, keyed.server_secret)
