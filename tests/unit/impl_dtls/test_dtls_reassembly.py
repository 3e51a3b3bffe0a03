"""Reassembly: any order, any overlap, any cut gives the same messages; what contradicts itself gives none."""

from __future__ import annotations

import tracemalloc
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from impl.codec.messages import handshake
from impl.codec.wire import DecodeError
from impl.limits import MAX_GAPS, MAX_HANDSHAKE_MESSAGE, MAX_MESSAGES_AHEAD, MAX_REASSEMBLY
from impl.record.joiner import Message
from impl.record.reassembly import (
    Fragment,
    Reassembly,
    Verdict,
    encode_fragment,
    fragments,
    unfragmented,
)

KEY_EXCHANGE, CERTIFICATE, FINISHED = 12, 11, 20
HELLO_REQUEST, CLIENT_HELLO, SERVER_HELLO, HELLO_VERIFY_REQUEST = 0, 1, 2, 3


def cut(kind: int, sequence: int, body: bytes, low: int = 0, high: int | None = None) -> Fragment:
    """Return the part of a message from `low` to `high`."""
    return Fragment(kind, len(body), sequence, low, body[low:high])


def drain(reassembly: Reassembly) -> list[Message]:
    """Take all messages whose turn has come."""
    return list(iter(reassembly.next, None))


@st.composite
def delivery(draw):
    """Some messages, and fragments that cover them all, in some order, with overlaps and duplicates."""
    bodies = draw(st.lists(st.binary(max_size=60), min_size=1, max_size=6))
    pieces = []
    for sequence, body in enumerate(bodies):
        cuts = sorted({0, len(body), *draw(st.lists(st.integers(0, len(body)), max_size=4))})
        spans = list(pairwise(cuts)) or [(0, 0)]
        starts = st.integers(0, max(len(body) - 1, 0))
        extra = draw(st.lists(st.tuples(starts, st.integers(1, 60)), max_size=4)) if body else []
        spans += [(start, min(start + size, len(body))) for start, size in extra]
        pieces += [cut(KEY_EXCHANGE, sequence, body, low, high) for low, high in spans]
    return bodies, draw(st.permutations(pieces))


@given(delivery())
def test_fragments_in_any_order_give_whole_messages_in_theirs(case):
    bodies, pieces = case
    reassembly, received = Reassembly(), []
    for piece in pieces:
        done = piece.sequence < reassembly.expected
        assert reassembly.feed(piece) is (Verdict.REPEATED if done else Verdict.TAKEN)
        received += drain(reassembly)

    assert [message.body for message in received] == bodies
    assert [message.raw for message in received] == [
        unfragmented(handshake(KEY_EXCHANGE, body), sequence) for sequence, body in enumerate(bodies)
    ]


def test_the_header_in_a_transcript_is_that_of_one_piece():
    assert (
        unfragmented(handshake(FINISHED, b"abc"), 7) == bytes.fromhex("14 000003 0007 000000 000003") + b"abc"
    )


@given(st.lists(st.tuples(st.integers(0, 255), st.integers(0, 9), st.binary(max_size=30)), max_size=5))
def test_a_record_may_hold_several_fragments(items):
    whole = [Fragment(kind, len(body) + 5, number, 5, body) for kind, number, body in items]

    assert fragments(b"".join(encode_fragment(fragment) for fragment in whole)) == whole


@given(st.binary(max_size=60))
def test_any_content_is_fragments_or_refused(content):
    try:
        found = fragments(content)
    except DecodeError:
        return
    assert b"".join(encode_fragment(fragment) for fragment in found) == content


def test_a_fragment_beyond_the_end_is_refused():
    with pytest.raises(DecodeError):
        fragments(encode_fragment(Fragment(KEY_EXCHANGE, 4, 0, 3, b"ab")))


@pytest.mark.parametrize(
    "liar",
    [
        cut(CERTIFICATE, 0, b"abcdef", 4),
        cut(KEY_EXCHANGE, 0, b"abcdefg", 4),
        cut(KEY_EXCHANGE, 0, b"xxxxef", 3),
    ],
    ids=["another type", "another length", "other bytes"],
)
def test_what_contradicts_itself_is_dropped_and_retransmission_repairs_it(liar):
    reassembly = Reassembly()
    genuine = b"abcdef"
    assert reassembly.feed(cut(KEY_EXCHANGE, 0, genuine, 0, 4)) is Verdict.TAKEN
    assert reassembly.feed(liar) is Verdict.DROPPED
    assert reassembly.feed(cut(KEY_EXCHANGE, 0, genuine, 4)) is Verdict.TAKEN
    assert reassembly.next() is None
    assert reassembly.feed(cut(KEY_EXCHANGE, 0, genuine)) is Verdict.TAKEN
    assert [message.body for message in drain(reassembly)] == [genuine]


