"""The language of properties on tiny machines with known answers."""

import pytest

from tests.unit.explore import tiny
from tlsmodel.explore.check_session import SessionChecker
from tlsmodel.spec.properties import Property
from tlsmodel.spec.properties.formula import Becomes, Is, Sends, Was
from tlsmodel.spec.properties.temporal import (
    Always,
    AtMost,
    LeadsTo,
    Never,
    NotForever,
    Possible,
    Precedes,
)


def at(*phases):
    return Is("", "phase", phases)


def checked(machine, formula):
    """The counterexample as (steps, loop), or None."""
    found = SessionChecker(machine).check(Property("tiny", "A sentence.", formula, "here", (), ()))
    return found.counterexample and (
        [str(step.given).split()[-1] + ":" + str(step.output) for step in found.counterexample.trace],
        found.counterexample.loop,
    )


def test_always_names_the_shortest_way_to_a_state_that_is_not_such():
    assert checked(tiny.toggle(), Always(at("on", "off"))) is None
    assert checked(tiny.unrolled_toggle(), Always(at("0", "1"))) == (
        ["handshake:!on", "handshake:!off"],
        None,
    )


def test_never_looks_at_steps_and_at_the_states_around_them():
    assert checked(tiny.toggle(), Never(Was(at("on")) & Sends(("on",)))) is None
    assert checked(tiny.toggle(), Never(Becomes(at("off")) & Sends(("off",)))) == (
        ["handshake:!on", "handshake:!off"],
        None,
    )


def test_what_precedes_once_need_not_precede_again_unless_said_so():
    ping, pong = Sends(("ping",)), Sends(("pong",))

    assert checked(tiny.lossy_ping(), Precedes(ping, pong)) is None
    assert checked(tiny.lossy_ping(), Precedes(pong, ping)) is not None
    assert checked(tiny.toggle(), Precedes(Sends(("on",)), Sends(("off",)), again=Sends(("off",)))) is None
    assert (
        checked(tiny.worn_toggle(), Precedes(Sends(("on",)), Sends(("off",)), again=Sends(("on",)))) is None
    )


def test_what_is_due_only_when_asked_for_may_be_missing_before():
    ping, pong = Sends(("ping",)), Sends(("pong",))

    assert checked(tiny.lossy_ping(), Precedes(pong, ping, again=ping, once_asked=True)) is not None
    assert checked(tiny.worn_toggle(), Precedes(ping, Sends(("off",)), again=pong, once_asked=True)) is None


@pytest.mark.parametrize("count, steps", [(1, 3), (2, 5), (3, 7)])
def test_at_most_counts(count, steps):
    broken, loop = checked(tiny.toggle(), AtMost(count, Sends(("on",))))

    assert (len(broken), loop) == (steps, None)


def test_at_most_counts_anew_after_what_resets_it():
    assert checked(tiny.toggle(), AtMost(1, Sends(("on",)), again=Sends(("off",)))) is None


def test_a_loop_is_told_with_the_way_to_it():
    lost = ~Sends(("pong",))

    assert checked(tiny.worn_toggle(), NotForever(~Sends(("on", "off")))) == (
        ["handshake:!on", "handshake:!off", "handshake:-"],
        2,
    )
    assert checked(tiny.lossy_ping(), NotForever(lost))[1] == 0
    assert checked(tiny.lossy_ping(), NotForever(Sends(("ping",)))) is None


def test_a_way_that_is_cut_off_is_noticed():
    assert checked(tiny.lossy_ping(), Possible(at("idle"), at("done"))) is None
    assert checked(tiny.worn_toggle(), Possible(at("2"), at("0"))) == (
        ["handshake:!on", "handshake:!off"],
        None,
    )


def test_what_only_pairs_have_is_refused_for_a_session():
    with pytest.raises(TypeError, match="tiny speaks of pairs"):
        checked(tiny.toggle(), LeadsTo(at("on"), at("off")))


def test_an_attribute_that_there_is_not_is_no_silent_false():
    with pytest.raises(AttributeError):
        checked(tiny.toggle(), Always(Is("", "colour", ("red",))))
