"""The record layer: round trips under every suite, limits, and hostile bytes."""

from __future__ import annotations

import tracemalloc
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from impl.alerts import AlertDescription
from impl.codec.enums import CipherSuite, ContentType, ProtocolVersion
from impl.codec.messages import handshake
from impl.crypto.aead import TrafficKeys
from impl.crypto.suites import SUITES, Suite
from impl.limits import MAX_EMPTY_RECORDS, MAX_HANDSHAKE_MESSAGE, MAX_PLAINTEXT, MAX_SEQUENCE
from impl.record.joiner import HandshakeTooLarge, Joiner
from impl.record.protection import Protection, Protection12, Protection13, RecordError
from impl.record.stream import Record, RecordReader, RecordWriter, SequenceExhausted, TooManyEmptyRecords

ALERT, HANDSHAKE, DATA = ContentType.ALERT, ContentType.HANDSHAKE, ContentType.APPLICATION_DATA
CHANGE_CIPHER_SPEC = ContentType.CHANGE_CIPHER_SPEC
GCM_12 = SUITES[CipherSuite.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256]
CHACHA_12 = SUITES[CipherSuite.TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256]
GCM_13 = SUITES[CipherSuite.TLS_AES_128_GCM_SHA256]

every_suite = pytest.mark.parametrize("suite", SUITES.values(), ids=lambda suite: suite.number.name)
one_of_each = pytest.mark.parametrize(
    "suite", [GCM_12, CHACHA_12, GCM_13], ids=lambda suite: suite.number.name
)

contents = st.lists(
    st.tuples(st.sampled_from([ALERT, HANDSHAKE, DATA]), st.binary(min_size=1, max_size=300)),
    min_size=1,
    max_size=5,
)


def protection(suite: Suite, fill: bytes = b"k") -> Protection:
    """Return one direction's protection; equal arguments give equal keys."""
    aead = suite.aead
    if suite.version is ProtocolVersion.TLS13:
        return Protection13(suite, TrafficKeys(fill * aead.key_length, fill * 12))
    return Protection12(suite, TrafficKeys(fill * aead.key_length, fill * aead.fixed_iv_length))


def pair(suite: Suite | None) -> tuple[RecordWriter, RecordReader]:
    """Return both ends of one direction, in the clear if there is no suite."""
    writer, reader = RecordWriter(), RecordReader()
    if suite is not None:
        writer.use(protection(suite))
        reader.use(protection(suite))
    return writer, reader


def drain(reader: RecordReader) -> list[Record]:
    """Take all records that are whole."""
    return list(iter(reader.next, None))


def refusal(reader: RecordReader, data: bytes) -> RecordError:
    """Feed `data`, which must be refused, and return how; the reader must be dead afterwards."""
    reader.feed(data)
    with pytest.raises(RecordError) as caught:
        drain(reader)
    reader.feed(b"\x16\x03\x03\x00\x01a")
    with pytest.raises(RecordError) as again:
        reader.next()
    assert again.value is caught.value
    assert not reader.pending()
    assert len(str(caught.value).splitlines()) == 1
    return caught.value


def plain(content_type: int, fragment: bytes, version: bytes = b"\x03\x03") -> bytes:
    """Write an unprotected record by hand, whatever it contains."""
    return bytes((content_type,)) + version + len(fragment).to_bytes(2) + fragment


@every_suite
@given(sent=contents, cuts=st.lists(st.integers(0, 2000), max_size=8), size=st.integers(1, 100))
def test_what_is_protected_arrives_however_it_is_cut(
    suite: Suite, sent: list[tuple[ContentType, bytes]], cuts: list[int], size: int
) -> None:
    writer, (_, reader) = RecordWriter(size), pair(suite)
    writer.use(protection(suite))
    stream = b"".join(record for item in sent for record in writer.protect(*item))
    received = []
    for start, end in pairwise([0, *sorted(min(cut, len(stream)) for cut in cuts), len(stream)]):
        reader.feed(stream[start:end])
        received += drain(reader)

    assert all(record.protected and len(record.fragment) <= size for record in received)
    expected = [(kind, data[i : i + size]) for kind, data in sent for i in range(0, len(data), size)]
    assert [(record.content_type, record.fragment) for record in received] == expected
    assert not reader.pending()


