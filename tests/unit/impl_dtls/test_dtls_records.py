"""The record layer over datagrams: round trips, replays, epochs, and hostile bytes that change nothing."""

from __future__ import annotations

import pytest
from dtls_support import ALERT, CHACHA, DATA, GCM, HANDSHAKE, plain, protection, records
from hypothesis import given
from hypothesis import strategies as st

from impl.crypto.suites import Suite
from impl.limits import MAX_DATAGRAM_SEQUENCE, MAX_EARLY_BYTES, MAX_EPOCH, REPLAY_WINDOW
from impl.record.datagram import DatagramReader, DatagramWriter, Drop, ReplayWindow
from impl.record.stream import Record, SequenceExhausted

both_suites = pytest.mark.parametrize("suite", [GCM, CHACHA], ids=lambda suite: suite.number.name)
contents = st.lists(
    st.tuples(st.sampled_from([ALERT, HANDSHAKE, DATA]), st.binary(min_size=1, max_size=300)),
    min_size=1,
    max_size=8,
)


def pair(suite: Suite = GCM) -> tuple[DatagramWriter, DatagramReader]:
    """Return both ends of one direction, in epoch 1."""
    writer, reader = DatagramWriter(), DatagramReader()
    writer.use(protection(suite=suite))
    reader.use(protection(suite=suite))
    return writer, reader


@both_suites
@given(sent=contents, packed=st.booleans())
def test_what_is_protected_arrives_in_one_datagram_or_many(suite, sent, packed):
    writer, reader = pair(suite)
    sealed = [writer.seal(1, kind, data) for kind, data in sent]
    received = [
        record for datagram in ([b"".join(sealed)] if packed else sealed) for record in reader.read(datagram)
    ]

    assert received == [(kind, data, True) for kind, data in sent]
    assert not reader.dropped


def test_epoch_zero_is_in_the_clear_and_looks_as_rfc_6347_draws_it():
    writer, reader = DatagramWriter(), DatagramReader()
    writer.seal(0, ALERT, b"first")

    sealed = writer.seal(0, HANDSHAKE, b"second")

    assert sealed == bytes.fromhex("16 fefd 0000 000000000001 0006") + b"second"
    assert reader.read(sealed) == [Record(HANDSHAKE, b"second", False)]


def test_epoch_and_sequence_are_authenticated():
    writer, reader = pair()
    sealed = writer.seal(1, DATA, b"content")
    for place in (0, 2, 10, 13, 21, len(sealed) - 1):
        changed = bytearray(sealed)
        changed[place] ^= 1
        assert reader.read(bytes(changed)) == []

    assert reader.dropped == {Drop.FORGED: 5, Drop.VERSION: 1}
    assert reader.read(sealed) == [Record(DATA, b"content", True)]


@given(st.lists(st.integers(0, 3 * REPLAY_WINDOW), min_size=1, max_size=200))
def test_the_replay_window_admits_no_number_twice_and_every_recent_one_once(numbers):
    window, seen = ReplayWindow(), set()
    for number in numbers:
        fresh = number not in seen and number > max(seen, default=-1) - REPLAY_WINDOW
        assert window.admits(number) is fresh
        if fresh:
            window.mark(number)
            seen.add(number)


@given(st.permutations(range(12)), st.lists(st.integers(0, 11), max_size=12))
def test_reordered_records_arrive_once_and_replays_never(order, again):
    writer, reader = pair()
    sealed = [writer.seal(1, DATA, bytes((i,))) for i in range(12)]
    received = [reader.read(sealed[i]) for i in order] + [reader.read(sealed[i]) for i in again]

    assert [found[0].fragment[0] for found in received[:12]] == list(order)
    assert not any(received[12:])
    assert reader.dropped[Drop.REPLAYED] == len(again)


def test_a_forged_number_does_not_move_the_window():
    writer, reader = pair()
    sealed = writer.seal(1, DATA, b"content")
    forged = plain(DATA, bytes(40), MAX_DATAGRAM_SEQUENCE - 1, epoch=1)

    assert reader.read(forged) == []
    assert reader.read(sealed) == [Record(DATA, b"content", True)]


