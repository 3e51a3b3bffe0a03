"""The record layer and the joining of messages against arbitrary bytes, without any session."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from impl import CipherSuite
from impl.codec.wire import CodecError
from impl.crypto.aead import TrafficKeys
from impl.crypto.suites import SUITES
from impl.limits import MAX_EARLY_BYTES, MAX_HANDSHAKE_MESSAGE, MAX_PLAINTEXT, MAX_REASSEMBLY
from impl.record.datagram import DatagramReader
from impl.record.joiner import Joiner, Message
from impl.record.protection import Protection, Protection12, Protection13, RecordError
from impl.record.reassembly import Reassembly, fragments
from impl.record.stream import Record, RecordReader

ROOM: Final = MAX_PLAINTEXT + 2048 + 5
"""The longest record with its header: what a reader holds of one that is not whole."""


def protection12() -> Protection:
    """Return fixed TLS 1.2 keys."""
    suite = SUITES[CipherSuite.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256]
    return Protection12(suite, TrafficKeys(bytes(16), bytes(suite.aead.fixed_iv_length)))


def protection13() -> Protection:
    """Return fixed TLS 1.3 keys."""
    return Protection13(SUITES[CipherSuite.TLS_AES_128_GCM_SHA256], TrafficKeys(bytes(16), bytes(12)))


PROTECTIONS: Final = {"clear": lambda: None, "tls12": protection12, "tls13": protection13}


def read_stream(pieces: Sequence[bytes], keys: str) -> tuple[list[Record], str]:
    """Feed pieces of a stream to a reader; return its records and why it stopped, "" if it did not."""
    reader = RecordReader()
    reader.use(PROTECTIONS[keys]())
    found: list[Record] = []
    refusal: RecordError | None = None
    for piece in pieces:
        reader.feed(piece)
        try:
            found.extend(iter(reader.next, None))
        except RecordError as error:
            refusal = error
            break
        assert len(reader._buffer) <= ROOM
    assert all(len(record.fragment) <= MAX_PLAINTEXT for record in found)
    if refusal is None:
        return found, ""
    assert refusal.alert
    assert not reader.pending(), "a dead reader holds nothing"
    return found, str(refusal)


def join(pieces: Sequence[bytes]) -> tuple[list[Message], str]:
    """Feed fragments to a joiner; return its messages and why it stopped."""
    joiner = Joiner()
    found: list[Message] = []
    for piece in pieces:
        joiner.feed(piece)
        try:
            found.extend(iter(joiner.next, None))
        except CodecError as error:
            return found, str(error)
        assert len(joiner._buffer) <= MAX_HANDSHAKE_MESSAGE + 4
    return found, ""


def read_datagrams(datagrams: Sequence[bytes], keys: str) -> list[Record]:
    """Feed datagrams to a reader, which refuses nothing and drops much."""
    reader = DatagramReader()
    protection = PROTECTIONS[keys]()
    found = [] if protection is None else reader.use(protection)
    for datagram in datagrams:
        found += reader.read(datagram)
        assert reader._early_bytes <= MAX_EARLY_BYTES
        assert sum(map(len, reader._early)) == reader._early_bytes
    assert all(0 < len(record.fragment) <= MAX_PLAINTEXT for record in found)
    return found


def reassemble(contents: Sequence[bytes]) -> list[Message]:
    """Feed the contents of handshake records to a reassembly."""
    reassembly = Reassembly()
    found: list[Message] = []
    for content in contents:
        try:
            parts = fragments(content)
        except CodecError:
            continue
        for part in parts:
            reassembly.feed(part)
            found.extend(iter(reassembly.next, None))
        held = sum(len(partial.body) for partial in reassembly._partials.values())
        assert held <= MAX_REASSEMBLY
    return found
