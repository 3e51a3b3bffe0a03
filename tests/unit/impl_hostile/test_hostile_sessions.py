"""Whole sessions against a peer that holds the right keys and says the wrong things, from every phase on."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fuzz.deeds import DEEDS, Deed
from fuzz.stage import distinct_points, points
from fuzz.verdict import endure

DEEP = settings().max_examples >= 1000
ADDRESSES = st.sampled_from(points())
SCRIPTS = st.binary(max_size=48)
NUMBERS = st.integers(0, 2**24)
ACTS = st.builds(Deed, st.sampled_from(sorted(DEEDS)), SCRIPTS, NUMBERS)


@given(point=ADDRESSES, deeds=st.lists(ACTS, min_size=1, max_size=6))
def test_a_session_survives_or_dies_in_good_order_whatever_its_peer_says(point, deeds):
    endure(point, deeds)


@pytest.mark.parametrize("name", sorted(DEEDS))
@given(point=ADDRESSES, script=SCRIPTS, number=NUMBERS)
def test_each_trick_is_met_in_any_phase(name, point, script, number):
    endure(point, [Deed(name, script, number)] * 2)


@pytest.mark.parametrize("name", sorted(DEEDS))
def test_each_trick_is_met_in_every_phase(name):
    ways = (Deed(name), Deed(name, b"\x00\x03\x01\x07\x00\x09\x00\xff", 2**20 + 11))
    for place, point in enumerate(distinct_points()):
        for deed in ways if DEEP else (ways[place % 2],):
            endure(point, [deed])