def test_a_forged_number_in_the_clear_shuts_nothing_out():
    reader = DatagramReader()

    assert reader.read(plain(HANDSHAKE, b"forged", MAX_DATAGRAM_SEQUENCE)) != []
    assert reader.read(plain(HANDSHAKE, b"genuine", 0)) == [Record(HANDSHAKE, b"genuine", False)]


def test_records_of_the_next_epoch_wait_for_their_keys():
    writer, reader = DatagramWriter(), DatagramReader()
    writer.use(protection())
    early = [writer.seal(1, HANDSHAKE, b"one"), writer.seal(1, HANDSHAKE, b"two")]

    assert [reader.read(datagram) for datagram in (early[1], plain(DATA, b"junk", 9, 1), early[0])] == [
        [], [], []
    ]  # fmt: skip
    assert [record.fragment for record in reader.use(protection())] == [b"two", b"one"]
    assert reader.dropped == {Drop.FORGED: 1}
    assert reader.read(early[0]) == []


def test_what_waits_for_keys_is_bounded_and_the_newest_stays():
    reader, writer = DatagramReader(), DatagramWriter()
    writer.use(protection())
    genuine = writer.seal(1, HANDSHAKE, b"Finished")
    for sequence in range(100):
        reader.read(plain(DATA, bytes(1000), sequence, 1))
    reader.read(genuine)

    assert reader.dropped[Drop.NO_ROOM] == 100 - MAX_EARLY_BYTES // 1013
    assert reader.use(protection()) == [Record(HANDSHAKE, b"Finished", True)]


def test_past_and_far_epochs_are_dropped():
    _, reader = pair()

    assert reader.read(plain(HANDSHAKE, b"old", 0, 0) + plain(HANDSHAKE, b"far", 0, 3)) == []
    assert reader.dropped == {Drop.EPOCH: 2}


def test_a_record_that_is_none_is_dropped_and_what_follows_is_read():
    reader = DatagramReader()
    fine = plain(HANDSHAKE, b"fine")
    bad = {
        plain(99, b"type"): Drop.TYPE,
        plain(HANDSHAKE, b"TLS", version=b"\x03\x03"): Drop.VERSION,
        plain(HANDSHAKE, b""): Drop.LENGTH,
        plain(HANDSHAKE, bytes(2**14 + 1)): Drop.LENGTH,
    }
    for number, (record, reason) in enumerate(bad.items()):
        assert reader.read(record + fine) == [Record(HANDSHAKE, b"fine", False)], number
        assert reader.dropped[reason] > 0
    assert reader.read(fine[:-1]) == reader.read(fine[:7]) == reader.read(b"") == []
    assert reader.dropped[Drop.TRUNCATED] == 2


def test_dtls_1_0_is_a_fine_version_before_keys():
    assert DatagramReader().read(plain(HANDSHAKE, b"ClientHello", version=b"\xfe\xff")) != []


@given(st.binary(max_size=200))
def test_any_bytes_are_read_without_an_error(datagram):
    for reader in (DatagramReader(), pair()[1]):
        assert all(record.fragment for record in reader.read(datagram))


def test_a_past_epoch_is_written_in_until_it_is_forgotten():
    writer, reader = DatagramWriter(), DatagramReader()
    writer.seal(0, HANDSHAKE, b"first time")
    writer.use(protection())

    assert reader.read(writer.seal(0, HANDSHAKE, b"again")) == [Record(HANDSHAKE, b"again", False)]
    assert writer.overhead(0) == 13
    assert writer.overhead(1) == 13 + 8 + 16
    writer.forget(1)
    with pytest.raises(KeyError):
        writer.seal(0, HANDSHAKE, b"never")
    assert records(writer.seal(1, DATA, b"go on"))[0][3:5] == b"\x00\x01"


def test_numbers_never_wrap():
    writer, reader = pair()
    writer._epochs[1].sequence = MAX_DATAGRAM_SEQUENCE - 1
    writer.seal(1, DATA, b"the last")
    with pytest.raises(SequenceExhausted):
        writer.seal(1, DATA, b"one too many")
    writer.epoch = reader.epoch = MAX_EPOCH
    for end in (writer, reader):
        with pytest.raises(SequenceExhausted):
            end.use(protection())
