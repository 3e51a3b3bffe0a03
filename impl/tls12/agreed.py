"""What a TLS 1.2 client and server share once the hellos are exchanged, and the secrets that follow from it.

Functions of values only.  Theory: RFC 5246 sections 6.3, 7.4.9 and 8.1, RFC 5705, RFC 7627 section 4.
"""

from __future__ import annotations

from impl.codec.enums import ProtocolVersion
from impl.crypto.suites import Suite
from impl.established import Connected
from impl.frozen import dataclass
from impl.keyschedule.tls12 import extended_master_secret, key_block, master_secret, prf, verify_data
from impl.record.protection import Protection, Protection12
from impl.step import Log
from impl.transcript import Transcript


@dataclass(frozen=True, slots=True)
class Agreed:
    """The hellos' outcome.

    Parameters
    ----------
    client_version: what the ClientHello said, for the premaster secret of RSA.
    client_random, server_random: 32 bytes each.
    session_id: the server's name for the session; empty if it has none.
    extended: whether the master secret is bound to the handshake (RFC 7627).
    safe: whether both sides know renegotiation_info (RFC 5746).
    ticketed: whether the server will send a ticket (RFC 5077).
    status: whether the server may staple an OCSP response (RFC 6066 section 8).
    alpn: the application protocol.
    server_name: the host asked for.
    previous: the connection that this handshake renews.
    cookie: what the client showed as proof of its address, over datagrams.
    """

    version: ProtocolVersion
    suite: Suite
    client_version: int
    client_random: bytes
    server_random: bytes
    session_id: bytes
    extended: bool
    safe: bool
    ticketed: bool
    status: bool
    alpn: bytes | None
    server_name: str | None
    previous: Connected | None
    cookie: bytes = b""


@dataclass(frozen=True, slots=True)
class Secrets:
    """The master secret and the protection of either side's records."""

    suite: Suite
    master: bytes
    randoms: bytes
    client: Protection
    server: Protection

    def verify_data(self, label: bytes, transcript: Transcript) -> bytes:
        """Return what a Finished after `transcript` says; `label` tells whose."""
        return verify_data(self.suite, self.master, label, transcript.digest())

    def export(self, label: bytes, context: bytes | None, length: int) -> bytes:
        """Return keying material for the application (RFC 5705 section 4)."""
        seed = self.randoms if context is None else self.randoms + len(context).to_bytes(2) + context
        return prf(self.suite.hash_name, self.master, label, seed, length)


def secrets(agreed: Agreed, premaster: bytes, transcript: Transcript) -> tuple[Secrets, Log]:
    """Return the session's secrets, and the line for the key log.

    Parameters
    ----------
    transcript: all messages up to and including ClientKeyExchange.
    """
    suite = agreed.suite
    if agreed.extended:
        master = extended_master_secret(suite, premaster, transcript.digest())
    else:
        master = master_secret(suite, premaster, agreed.client_random, agreed.server_random)
    return secrets_again(agreed, master), Log(agreed.client_random, (("CLIENT_RANDOM", master),))


def secrets_again(agreed: Agreed, master: bytes) -> Secrets:
    """Return the secrets of a session that has its master secret already (RFC 5246 section 8.1)."""
    suite = agreed.suite
    block = key_block(suite, master, agreed.client_random, agreed.server_random)
    return Secrets(
        suite=suite,
        master=master,
        randoms=agreed.client_random + agreed.server_random,
        client=Protection12(suite, block.client),
        server=Protection12(suite, block.server),
    )


def said(transcript: Transcript, *messages: bytes) -> Transcript:
    """Return a transcript with our own messages behind those of `transcript`, which stays as it is."""
    longer = transcript.copy()
    for message in messages:
        longer.add_own(message)
    return longer


def settled(transcript: Transcript) -> Transcript:
    """Return the same transcript, which nobody will sign any more."""
    shorter = transcript.copy()
    shorter.forget()
    return shorter
