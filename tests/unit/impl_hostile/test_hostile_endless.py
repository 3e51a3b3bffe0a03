"""A peer that never stops: the session dies, or goes on in constant memory, and each call comes back."""

import pytest
from hypothesis import settings

from fuzz.deeds import TYPES, Deed
from fuzz.endless import ENDLESS, drown
from fuzz.stage import distinct_points, sayings

DEEP = settings().max_examples >= 1000
ROUNDS = 1000 if DEEP else 220
"""Records after which a stream that is still borne is taken for one that is borne for ever: more than any
limit on what gets nowhere."""
SHARE = 1 if DEEP else 12
"""One in so many pairs of a point and a stream is tried: each stream somewhere, at each point some."""
STREAMS = tuple(ENDLESS.values())
POINTS = list(enumerate(distinct_points()))
AT_EACH_POINT = pytest.mark.parametrize(("place", "point"), POINTS, ids=[str(point) for _, point in POINTS])


@AT_EACH_POINT
def test_every_endless_stream_ends_the_session_or_leaves_it_small(place, point):
    for deed in STREAMS[place % SHARE :: SHARE]:
        drown(point, deed, ROUNDS)


@AT_EACH_POINT
def test_the_same_honest_message_over_and_over_does_too(place, point):
    for number in range(place % SHARE, len(sayings()), SHARE):
        drown(point, Deed("other's message", b"", number), 20)


@pytest.mark.parametrize("number", range(len(TYPES)), ids=lambda number: f"type {TYPES[number]}")
def test_a_message_of_the_largest_size_is_the_most_that_is_collected(number):
    for point in distinct_points():
        drown(point, Deed("largest", b"\x0b\x02\x00\x00", number), 12)
