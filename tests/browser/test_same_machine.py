"""What the page steps through is the machine itself, transition by transition; and it is quick."""

import json

import pytest

from tests.browser.measured import LIMITS, measured
from tlsmodel.machine import names
from tlsmodel.machine.trace import output_to_json

SAMPLE = 1500
"""States of one machine that are compared by default."""
SHOW = """([graph, numbers]) => numbers.map((state) => [
    graph.label(state).join(", "), graph.phase(state),
    graph.enabled([state]).flatMap((input) => graph.replies([state], input).flatMap(({output, states}) =>
        states.map((target) => [input.text, JSON.stringify(output), target]))),
])"""


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


@pytest.mark.parametrize("name", names())
def test_the_page_has_the_machine_s_own_transitions(shown, machines, name):
    states = machines[name].discovered
    tab = shown(f"#{name}")

    assert tab.evaluate("document.querySelector('.stepper').stepper.walk.graph.states") == states
    compare(tab, machines[name], list(range(0, states, 1 + states // SAMPLE)))


@pytest.mark.stress
@pytest.mark.parametrize("name", names())
def test_the_page_has_every_transition_of_the_machine(shown, machines, name):
    tab = shown(f"#{name}")
    for start in range(0, machines[name].discovered, SAMPLE):
        numbers = range(start, min(start + SAMPLE, machines[name].discovered))
        compare(tab, machines[name], list(numbers))


def test_the_ways_to_states_are_shortest_ways(shown, machines):
    machine = machines["tls12-server"]
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
