"""Real sessions in the case space of dtls-stress: each case ends with two that agree and exchange data.

By default a sample; `pytest -m stress -n 2` runs all.
"""

from __future__ import annotations

import random

import pytest
from dtls_cases import CASES, Case, Obstacles
from dtls_sessions import START, Ends


def handshake(case: Case) -> Ends:
    """Carry the handshake through in the network of a case, and require that all is well afterwards."""
    network = Obstacles(case)
    ends = Ends(network)
    ends.handshake()
    assert network.used_up, str(case)
    assert (ends.now > START) is bool(case.drops), str(case)
    assert ends.agreed(), str(case)
    assert ends.echo(b"foobar!") == b"foobar!", str(case)
    return ends


@pytest.mark.parametrize("case", [*random.Random(4).sample(CASES, 72), CASES[-1]], ids=str)
def test_sessions_agree_in_a_sample_of_the_cases(case):
    handshake(case)


def test_reordering_alone_costs_no_time():
    for case in CASES[:72]:
        assert handshake(case).now == START, str(case)


@pytest.mark.stress
@pytest.mark.parametrize("drops", range(256))
def test_sessions_agree_in_every_case(drops):
    for case in CASES[72 * drops : 72 * (drops + 1)]:
        handshake(case)
