"""From the premaster secret to keys and Finished in TLS 1.2 (RFC 5246 sections 5, 6.3, 7.4.9 and 8.1).

Also the extended master secret (RFC 7627).  Functions of bytes only; nothing is kept.
"""

from __future__ import annotations

import hmac
from typing import Final

from impl.crypto.aead import TrafficKeys
from impl.crypto.suites import Suite
from impl.frozen import dataclass

CLIENT_FINISHED: Final = b"client finished"
SERVER_FINISHED: Final = b"server finished"

MASTER_SECRET_LENGTH: Final = 48
VERIFY_DATA_LENGTH: Final = 12


@dataclass(frozen=True, slots=True)
class KeyBlock:
    """The keys that each side writes with."""

    client: TrafficKeys
    server: TrafficKeys


def prf(hash_name: str, secret: bytes, label: bytes, seed: bytes, length: int) -> bytes:
    """Return `length` bytes of the pseudorandom function (RFC 5246 section 5).

    Parameters
    ----------
    hash_name: `hashlib`'s name of the cipher suite's hash.
    """
    seed = label + seed
    link = hmac.digest(secret, seed, hash_name)
    output = hmac.digest(secret, link + seed, hash_name)
    while len(output) < length:
        link = hmac.digest(secret, link, hash_name)
        output += hmac.digest(secret, link + seed, hash_name)
    return output[:length]


def master_secret(suite: Suite, premaster: bytes, client_random: bytes, server_random: bytes) -> bytes:
    """Return the master secret of 48 bytes (RFC 5246 section 8.1)."""
    seed = client_random + server_random
    return prf(suite.hash_name, premaster, b"master secret", seed, MASTER_SECRET_LENGTH)


def extended_master_secret(suite: Suite, premaster: bytes, session_hash: bytes) -> bytes:
    """Return the master secret of 48 bytes bound to the handshake (RFC 7627 section 4).

    Parameters
    ----------
    session_hash: transcript hash up to and including ClientKeyExchange.
    """
    return prf(suite.hash_name, premaster, b"extended master secret", session_hash, MASTER_SECRET_LENGTH)


def key_block(suite: Suite, master: bytes, client_random: bytes, server_random: bytes) -> KeyBlock:
    """Return the keys of both directions (RFC 5246 section 6.3; AEAD suites have no MAC keys)."""
    key, iv = suite.aead.key_length, suite.aead.fixed_iv_length
    seed = server_random + client_random
    block = prf(suite.hash_name, master, b"key expansion", seed, 2 * (key + iv))
    ivs = block[2 * key :]
    return KeyBlock(
        client=TrafficKeys(block[:key], ivs[:iv]),
        server=TrafficKeys(block[key : 2 * key], ivs[iv:]),
    )


def verify_data(suite: Suite, master: bytes, label: bytes, transcript_hash: bytes) -> bytes:
    """Return the 12 bytes of Finished (RFC 5246 section 7.4.9).

    Parameters
    ----------
    label: `CLIENT_FINISHED` or `SERVER_FINISHED`, by the sender.
    transcript_hash: over all messages before this Finished.
    """
    return prf(suite.hash_name, master, label, transcript_hash, VERIFY_DATA_LENGTH)