def test_messages_too_far_ahead_too_long_or_without_content_are_dropped():
    reassembly = Reassembly()

    assert reassembly.feed(cut(FINISHED, MAX_MESSAGES_AHEAD - 1, b"a")) is Verdict.TAKEN
    for fragment in (
        cut(FINISHED, MAX_MESSAGES_AHEAD, b"a"),
        cut(CLIENT_HELLO, MAX_MESSAGES_AHEAD + 1, b"a"),
        Fragment(CERTIFICATE, MAX_HANDSHAKE_MESSAGE + 1, 0, 0, b"a"),
        Fragment(CERTIFICATE, 5, 0, 2, b""),
    ):
        assert reassembly.feed(fragment) is Verdict.DROPPED


def test_the_number_of_pieces_is_bounded():
    reassembly = Reassembly()
    body = bytes(4 * MAX_GAPS)
    verdicts = [reassembly.feed(cut(CERTIFICATE, 0, body, low, low + 1)) for low in range(0, len(body), 2)]

    assert verdicts == [Verdict.TAKEN] * MAX_GAPS + [Verdict.DROPPED] * MAX_GAPS
    assert reassembly.feed(cut(CERTIFICATE, 0, body)) is Verdict.TAKEN
    assert [message.body for message in drain(reassembly)] == [body]


def test_memory_is_bounded_and_the_message_whose_turn_it_is_finds_room():
    reassembly = Reassembly()
    long = bytes(MAX_HANDSHAKE_MESSAGE)
    tracemalloc.start()
    for sequence in range(1, MAX_MESSAGES_AHEAD):
        reassembly.feed(cut(CERTIFICATE, sequence, long, 0, 100))
    held, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert held < MAX_REASSEMBLY + 10_000
    assert reassembly.feed(cut(CERTIFICATE, 0, long)) is Verdict.TAKEN
    assert reassembly.next().body == long


def test_a_message_that_was_handed_out_is_known_again():
    reassembly = Reassembly()
    for sequence in range(2):
        reassembly.feed(cut(CERTIFICATE, sequence, b"body"))
    drain(reassembly)

    assert [reassembly.feed(cut(CERTIFICATE, sequence, b"body")) for sequence in (0, 1, 2)] == [
        Verdict.REPEATED,
        Verdict.REPEATED,
        Verdict.TAKEN,
    ]


def test_what_waits_across_a_change_of_keys_is_forgotten():
    reassembly = Reassembly()
    reassembly.feed(cut(FINISHED, 0, b"in the clear"))
    reassembly.forget()

    assert reassembly.next() is None
    reassembly.feed(cut(FINISHED, 0, b"protected"))
    assert reassembly.next().body == b"protected"


@pytest.mark.parametrize("number", [0, 1, 2])
def test_server_hello_starts_the_numbering_whatever_came_or_got_lost_before(number):
    reassembly = Reassembly()
    reassembly.feed(cut(HELLO_REQUEST, 0, b""))
    assert [message.type for message in drain(reassembly)] == [HELLO_REQUEST]

    reassembly.feed(cut(CERTIFICATE, number + 1, b"chain"))
    reassembly.feed(cut(SERVER_HELLO, number, b"hello", 0, 2))
    reassembly.feed(cut(SERVER_HELLO, number, b"hello", 2))
    assert [message.type for message in drain(reassembly)] == [SERVER_HELLO, CERTIFICATE]
    assert reassembly.feed(cut(SERVER_HELLO, 5, b"hello")) is Verdict.TAKEN
    assert reassembly.next() is None


@pytest.mark.parametrize(
    "useless",
    [Fragment(HELLO_REQUEST, 5, 3, 0, b""), Fragment(SERVER_HELLO, MAX_HANDSHAKE_MESSAGE + 1, 3, 0, b"x")],
)
def test_what_is_dropped_does_not_start_the_numbering(useless):
    reassembly = Reassembly()

    assert reassembly.feed(useless) is Verdict.DROPPED
    assert reassembly.expected == 0


def test_a_second_cookie_under_the_same_number_is_news_and_the_same_cookie_is_not():
    reassembly = Reassembly()
    first, second = cut(HELLO_VERIFY_REQUEST, 0, b"cookie 1"), cut(HELLO_VERIFY_REQUEST, 0, b"cookie 2")

    assert [reassembly.feed(first), len(drain(reassembly)), reassembly.feed(first)] == [
        Verdict.TAKEN, 1, Verdict.REPEATED
    ]  # fmt: skip
    assert [reassembly.feed(second), len(drain(reassembly))] == [Verdict.TAKEN, 1]


def test_a_new_handshake_counts_from_zero():
    reassembly = Reassembly()
    reassembly.feed(cut(CLIENT_HELLO, 0, b"first"))
    drain(reassembly)
    assert reassembly.feed(cut(CLIENT_HELLO, 0, b"other")) is Verdict.REPEATED
    reassembly.restart()
    reassembly.feed(cut(CLIENT_HELLO, 0, b"other"))

    assert [message.body for message in drain(reassembly)] == [b"other"]
