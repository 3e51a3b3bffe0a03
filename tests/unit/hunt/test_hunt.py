"""The hunt: it bites on seeded bugs, leaves `impl` alone, passes known departures by, and can be repeated."""

import json
import subprocess
import sys

import pytest

from tlsmodel.hunt import Plan, hunt, replay
from tlsmodel.hunt.finding import HUNT_BOUNDS, finding_from_json, read
from tlsmodel.hunt.known import known_departures
from tlsmodel.machine import Agreed, Departure, Oracle, build
from tlsmodel.spec.scenario import SCENARIOS, scenario
from tlsmodel.spec.symbols import Output, Return
from tlsmodel.targets.zoo import BUGS

REQUIRED = ("T02", "T03", "T04", "T19", "M01")
REACHED = (*REQUIRED, "G01", "M02", "M05", "M06", "T06", "T13", "T18", "T24")
"""The bugs that the scenarios with tables can reach."""
LONGEST = 12
STABLE = ("tls12-client", "tls13-client", "tls13-server")


@pytest.fixture(scope="session")
def caught(tmp_path_factory):
    """One hunt for each seeded bug, made when first asked for."""
    reports = {}

    def report(bug):
        if bug not in reports:
            out = tmp_path_factory.mktemp(bug)
            reports[bug] = hunt(Plan((f"zoo:{bug}",), seconds=60.0, seed=1, out=out, first=True))
        return reports[bug]

    return report


def test_the_required_bugs_are_in_the_zoo():
    assert set(REACHED) <= BUGS.keys()


@pytest.mark.parametrize("bug", REACHED)
def test_every_seeded_bug_is_found_and_shrunk(caught, bug):
    found = caught(bug).targets[0].new

    assert found
    assert min(len(finding.trace) for finding in found) <= LONGEST
    assert all(finding.reproducible for finding in found)
    assert all(finding.places and finding.severity for finding in found)
    assert all(finding.sentence and finding.cites for finding in found)


@pytest.mark.parametrize("bug", REQUIRED)
def test_a_finding_is_a_directory_that_stands_alone(caught, bug):
    _, directory = caught(bug).targets[0].findings[0]

    names = {path.name for path in directory.iterdir()}
    assert names >= {"finding.json", "trace.svg", "path.svg", "test_finding.py"}
    assert replay(directory).reproduced
    assert "observed" in directory.joinpath("trace.svg").read_text()


def test_the_test_file_of_a_finding_fails_while_the_bug_is_there(caught):
    _, directory = caught("M01").targets[0].findings[0]

    finished = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(directory / "test_finding.py")],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )

    assert finished.returncode == 1
    assert "reproduced" in finished.stdout


def test_a_finding_is_not_reproduced_on_the_repaired_implementation(caught, tmp_path):
    _, directory = caught("T03").targets[0].findings[0]
    record = json.loads(directory.joinpath("finding.json").read_text()) | {"target": "impl"}
    tmp_path.joinpath("finding.json").write_text(json.dumps(record))

    assert not replay(tmp_path).reproduced


def test_nothing_is_found_in_impl():
    report = hunt(Plan(("impl",), scenarios=STABLE, examples=40, seed=11))

    assert [str(finding.trace) for finding in report.targets[0].new] == []
    assert report.targets[0].steps > 8_000


def test_what_is_found_in_libgnutls_is_known():
    report = hunt(Plan(("gnutls",), scenarios=STABLE, examples=40, seed=12))

    assert [str(finding.trace) for finding in report.targets[0].new] == []
    assert len(report.targets[0].known) >= 3


def test_a_target_that_no_scenario_fits_is_named():
    with pytest.raises(ValueError, match="zoo:T19: none of the scenarios tls12-client fits this target"):
        hunt(Plan(("zoo:T19",), scenarios=("tls12-client",)))


def test_the_same_seed_finds_the_same():
    def steps(seed):
        report = hunt(Plan(("zoo:T19",), scenarios=("tls13-client",), examples=120, seed=seed))
        return [(finding.id, str(finding.trace)) for finding in report.targets[0].new]

    assert steps(5) == steps(5) != []


def test_coverage_counts_only_what_can_be_reached():
    result = hunt(Plan(("impl",), scenarios=("tls12-server",), examples=20, seed=3)).targets[0]

    assert 0 < result.transitions_covered <= result.transitions_total
    assert result.transitions_total <= len(build("tls12-server").rows)


@pytest.mark.parametrize("name", SCENARIOS)
def test_a_machine_with_one_mutated_return_is_told_apart(name):
    """The oracle's sensitivity without any TLS stack: success where the model says AGAIN is a departure."""
    machine = build(scenario(name).with_settings(HUNT_BOUNDS))
    for given in machine.enabled(machine.initial)[:1]:
        oracle = Oracle(machine)
        honest = machine.successors(machine.initial, given)[0].output

        assert isinstance(oracle.observe(given, Output(Return("SUCCESS"), honest.emissions)), Departure)
        assert isinstance(oracle.observe(given, honest), Agreed)


def test_known_departures_are_explained():
    entries = known_departures("gnutls")

    assert len({entry.id for entry in entries}) == len(entries) > 10
    assert all(entry.title and entry.cite and entry.explanation for entry in entries)
    assert all(entry.rows or entry.after for entry in entries)


def test_a_seeded_bug_has_no_known_departures():
    assert known_departures("zoo:T02") == ()


@pytest.mark.parametrize(
    "text, fault",
    [
        ("", "not JSON"),
        ("[" * 100_000, "finding.json"),
        ("{}", "must be a string"),
        ('{"id": 1}', '"id" must be a string'),
        ("\x00", "not JSON"),
    ],
)
def test_a_damaged_finding_is_refused_with_its_file(tmp_path, text, fault):
    tmp_path.joinpath("finding.json").write_text(text)

    with pytest.raises(ValueError, match=fault) as caught_fault:
        read(tmp_path)
    assert "finding.json" in str(caught_fault.value)


def test_a_directory_without_a_finding_is_named(tmp_path):
    with pytest.raises(ValueError, match=r"nowhere/finding\.json: No such file"):
        read(tmp_path / "nowhere")


def test_a_finding_is_read_back(caught):
    found = [finding for bug in REQUIRED for finding, _ in caught(bug).targets[0].findings]
    finding = next(finding for finding in found if finding.patterns)

    assert finding.severity
    assert finding_from_json(json.loads(json.dumps(finding.to_json()))) == finding
