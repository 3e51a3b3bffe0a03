"""Machines built from the tables: sizes, the honest handshakes, and the caller's contract."""

import tomllib
from functools import cache
from pathlib import Path

import pytest

from tlsmodel.machine import Agreed, Departure, Oracle, Trace, build, trace_from_json
from tlsmodel.machine.trace import Step
from tlsmodel.spec.scenario import SCENARIOS, Scenario, scenario
from tlsmodel.spec.symbols import (
    BYE,
    HANDSHAKE,
    QUIET,
    READ_CUT,
    READ_INTERRUPTED,
    RECORD_RECV,
    RECORD_SEND,
    WRITE_BLOCKED,
    WRITE_CUT,
    WRITE_INTERRUPTED,
    Kind,
    Output,
    Return,
    delivery,
    emissions,
)

COUNTS = tomllib.loads(Path(__file__).parents[2].joinpath("counts.toml").read_text())
HONEST = {
    "tls12-client": [
        "ServerHello",
        "Certificate",
        "ServerKeyExchange",
        "ServerHelloDone",
        "ChangeCipherSpec",
        "Finished",
    ],
    "tls12-server": ["ClientHello", "ClientKeyExchange", "ChangeCipherSpec", "Finished"],
    "tls13-client": ["ServerHello", "EncryptedExtensions", "Certificate", "CertificateVerify", "Finished"],
    "tls13-server": ["ClientHello", "Finished"],
}


@cache
def expanded(name):
    """The machine called `name` with all its states met."""
    machine = build(name)
    machine.expand()
    return machine


def run(name, *inputs):
    """Drive a machine along the first permitted answers; returns the outputs as text."""
    machine = build(scenario(name).with_settings({"crowd": "4"}))
    state, said = machine.initial, []
    for given in inputs:
        assert given in machine.enabled(state), f"{given} is not enabled in {machine.label(state)}"
        answer = machine.successors(state, given)[0]
        said.append(str(answer.output))
        state = answer.target
    return said


def honest(name):
    """The inputs of an undisturbed handshake."""
    yield HANDSHAKE
    for message in HONEST[name]:
        yield delivery(message)
        yield HANDSHAKE


@pytest.mark.parametrize("name", COUNTS)
def test_the_number_of_states_and_transitions_does_not_change_unnoticed(name):
    space = expanded(name).expand()

    assert {"states": space.states, "transitions": len(space.source)} == COUNTS[name]


@pytest.mark.parametrize("name", HONEST)
def test_an_honest_handshake_ends_in_success(name):
    said = run(name, *honest(name))

    assert said[-1].split()[0] == "SUCCESS"
    assert all(text.startswith(("AGAIN (read)", "-")) for text in said[:-1])


@pytest.mark.parametrize("name", SCENARIOS)
def test_every_state_answers_every_call_of_the_handshake(name):
    machine = expanded(name)

    for number in range(machine.discovered):
        state = machine.state(number)
        if not state.complete:
            assert HANDSHAKE in machine.enabled(number), machine.label(number)


@pytest.mark.parametrize("name", SCENARIOS)
def test_after_a_fatal_code_no_call_succeeds_and_nothing_is_sent(name):
    machine = expanded(name)
    dead = [number for number in range(machine.discovered) if machine.state(number).failed]

    assert dead
    for number in dead:
        for call in (HANDSHAKE, RECORD_SEND, RECORD_RECV):
            for answer in machine.successors(number, call):
                assert answer.output.returned.code in ("ANY_FATAL", "EOF")
                assert answer.output.emissions == ()


@pytest.mark.parametrize("name", SCENARIOS)
def test_no_application_data_is_delivered_before_the_handshake_is_complete(name):
    machine = expanded(name)

    for number in range(machine.discovered):
        if not (machine.state(number).complete or machine.state(number).renewal):
            for given in machine.enabled(number):
                for answer in machine.successors(number, given):
                    assert answer.output.returned is None or answer.output.returned.code != "DATA"


@pytest.mark.parametrize(
    "disturbance, expected",
    [
        (WRITE_BLOCKED, "AGAIN (write)"),
        (WRITE_CUT, "AGAIN (write)"),
        (WRITE_INTERRUPTED, "INTERRUPTED (write)"),
    ],
)
def test_a_disturbed_write_sends_nothing_and_the_next_call_sends_everything_once(disturbance, expected):
    said = run("tls13-client", disturbance, HANDSHAKE, HANDSHAKE, HANDSHAKE)

    assert said[1:] == [expected, "AGAIN (read) !ClientHello", "AGAIN (read)"]


@pytest.mark.parametrize("disturbance, expected", [(READ_CUT, "AGAIN"), (READ_INTERRUPTED, "INTERRUPTED")])
def test_a_disturbed_read_loses_nothing(disturbance, expected):
    said = run("tls12-server", delivery("ClientHello"), disturbance, HANDSHAKE, HANDSHAKE)

    assert said[2] == f"{expected} (read)"
    assert "!ServerHello" in said[3]


