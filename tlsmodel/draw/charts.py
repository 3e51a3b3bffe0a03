"""The sequence chart of any trace."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from tlsmodel.draw.chart import Chart
from tlsmodel.draw.end_chart import end_chart
from tlsmodel.draw.pair_chart import pair_chart
from tlsmodel.machine.trace import Trace
from tlsmodel.spec.pairs import PAIRS
from tlsmodel.spec.symbols import Output


def chart(trace: Trace, expected: Collection[Output] | None = None) -> Chart:
    """Return the chart of `trace`; with `expected`, its last step is a departure from those outputs.

    Raises `ValueError` where the trace names an unknown machine.
    """
    of_pair = trace.machine.partition("?")[0] in PAIRS
    return pair_chart(trace) if of_pair else end_chart(trace, expected)


def lasso(trace: Trace, loop: int | None) -> Chart:
    """Return the chart of a trace; where there is a `loop`, the steps behind so many are taken for ever."""
    found = chart(trace)
    if loop is None:
        return found
    words = f"{found.alternative} The steps from {loop + 1} on are taken again and again, for ever."
    return replace(found, alternative=words, loop=loop)
