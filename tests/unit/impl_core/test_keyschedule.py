"""The key schedules against published answers, and the properties that the versions promise."""

from __future__ import annotations

import hashlib

import pytest
import rfc8448 as rfc

from impl.codec.enums import CipherSuite
from impl.crypto.aead import TrafficKeys
from impl.crypto.suites import SUITES, Suite
from impl.keyschedule import tls12, tls13
from impl.transcript import Transcript

SHA256_12 = SUITES[CipherSuite.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256]
CHACHA_12 = SUITES[CipherSuite.TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256]
SHA384_12 = SUITES[CipherSuite.TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384]
SHA256_13 = SUITES[CipherSuite.TLS_AES_128_GCM_SHA256]

PRF_ANSWERS = [
    (
        "sha256",
        "9bbe436ba940f017b17652849a71db35",
        "a0ba9f936cda311827a6f796ffd5198c",
        "e3f229ba727be17b8d122620557cd453c2aab21d07c3d495329b52d4e61edb5a"
        "6b301791e90d35c9c9a46b4e14baf9af0fa022f7077def17abfd3797c0564bab"
        "4fbc91666e9def9b97fce34f796789baa48082d122ee42c5a72e5a5110fff701"
        "87347b66",
    ),
    (
        "sha384",
        "b80b733d6ceefcdc71566ea48e5567df",
        "cd665cf6a8447dd6ff8b27555edb7465",
        "7b0c18e9ced410ed1804f2cfa34a336a1c14dffb4900bb5fd7942107e81c83cd"
        "e9ca0faa60be9fe34f82b1233c9146a0e534cb400fed2700884f9dc236f80edd"
        "8bfa961144c9e8d792eca722a7b32fc3d416d473ebc2c5fd4abfdad05d918425"
        "9b5bf8cd4d90fa0d31e2dec479e4f1a26066f2eea9a69236a3e52655c9e9aee6"
        "91c8f3a26854308d5eaa3be85e0990703d73e56f",
    ),
]
"""From the vectors posted to the TLS working group's list in November 2010 ("TLS 1.2 PRF test vectors")."""


@pytest.mark.parametrize(("hash_name", "secret", "seed", "expected"), PRF_ANSWERS)
def test_the_prf_gives_the_published_answers(hash_name: str, secret: str, seed: str, expected: str) -> None:
    arguments = (hash_name, bytes.fromhex(secret), b"test label", bytes.fromhex(seed))
    answer = bytes.fromhex(expected)

    assert tls12.prf(*arguments, len(answer)) == answer
    assert tls12.prf(*arguments, 12) == answer[:12]


def test_both_master_secrets_are_the_prf_of_their_labels() -> None:
    client_random, server_random = b"c" * 32, b"s" * 32
    plain = tls12.master_secret(SHA384_12, b"premaster", client_random, server_random)
    extended = tls12.extended_master_secret(SHA384_12, b"premaster", b"h" * 48)

    seed = client_random + server_random
    assert plain == tls12.prf("sha384", b"premaster", b"master secret", seed, 48)
    assert extended == tls12.prf("sha384", b"premaster", b"extended master secret", b"h" * 48, 48)


@pytest.mark.parametrize(
    ("suite", "key", "iv"), [(SHA256_12, 16, 4), (SHA384_12, 32, 4), (CHACHA_12, 32, 12)]
)
def test_the_key_block_is_cut_in_the_order_of_rfc_5246(suite: Suite, key: int, iv: int) -> None:
    """RFC 5246 section 6.3: client key, server key, client IV, server IV; the server's random comes first."""
    block = tls12.key_block(suite, b"m" * 48, b"c" * 32, b"s" * 32)
    stream = tls12.prf(suite.hash_name, b"m" * 48, b"key expansion", b"s" * 32 + b"c" * 32, 2 * (key + iv))

    parts = (block.client.key, block.server.key, block.client.iv, block.server.iv)
    assert tuple(map(len, parts)) == (key, key, iv, iv)
    assert b"".join(parts) == stream


