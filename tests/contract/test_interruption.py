"""Interrupted calls: they go on where they were, the direction tells what to wait for, once is once."""

import pytest

from tests.contract.drivers.settings import CLIENT, SERVER, TLS12, TLS13
from tests.contract.drivers.wire import BLOCKED, INTERRUPTED, Every, Weather, shapes
from tests.contract.pair import read

pytestmark = pytest.mark.manual("gnutls_handshake(3)", "gnutls_record_get_direction(3)")

DISTURBANCES = {
    "interrupted": (lambda: Every(INTERRUPTED), "INTERRUPTED"),
    "blocked": (lambda: Every(BLOCKED), "AGAIN"),
    "cut": (lambda: Every(BLOCKED, size=3), "AGAIN"),
}
FLUSHES = {(TLS12, CLIENT): 2, (TLS12, SERVER): 2, (TLS13, CLIENT): 2, (TLS13, SERVER): 1}
"""The flights that a side writes in a full handshake, and so the writes that can be disturbed at least."""


@pytest.fixture(params=DISTURBANCES)
def disturbance(request):
    """How to make the weather, and what code it leads to."""
    return DISTURBANCES[request.param]


def undisturbed(connect, version, role, **settings):
    """The records that both sides write when nothing disturbs them."""
    pair = connect(version, role, **settings)
    assert pair.handshake() == ("SUCCESS", "SUCCESS")
    return [shapes(end.wire) for end in pair.ends]


def answers_to(weather, end):
    """A watcher, and the list of the answers and directions that it saw when the weather had struck."""
    seen, before = [], [0]

    def watch(whose, answer):
        if whose is end and weather.struck > before[0]:
            before[0] = weather.struck
            seen.append((answer, end.direction()))

    return watch, seen


def test_a_disturbed_write_is_said_to_be_a_write_and_goes_on_without_sending_anything_twice(
    connect, version, role, disturbance, expect
):
    make, code = disturbance
    pair = connect(version, role)
    weather = pair.subject.wire.writes = make()
    watch, seen = answers_to(weather, pair.subject)

    assert pair.handshake(watch) == ("SUCCESS", "SUCCESS")

    assert len(seen) == weather.struck >= FLUSHES[version, role]
    codes = {code} if code == "AGAIN" else expect("signal-within-a-flight", {code})
    assert {answer for answer, _ in seen} <= codes
    assert seen[0][0] == code
    assert {direction for _, direction in seen} == {1}
    assert [shapes(end.wire) for end in pair.ends] == undisturbed(connect, version, role)


def test_a_disturbed_read_is_said_to_be_a_read_and_loses_nothing(connect, version, role, disturbance):
    make, code = disturbance
    pair = connect(version, role)
    weather = pair.subject.wire.reads = make()
    watch, seen = answers_to(weather, pair.subject)

    assert pair.handshake(watch) == ("SUCCESS", "SUCCESS")

    assert seen
    assert set(seen) == {(code, 0)}
    assert [shapes(end.wire) for end in pair.ends] == undisturbed(connect, version, role)


def test_both_directions_may_be_disturbed_all_the_time(connect, version, role):
    pair = connect(version, role)
    pair.subject.wire.reads = Every(INTERRUPTED, size=11)
    pair.subject.wire.writes = Every(BLOCKED, size=7)

    assert pair.handshake() == ("SUCCESS", "SUCCESS")

    assert [shapes(end.wire) for end in pair.ends] == undisturbed(connect, version, role)


def test_a_disturbed_resumption_goes_on_too(connect, version, role, disturbance):
    make, _ = disturbance
    key = bytes(range(64))
    first = connect(version, role, server={"ticket_key": key}).established()
    resume = {"resume": first.client.session_data()}
    again = connect(version, role, client=resume, server={"ticket_key": key})
    again.subject.wire.reads, again.subject.wire.writes = make(), make()

    assert again.handshake() == ("SUCCESS", "SUCCESS")

    assert again.subject.is_resumed()
    assert again.peer.is_resumed()


def test_client_authentication_goes_on_after_disturbances(connect, version, role, disturbance, people):
    make, _ = disturbance
    server = {"client_auth": "require", "trust": people.authority}
    pair = connect(version, role, client={"identity": people.client}, server=server)
    pair.subject.wire.reads, pair.subject.wire.writes = make(), make()

    assert pair.handshake() == ("SUCCESS", "SUCCESS")

    assert pair.server.peer_certificate() is not None


def test_a_blocked_write_of_data_is_repeated_with_the_same_data_and_arrives_once(
    connect, version, role, disturbance
):
    make, code = disturbance
    pair = connect(version, role).established()
    pair.subject.wire.writes = make()
    data = bytes(1000)

    answers = [pair.subject.send(data)]
    while answers[-1] == code:
        assert pair.subject.direction() == 1
        answers.append(pair.subject.send(data))

    assert answers[-1] == len(data)
    assert len(answers) > 1
    assert read(pair.peer) == data
    pair.subject.wire.writes = Weather()
    pair.assert_talks()


def test_a_blocked_read_of_data_is_repeated(connect, version, role, disturbance):
    make, code = disturbance
    pair = connect(version, role).established()
    pair.peer.send(b"hello")
    pair.subject.wire.reads = make()

    answers = [pair.subject.recv()]
    while answers[-1] == code:
        assert pair.subject.direction() == 0
        answers.append(pair.subject.recv())

    assert answers[-1] == b"hello"
    assert len(answers) > 1


def test_an_alert_and_bye_may_be_interrupted_as_well(connect, version, role, disturbance):
    make, code = disturbance
    pair = connect(version, role).established()
    pair.subject.wire.writes = make()

    answers = [pair.subject.bye()]
    while answers[-1] == code:
        assert pair.subject.direction() == 1
        answers.append(pair.subject.bye())

    assert answers[-1] == "SUCCESS"
    assert len(answers) > 1
    assert read(pair.peer) == b""


def test_a_signal_after_a_part_of_a_transfer_is_told_as_a_signal(connect, version, role, expect):
    pair = connect(version, role).established()
    pair.subject.wire.writes = Every(INTERRUPTED, size=3)
    data = b"hello"

    answers = [pair.subject.send(data)]
    while answers[-1] in ("AGAIN", "INTERRUPTED"):
        answers.append(pair.subject.send(data))

    assert answers[-1] == len(data)
    assert ("AGAIN" in answers) is expect("signal-after-a-part", False)
