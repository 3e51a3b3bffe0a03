"""A real OpenSSL end in memory, which the mapper plays against in these tests."""

from __future__ import annotations

import ssl
from collections.abc import Callable
from pathlib import Path

import pytest

from tlsmodel.credentials import shared_credentials
from tlsmodel.mapper import Peer
from tlsmodel.spec.scenario import SCENARIOS, Role, Scenario, Version
from tlsmodel.spec.symbols import delivery

VERSIONS = {Version.TLS12: ssl.TLSVersion.TLSv1_2, Version.TLS13: ssl.TLSVersion.TLSv1_3}
HONEST = {
    "tls12-client": (
        "ServerHello Certificate ServerKeyExchange ServerHelloDone ChangeCipherSpec Finished",
        "ClientHello ClientKeyExchange ChangeCipherSpec Finished",
    ),
    "tls12-server": (
        "ClientHello ClientKeyExchange ChangeCipherSpec Finished",
        "ServerHello Certificate ServerKeyExchange ServerHelloDone ChangeCipherSpec Finished",
    ),
    "tls13-client": (
        "ServerHello EncryptedExtensions Certificate CertificateVerify Finished",
        "ClientHello ChangeCipherSpec Finished",
    ),
    "tls13-server": (
        "ClientHello Finished",
        "ServerHello ChangeCipherSpec EncryptedExtensions Certificate CertificateVerify Finished"
        " NewSessionTicket NewSessionTicket",
    ),
}


class Conversation:
    """A mapper and an OpenSSL end, joined by memory.

    Parameters
    ----------
    scenario: version and role of the OpenSSL end.
    context: its configuration.
    portion: how many bytes at a time the mapper is given; 0 gives all at once.
    """

    def __init__(self, scenario: Scenario, context: ssl.SSLContext, portion: int = 0) -> None:
        self.peer = Peer(scenario, shared_credentials())
        self.heard: list[str] = []
        self.honest, self.expected = (names.split() for names in HONEST[scenario.name])
        self._portion = portion
        self._incoming, self._outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        client = scenario.role is Role.CLIENT
        self.end = context.wrap_bio(
            self._incoming,
            self._outgoing,
            server_side=not client,
            server_hostname="localhost" if client else None,
        )
        self.attempt(self.end.do_handshake)

    def deliver(self, name: str) -> None:
        """Build delivery `name` now and put it where the other end reads."""
        self._incoming.write(self.peer.build(delivery(name)))

    def exchange(self, *names: str) -> object:
        """Deliver `names` one by one, each followed by a handshake call; returns what the last one gave."""
        result: object = None
        for name in names:
            self.deliver(name)
            result = self.attempt(self.end.do_handshake)
        return result

    def attempt(self, call: Callable[[], object]) -> object:
        """Make one call of OpenSSL's; returns its result, or the error that it raised."""
        try:
            return call()
        except ssl.SSLError as error:
            return error
        finally:
            self._flush()

    def take_heard(self) -> list[str]:
        """Return the names heard so far and forget them."""
        heard, self.heard = self.heard, []
        return heard

    def _flush(self) -> None:
        written = self._outgoing.read()
        size = self._portion or len(written) or 1
        for start in range(0, len(written), size):
            self.peer.receive(written[start : start + size])
        self.heard += [symbol.name for symbol in self.peer.take_emissions()]


@pytest.fixture(scope="session")
def converse(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Conversation]:
    """Return a function (scenario name, portion) that opens a conversation."""
    directory = tmp_path_factory.mktemp("credentials")
    contexts = {name: _context(SCENARIOS[name], directory) for name in HONEST}

    def opened(name: str, portion: int = 0) -> Conversation:
        return Conversation(SCENARIOS[name], contexts[name], portion)

    return opened


def _context(scenario: Scenario, directory: Path) -> ssl.SSLContext:
    credentials = shared_credentials()
    client = scenario.role is Role.CLIENT
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT if client else ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = context.maximum_version = VERSIONS[scenario.version]
    if client:
        context.load_verify_locations(cadata=credentials.ca_pem.decode())
    else:
        chain, key = directory / "chain.pem", directory / "key.pem"
        chain.write_bytes(credentials.chain_pem)
        key.write_bytes(credentials.key_pem)
        context.load_cert_chain(chain, key)
    return context
