"""The record layer and the joining of messages against arbitrary bytes, without any session."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Final

from fuzz.decisions import Decisions
from impl import CipherSuite, ProtocolVersion
from impl.codec.enums import ContentType, HandshakeType
from impl.codec.wire import CodecError
from impl.crypto.aead import TrafficKeys
from impl.crypto.suites import SUITES
from impl.limits import MAX_EARLY_BYTES, MAX_HANDSHAKE_MESSAGE, MAX_PLAINTEXT, MAX_REASSEMBLY
from impl.record.datagram import DatagramReader
from impl.record.joiner import Joiner, Message
from impl.record.protection import Protection, Protection12, Protection13, RecordError
from impl.record.reassembly import Fragment, Reassembly, encode_fragment, fragments
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


def cut(stream: bytes, places: Sequence[int]) -> list[bytes]:
    """Cut a stream at some places, each taken modulo its length."""
    edges = [0, *sorted(place % (len(stream) + 1) for place in places), len(stream)]
    return [stream[start:end] for start, end in pairwise(edges)]


def check_stream(decisions: Decisions, keys: str) -> str:
    """Read authentic and other records: the authentic ones at the start are read, wherever the cuts are."""
    protection = PROTECTIONS[keys]()
    places = [decisions.number(2) for _ in range(decisions.number() % 8)]
    honest: list[Record] = []
    good, count, written = True, 0, b""
    while decisions:
        kind, content_type, content = decisions.number(), decisions.choice(_TYPES), decisions.some()
        if protection is None or kind % 4 == 0:
            good = False
            written += content if kind % 8 else _plain(content_type, content)
            continue
        record = bytearray(protection.seal(count, content_type, content, *_padding(keys, kind)))
        count += 1
        if kind % 4 == 1:
            good = False
            record[kind // 4 % len(record)] ^= 1 << content_type % 8
        written += record
        good &= content_type in _WHOLE and bool(content)
        if good:
            honest.append(Record(_WHOLE[content_type], content, True))
    whole = read_stream([written], keys)
    assert whole == read_stream(cut(written, places), keys), "where a stream is cut makes a difference"
    assert whole[0][: len(honest)] == honest, "an authentic record is not read"
    return "read" if not whole[1] else "refused"


def check_datagrams(decisions: Decisions, keys: str) -> str:
    """Read authentic and other datagrams: the authentic ones are read once, the others never."""
    protection = PROTECTIONS[keys]()
    datagrams: list[bytes] = []
    sealed: list[tuple[int, bytes]] = []
    while decisions:
        kind, content_type, content = decisions.number(), decisions.choice(_TYPES), decisions.some()
        number = decisions.number(2)
        if protection is None or kind % 4 == 0:
            datagrams.append(content if kind % 8 else _datagram(content_type, number, content))
            continue
        number |= 1 << 48
        record = protection.seal(number, content_type, content, version=ProtocolVersion.DTLS12)
        datagram = bytearray(record[:3] + number.to_bytes(8) + record[3:])
        if kind % 4 == 1:
            datagram[kind // 4 % len(datagram)] ^= 1 << content_type % 8
        else:
            sealed.append((content_type, content))
        datagrams.extend([bytes(datagram)] * (kind % 3 + 1))
    found = read_datagrams(datagrams, keys)
    if protection is not None:
        contents = [(int(record.content_type), record.fragment) for record in found]
        for item in set(contents):
            assert contents.count(item) <= sealed.count(item), "a record is read that nobody wrote, or twice"
    return f"{'some' if found else 'none'} read"


def check_join(decisions: Decisions) -> str:
    """Join the fragments of records: the same messages wherever they are cut."""
    places = [decisions.number(2) for _ in range(decisions.number() % 8)]
    stream = b""
    while decisions:
        kind, claim, body = decisions.number(), decisions.number(), decisions.some()
        length = len(body) if claim % 4 else decisions.number(3)
        stream += bytes((kind,)) + length.to_bytes(3) + body
    whole = join([stream])
    assert whole == join(cut(stream, places)), "where a message is cut makes a difference"
    return "joined" if not whole[1] else "refused"


def check_reassembly(decisions: Decisions) -> str:
    """Reassemble fragments, some of which contradict others: whole messages come in order."""
    contents: list[bytes] = []
    while decisions:
        claim, kind, sequence, data = (
            decisions.number(),
            decisions.number() % 30,
            decisions.number() % 20,
            decisions.some(),
        )
        length = decisions.number(3) if claim % 4 == 0 else decisions.number() % 64
        offset = decisions.number(3) if claim % 4 == 1 else decisions.number() % 64
        contents.append(encode_fragment(Fragment(kind, length, sequence, offset, data)))
    found = reassemble(contents)
    check_order(found)
    return f"{'some' if found else 'none'} whole"


def check_order(messages: Sequence[Message]) -> None:
    """Check that messages come one after another, and that the numbers start anew at a beginning only."""
    for before, after in pairwise(messages):
        counted = int.from_bytes(after.raw[4:6]) == int.from_bytes(before.raw[4:6]) + 1
        assert counted or before.type in _REPEATED, (before, after)


def _padding(keys: str, kind: int) -> tuple[int, ...]:
    return (kind // 4,) if keys == "tls13" else ()


def _plain(content_type: int, content: bytes) -> bytes:
    return bytes((content_type, 3, 3)) + len(content).to_bytes(2) + content


def _datagram(content_type: int, number: int, content: bytes) -> bytes:
    start = bytes((content_type,)) + ProtocolVersion.DTLS12.to_bytes(2)
    return start + number.to_bytes(8) + len(content).to_bytes(2) + content


_REPEATED: Final = (HandshakeType.HELLO_REQUEST, HandshakeType.HELLO_VERIFY_REQUEST)
_WHOLE: Final = {
    int(kind): kind for kind in (ContentType.HANDSHAKE, ContentType.ALERT, ContentType.APPLICATION_DATA)
}
_TYPES: Final = (*_WHOLE, int(ContentType.CHANGE_CIPHER_SPEC), 0, 24, 255)