def test_the_sides_have_different_finished_messages_in_tls12() -> None:
    client = tls12.verify_data(SHA256_12, b"m" * 48, tls12.CLIENT_FINISHED, b"h" * 32)
    server = tls12.verify_data(SHA256_12, b"m" * 48, tls12.SERVER_FINISHED, b"h" * 32)

    assert client == tls12.prf("sha256", b"m" * 48, b"client finished", b"h" * 32, 12)
    assert server == tls12.prf("sha256", b"m" * 48, b"server finished", b"h" * 32, 12)
    assert client != server


def test_hkdf_gives_the_answers_of_rfc_5869() -> None:
    """RFC 5869 appendix A.1, which needs more than one block."""
    salt, key = bytes.fromhex("000102030405060708090a0b0c"), b"\x0b" * 22
    secret = tls13.hkdf_extract("sha256", salt, key)
    output = tls13.hkdf_expand("sha256", secret, bytes.fromhex("f0f1f2f3f4f5f6f7f8f9"), 42)

    assert secret.hex() == "077709362c2e32df0ddc3f0dc47bba6390b6c73bb50f9c3122ec844ad7c2b3e5"
    assert output.hex() == (
        "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865"
    )


def test_a_pre_shared_key_changes_the_early_secret() -> None:
    """RFC 8448 section 4 resumes the handshake of section 3 with this key."""
    secret = tls13.KeySchedule.early(SHA256_13, rfc.TICKET_PSK).secret

    assert secret.hex() == "9b2188e9b2fc6d64d71dc329900e20bb41915000f678aa839cbb797cb7d8332c"


def test_an_updated_traffic_secret_gives_new_keys() -> None:
    """RFC 8446 section 7.2."""
    updated = tls13.next_traffic_secret(SHA256_13, rfc.CLIENT_APPLICATION_TRAFFIC)

    assert updated == tls13.expand_label(SHA256_13, rfc.CLIENT_APPLICATION_TRAFFIC, "traffic upd", b"", 32)
    assert tls13.traffic_keys(SHA256_13, updated) != TrafficKeys(
        rfc.CLIENT_APPLICATION_KEY, rfc.CLIENT_APPLICATION_IV
    )


def test_exported_material_depends_on_label_context_and_length() -> None:
    """RFC 8446 section 7.5."""
    exporter = tls13.Exporter(SHA256_13, rfc.EXPORTER)
    exported = exporter.export(b"label", b"context", 50)

    inner = tls13.expand_label(SHA256_13, rfc.EXPORTER, "label", hashlib.sha256(b"").digest(), 32)
    assert exported == tls13.expand_label(
        SHA256_13, inner, "exporter", hashlib.sha256(b"context").digest(), 50
    )
    assert exported != exporter.export(b"label", b"", 50)
    assert exported != exporter.export(b"other", b"context", 50)


def test_a_transcript_hashes_what_came_before_and_after_the_choice_of_hash() -> None:
    transcript = Transcript()
    transcript.add(b"one")
    transcript.add(b"two")
    transcript.choose("sha384")
    early = transcript.digest()
    transcript.add(b"three")

    assert early == hashlib.sha384(b"onetwo").digest()
    assert transcript.digest() == hashlib.sha384(b"onetwothree").digest()


def test_a_copied_transcript_goes_its_own_way() -> None:
    for hash_name in (None, "sha256"):
        transcript = Transcript(hash_name)
        transcript.add(b"one")
        twin = transcript.copy()
        twin.add(b"two")
        if hash_name is None:
            transcript.choose("sha256")
            twin.choose("sha256")

        assert transcript.digest() == hashlib.sha256(b"one").digest()
        assert twin.digest() == hashlib.sha256(b"onetwo").digest()


def test_a_transcript_has_its_hash_chosen_exactly_once() -> None:
    transcript = Transcript()

    with pytest.raises(ValueError, match="no hash function"):
        transcript.digest()
    transcript.choose("sha256")
    with pytest.raises(ValueError, match="already"):
        transcript.choose("sha384")
