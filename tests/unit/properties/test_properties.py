"""The properties hold of the model, each can be broken, and every visible bug breaks one."""

import re

import pytest

from tests.properties_page import PAGE, page
from tlsmodel.explore.check import check, check_at, is_pair, plan
from tlsmodel.explore.verdict import Ruling
from tlsmodel.spec.mutations import MUTATIONS, UNSEEN
from tlsmodel.spec.properties import PROPERTIES
from tlsmodel.targets.zoo import BUGS

CALM = {"armed": "0", "unfinished": "0"}
"""Without disturbances, and without calls that begin something on a connection, a session is small."""
SHORT = {"renewals": "0"}
SOURCE = re.compile(r"(\d{4} (\d+(\.\d+)*|[A-F]\.\d+(\.\d+)*)|gnutls_\w+\(3\))")
PLACES = list(plan())


def small(place):
    """Settings under which a machine or pair is small."""
    return {**dict(place[1]), **(SHORT if is_pair(place[0]) else CALM)}


def own(place):
    """The settings that the properties of a place name themselves."""
    return dict(place[1])


def broken(bug, wanted):
    """Which of the properties a bug breaks, tried where it is cheap before where it is not."""
    found = set()
    places = plan(None, wanted, bug)
    for settings in (small, own):
        for place in sorted(places, key=lambda place: bug.machines.index(place[0])):
            left = [item for item in places[place] if item.name not in found]
            for verdict in check_at(place[0], settings(place), left, bug) if left else ():
                if verdict.ruling is Ruling.VIOLATED and verdict.counterexample.trace.steps:
                    found.add(verdict.checked.name)
    return found


def test_there_are_at_least_25_and_each_has_a_sentence_a_formula_a_source_and_a_place():
    assert len(PROPERTIES) >= 25
    for name, item in PROPERTIES.items():
        assert name == item.name
        assert re.fullmatch(r"[A-Z].+\.", item.sentence)
        assert str(item.formula)
        assert all(SOURCE.fullmatch(part) for part in item.cite.split("; ")), item.cite
        assert item.scopes


def test_all_machines_and_pairs_are_spoken_of():
    assert {where.partition("?")[0] for where, _ in PLACES} == {
        "tls12", "tls12-client", "tls12-server",
        "tls13", "tls13-client", "tls13-server",
        "dtls12-client", "dtls12-server",
    }  # fmt: skip


@pytest.mark.parametrize("place", PLACES, ids=str)
def test_every_property_holds_without_disturbances(place):
    where, _ = place

    verdicts = list(check_at(where, small(place), plan()[place]))

    assert [str(item.counterexample) for item in verdicts if item.ruling is not Ruling.HOLDS] == []
    assert len(verdicts) == len(plan()[place])


@pytest.mark.parametrize("where", ["tls13-client", "tls13-server"])
def test_every_property_of_a_small_machine_holds_with_all_disturbances(where):
    verdicts = list(check_at(where, {}, plan()[where, ()]))

    assert {item.ruling for item in verdicts} == {Ruling.HOLDS}


@pytest.mark.stress
@pytest.mark.parametrize("place", PLACES, ids=str)
def test_every_property_holds_with_all_disturbances(place):
    where, own = place

    verdicts = list(check_at(where, dict(own), plan()[place]))

    assert {item.ruling for item in verdicts} == {Ruling.HOLDS}


def test_every_property_can_be_broken_by_some_bug():
    assert {name for name, item in PROPERTIES.items() if not set(item.broken_by) & set(MUTATIONS)} == set()
    assert {bug for item in PROPERTIES.values() for bug in item.broken_by} == set(MUTATIONS)


@pytest.mark.parametrize("bug", MUTATIONS.values(), ids=lambda bug: bug.id)
def test_a_bug_breaks_the_properties_that_name_it(bug):
    named = [item for item in PROPERTIES.values() if bug.id in item.broken_by]

    assert broken(bug, named) == {item.name for item in named}


@pytest.mark.stress
@pytest.mark.parametrize("bug", MUTATIONS.values(), ids=lambda bug: bug.id)
def test_a_bug_breaks_something_on_every_machine_where_it_can_be_met(bug):
    met = {}
    for place, wanted in plan(None, None, bug).items():
        for verdict in check_at(place[0], dict(place[1]), wanted, bug):
            met.setdefault(place[0], set()).add(verdict.ruling)

    assert {where for where, rulings in met.items() if Ruling.VIOLATED not in rulings} == set()
    assert set(met) == set(bug.machines)


def test_every_bug_of_the_zoo_is_a_change_of_rows_or_out_of_sight_for_a_reason():
    seen = {bug for bug in MUTATIONS if re.fullmatch(r"[A-Z]\d\d\w?", bug)}

    assert seen | set(UNSEEN) >= set(BUGS)
    assert not seen & set(UNSEEN)
    assert all(len(reason.split()) > 4 for reason in UNSEEN.values())


def test_the_page_of_properties_is_what_the_properties_say():
    assert PAGE.read_text("utf-8") == page(), "python -m tests.properties_page"


def test_a_pair_too_large_for_memory_is_undecided_and_says_how_many_states_it_has():
    (found,) = check("tls13", [PROPERTIES["agreement"]], memory=1 << 20)

    assert found.ruling is Ruling.UNDECIDED
    assert found.states > 1000
    assert found.to_json()["verdict"] == "undecided"


def test_a_violation_in_what_fits_into_memory_is_one():
    (found,) = check("tls13", [PROPERTIES["server-authenticated"]], MUTATIONS["T19"], memory=1 << 20)

    assert found.ruling is Ruling.VIOLATED


def test_a_lasso_goes_round_in_its_loop():
    (found,) = check("tls13-client", [PROPERTIES["no-livelock"]], MUTATIONS["never-flushed"])

    told = str(found.counterexample)
    assert "and from here for ever:" in told
    assert found.counterexample.loop < len(found.counterexample.trace.steps)
