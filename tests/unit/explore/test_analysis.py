"""Reports, quotients and differences, on tiny machines with known answers and on the real ones."""

import numpy as np
import pytest

from tests.unit.explore import tiny
from tests.unit.explore.whole import expanded
from tlsmodel.explore import explore
from tlsmodel.explore.difference import difference, equivalent
from tlsmodel.explore.minimise import bisimulation, minimise
from tlsmodel.explore.report import report
from tlsmodel.machine import build
from tlsmodel.spec.scenario import SCENARIOS


def test_a_toggle_has_two_states_two_transitions_and_depth_one():
    space = explore(tiny.toggle())

    assert (space.states, space.transitions, space.depth, space.deadlocks) == (2, 2, 1, ())


def test_two_clients_that_lock_in_opposite_order_deadlock_where_each_holds_one_lock():
    space = explore(tiny.two_phase_lock())

    assert set(space.deadlocks) == {"11", "33"}


def test_the_alternating_bit_protocol_never_blocks():
    assert explore(tiny.alternating_bit()).deadlocks == ()


def test_an_unrolled_toggle_folds_to_a_toggle():
    space = tiny.unrolled_toggle().expand()

    small = minimise(space)

    assert bisimulation(space).tolist() == [0, 1, 0, 1]
    assert (small.states, len(small.source)) == (2, 2)


def test_a_minimal_machine_is_its_own_quotient():
    space = tiny.lossy_ping().expand()

    assert minimise(space).states == space.states == 3


def test_machines_that_behave_alike_are_equivalent_whatever_their_states():
    assert equivalent(tiny.toggle(), tiny.unrolled_toggle())


def test_a_worn_toggle_is_told_apart_by_the_third_push():
    found = difference(tiny.toggle(), tiny.worn_toggle())

    assert [str(step) for step in found.trace] == [
        "call handshake -> !on",
        "call handshake -> !off",
        "call handshake -> !on",
    ]
    assert (found.shown_by, found.not_by) == ("toggle", "worn toggle")


def test_a_report_counts_states_without_answer_with_one_and_with_several():
    pinged = report(tiny.lossy_ping())
    answers = {item.input: (item.unanswered, item.determined, item.open) for item in pinged.inputs}

    assert answers == {
        "call handshake": (2, 1, 0),
        "call bye": (2, 1, 0),
        "call record_send": (2, 1, 0),
    }
    assert pinged.deterministic
    assert not pinged.complete
    assert not report(tiny.alternating_bit()).deterministic


@pytest.mark.parametrize("name", SCENARIOS)
def test_every_phase_of_the_tables_is_reached_and_every_call_of_the_handshake_answered(name):
    machine = expanded(name)

    found = report(machine)

    assert found.unreachable == ()
    assert {item.input for item in found.inputs} == {str(given) for given in machine.inputs}
    assert not found.deterministic


@pytest.mark.parametrize("name", [f"{name}:handshake" for name in SCENARIOS])
def test_the_quotient_of_a_handshake_view_shows_the_same_answers_from_every_state(name):
    space = build(name).expand()
    blocks = bisimulation(space)
    small = minimise(space)

    def answers(space, numbers):
        columns = np.stack((numbers[space.source], space.given, space.output, numbers[space.target]))
        return set(map(tuple, columns.T.tolist()))

    assert answers(space, blocks) == answers(small, np.arange(small.states))
    assert small.states <= space.states


def test_two_versions_are_told_apart_by_what_only_one_of_them_may_be_sent():
    earlier, later = build("tls12-client:handshake"), build("tls13-client:handshake")

    found = difference(earlier, later)

    (step,) = found.trace
    assert (found.shown_by, found.not_by) == (earlier.name, later.name)
    assert step.given in set(earlier.inputs) - set(later.inputs)