@given(contents)
def test_without_keys_records_are_in_the_clear(sent: list[tuple[ContentType, bytes]]) -> None:
    writer, reader = pair(None)
    for content_type, data in sent:
        for record in writer.protect(content_type, data):
            assert record == plain(content_type, data)
            reader.feed(record)

    assert drain(reader) == [(content_type, data, False) for content_type, data in sent]


@every_suite
def test_long_data_is_cut_at_the_limit(suite: Suite) -> None:
    writer, reader = pair(suite)
    data = bytes(range(256)) * (3 * MAX_PLAINTEXT // 256) + b"end"
    records = writer.protect(DATA, data)
    reader.feed(b"".join(records))
    received = drain(reader)

    assert [len(record.fragment) for record in received] == [MAX_PLAINTEXT] * 3 + [3]
    assert b"".join(record.fragment for record in received) == data


@every_suite
@given(data=st.data())
def test_a_changed_bit_is_bad_record_mac(suite: Suite, data: st.DataObject) -> None:
    writer, reader = pair(suite)
    record = bytearray(writer.protect(DATA, b"content")[0])
    place = data.draw(st.integers(5, len(record) - 1))
    record[place] ^= 1 << data.draw(st.integers(0, 7))

    assert refusal(reader, bytes(record)).alert is AlertDescription.BAD_RECORD_MAC


@every_suite
def test_replayed_reordered_and_foreign_records_are_refused(suite: Suite) -> None:
    writer, _ = pair(suite)
    first, second = writer.protect(DATA, b"first")[0], writer.protect(DATA, b"second")[0]
    stranger = RecordWriter()
    stranger.use(protection(suite, b"x"))

    for stream in (first + first, second, stranger.protect(DATA, b"first")[0]):
        assert refusal(pair(suite)[1], stream).alert is AlertDescription.BAD_RECORD_MAC


@every_suite
def test_records_too_short_to_be_protected_are_refused(suite: Suite) -> None:
    for length in range(25 if suite.version is ProtocolVersion.TLS12 else 17):
        assert refusal(pair(suite)[1], plain(DATA, bytes(length))).alert is AlertDescription.BAD_RECORD_MAC


@pytest.mark.parametrize(
    ("suite", "limit"),
    [(None, MAX_PLAINTEXT), (GCM_12, MAX_PLAINTEXT + 2048), (GCM_13, MAX_PLAINTEXT + 256)],
)
def test_a_length_over_the_limit_is_refused_by_its_header_alone(suite: Suite | None, limit: int) -> None:
    within, beyond = (b"\x17\x03\x03" + length.to_bytes(2) for length in (limit, limit + 1))
    _, reader = pair(suite)
    reader.feed(within)

    assert reader.next() is None
    assert refusal(pair(suite)[1], beyond).alert is AlertDescription.RECORD_OVERFLOW


@one_of_each
def test_a_fragment_over_the_limit_is_refused_once_open(suite: Suite) -> None:
    sealed = protection(suite).seal(0, DATA, bytes(MAX_PLAINTEXT + 1))

    assert refusal(pair(suite)[1], sealed).alert is AlertDescription.RECORD_OVERFLOW


def test_padding_does_not_lift_the_limit_and_is_taken_off() -> None:
    """RFC 8446 sections 5.2 and 5.4."""
    writer, reader = pair(GCM_13)
    full = protection(GCM_13).seal(1, DATA, bytes(MAX_PLAINTEXT - 10) + b"x", padding=9)
    over = protection(GCM_13).seal(2, DATA, b"x", padding=MAX_PLAINTEXT)
    reader.feed(b"".join(writer.protect(HANDSHAKE, b"message\0\0", padding=30)) + full)

    assert [record.fragment for record in drain(reader)] == [b"message\0\0", bytes(MAX_PLAINTEXT - 10) + b"x"]
    assert refusal(reader, over).alert is AlertDescription.RECORD_OVERFLOW


def test_a_record_of_padding_only_is_unexpected() -> None:
    for length in (0, 1, 100):
        sealed = protection(GCM_13).seal(0, 0, b"", padding=length)
        assert refusal(pair(GCM_13)[1], sealed).alert is AlertDescription.UNEXPECTED_MESSAGE


def test_tls12_has_no_padding() -> None:
    writer, _ = pair(GCM_12)

    with pytest.raises(ValueError, match="padding"):
        writer.protect(DATA, b"content", padding=1)


@one_of_each
@pytest.mark.parametrize("content_type", [0, 1, 19, 24, 26, 255])
def test_unknown_content_types_are_unexpected(suite: Suite, content_type: int) -> None:
    sealed = protection(suite).seal(0, content_type, b"content")

    assert refusal(pair(None)[1], plain(content_type, b"a")).alert is AlertDescription.UNEXPECTED_MESSAGE
    assert refusal(pair(suite)[1], sealed).alert is AlertDescription.UNEXPECTED_MESSAGE


def test_a_protected_change_cipher_spec_is_for_tls12_only() -> None:
    """RFC 8446 section 5; in TLS 1.2 it begins the next handshake's keys."""
    for suite in (GCM_12, CHACHA_12):
        writer, reader = pair(suite)
        reader.feed(writer.protect(CHANGE_CIPHER_SPEC, b"\1")[0])
        assert drain(reader) == [(CHANGE_CIPHER_SPEC, b"\1", True)]

    writer, reader = pair(GCM_13)
    sealed = writer.protect(CHANGE_CIPHER_SPEC, b"\1")[0]
    assert refusal(reader, sealed).alert is AlertDescription.UNEXPECTED_MESSAGE


@pytest.mark.parametrize("content_type", [CHANGE_CIPHER_SPEC, ALERT, HANDSHAKE])
def test_under_tls13_keys_plain_records_are_marked_as_such(content_type: ContentType) -> None:
    writer, reader = pair(GCM_13)
    before, between, after = (
        writer.protect(DATA, b"1"),
        writer.plain(content_type, b"x"),
        writer.protect(DATA, b"2"),
    )
    reader.feed(b"".join(before + between + after))

    assert drain(reader) == [(DATA, b"1", True), (content_type, b"x", False), (DATA, b"2", True)]


def test_under_tls12_keys_nothing_is_plain() -> None:
    for content_type in ContentType:
        error = refusal(pair(GCM_12)[1], plain(content_type, bytes(30)))
        assert error.alert is AlertDescription.BAD_RECORD_MAC


@one_of_each
@pytest.mark.parametrize("content_type", [ALERT, HANDSHAKE, CHANGE_CIPHER_SPEC])
def test_empty_records_other_than_data_are_unexpected(suite: Suite, content_type: ContentType) -> None:
    """RFC 8446 section 5.1, RFC 5246 section 6.2.1."""
    sealed = protection(suite).seal(0, content_type, b"")

    assert refusal(pair(None)[1], plain(content_type, b"")).alert is AlertDescription.UNEXPECTED_MESSAGE
    assert refusal(pair(suite)[1], sealed).alert is AlertDescription.UNEXPECTED_MESSAGE


@one_of_each
def test_empty_data_is_accepted_in_bounds(suite: Suite) -> None:
    writer, reader = pair(suite)
    reader.feed(b"".join(writer.protect(DATA, b"")[0] for _ in range(MAX_EMPTY_RECORDS)))
    reader.feed(writer.protect(DATA, b"x")[0])
    reader.feed(b"".join(writer.protect(DATA, b"")[0] for _ in range(MAX_EMPTY_RECORDS)))

    assert [len(record.fragment) for record in drain(reader)] == (
        [0] * MAX_EMPTY_RECORDS + [1] + [0] * MAX_EMPTY_RECORDS
    )
    assert isinstance(refusal(reader, writer.protect(DATA, b"")[0]), TooManyEmptyRecords)


@pytest.mark.parametrize("version", [b"\x03\x00", b"\x03\x01", b"\x03\x03", b"\x03\xff"])
def test_the_minor_version_of_a_plain_record_is_ignored(version: bytes) -> None:
    reader = RecordReader()
    reader.feed(plain(HANDSHAKE, b"x", version))

    assert drain(reader) == [(HANDSHAKE, b"x", False)]


def test_other_protocols_are_told_by_their_first_bytes() -> None:
    assert refusal(RecordReader(), b"G").alert is AlertDescription.UNEXPECTED_MESSAGE
    assert refusal(RecordReader(), b"\x80\x2e\x01\x03\x01").alert is AlertDescription.UNEXPECTED_MESSAGE
    assert refusal(RecordReader(), b"\x16\x02\x00\x00\x01").alert is AlertDescription.PROTOCOL_VERSION


def test_tls12_protects_type_version_and_length() -> None:
    writer, _ = pair(GCM_12)
    record = writer.protect(DATA, b"content")[0]
    for changed in (b"\x16" + record[1:], record[:2] + b"\x01" + record[3:]):
        assert refusal(pair(GCM_12)[1], changed).alert is AlertDescription.BAD_RECORD_MAC


def test_gcm_sends_its_nonce_in_tls12_only() -> None:
    """RFC 5288 section 3, RFC 7905 section 2, RFC 8446 section 5.3."""
    lengths = {
        suite.number: len(protection(suite).seal(7, DATA, b"x")) for suite in (GCM_12, CHACHA_12, GCM_13)
    }

    assert lengths == {GCM_12.number: 5 + 8 + 1 + 16, CHACHA_12.number: 5 + 1 + 16, GCM_13.number: 5 + 2 + 16}
    assert protection(GCM_12).seal(7, DATA, b"x")[5:13] == (7).to_bytes(8)


@one_of_each
def test_sequence_numbers_do_not_wrap(suite: Suite) -> None:
    writer, reader = pair(suite)
    writer.use(protection(suite), MAX_SEQUENCE - 1)
    reader.use(protection(suite), MAX_SEQUENCE - 1)
    with pytest.raises(SequenceExhausted):
        writer.protect(DATA, bytes(MAX_PLAINTEXT + 1))
    last = writer.protect(DATA, b"last")[0]
    reader.feed(last)

    assert drain(reader) == [(DATA, b"last", True)]
    with pytest.raises(SequenceExhausted):
        writer.protect(DATA, b"more")
    assert isinstance(refusal(reader, last), SequenceExhausted)


def test_keys_change_between_records_in_either_direction() -> None:
    """A scripted peer switches when it likes: in the clear, TLS 1.2, TLS 1.3 and back."""
    writer, reader = pair(None)
    for keys in (None, protection(GCM_12), protection(GCM_13), protection(GCM_13, b"x"), None):
        writer.use(keys)
        reader.feed(b"".join(writer.protect(HANDSHAKE, b"a") + writer.protect(HANDSHAKE, b"b")))
        reader.use(keys)
        assert drain(reader) == [(HANDSHAKE, b"a", bool(keys)), (HANDSHAKE, b"b", bool(keys))]


def test_records_that_wait_are_opened_with_the_keys_of_their_moment() -> None:
    writer, reader = pair(None)
    stream = writer.protect(HANDSHAKE, b"hello")
    writer.use(protection(GCM_13))
    stream += writer.protect(HANDSHAKE, b"hidden")
    reader.feed(b"".join(stream))
    first = reader.next()
    assert reader.pending()
    reader.use(protection(GCM_13))

    assert first == (HANDSHAKE, b"hello", False)
    assert drain(reader) == [(HANDSHAKE, b"hidden", True)]


def test_fragment_sizes_out_of_range_are_refused() -> None:
    for size in (0, -1, MAX_PLAINTEXT + 1):
        with pytest.raises(ValueError, match=str(size)):
            RecordWriter(size)


@pytest.mark.parametrize("suite", [None, GCM_12, CHACHA_12, GCM_13])
@given(
    chunks=st.lists(st.binary(max_size=60), max_size=10),
    head=st.sampled_from([b"", b"\x16\x03\x01\x00\x05", b"\x17\x03\x03"]),
)
def test_arbitrary_bytes_are_records_or_refused(
    suite: Suite | None, chunks: list[bytes], head: bytes
) -> None:
    _, reader = pair(suite)
    refused = False
    records = []
    for chunk in [head, *chunks]:
        reader.feed(chunk)
        try:
            records += drain(reader)
        except RecordError as error:
            refused = len(str(error).splitlines()) == 1

    assert refused or sum(5 + len(record.fragment) for record in records) <= len(head) + sum(map(len, chunks))
    assert refused is False or not reader.pending()


@pytest.mark.parametrize("suite", [None, GCM_12, GCM_13])
def test_an_endless_stream_does_not_fill_memory(suite: Suite | None) -> None:
    """What waits never exceeds a few records' worth, and a dead reader keeps nothing."""
    writer, reader = pair(suite)
    tracemalloc.start()
    for _ in range(100):
        for record in writer.protect(HANDSHAKE, bytes(MAX_PLAINTEXT)):
            for start in range(0, len(record), 4096):
                reader.feed(record[start : start + 4096])
                drain(reader)
    refusal(reader, b"\xff")
    for _ in range(100):
        reader.feed(bytes(MAX_PLAINTEXT))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert peak < 20 * MAX_PLAINTEXT
    assert not reader.pending()


@given(
    st.lists(st.tuples(st.integers(0, 255), st.binary(max_size=50)), max_size=6),
    st.lists(st.integers(0, 400), max_size=8),
)
def test_messages_are_joined_however_they_are_cut(sent: list[tuple[int, bytes]], cuts: list[int]) -> None:
    joiner = Joiner()
    stream = b"".join(handshake(*item) for item in sent)
    received = []
    for start, end in pairwise([0, *sorted(min(cut, len(stream)) for cut in cuts), len(stream)]):
        joiner.feed(stream[start:end])
        received += list(iter(joiner.next, None))

    assert [(message.type, message.body) for message in received] == sent
    assert [message.raw for message in received] == [handshake(*item) for item in sent]
    assert not joiner.pending()


def test_a_joiner_tells_when_bytes_remain() -> None:
    joiner = Joiner()
    joiner.feed(handshake(1, b"a") + b"\x02")
    assert joiner.pending()
    first = joiner.next()

    assert first is not None
    assert first.raw == handshake(1, b"a")
    assert joiner.next() is None
    assert joiner.pending()


@pytest.mark.parametrize(("arguments", "limit"), [((), MAX_HANDSHAKE_MESSAGE), ((10,), 10)])
def test_a_message_over_the_limit_is_refused_by_its_header_alone(
    arguments: tuple[int, ...], limit: int
) -> None:
    patient, strict = Joiner(*arguments), Joiner(*arguments)
    patient.feed(b"\x0b" + limit.to_bytes(3))
    strict.feed(b"\x0b" + (limit + 1).to_bytes(3))

    assert patient.next() is None
    with pytest.raises(HandshakeTooLarge, match=f"over {limit}") as caught:
        strict.next()
    assert caught.value.alert is AlertDescription.DECODE_ERROR
