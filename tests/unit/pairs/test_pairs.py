"""Pairs: the compiled search against the plain one, honest and attacked handshakes, limits."""

import tomllib

import numpy as np
import pytest

from tests.pair_counts import FILE, measured
from tlsmodel.explore.pairs import explore_pair
from tlsmodel.machine import trace_from_json
from tlsmodel.machine.pair import PairState, pair
from tlsmodel.spec.pairs import PAIRS

COUNTS = tomllib.loads(FILE.read_text())
SMALL = [
    ("tls12", {"channel": "1"}),
    ("tls13", {"channel": "3", "data": "2"}),
    ("tls13", {"channel": "1", "attacker": "1", "data": "0", "renewals": "0", "byes": "0"}),
    ("tls12", {"losses": "1", "duplicates": "1", "reorders": "1", "data": "0", "renewals": "0", "byes": "0"}),
]


def plainly(built):
    """States, transitions and depth by a search in plain Python."""
    depths, queue, transitions = {built.initial(): 0}, [built.initial()], 0
    for word in queue:
        for _, after in built.successors(word):
            transitions += 1
            if after not in depths:
                depths[after] = depths[word] + 1
                queue.append(after)
    return depths, transitions


def ends(space):
    """The states of both ends in every state of a space."""
    for index in range(space.states):
        state = space.pair.unpack(int(space.found.words[index]))
        yield index, [end.end(number) for end, number in zip(space.pair.ends, state.locals, strict=True)]


@pytest.mark.parametrize("name, settings", SMALL)
def test_the_compiled_search_finds_what_a_plain_one_finds(name, settings):
    built = pair(name, settings)
    depths, transitions = plainly(built)

    space = explore_pair(built)

    assert {int(word) for word in space.found.words} == set(depths)
    assert space.found.transitions == transitions
    assert space.found.depth == max(depths.values())
    assert space.found.complete


@pytest.mark.parametrize("label", COUNTS)
def test_states_transitions_and_depth_of_pairs_do_not_change_unnoticed(label):
    assert measured(label) == COUNTS[label]


@pytest.mark.parametrize("name", PAIRS)
def test_a_state_is_packed_and_unpacked(name):
    built = pair(name)
    state = PairState((1, 2), ((1, 2), (3,)), built.register.first)

    assert built.unpack(built.pack(state)) == state


@pytest.mark.parametrize("name", PAIRS)
def test_two_honest_ends_never_deadlock_and_both_reach_the_end(name):
    space = explore_pair(pair(name, {"byes": "0", "renewals": "2"}))

    assert space.found.deadlocks == 0
    assert "CONNECTED" in space.phases(0) & space.phases(1)
    assert any(client.complete and server.complete for _, (client, server) in ends(space))
    assert not any(client.failed or server.failed for _, (client, server) in ends(space))


@pytest.mark.parametrize("name", PAIRS)
def test_a_shortest_trace_is_a_path_and_as_long_as_the_level_of_its_state(name):
    space = explore_pair(pair(name))
    depths, _ = plainly(space.pair)
    last = space.states - 1

    trace = space.path(last)

    word = space.pair.initial()
    for step in trace:
        word = next(after for taken, after in space.pair.successors(word) if taken == step)
    assert word == int(space.found.words[last])
    assert len(trace) == depths[word] == space.found.depth
    assert trace_from_json(trace.to_json()) == trace


@pytest.mark.parametrize("name", PAIRS)
def test_an_attacker_can_stop_a_handshake_but_not_make_both_ends_succeed_with_different_transcripts(name):
    space = explore_pair(pair(name, {"attacker": "1", "channel": "1"}))
    different = {
        number
        for number in range(space.pair.register.size)
        if any(space.pair.register.values(number).values())
    }
    registers = space.registers()

    failed, agreed = 0, 0
    for index, (client, server) in ends(space):
        failed += client.failed
        if client.complete and server.complete:
            agreed += 1
            assert registers[index] not in different, space.path(index)
    assert failed
    assert agreed


def test_a_stream_that_loses_a_record_deadlocks_and_the_trace_says_which():
    space = explore_pair(pair("tls13", {"losses": "1"}))

    trace = space.path(int(space.found.dead[0]))

    assert space.found.deadlocks
    assert any(step.actor == "network" and "lost" in step.note for step in trace)
    assert len(space.to_json()["deadlocks"]) <= 10


def test_a_channel_of_one_record_is_enough_and_larger_ones_only_add_states():
    sizes = [explore_pair(pair("tls12", {"channel": str(bound)})).states for bound in (1, 2, 3)]

    assert sizes == sorted(set(sizes))


def test_a_search_stops_at_its_limit_with_what_it_has_found():
    built = pair("tls13", {"channel": "3", "renewals": "2", "data": "2"})

    space = explore_pair(built, states=50_000)
    small = explore_pair(built, memory=2 << 20)

    assert not space.found.complete
    assert 50_000 <= space.states < 60_000
    assert not small.found.complete
    assert small.found.memory <= 2 << 20
    assert np.array_equal(space.found.words[:1000], small.found.words[:1000])
    assert len(space.path(space.states - 1)) > 10


def test_a_state_takes_at_most_32_bytes():
    space = explore_pair(pair("tls13", {"renewals": "2", "data": "2"}))

    assert space.found.complete
    assert space.found.memory / space.states <= 32


def test_a_search_without_any_room_is_refused():
    with pytest.raises(MemoryError, match="too little"):
        explore_pair(pair("tls12"), memory=1000)


@pytest.mark.parametrize(
    "name, settings, fault",
    [
        ("ssl3", {}, "unknown pair 'ssl3'"),
        ("tls13", {"channel": "9"}, "channel='9'"),
        ("tls13", {"colour": "9"}, "colour"),
        ("tls13", {"channel": "8"}, "bits of 64"),
    ],
)
def test_what_cannot_be_explored_is_refused_beforehand_with_its_reason(name, settings, fault):
    with pytest.raises(ValueError, match=fault):
        pair(name, settings)
