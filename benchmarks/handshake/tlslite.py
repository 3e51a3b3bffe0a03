"""tlslite-ng, TLS with elliptic curves of pure Python; its generators take turns over bytearrays."""

from __future__ import annotations

import errno
from collections.abc import Callable, Iterator
from importlib.metadata import version as installed

from tlslite.api import Checker, HandshakeSettings, TLSConnection, X509CertChain, parsePEMKey
from tlslite.session import Session

from handshake.cases import Case, credentials

NAME = "tlslite-ng"
NOTE = "verifies no chain: compares the fingerprint of the leaf"


def version() -> str:
    """Return the version."""
    return installed("tlslite-ng")


class _End:
    """What tlslite asks of a socket that does not block."""

    def __init__(self, incoming: bytearray, outgoing: bytearray) -> None:
        self._incoming, self._outgoing = incoming, outgoing

    def send(self, data: bytes) -> int:
        self._outgoing += data
        return len(data)

    def sendall(self, data: bytes) -> None:
        self._outgoing += data

    def recv(self, size: int) -> bytes:
        if not self._incoming:
            raise OSError(errno.EWOULDBLOCK, "nothing has come")
        taken = bytes(self._incoming[:size])
        del self._incoming[:size]
        return taken

    def setsockopt(self, *_what: object) -> None:
        """Streams in memory have no options."""


def make(case: Case) -> Callable[[], None]:
    """Return what does one handshake."""
    files = credentials()
    chain = X509CertChain()
    chain.parsePemList(files.chain_pem.decode())
    key = parsePEMKey(files.key_pem.decode(), private=True)
    checker = Checker(x509Fingerprint=chain.getFingerprint())
    client, server = _settings(case), _settings(case)
    if case.resumed:
        server.ticketKeys, server.ticket_count = [bytearray(32)], 1

    def shake(session: Session | None) -> TLSConnection:
        there, back = bytearray(), bytearray()
        here, far = TLSConnection(_End(back, there)), TLSConnection(_End(there, back))
        asks = here.handshakeClientCert(
            session=session, settings=client, checker=checker, serverName=files.server_name, async_=True
        )
        answers = far.handshakeServerAsync(certChain=chain, privateKey=key, settings=server)
        _alternate(asks, answers)
        return here

    session = None
    if case.resumed:
        first = shake(None)
        next(first.readAsync(1), None)  # takes the ticket of TLS 1.3
        session, server.ticket_count = first.session, 0

    def once() -> None:
        assert bool(shake(session).resumed) == case.resumed

    return once


def _alternate(*generators: Iterator[int]) -> None:
    waiting = list(generators)
    while waiting:
        waiting = [generator for generator in waiting if _until_reading(generator)]


def _until_reading(generator: Iterator[int]) -> bool:
    return any(step == 0 for step in generator)


def _settings(case: Case) -> HandshakeSettings:
    settings = HandshakeSettings()
    settings.minVersion = settings.maxVersion = (3, 4) if case.tls13 else (3, 3)
    settings.versions = [settings.maxVersion]
    settings.cipherNames = ["aes128gcm"]
    settings.eccCurves = ["x25519", "secp256r1"]
    settings.keyShares = ["x25519"]
    settings.dhGroups = []
    settings.ticket_count = 0
    return settings
