"""Records and fragments against arbitrary bytes: bounded, no foreign exception, wherever they are cut."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fuzz.layers import PROTECTIONS, check_order, cut, join, read_datagrams, read_stream, reassemble
from impl.codec.enums import ContentType
from impl.record.reassembly import Fragment, encode_fragment

CONTENTS = st.binary(max_size=60)
TYPES = st.sampled_from([0, *map(int, ContentType), 24, 255])
HEADERS = st.tuples(TYPES, st.sampled_from([0, 2, 3, 4]), st.integers(0, 255))


def _stream_record(header, content, length):
    return bytes(header) + (len(content) if length is None else length).to_bytes(2) + content


STREAMS = st.lists(
    st.one_of(CONTENTS, st.builds(_stream_record, HEADERS, CONTENTS, st.none() | st.integers(0, 65535))),
    max_size=5,
).map(b"".join)
DATAGRAMS = st.builds(
    lambda kind, version, epoch, number, content, length: (
        bytes((kind, 0xFE, version))
        + epoch.to_bytes(2)
        + number.to_bytes(6)
        + (len(content) if length is None else length).to_bytes(2)
        + content
    ),
    TYPES,
    st.sampled_from([0xFD, 0xFF, 0]),
    st.integers(0, 3),
    st.integers(0, 2**48 - 1),
    CONTENTS,
    st.none() | st.integers(0, 65535),
)
FRAGMENTS = st.builds(
    lambda kind, length, sequence, offset, data: encode_fragment(
        Fragment(kind, length, sequence, offset, data)
    ),
    st.integers(0, 30),
    st.integers(0, 300) | st.integers(0, 2**24 - 1),
    st.integers(0, 20) | st.integers(0, 2**16 - 1),
    st.integers(0, 300) | st.integers(0, 2**24 - 1),
    CONTENTS,
)


@pytest.mark.parametrize("keys", sorted(PROTECTIONS))
@given(stream=STREAMS, places=st.lists(st.integers(0, 2**16), max_size=8))
def test_a_stream_reads_the_same_wherever_it_is_cut(keys, stream, places):
    assert read_stream([stream], keys) == read_stream(cut(stream, places), keys)


@given(stream=st.binary(max_size=80), places=st.lists(st.integers(0, 2**16), max_size=8))
def test_messages_are_the_same_wherever_records_cut_them(stream, places):
    assert join([stream]) == join(cut(stream, places))


@pytest.mark.parametrize("keys", sorted(PROTECTIONS))
@given(datagrams=st.lists(st.one_of(CONTENTS, st.lists(DATAGRAMS, max_size=3).map(b"".join)), max_size=8))
def test_datagrams_are_dropped_or_read_and_never_an_error(keys, datagrams):
    read = read_datagrams(datagrams, keys)

    assert keys == "clear" or not read, "nobody forges"


@given(contents=st.lists(st.one_of(CONTENTS, st.lists(FRAGMENTS, max_size=3).map(b"".join)), max_size=30))
def test_fragments_make_whole_messages_in_order_or_none(contents):
    check_order(reassemble(contents))


def test_an_endless_supply_of_large_fragments_stays_within_the_room_for_them():
    contents = [
        encode_fragment(Fragment(11, 131_072, sequence, offset, b"x" * 1000))
        for sequence in (*range(16), *range(15, -1, -1))
        for offset in range(0, 131_072 - 1000, 2000)
    ]

    assert reassemble(contents) == []
