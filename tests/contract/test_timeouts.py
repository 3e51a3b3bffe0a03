"""Time limits of a handshake, by a clock that the test moves."""

import pytest

from tests.contract.drivers.settings import CLIENT, TLS12, TLS13
from tests.contract.pair import read

pytestmark = pytest.mark.manual("gnutls_handshake_set_timeout(3)")


@pytest.mark.parametrize(
    "waited, answer", [(0, "AGAIN"), (4.9, "AGAIN"), (5.1, "TIMEDOUT"), (1000, "TIMEDOUT")]
)
def test_a_handshake_that_takes_longer_than_the_limit_times_out(
    connect, clock, version, role, waited, answer
):
    pair = connect(version, role, **{role: {"timeout": 5.0}})
    assert pair.subject.handshake() == "AGAIN"
    clock.pass_time(waited)

    assert pair.subject.handshake() == answer

    if answer == "AGAIN":
        assert pair.handshake() == ("SUCCESS", "SUCCESS")


def test_a_timeout_is_fatal(connect, clock, version, role, expect):
    pair = connect(version, role, **{role: {"timeout": 5.0}})
    pair.subject.handshake()
    clock.pass_time(6)
    assert pair.subject.handshake() == "TIMEDOUT"
    pair.peer.handshake()

    assert [pair.subject.handshake() for _ in range(2)] == expect("timeout-repeats", ["INVALID_SESSION"] * 2)


def test_no_limit_is_no_limit(connect, clock, version, role):
    pair = connect(version, role)
    pair.subject.handshake()
    clock.pass_time(100_000)

    assert pair.subject.handshake() == "AGAIN"
    assert pair.handshake() == ("SUCCESS", "SUCCESS")


def test_time_that_passes_after_the_handshake_does_not_count(connect, clock, version, role):
    pair = connect(version, role, **{role: {"timeout": 5.0}}).established()
    clock.pass_time(100)

    pair.assert_talks()
    if version == TLS13:
        assert pair.subject.handshake() == "SUCCESS"


def test_another_handshake_has_a_limit_of_its_own(connect, clock):
    pair = connect(TLS12, CLIENT, client={"timeout": 5.0}).established()
    clock.pass_time(100)

    assert pair.subject.handshake() == "AGAIN"
    assert read(pair.peer) == "REHANDSHAKE"
    clock.pass_time(4)
    assert pair.handshake()[0] == "SUCCESS"


def test_another_handshake_times_out_as_well(connect, clock):
    pair = connect(TLS12, CLIENT, client={"timeout": 5.0}).established()
    assert pair.subject.handshake() == "AGAIN"
    clock.pass_time(6)

    assert pair.subject.handshake() == "TIMEDOUT"