def test_a_last_flight_that_was_blocked_is_not_sent_again_nor_followed_by_a_key_update():
    inputs = list(honest("tls13-client"))

    said = run("tls13-client", *inputs[:-1], WRITE_BLOCKED, HANDSHAKE, HANDSHAKE)

    assert said[-2] == "AGAIN (write)"
    assert said[-1].startswith("SUCCESS")
    assert said[-1].endswith("!Finished")


def test_the_sixteenth_warning_is_survived_and_the_seventeenth_is_not():
    machine = build(Scenario(*("tls12", "client"), warnings=16))
    oracle = Oracle(machine)
    oracle.observe(HANDSHAKE, Output(Return("AGAIN", 0), emissions(["ClientHello"])))

    for _ in range(16):
        oracle.observe(delivery("Alert.warning"), QUIET)
        answer = oracle.observe(HANDSHAKE, Output(Return("WARNING_ALERT_RECEIVED")))
        assert isinstance(answer, Agreed)
    oracle.observe(delivery("Alert.warning"), QUIET)
    answer = oracle.observe(HANDSHAKE, Output(Return("WARNING_ALERT_RECEIVED")))

    assert isinstance(answer, Departure)


def test_a_requested_key_update_is_answered_before_the_next_data():
    said = run(
        "tls13-server",
        *honest("tls13-server"),
        delivery("KeyUpdate.requested"),
        RECORD_RECV,
        RECORD_SEND,
        RECORD_SEND,
    )

    assert said[-2:] == ["SUCCESS !KeyUpdate.not_requested !ApplicationData", "SUCCESS !ApplicationData"]


def test_nothing_is_sent_after_close_notify():
    said = run("tls13-client", *honest("tls13-client"), BYE, RECORD_SEND, HANDSHAKE, RECORD_RECV)

    assert said[-4:] == ["SUCCESS !Alert.warning.close_notify", "ANY_FATAL", "ANY_FATAL", "AGAIN (read)"]


@pytest.mark.parametrize("name", SCENARIOS)
def test_the_oracle_driven_by_the_machine_itself_never_departs(name):
    machine = expanded(name)
    for number in range(0, machine.discovered, 7):
        oracle = Oracle(machine)
        oracle.possible = (number,)
        for given in oracle.enabled():
            for answer in machine.successors(number, given):
                oracle.possible = (number,)
                seen = answer.output
                if seen.returned is not None and seen.returned.code == "ANY_FATAL":
                    seen = Output(Return("INVALID_SESSION"), seen.emissions)
                assert isinstance(oracle.observe(given, seen), Agreed)


def test_the_oracle_names_what_it_expected():
    oracle = Oracle(build("tls13-client"))

    answer = oracle.observe(HANDSHAKE, Output(Return("SUCCESS")))

    assert isinstance(answer, Departure)
    assert [str(output) for output in answer.expected] == ["AGAIN (read) !ClientHello"]
    assert answer.phase == "WAIT_SH"


@pytest.mark.parametrize("name", SCENARIOS)
def test_the_full_machine_with_calls_and_environment_hidden_keeps_the_order_of_the_handshake_view(name):
    """Whenever a call of the full machine moves the phase, the view has that very row."""
    machine, view = expanded(name), build(f"{name}:handshake")
    view.expand()
    moves = {
        (view.state(source).phase, row)
        for source in range(view.discovered)
        for given in view.enabled(source)
        for answer in view.successors(source, given)
        for row in answer.rows
    }
    for number in range(machine.discovered):
        for given in machine.enabled(number):
            for answer in machine.successors(number, given):
                phase = machine.state(number).phase
                for row in answer.rows:
                    if ".phase/" in row:
                        assert (phase, row) in moves
                        phase = machine.rows[row].to


def test_a_graph_carries_what_it_takes_to_draw_it():
    graph = build("tls13-server:handshake").graph()

    assert graph.number_of_nodes() == build("tls13-server:handshake").expand().states
    assert next(label for _, label in graph.nodes(data="label")) == "START"
    assert all(edge["cite"] and edge["kind"] in set(Kind) for _, _, edge in graph.edges(data=True))


def test_a_trace_is_read_back_from_its_json():
    machine = build("tls12-client")
    answer = machine.successors(machine.initial, HANDSHAKE)[0]
    trace = Trace("tls12-client", (Step(HANDSHAKE, answer.output, answer.rows),))

    assert trace_from_json(trace.to_json()) == trace


@pytest.mark.parametrize(
    "data, fault",
    [
        ([], "machine"),
        ({"machine": "x"}, "steps"),
        ({"machine": "x", "steps": [{}]}, "step 1"),
        ({"machine": "x", "steps": [{"input": "call nothing"}]}, "step 1: unknown symbol"),
        ({"machine": "x", "steps": [{"input": "call handshake", "code": 3}]}, "step 1: not an output"),
        (
            {
                "machine": "x",
                "steps": [{"input": "call handshake", "code": "no", "direction": 0, "emissions": []}],
            },
            "unknown code",
        ),
    ],
)
def test_a_damaged_trace_is_refused_with_the_place_of_the_damage(data, fault):
    with pytest.raises(ValueError, match=fault):
        trace_from_json(data)
