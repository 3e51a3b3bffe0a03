"""The tour: every input at every place, departures as findings, figures that add up."""

import pytest

from tlsmodel.credentials import shared_credentials
from tlsmodel.hunt.examine import follower_of
from tlsmodel.hunt.sut import SystemUnderTest
from tlsmodel.hunt.tour import Tour, tour
from tlsmodel.machine import build
from tlsmodel.spec.scenario import SCENARIOS, scenario
from tlsmodel.targets.registry import target

SMALLEST = "tls13-server"


@pytest.fixture(scope="module")
def toured():
    return tour("impl", (SMALLEST,), seconds=5.0)


def test_a_tour_of_impl_finds_nothing(toured):
    (covered,) = toured.covered

    assert toured.findings == ()
    assert covered.departed == 0
    assert covered.tried > 100
    assert covered.rows > 50


def test_the_figures_add_up(toured):
    (covered,) = toured.covered

    assert sum(covered.unmet.values()) == covered.states - covered.states_met
    assert covered.complete == (covered.open == 0)
    assert toured.to_json()["machines"][0]["tried"] == covered.tried


def test_a_seeded_bug_is_met_on_the_way():
    walk = Tour(system("zoo:M06", SMALLEST))
    covered = walk.run(seconds=30.0)

    assert covered.departed > 0
    assert any(catch.trace.steps[-1].given.name == "handshake" for catch in walk.catches.values())


@pytest.mark.stress
@pytest.mark.parametrize("name", SCENARIOS)
def test_a_tour_of_every_machine_is_complete(name):
    (covered,) = tour("impl", (name,), seconds=1e6).covered

    assert covered.complete
    assert covered.departed == 0


def system(name, machine):
    setting = scenario(machine)
    return follower_of(
        SystemUnderTest(target(name, shared_credentials()), setting, shared_credentials()), build(setting)
    )
