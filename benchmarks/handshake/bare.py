"""The floor: the cryptographic operations of one handshake pair, with no protocol around them.

Signatures, key exchanges and certificate work are those that RFC 8446 and RFC 5246 demand.  How many HMACs,
transcript digests and protected records there are, and how long those are, is counted in a handshake of impl.
"""

from __future__ import annotations

import hashlib
import hmac
import sys
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version as installed

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.serialization import Encoding, load_pem_private_key
from cryptography.x509 import verification

from handshake import impl
from handshake.cases import Case, credentials
from handshake.wire import protected, tapped_pair

NAME = "bare operations"
NOTE = "the cryptography package and `hashlib` only; no protocol, not one message"

_KEY, _NONCE, _SECRET, _SEED, _HEADER = bytes(16), bytes(12), bytes(32), bytes(52), bytes(5)
_KEYS = {True: 4, False: 2}  # AEAD keys that each side has of the other's and its own, in TLS 1.3 or not
_ECDSA = ec.ECDSA(hashes.SHA256())


def version() -> str:
    """Return the version."""
    return f"cryptography {installed('cryptography')}"


@dataclass(frozen=True, slots=True)
class Counts:
    """What a handshake pair of impl did besides signatures, key exchanges and certificates.

    Parameters
    ----------
    hmacs, digests: calls of HMAC, and digests taken of a transcript.
    transcript: bytes that went over the wire, more or less what each side hashes.
    records: length of each protected fragment.
    """

    hmacs: int
    digests: int
    transcript: int
    records: tuple[int, ...]


def count(case: Case) -> Counts:
    """Watch one handshake of impl."""
    client, server = impl.configurations(case)
    near, far, sent = tapped_pair()
    calls: Counter[str] = Counter()

    def on_call(_frame: object, event: str, what: object) -> None:
        if event == "c_call":
            calls[getattr(what, "__qualname__", "")] += 1

    sys.setprofile(on_call)
    try:
        impl.shake(client, server, near, far)
    finally:
        sys.setprofile(None)
    size = sum(map(len, sent))
    return Counts(calls["hmac_digest"], calls["HASH.digest"], size, protected(sent, tls13=case.tls13))


def make(case: Case) -> Callable[[], None]:
    """Return what does the operations of one pair."""
    counted = count(case)
    parts = [lambda: _symmetric(counted, _KEYS[case.tls13])]
    if case.tls13 or not case.resumed:
        parts.append(_exchange)
    parts.append(_ticket if case.resumed else _authentication())

    def once() -> None:
        for part in parts:
            part()

    return once


def _symmetric(counted: Counts, keys: int) -> None:
    for _ in range(counted.hmacs):
        hmac.digest(_SECRET, _SEED, "sha256")
    for _ in range(2):
        hashlib.sha256(bytes(counted.transcript))
    for _ in range(counted.digests):
        hashlib.sha256().digest()
    ciphers = [AESGCM(_KEY) for _ in range(2 * keys)]
    for length in counted.records:
        ciphers[1].decrypt(_NONCE, ciphers[0].encrypt(_NONCE, bytes(length), _HEADER), _HEADER)


def _exchange() -> None:
    ours, theirs = X25519PrivateKey.generate(), X25519PrivateKey.generate()
    to_theirs, to_ours = ours.public_key().public_bytes_raw(), theirs.public_key().public_bytes_raw()
    ours.exchange(X25519PublicKey.from_public_bytes(to_ours))
    theirs.exchange(X25519PublicKey.from_public_bytes(to_theirs))


def _ticket() -> None:
    AESGCM(_SECRET).decrypt(_NONCE, _SEALED, _HEADER)


_SEALED = AESGCM(_SECRET).encrypt(_NONCE, bytes(128), _HEADER)


def _authentication() -> Callable[[], None]:
    files = credentials()
    key = load_pem_private_key(files.key_pem, None)
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    anchor = x509.load_pem_x509_certificate(files.ca_pem)
    leaf = x509.load_pem_x509_certificate(files.chain_pem).public_bytes(Encoding.DER)
    policy = verification.PolicyBuilder().store(verification.Store([anchor]))

    def once() -> None:
        signature = key.sign(_SECRET, _ECDSA)
        shown = x509.load_der_x509_certificate(leaf)
        verifier = policy.time(datetime.now(UTC)).build_server_verifier(x509.DNSName(files.server_name))
        verifier.verify(shown, [])
        public = shown.public_key()
        assert isinstance(public, ec.EllipticCurvePublicKey)
        public.verify(signature, _SECRET, _ECDSA)

    return once
