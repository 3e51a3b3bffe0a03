"""What the tests of the datagram half share: keys, and records written by hand."""

from __future__ import annotations

from impl.codec.enums import CipherSuite, ContentType
from impl.crypto.aead import TrafficKeys
from impl.crypto.suites import SUITES, Suite
from impl.record.protection import Protection12

HANDSHAKE, DATA = ContentType.HANDSHAKE, ContentType.APPLICATION_DATA
ALERT, CHANGE_CIPHER_SPEC = ContentType.ALERT, ContentType.CHANGE_CIPHER_SPEC
GCM = SUITES[CipherSuite.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256]
CHACHA = SUITES[CipherSuite.TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256]


def protection(epoch: int = 1, side: str = "c", suite: Suite = GCM) -> Protection12:
    """Return one direction's protection; equal arguments give equal keys."""
    fill = bytes((ord(side) ^ epoch & 0xFF,))
    return Protection12(suite, TrafficKeys(fill * suite.aead.key_length, fill * suite.aead.fixed_iv_length))


def plain(
    content_type: int, fragment: bytes, sequence: int = 0, epoch: int = 0, version: bytes = b"\xfe\xfd"
) -> bytes:
    """Write an unprotected record by hand, whatever it contains."""
    number = epoch.to_bytes(2) + sequence.to_bytes(6)
    return bytes((content_type,)) + version + number + len(fragment).to_bytes(2) + fragment


def records(datagram: bytes) -> list[bytes]:
    """Cut a datagram into its records, which a network may carry one by one."""
    found = []
    while datagram:
        end = 13 + int.from_bytes(datagram[11:13])
        found.append(datagram[:end])
        datagram = datagram[end:]
    return found
