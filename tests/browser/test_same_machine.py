"""What the page steps through is the machine itself, transition by transition; and it is quick."""

import json
from functools import cache

import pytest

from tests.browser.measured import LIMITS, measured
from tlsmodel.machine import build, names
from tlsmodel.machine.trace import output_to_json

SAMPLE = 1500
"""States of one machine that are compared by default."""
SMALL = [name for name in names() if name.endswith(":handshake") or name in ("tls13-client", "tls13-server")]
SHOW = """([graph, numbers]) => numbers.map((state) => [
    graph.label(state).join(", "), graph.phase(state),
    graph.enabled([state]).flatMap((input) => graph.replies([state], input).flatMap(({output, states}) =>
        states.map((target) => [input.text, JSON.stringify(output), target]))),
])"""


@cache
def expanded(name):
    machine = build(name)
    machine.expand()
    return machine


def compare(tab, machine, numbers):
    graph = tab.evaluate_handle("document.querySelector('.stepper').stepper.walk.graph")
    for number, (label, phase, found) in zip(numbers, tab.evaluate(SHOW, [graph, numbers]), strict=True):
        here = {
            (str(given), json.dumps(output_to_json(output), separators=(",", ":")), target)
            for given in machine.enabled(number)
            for output, target, _ in machine.successors(number, given)
        }
        assert (label, phase) == (machine.label(number), machine.state(number).phase)
        assert {tuple(answer) for answer in found} == here


@pytest.mark.parametrize("name", SMALL)
def test_the_page_has_the_machine_s_own_transitions(shown, name):
    machine = expanded(name)
    tab = shown(f"#{name}")

    states = tab.evaluate("document.querySelector('.stepper').stepper.walk.graph.states")
    assert states == machine.discovered
    compare(tab, machine, list(range(0, states, 1 + states // SAMPLE)))


@pytest.mark.stress
@pytest.mark.parametrize("name", names())
def test_the_page_has_every_transition_of_the_machine(shown, name):
    machine = expanded(name)
    tab = shown(f"#{name}")
    for start in range(0, machine.discovered, SAMPLE):
        numbers = range(start, min(start + SAMPLE, machine.discovered))
        compare(tab, machine, list(numbers))


def test_the_ways_to_states_are_shortest_ways(shown):
    machine = expanded("tls13-server")
    depths = {machine.initial: 0}
    for number in range(machine.discovered):
        for given in machine.enabled(number):
            for _, target, _ in machine.successors(number, given):
                depths.setdefault(target, depths[number] + 1)
    tab = shown(f"#{machine.name}")
    ways = "({walk: {graph}}, numbers) => numbers.map((state) => graph.wayTo(state).length)"
    numbers = list(range(0, machine.discovered, 7))

    stepper = tab.evaluate_handle("document.querySelector('.stepper').stepper")
    assert stepper.evaluate(ways, numbers) == [depths[number] for number in numbers]


def test_the_page_with_every_machine_is_small_and_quick(chromium, explorer):
    found = measured(chromium, explorer)

    assert found.megabytes < LIMITS["megabytes"]
    assert found.opening < LIMITS["opening"]
    assert found.step < LIMITS["step"]
