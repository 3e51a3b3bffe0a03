"""Spin, on the export, finds as many states as the explorer and rules as it does."""

import shutil

import pytest

from tests.spin import Verifier
from tlsmodel.explore.check_pair import PairChecker
from tlsmodel.explore.pairs import explore_pair
from tlsmodel.export.ltl import identifier, write_promela
from tlsmodel.machine.pair import pair
from tlsmodel.spec.mutations import MUTATIONS
from tlsmodel.spec.properties import PROPERTIES
from tlsmodel.spec.properties.temporal import LeadsTo, NoDeadlock

SHORT = {"renewals": "0", "data": "0"}
HONEST = ("honest-never-fail", "no-deadlock", "both-finish")
ATTACKED = ("agreement", "server-authenticated", "client-data-secret", "client-data-authentic")
ATTACK = {"attacker": "1", "channel": "1"}
NETWORK = {"channel": "3", "losses": "1", "duplicates": "1", "reorders": "1"}
SCENARIOS = [
    ("tls12", {"byes": "0"}, None, (*HONEST, "renewals-finish")),
    ("tls13", {"byes": "0"}, None, HONEST),
    ("tls12", {**ATTACK, **SHORT, "byes": "0"}, None, ATTACKED),
    ("tls13", {**ATTACK, **SHORT, "byes": "0"}, None, ATTACKED),
    ("tls12", {**SHORT, "byes": "0", **NETWORK}, None, ()),
    ("tls12", {**SHORT, "byes": "0"}, "silent-server", HONEST),
    ("tls13", {**ATTACK, **SHORT, "byes": "0"}, "T19", ("server-authenticated",)),
]
LARGE = [
    ("tls12", {}, None, ("no-deadlock", "both-finish")),
    ("tls13", {}, None, ("no-deadlock", "both-finish")),
    ("tls12", {"byes": "0", "renewals": "2"}, None, ("no-deadlock", "renewals-finish")),
    ("tls13", {"byes": "0", "renewals": "2"}, None, ("no-deadlock",)),
    ("tls12", ATTACK, None, (*ATTACKED, "rehandshake-bound")),
    ("tls13", ATTACK, None, ATTACKED),
    ("tls12?auth=require&certificate=on", ATTACK, None, ("client-authenticated",)),
    ("tls13?auth=require&certificate=on", ATTACK, None, ("client-authenticated",)),
]


needs_spin = pytest.mark.skipif(
    not (shutil.which("spin") and shutil.which("gcc")), reason="needs the packages spin and gcc"
)


def agreed(name, settings, bug, properties, directory):
    """Hold Spin against the explorer: states and every verdict; return the verdicts."""
    plain = pair(name, settings, MUTATIONS.get(bug))
    wanted = [PROPERTIES[item] for item in properties]
    written = write_promela(plain, wanted)
    checker = PairChecker(plain)
    spin = Verifier(written.text, directory)

    ours = explore_pair(written.pair)
    counted = spin.count()
    assert counted.states == ours.states
    verdicts = {}
    for item in wanted:
        match item.formula:
            case NoDeadlock():
                theirs = spin.deadlocks()
            case LeadsTo():
                theirs = spin.liveness(identifier(item.name))
            case _:
                theirs = spin.safety(identifier(item.name))
        verdicts[item.name] = checker.check(item).counterexample is None
        assert verdicts[item.name] == (theirs.errors == 0), (item.name, theirs.said)
    return verdicts


@needs_spin
@pytest.mark.parametrize("name, settings, bug, properties", SCENARIOS)
def test_spin_agrees(name, settings, bug, properties, tmp_path):
    verdicts = agreed(name, settings, bug, properties, tmp_path)

    assert set(verdicts) == set(properties)
    assert all(verdicts.values()) == (bug is None)


@needs_spin
@pytest.mark.stress
@pytest.mark.parametrize("name, settings, bug, properties", LARGE)
def test_spin_agrees_on_all_pairs_at_full_size(name, settings, bug, properties, tmp_path):
    verdicts = agreed(name, settings, bug, properties, tmp_path)

    assert all(verdicts.values())


def test_every_property_of_pairs_is_held_against_spin():
    assert {item for _, _, _, properties in LARGE + SCENARIOS for item in properties} == {
        name for name, item in PROPERTIES.items() if item.of_pairs
    }


def test_a_property_of_sessions_is_refused():
    with pytest.raises(TypeError, match="no-livelock speaks of single sessions"):
        write_promela(pair("tls13", SHORT), [PROPERTIES["no-livelock"]])


def test_the_text_names_the_tables_and_is_the_same_every_time():
    first, second = (write_promela(pair("tls13", SHORT), [PROPERTIES["agreement"]]).text for _ in range(2))

    assert first == second
    assert "ltl agreement { []" in first
    assert "WAIT_CERT_CR" in first
