"""Explicit machines, traces and the oracle."""

from tlsmodel.machine.machine import Explicit, Machine, Successor, build, named, names
from tlsmodel.machine.oracle import Agreed, Departure, Oracle
from tlsmodel.machine.trace import Step, Trace, trace_from_json

__all__ = [
    "Agreed",
    "Departure",
    "Explicit",
    "Machine",
    "Oracle",
    "Step",
    "Successor",
    "Trace",
    "build",
    "named",
    "names",
    "trace_from_json",
]
