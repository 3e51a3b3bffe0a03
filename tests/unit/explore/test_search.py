"""The explorer, on the real machines and with limits."""

import pytest

from tests.unit.explore.whole import expanded
from tlsmodel.explore import explore, shortest
from tlsmodel.machine import build
from tlsmodel.spec.scenario import SCENARIOS


@pytest.mark.parametrize("name", SCENARIOS)
def test_no_session_machine_has_a_deadlock(name):
    assert explore(expanded(name)).deadlocks == ()


def test_the_shortest_way_to_a_complete_tls13_server_is_two_messages_and_one_call():
    trace = shortest(build("tls13-server"), lambda state: state.complete)

    assert [step.given.name for step in trace] == ["ClientHello", "handshake", "Finished", "handshake"]


def test_a_state_that_cannot_be_reached_has_no_trace():
    assert shortest(build("tls12-server:handshake"), lambda state: state.phase == "NOWHERE") is None


def test_a_space_beyond_the_limit_stops_and_says_so():
    with pytest.raises(MemoryError, match="tls13-client: more than 100 states"):
        explore(build("tls13-client"), limit=100)
