"""What a TLS 1.2 client and server share once the hellos are exchanged, and the secrets that follow from it.

Functions of values only.  Theory: RFC 5246 sections 6.3, 7.4.9 and 8.1, RFC 7627 section 4.
"""

from __future__ import annotations

from dataclasses import dataclass

from impl.crypto.suites import Suite
from impl.keyschedule.tls12 import extended_master_secret, key_block, master_secret, verify_data
from impl.record.protection import Protection, Protection12
from impl.step import Log
from impl.transcript import Transcript


@dataclass(frozen=True, slots=True)
class Agreed:
    """The hellos' outcome.

    Parameters
    ----------
    client_random, server_random: 32 bytes each.
    extended: whether the master secret is bound to the handshake (RFC 7627).
    safe: whether both sides know renegotiation_info (RFC 5746).
    alpn: the application protocol.
    server_name: the host asked for.
    """

    suite: Suite
    client_random: bytes
    server_random: bytes
    extended: bool
    safe: bool
    alpn: bytes | None
    server_name: str | None


@dataclass(frozen=True, slots=True)
class Secrets:
    """The master secret and the protection of either side's records."""

    suite: Suite
    master: bytes
    client: Protection
    server: Protection

    def verify_data(self, label: bytes, transcript: Transcript) -> bytes:
        """Return what a Finished after `transcript` says; `label` tells whose."""
        return verify_data(self.suite, self.master, label, transcript.digest())


def secrets(agreed: Agreed, premaster: bytes, transcript: Transcript) -> tuple[Secrets, Log]:
    """Return the session's secrets, and the line for the key log.

    Parameters
    ----------
    transcript: all messages up to and including ClientKeyExchange.
    """
    suite, client_random, server_random = agreed.suite, agreed.client_random, agreed.server_random
    if agreed.extended:
        master = extended_master_secret(suite, premaster, transcript.digest())
    else:
        master = master_secret(suite, premaster, client_random, server_random)
    block = key_block(suite, master, client_random, server_random)
    made = Secrets(suite, master, Protection12(suite, block.client), Protection12(suite, block.server))
    return made, Log("CLIENT_RANDOM", client_random, master)


def extended_by(transcript: Transcript, *messages: bytes) -> Transcript:
    """Return a transcript with `messages` behind those of `transcript`, which stays as it is."""
    longer = transcript.copy()
    for message in messages:
        longer.add(message)
    return longer
