"""The sequence chart of any trace."""

from __future__ import annotations

from collections.abc import Collection

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
    return pair_chart(trace) if trace.machine in PAIRS else end_chart(trace, expected)
