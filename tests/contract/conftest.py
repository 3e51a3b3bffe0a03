"""One box for both implementations: a target on the harness's transport, with the scripted peer behind it."""

from dataclasses import dataclass

import pytest

from tlsmodel.credentials import shared_credentials
from tlsmodel.mapper import Peer
from tlsmodel.spec.scenario import Role, Scenario, Version
from tlsmodel.spec.symbols import HANDSHAKE, Return, delivery, symbol
from tlsmodel.targets.registry import target
from tlsmodel.targets.transport import Transport

HONEST = {
    (Version.TLS12, Role.CLIENT): (
        *(
            "ServerHello",
            "Certificate",
            "ServerKeyExchange",
            "ServerHelloDone",
            "ChangeCipherSpec",
            "Finished",
        ),
    ),
    (Version.TLS12, Role.SERVER): ("ClientHello", "ClientKeyExchange", "ChangeCipherSpec", "Finished"),
    (Version.TLS13, Role.CLIENT): (
        *("ServerHello", "EncryptedExtensions", "Certificate", "CertificateVerify", "Finished"),
    ),
    (Version.TLS13, Role.SERVER): ("ClientHello", "Finished"),
}


@dataclass
class Box:
    """A session of one target in one version and role, driven by names."""

    target: object
    peer: Peer
    transport: Transport
    version: Version
    role: Role

    def call(self, name: str) -> Return:
        """Make a call of the manual."""
        return self.target.call(symbol(f"call {name}"))

    def deliver(self, *names: str) -> None:
        """Let the peer send messages."""
        for name in names:
            self.transport.deliver(delivery(name))

    def arm(self, name: str) -> None:
        """Let the next read or write be disturbed."""
        self.transport.arm(symbol(f"environment {name}"))

    def sent(self) -> list[str]:
        """What the target has sent since the last question."""
        return [item.name for item in self.peer.take_emissions()]

    @property
    def messages(self) -> tuple[str, ...]:
        """What an honest peer sends in a full handshake, in order."""
        return HONEST[self.version, self.role]

    def handshake(self) -> Return:
        """Run an undisturbed handshake to its end."""
        returned = self.target.call(HANDSHAKE)
        for name in self.messages:
            self.deliver(name)
            returned = self.target.call(HANDSHAKE)
        return returned


@pytest.fixture(scope="session")
def credentials():
    return shared_credentials()


@pytest.fixture(params=["impl", "gnutls"])
def target_name(request):
    return request.param


@pytest.fixture
def open_box(target_name, credentials):
    boxes = []

    def opened(version: Version, role: Role) -> Box:
        scenario = Scenario(version, role)
        peer = Peer(scenario, credentials)
        transport = Transport(peer)
        chosen = target(target_name, credentials)
        chosen.open(scenario, transport)
        boxes.append(chosen)
        return Box(chosen, peer, transport, version, role)

    yield opened
    for chosen in boxes:
        chosen.close()


@pytest.fixture(params=[*HONEST], ids=lambda item: f"{item[0]}-{item[1]}")
def box(request, open_box):
    return open_box(*request.param)


@pytest.fixture(params=[Role.CLIENT, Role.SERVER], ids=str)
def box12(request, open_box):
    return open_box(Version.TLS12, request.param)
