"""A call in progress, and an answer to an input."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any, Generic, NamedTuple, TypeVar

from tlsmodel.machine.regions import State
from tlsmodel.spec.symbols import Output, Return, Symbol

Node = TypeVar("Node", bound=Hashable)


class Successor(NamedTuple, Generic[Node]):
    """One permitted answer: the output, the state after it, and the ids of the rows that gave it."""

    output: Output
    state: Node
    rows: tuple[str, ...]


class Run(NamedTuple):
    """A call in progress."""

    call: Symbol
    state: State
    emitted: tuple[Symbol, ...] = ()
    rows: tuple[str, ...] = ()

    def returns(self, returned: Return) -> Successor[State]:
        return Successor(Output(returned, self.emitted), self.state, self.rows)

    def move(self, **changes: Any) -> Run:
        return Run(self.call, self.state._replace(**changes), self.emitted, self.rows)

    def note(self, *rows: str) -> Run:
        return Run(self.call, self.state, self.emitted, self.rows + rows)
