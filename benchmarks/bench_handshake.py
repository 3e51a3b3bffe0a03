"""What a handshake pair of impl costs, in each of the four cases of docs/benchmarks.md.

Run with `pytest benchmarks -o python_files='bench_*.py' -o python_functions='bench_*' --benchmark-only`;
`handshake_table.py` compares with other implementations.
"""

import pytest
from handshake import impl
from handshake.cases import CASES

from impl import memory_pair


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def bench_handshake(benchmark, case):
    """Client and server, from two fresh ends to both being done; a failed handshake raises."""
    client, server = impl.configurations(case)

    def fresh():
        return (client, server, *memory_pair()), {}

    end = benchmark.pedantic(impl.shake, setup=fresh, rounds=200, warmup_rounds=10)

    assert end.is_complete
