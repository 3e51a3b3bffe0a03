"""What the model costs: building a machine in full, and the oracle's share of a step.

Run with `pytest benchmarks --benchmark-only`; compare the rows of one run, never runs with each other.
"""

import pytest

from tlsmodel.machine import Oracle, build
from tlsmodel.spec.scenario import SCENARIOS
from tlsmodel.spec.symbols import HANDSHAKE, QUIET, Output, Return, delivery, emissions

HELLO = Output(Return("AGAIN", 0), emissions(["ClientHello"]))
WAITING = Output(Return("AGAIN", 0))


@pytest.mark.parametrize("name", SCENARIOS)
def bench_expand(benchmark, name):
    """States of one session machine, from nothing."""
    space = benchmark(lambda: build(name).expand())

    assert space.states > 1000


def bench_oracle(benchmark):
    """A hundred steps of a run that the model has met before."""
    oracle = Oracle(build("tls13-client"))

    def run():
        oracle.reset()
        oracle.observe(HANDSHAKE, HELLO)
        for _ in range(49):
            oracle.enabled()
            oracle.observe(delivery("ChangeCipherSpec"), QUIET)
            oracle.enabled()
            oracle.observe(HANDSHAKE, WAITING)

    benchmark(run)

    assert oracle.phases == ("WAIT_SH",)
