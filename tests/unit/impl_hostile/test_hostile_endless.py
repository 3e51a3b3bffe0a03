"""A peer that never stops: the session dies, or goes on in constant memory, and each call comes back."""

import tracemalloc

import pytest
from hypothesis import settings

from fuzz.deeds import TYPES, Deed
from fuzz.endless import ENDLESS, Supply, drown
from fuzz.footprint import MEMORY_LIMIT
from fuzz.stage import Stage, distinct_points, sayings
from impl import Code

ROUNDS = 220 if settings().max_examples < 1000 else 5000
"""Records after which a stream that is still borne is taken for one that is borne for ever: more than any
limit on what gets nowhere."""


@pytest.mark.parametrize("point", distinct_points(), ids=str)
def test_every_endless_stream_ends_the_session_or_leaves_it_small(point):
    for deed in ENDLESS.values():
        drown(point, deed, ROUNDS)


@pytest.mark.parametrize("point", distinct_points(), ids=str)
def test_the_same_honest_message_over_and_over_does_too(point):
    for number in range(len(sayings())):
        drown(point, Deed("other's message", b"", number), 20)


@pytest.mark.parametrize("kind", ["largest data", "largest handshake", "empty data", "new tickets"])
def test_what_python_allocates_meanwhile_is_bounded_too(kind):
    peaks = {}
    for point in distinct_points():
        stage = Stage(point)
        stage.victim.wire.incoming = Supply(stage, ENDLESS[kind], ROUNDS)
        tracemalloc.start()
        try:
            while stage.victim.wire.incoming and stage.victim.turn() is not Code.INVALID_SESSION:
                pass
            peaks[str(point)] = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    assert max(peaks.values()) <= MEMORY_LIMIT, peaks


@pytest.mark.parametrize("number", range(len(TYPES)), ids=lambda number: f"type {TYPES[number]}")
def test_a_message_of_the_largest_size_is_the_most_that_is_collected(number):
    for point in distinct_points():
        drown(point, Deed("largest", b"\x0b\x02\x00\x00", number), 12)
