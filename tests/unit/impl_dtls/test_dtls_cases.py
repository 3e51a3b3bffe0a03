"""The case space of dtls-stress, and the channel in it: every case ends with every message in order."""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest
from dtls_cases import CASES, PACKETS, Case, Obstacles
from dtls_pair import CHANGE, Pair, message

FLIGHTS = (
    ("c", [message(1, 100)]),
    ("s", [message(2), message(11, 300), message(12), message(14, 0)]),
    ("c", [message(16), CHANGE, message(20)]),
    ("s", [CHANGE, message(20)]),
)
STRAIGHT = ((0, 1), (0, 1, 2), (0, 1, 2))


def arrivals(case: Case, side: str) -> list[str]:
    """Return what arrives of one transmission of everything that a side says."""
    network = Obstacles(case)
    pair = Pair(lambda side, datagram: log.append((side, datagram)) or iter(((side, datagram),)))
    log: list[tuple[str, bytes]] = []
    pair.begin(FLIGHTS)
    pair.run()
    passed = [packet for sender, datagram in log if sender == side for packet in network(side, datagram)]
    return [
        next((name for name, match in PACKETS.items() if match(side, packet)), "other") for packet in passed
    ]


def test_there_are_18432_cases_numbered_as_gnutls_numbers_them():
    assert len(CASES) == len(set(CASES)) == 18_432 == 2**8 * 2 * 6 * 6
    assert CASES[0] == Case((), *STRAIGHT)
    assert CASES[1] == Case((), (0, 1), (0, 1, 2), (0, 2, 1))
    assert CASES[6] == Case((), (0, 1), (0, 2, 1), (0, 1, 2))
    assert CASES[36] == Case((), (1, 0), (0, 1, 2), (0, 1, 2))
    assert CASES[72 * 5] == Case(("SHello", "SHelloDone"), *STRAIGHT)


def test_the_packets_of_a_flight_are_sent_in_the_order_of_the_case():
    assert arrivals(CASES[0], "s") == [
        "other", "SHello", "SKeyExchange", "SHelloDone", "SChangeCipherSpec", "SFinished"
    ]  # fmt: skip
    shuffled = Case((), (1, 0), (2, 0, 1), (1, 2, 0))
    assert arrivals(shuffled, "s") == [
        "other", "SKeyExchange", "SHelloDone", "SHello", "SFinished", "SChangeCipherSpec"
    ]  # fmt: skip
    assert arrivals(shuffled, "c") == ["other", "CFinished", "CKeyExchange", "CChangeCipherSpec"]


@pytest.mark.parametrize("name", PACKETS)
def test_a_packet_is_dropped_three_times_and_then_passes(name):
    side = name[0].lower()
    network = Obstacles(Case((name,), *STRAIGHT))
    straight, log = Obstacles(CASES[0]), []
    pair = Pair(lambda side, datagram: log.append((side, datagram)) or iter(((side, datagram),)))
    pair.begin(FLIGHTS)
    pair.run()
    said = [datagram for sender, datagram in log if sender == side]
    everything = [packet for datagram in said for packet in straight(side, datagram)]
    for _ in range(3):
        passed = [packet for datagram in said for packet in network(side, datagram)]
        assert len(passed) == len(everything) - 1
        assert not any(PACKETS[name](side, packet) for packet in passed)
    assert [packet for datagram in said for packet in network(side, datagram)] == everything


def run(case: Case) -> Pair:
    """Carry the handshake through in the network of a case."""
    network = Obstacles(case)

    def through(side: str, datagram: bytes) -> Iterator[tuple[str, bytes]]:
        yield from ((side, packet) for packet in network(side, datagram))

    pair = Pair(through, mtu=1400, retransmit_timeout=0.1, total_timeout=120)
    pair.begin(FLIGHTS)
    pair.run()
    assert network.used_up, str(case)
    return pair


def check(case: Case) -> None:
    """Require that each side got what the other said, in order."""
    pair = run(case)
    for player, peer in ((pair.client, "s"), (pair.server, "c")):
        assert player.received == [item for side, items in FLIGHTS for item in items if side == peer], str(
            case
        )


@pytest.mark.parametrize("case", random.Random(6347).sample(CASES, 100), ids=str)
def test_the_channel_gets_through_a_sample_of_the_cases(case):
    check(case)


def test_the_worst_case_takes_less_than_the_total_time():
    pair = run(CASES[-1])

    assert pair.now < 60


@pytest.mark.stress
@pytest.mark.parametrize("drops", range(256))
def test_the_channel_gets_through_every_case(drops):
    for case in CASES[72 * drops : 72 * (drops + 1)]:
        check(case)
