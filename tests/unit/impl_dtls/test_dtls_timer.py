"""The retransmission timer, with clock values made up."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from impl.dtls12.timer import MAX_INTERVAL, RetransmissionTimer


def expiries(timer: RetransmissionTimer, count: int, start: float = 0.0) -> list[float]:
    """Return after how many seconds each it expires, `count` times."""
    found, now = [], start
    for _ in range(count):
        assert not timer.tick(now)
        wait = timer.remaining(now, waiting=True)
        assert not timer.tick(now + wait - 0.001)
        now += wait
        assert timer.tick(now)
        found.append(wait)
    return found


def test_the_interval_doubles_up_to_its_cap():
    assert expiries(RetransmissionTimer(total=1e9), 9) == [1, 2, 4, 8, 16, 32, 60, 60, 60]


def test_the_first_interval_can_be_chosen_up_to_the_cap():
    assert expiries(RetransmissionTimer(0.25, 1e9), 3) == [0.25, 0.5, 1]
    assert expiries(RetransmissionTimer(1000, 1e9), 1) == [MAX_INTERVAL]


def test_the_interval_stays_until_a_flight_gets_through_at_once():
    timer = RetransmissionTimer(total=1e9)
    expiries(timer, 2)
    timer.next_flight()
    assert timer.remaining(100.0, waiting=True) == 4
    timer.next_flight()
    assert timer.remaining(100.0, waiting=True) == 1


def test_sending_again_for_another_reason_restarts_the_interval():
    timer = RetransmissionTimer()
    timer.tick(0.0)
    timer.restart()

    assert not timer.tick(1.0)
    assert timer.tick(2.0)


def test_the_total_time_counts_from_the_first_question():
    timer = RetransmissionTimer(1.0, 10.0)

    assert not timer.expired(100.0)
    assert not timer.expired(109.9)
    assert timer.expired(110.0)
    assert timer.remaining(104.0, waiting=False) == 6
    timer.begin()
    assert not timer.expired(120.0)


def test_nothing_expires_once_the_handshake_is_over():
    timer = RetransmissionTimer()
    timer.tick(0.0)
    timer.finish()

    assert not timer.tick(1e9)
    assert not timer.expired(1e9)
    assert timer.remaining(0.0, waiting=True) is None
    timer.next_flight()
    assert timer.remaining(0.0, waiting=True) == 1


@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=30))
def test_a_clock_that_jumps_never_makes_the_wait_longer_than_the_interval(times):
    timer = RetransmissionTimer()
    for now in times:
        timer.tick(now)
        assert 0 <= timer.remaining(now, waiting=True) <= MAX_INTERVAL
