"""Both stacks under one test: with a scripted peer (`box`) or with a real peer (`connect`)."""

from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.contract import page
from tests.contract.differences import DIFFERENCES
from tests.contract.drivers import gnutls_library
from tests.contract.drivers.clock import Clock
from tests.contract.drivers.gnutls_driver import GnuTLSEnd
from tests.contract.drivers.impl_driver import ImplEnd
from tests.contract.drivers.settings import CLIENT, DTLS12, SERVER, TLS12, TLS13, Settings
from tests.contract.drivers.wire import wires
from tests.contract.identities import HOST, identities
from tests.contract.pair import Pair
from tests.contract.witness import Note, Witness
from tlsmodel.credentials import shared_credentials
from tlsmodel.mapper import Peer
from tlsmodel.spec.scenario import Role, Scenario, Version
from tlsmodel.spec.symbols import Return, delivery, symbol
from tlsmodel.targets.registry import target
from tlsmodel.targets.transport import Transport

STACKS = {"impl": ImplEnd, "gnutls": GnuTLSEnd}
VERSIONS = {"tls12": TLS12, "tls13": TLS13}
_RUN = page.Run()


def pytest_addoption(parser):
    parser.addoption(
        "--contract-page", type=Path, help="write docs/contract.md from this run to the given path"
    )


def pytest_configure(config):
    config.addinivalue_line(
        "markers", "manual(*pages): the manual pages or RFC sections that a test is about"
    )


def pytest_runtest_logreport(report):
    _RUN.take(report)


def pytest_sessionfinish(session):
    path = session.config.getoption("contract_page", default=None)
    if path is not None and not hasattr(session.config, "workerinput"):
        path.write_text(_RUN.text())


@pytest.fixture(autouse=True)
def _pages(request):
    """Tell the report what the test is about and whose result it is."""
    parameters = getattr(getattr(request.node, "callspec", None), "params", {})
    subject = parameters.get("stack", parameters.get("target_name", ""))
    sources = [each for mark in request.node.iter_markers("manual") for each in mark.args]
    request.node.user_properties += [("stack", subject), ("sources", sources)]


@pytest.fixture
def note(request) -> Note:
    """Remember for the page that a stack gave a code."""

    def noted(stack: str, call: str, code: str) -> None:
        entry = ("code", (stack, call, code))
        if entry not in request.node.user_properties:
            request.node.user_properties.append(entry)

    return noted


@pytest.fixture
def expect(request, stack):
    """`expect(key, wanted)`: what the manual wants, or what row `key` of `DIFFERENCES` says of the stack."""

    def expected(key, wanted, whose=stack):
        row = DIFFERENCES[key]
        request.node.user_properties.append(("difference", key))
        return row.observed if row.stack == whose else wanted

    return expected


@pytest.fixture(params=STACKS)
def stack(request):
    """The stack that a test is about."""
    return request.param


@pytest.fixture(params=STACKS, ids=lambda name: f"with-{name}")
def peer_stack(request):
    """The stack at the other end."""
    return request.param


@pytest.fixture(params=[CLIENT, SERVER])
def role(request):
    """The role of the stack that a test is about."""
    return request.param


@pytest.fixture(params=VERSIONS)
def version(request):
    """A version of TLS over streams."""
    return VERSIONS[request.param]


@pytest.fixture
def people():
    """Everyone who has a certificate."""
    return identities()


@pytest.fixture
def clock():
    """The time of both stacks, which stands still."""
    made = Clock()
    gnutls_library.follow(made)
    return made


@pytest.fixture
def open_end(clock, note):
    """`open_end(stack, role, version=..., wire=..., **settings)`: an end with ordinary credentials."""
    opened = []

    def end(stack, role, *, version, wire, **chosen):
        people = identities()
        ordinary = (
            {"identity": people.server} if role == SERVER else {"trust": people.authority, "host": HOST}
        )
        made = STACKS[stack](Settings(role, version, clock, **{**ordinary, **chosen}), wire)
        opened.append(made)
        return Witness(made, note)

    yield end
    for made in opened:
        made.close()


@pytest.fixture
def connect(open_end, stack, peer_stack):
    """`connect(version, role, client={...}, server={...})`: the stack in that role, and a peer, on one wire.

    Versions may differ: `client={"version": ...}`.
    """

    def connected(version, role, client=None, server=None):
        ours, theirs = wires(datagram=version == DTLS12)
        chosen = {CLIENT: client or {}, SERVER: server or {}}
        other = SERVER if role == CLIENT else CLIENT
        return Pair(
            open_end(stack, role, wire=ours, **{"version": version, **chosen[role]}),
            open_end(peer_stack, other, wire=theirs, **{"version": version, **chosen[other]}),
        )

    return connected


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
    note: Note = field(repr=False)

    def call(self, name: str) -> Return:
        """Make a call of the manual."""
        returned = self.target.call(symbol(f"call {name}"))
        self.note(self.target.name, name, returned.code)
        return returned

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
        returned = self.call("handshake")
        for name in self.messages:
            self.deliver(name)
            returned = self.call("handshake")
        return returned


@pytest.fixture(scope="session")
def credentials():
    return shared_credentials()


@pytest.fixture(params=["impl", "gnutls"])
def target_name(request):
    return request.param


@pytest.fixture
def open_box(target_name, credentials, note):
    boxes = []

    def opened(version: Version, role: Role) -> Box:
        scenario = Scenario(version, role)
        peer = Peer(scenario, credentials)
        transport = Transport(peer)
        chosen = target(target_name, credentials)
        chosen.open(scenario, transport)
        boxes.append(chosen)
        return Box(chosen, peer, transport, version, role, note)

    yield opened
    for chosen in boxes:
        chosen.close()


@pytest.fixture(params=[*HONEST], ids=lambda item: f"{item[0]}-{item[1]}")
def box(request, open_box):
    return open_box(*request.param)


@pytest.fixture(params=[Role.CLIENT, Role.SERVER], ids=str)
def box12(request, open_box):
    return open_box(Version.TLS12, request.param)
