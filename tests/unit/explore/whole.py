"""Session machines with all their states, expanded once for all tests here."""

from functools import cache
from typing import Any

from tlsmodel.machine import Machine, build


@cache
def expanded(name: str) -> Machine[Any]:
    """The machine called `name`, with all its states met."""
    machine = build(name)
    machine.expand()
    return machine
