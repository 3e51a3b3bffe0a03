"""Steering and polishing: goals are walked to over the honest way, and no step of a trace is superfluous."""

import pytest

from tlsmodel.credentials import shared_credentials
from tlsmodel.hunt.examine import examine, follower_of, polish
from tlsmodel.hunt.finding import hunted
from tlsmodel.hunt.gather import gather
from tlsmodel.hunt.stateful import Catch
from tlsmodel.hunt.steer import Steering, Tried
from tlsmodel.hunt.sut import SystemUnderTest
from tlsmodel.machine import build
from tlsmodel.spec.symbols import BYE, HANDSHAKE, RECORD_RECV, RECORD_SEND, WRITE_BLOCKED, delivery
from tlsmodel.targets.registry import target

STEPS = ("ServerHello", "EncryptedExtensions", "Certificate", "CertificateVerify", "Finished")


def follower(name="impl", machine="tls13-client"):
    setting = hunted(machine)
    system = SystemUnderTest(target(name, shared_credentials()), setting, shared_credentials())
    return follower_of(system, build(setting))


def walk(made, steering, number, masked=0):
    """Feed what a number stands for; the names of the inputs."""
    fed = []
    for given in steering.inputs(made.oracle, number, masked):
        assert made.feed(given) is None
        fed.append(given.name)
    return fed


@pytest.fixture
def honest():
    made = follower()
    made.reset()
    return made, Steering(made.oracle.machine, made.system.alphabet, Tried())


def test_zero_is_one_honest_step(honest):
    made, steering = honest

    fed = [name for _ in range(13) for name in walk(made, steering, 0)]

    assert fed[:4] == ["handshake", "ServerHello", "handshake", "EncryptedExtensions"]
    assert made.oracle.machine.state(made.oracle.possible[0]).complete


def test_a_letter_is_fed_where_it_is_allowed_and_not_masked(honest):
    made, steering = honest
    number = 1 + made.oracle.machine.inputs.index(RECORD_RECV)

    assert walk(made, steering, number) == ["record_recv"]
    assert walk(made, steering, number, masked=1 << number) == ["handshake"]


def test_a_goal_is_walked_to(honest):
    made, steering = honest
    goals = range(steering.letters, steering.numbers)
    ways = {}
    for number in goals:
        made.reset()
        ways[number] = walk(made, steering, number) if made.oracle.phases == ("START",) else []
        if ways[number][-1:] == ["Finished"] and made.oracle.phases == ("WAIT_CERT_CR",):
            break

    assert ways[number] == [
        "handshake",
        "ServerHello",
        "handshake",
        "EncryptedExtensions",
        "handshake",
        "Finished",
    ]


def test_what_was_tried_least_is_the_first_goal(honest):
    made, steering = honest
    first = walk(made, steering, steering.letters)
    made.reset()
    tried = Tried({("START", item): 1 for item in made.oracle.machine.inputs})
    later = walk(made, Steering(made.oracle.machine, made.system.alphabet, tried), steering.letters)

    assert len(later) > len(first)


def test_the_coda_completes_the_handshake_and_talks(honest):
    made, steering = honest
    walk(made, steering, 0)
    fed = []
    for given in steering.coda(made.oracle):
        made.feed(given)
        fed.append(given)

    assert {delivery(name) for name in STEPS} <= set(fed)


def test_superfluous_steps_are_removed():
    made = follower("zoo:T19")
    inputs = [
        RECORD_RECV, HANDSHAKE, WRITE_BLOCKED, delivery("ServerHello"), HANDSHAKE, HANDSHAKE,
        delivery("EncryptedExtensions"), HANDSHAKE, RECORD_SEND, delivery("Finished"), HANDSHAKE, BYE,
    ]  # fmt: skip
    found = examine(made, inputs)
    shorter = polish(made, found)

    assert found.cause is not None
    assert shorter.cause == found.cause
    assert len(shorter.trace) == 4 < len(found.trace)
    for at in range(len(shorter.trace)):
        rest = [step.given for step in shorter.trace.steps[:at] + shorter.trace.steps[at + 1 :]]
        assert examine(made, rest).cause != found.cause


def test_a_run_shows_the_patterns_that_it_fits():
    made = follower("zoo:T19")
    inputs = [
        HANDSHAKE,
        delivery("ServerHello"),
        delivery("EncryptedExtensions"),
        delivery("Finished"),
        HANDSHAKE,
    ]

    assert "13-client-no-certificate" in {pattern.id for pattern in examine(made, inputs).patterns}


def test_an_honest_run_shows_none():
    made = follower()
    inputs = [HANDSHAKE, *(item for name in STEPS for item in (delivery(name), HANDSHAKE)), RECORD_SEND, BYE]
    found = examine(made, inputs)

    assert found.cause is None
    assert found.patterns == ()
    assert len(found.trace) == len(inputs)


def test_what_needs_an_earlier_connection_is_found_with_it():
    """A target that remembers a failure over connections: alone the trace shows nothing."""
    spoil = [delivery("ClientHello.malformed"), HANDSHAKE]
    use = [delivery("ClientHello"), HANDSHAKE]

    class Forgetful:
        """impl, whose server refuses every hello after the first failure."""

        def __init__(self):
            self._inner = target("impl", shared_credentials())
            self.name, self.version, self.capabilities = "impl", "0", self._inner.capabilities
            self.spoilt = False

        def __getattr__(self, name):
            return getattr(self._inner, name)

        def call(self, symbol):
            returned = self._inner.call(symbol)
            if self.spoilt and returned.code == "AGAIN":
                return type(returned)("INTERNAL_ERROR")
            self.spoilt |= returned.code not in ("AGAIN", "SUCCESS")
            return returned

    setting = hunted("tls13-server")
    stack = Forgetful()
    made = follower_of(SystemUnderTest(stack, setting, shared_credentials()), build(setting))
    before = examine(made, spoil)
    found = examine(made, use)
    assert before.cause is None
    catch = Catch(found.cause, found.trace, found.departure, before=(before.trace,))
    (finding,) = gather([catch], "impl", Forgetful, seed=1)

    assert finding.reproducible
    assert [step.given for step in finding.before[0]] == spoil
    assert [step.given for step in finding.trace] == use
