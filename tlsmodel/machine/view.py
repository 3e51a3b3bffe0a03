"""The handshake view: phases and messages only, as the RFCs draw it.

It reads the same phase tables as the full machine and leaves the caller, the transport and the alerts away.
"""

from __future__ import annotations

from typing import NamedTuple

from tlsmodel.machine.run import Successor
from tlsmodel.spec.choices import DROPPED, KEPT
from tlsmodel.spec.row import Row, Verb
from tlsmodel.spec.scenario import Scenario
from tlsmodel.spec.symbols import Output, Symbol
from tlsmodel.spec.tables import tables_for


class PhaseState(NamedTuple):
    """A node of the handshake view."""

    phase: str
    closure: str = "open"

    @property
    def failed(self) -> bool:
        """After a fatal fault."""
        return self.closure == "failed"


class HandshakeView:
    """One scenario's phase table as a transition function; an output is what the input makes us send."""

    def __init__(self, scenario: Scenario) -> None:
        self.name = f"{scenario.name}:handshake"
        self._tables = tables_for(scenario)
        known = {row.on for row in self.tables}
        self.inputs: tuple[Symbol, ...] = tuple(item for item in self._tables.inputs if item in known)

    @property
    def tables(self) -> tuple[Row, ...]:
        """Every row that can take part."""
        return tuple(self._tables.phase)

    def initial(self) -> PhaseState:
        """Return the state before the first call."""
        return PhaseState(self._tables.start)

    def label(self, state: PhaseState) -> str:
        """Describe `state` in a word."""
        return state.phase if state.closure == "open" else state.closure.upper()

    def enabled(self, state: PhaseState) -> tuple[Symbol, ...]:
        """Return the inputs that have a row in `state`."""
        if state.closure != "open":
            return ()
        return tuple(item for item in self.inputs if self._tables.phase.find(state.phase, item))

    def successors(self, state: PhaseState, given: Symbol) -> tuple[Successor[PhaseState], ...]:
        """Return the answers to an enabled input: two where an optional message may be sent or left out."""
        row = self._tables.phase.find(state.phase, given)
        if row is None:
            raise LookupError(f"{self.name}: no row for {given} in {state.phase}")
        if row.verb is Verb.REFUSE:
            return tuple(self._refused(state, row))
        after = PhaseState(row.to)
        without = tuple(item.symbol for item in row.emit if not item.once)
        everything = tuple(item.symbol for item in row.emit)
        others = tuple(item.other or item.symbol for item in row.emit)
        outputs = dict.fromkeys((without, everything, others))
        return tuple(Successor(Output(None, sent), after, (row.id,)) for sent in outputs)

    def _refused(self, state: PhaseState, row: Row) -> dict[Successor[PhaseState], None]:
        outcomes = row.choice.outcomes if row.choice else ()
        ends = (state if item.code in (DROPPED, KEPT) else PhaseState("", "failed") for item in outcomes)
        return dict.fromkeys(Successor(Output(), end, (row.id,)) for end in ends)
