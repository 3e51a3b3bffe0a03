"""The key schedule of TLS 1.3 (RFC 8446 section 7; HKDF is RFC 5869).

A `KeySchedule` is one of the three stages of section 7.1's drawing and never changes; a step yields the next.
Traffic secrets are plain bytes, and the functions below turn them into keys.
"""

from __future__ import annotations

import hashlib
import hmac
from enum import StrEnum
from functools import cache, lru_cache
from typing import Self

from impl.crypto.aead import NONCE_LENGTH, TrafficKeys
from impl.crypto.suites import Suite
from impl.frozen import dataclass


class Label(StrEnum):
    """Labels of the secrets that are derived with a transcript hash (RFC 8446 section 7.1)."""

    EXTERNAL_BINDER = "ext binder"
    RESUMPTION_BINDER = "res binder"
    CLIENT_EARLY_TRAFFIC = "c e traffic"
    EARLY_EXPORTER = "e exp master"
    CLIENT_HANDSHAKE_TRAFFIC = "c hs traffic"
    SERVER_HANDSHAKE_TRAFFIC = "s hs traffic"
    CLIENT_APPLICATION_TRAFFIC = "c ap traffic"
    SERVER_APPLICATION_TRAFFIC = "s ap traffic"
    EXPORTER = "exp master"
    RESUMPTION = "res master"


@dataclass(frozen=True, slots=True)
class KeySchedule:
    """One stage: early, handshake or main secret.

    Parameters
    ----------
    suite: the cipher suite, for its hash.
    secret: the stage's secret.
    salt: what the next stage is extracted with, where it is known already.
    """

    suite: Suite
    secret: bytes
    salt: bytes | None = None

    @classmethod
    def early(cls, suite: Suite, psk: bytes | None = None) -> Self:
        """Return the first stage, from a pre-shared key or from none."""
        if psk is None:
            return cls(suite, *_without_psk(suite.hash_name))
        return cls(suite, early_secret(suite.hash_name, psk))

    def handshake(self, shared_secret: bytes) -> Self:
        """Return the handshake stage that follows the early one, from the (EC)DHE secret."""
        return self._step(shared_secret)

    def main(self) -> Self:
        """Return the last stage, that follows the handshake one."""
        return self._step(bytes(self.suite.hash_length))

    def derive(self, label: Label, transcript_hash: bytes) -> bytes:
        """Return a secret of this stage, as long as the hash (Derive-Secret)."""
        return expand_label(self.suite, self.secret, label, transcript_hash, self.suite.hash_length)

    def _step(self, input_key: bytes) -> Self:
        suite = self.suite
        salt = _salt(suite.hash_name, self.secret) if self.salt is None else self.salt
        return type(self)(suite, hkdf_extract(suite.hash_name, salt, input_key))


@dataclass(frozen=True, slots=True)
class Exporter:
    """Keying material for the application (RFC 8446 section 7.5).

    Parameters
    ----------
    suite: the cipher suite, for its hash.
    secret: the exporter secret.
    """

    suite: Suite
    secret: bytes

    def export(self, label: bytes, context: bytes | None, length: int) -> bytes:
        """Return `length` bytes; no context is the same as an empty one."""
        suite = self.suite
        name = label.decode("latin-1")
        secret = expand_label(suite, self.secret, name, empty_hash(suite.hash_name), suite.hash_length)
        digest = hashlib.new(suite.hash_name, context or b"").digest()
        return expand_label(suite, secret, "exporter", digest, length)


def early_secret(hash_name: str, psk: bytes) -> bytes:
    """Return the secret of the first stage that a pre-shared key leads to."""
    return hkdf_extract(hash_name, bytes(len(empty_hash(hash_name))), psk)


def hkdf_extract(hash_name: str, salt: bytes, input_key: bytes) -> bytes:
    """Return HKDF-Extract (RFC 5869 section 2.2)."""
    return hmac.digest(salt, input_key, hash_name)


def hkdf_expand(hash_name: str, secret: bytes, info: bytes, length: int) -> bytes:
    """Return `length` bytes of HKDF-Expand, at most 255 times the hash (RFC 5869 section 2.3)."""
    block = output = hmac.digest(secret, info + b"\x01", hash_name)
    counter = 1
    while len(output) < length:
        counter += 1
        block = hmac.digest(secret, block + info + counter.to_bytes(1), hash_name)
        output += block
    return output[:length]


def expand_label(suite: Suite, secret: bytes, label: str, context: bytes, length: int) -> bytes:
    """Return HKDF-Expand-Label (RFC 8446 section 7.1); `label` is without its prefix."""
    return hkdf_expand(suite.hash_name, secret, _info(label, length, len(context)) + context, length)


@lru_cache(maxsize=128)
def _info(label: str, length: int, context_length: int) -> bytes:
    """Return HkdfLabel without its context: every handshake needs the same dozen."""
    full = b"tls13 " + label.encode("latin-1")
    return length.to_bytes(2) + len(full).to_bytes(1) + full + context_length.to_bytes(1)


def traffic_keys(suite: Suite, traffic_secret: bytes) -> TrafficKeys:
    """Return key and initialization vector of a traffic secret (RFC 8446 section 7.3)."""
    return TrafficKeys(
        expand_label(suite, traffic_secret, "key", b"", suite.aead.key_length),
        expand_label(suite, traffic_secret, "iv", b"", NONCE_LENGTH),
    )


def next_traffic_secret(suite: Suite, traffic_secret: bytes) -> bytes:
    """Return the traffic secret after a KeyUpdate (RFC 8446 section 7.2)."""
    return expand_label(suite, traffic_secret, "traffic upd", b"", suite.hash_length)


def verify_data(suite: Suite, base_secret: bytes, transcript_hash: bytes) -> bytes:
    """Return the content of Finished (RFC 8446 section 4.4.4).

    Parameters
    ----------
    base_secret: the sender's handshake traffic secret.
    transcript_hash: over all messages before this Finished.
    """
    key = expand_label(suite, base_secret, "finished", b"", suite.hash_length)
    return hmac.digest(key, transcript_hash, suite.hash_name)


def resumption_psk(suite: Suite, resumption_secret: bytes, ticket_nonce: bytes) -> bytes:
    """Return the pre-shared key that goes with a ticket (RFC 8446 section 4.6.1)."""
    return expand_label(suite, resumption_secret, "resumption", ticket_nonce, suite.hash_length)


@cache
def empty_hash(hash_name: str) -> bytes:
    """Return the hash of no messages, which stands for a transcript in some derivations."""
    return hashlib.new(hash_name).digest()


@cache
def _without_psk(hash_name: str) -> tuple[bytes, bytes]:
    """Return secret and salt of an early stage that no key goes into; they are no secrets."""
    secret = early_secret(hash_name, bytes(len(empty_hash(hash_name))))
    return secret, _salt(hash_name, secret)


def _salt(hash_name: str, secret: bytes) -> bytes:
    """Return what the stage after that of `secret` is extracted with."""
    context = empty_hash(hash_name)
    length = len(context)
    return hkdf_expand(hash_name, secret, _info("derived", length, length) + context, length)
