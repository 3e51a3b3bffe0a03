"""One end of a connection with a well-behaved caller in it: what a pair is made of.

It is the session machine, and no second account of it: a delivery is followed by the call that reads it
(handshake() until it has succeeded, record_recv() afterwards), so that nothing waits inside.  What the caller
may do on its own remains an input.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from tlsmodel.machine.compose import Session
from tlsmodel.machine.regions import State
from tlsmodel.machine.run import Successor
from tlsmodel.spec.contract import ContractRow
from tlsmodel.spec.dtls12.flight import FlightRow
from tlsmodel.spec.pairs import PairSetting
from tlsmodel.spec.row import Row, Verb
from tlsmodel.spec.scenario import Role
from tlsmodel.spec.symbols import (
    BYE,
    HANDSHAKE,
    RECORD_RECV,
    RECORD_SEND,
    Kind,
    Output,
    Symbol,
    emission,
)
from tlsmodel.spec.tables import tables_for

END_OF_STREAM = emission("EndOfStream")
FAILED = "FAILED"
_OWN_CALLS = (HANDSHAKE, RECORD_SEND, BYE)


class End(NamedTuple):
    """A node of one end.

    Parameters
    ----------
    session: the session's state, with nothing waiting in it.
    data, renewals: how much application data and how many key updates or handshakes it may still begin.
    """

    session: State
    data: int = 0
    renewals: int = 0

    @property
    def phase(self) -> str:
        """The handshake phase, or ``FAILED``."""
        return self.session.phase

    @property
    def failed(self) -> bool:
        """After a fatal code."""
        return self.session.failed

    @property
    def complete(self) -> bool:
        """handshake() has returned SUCCESS."""
        return self.session.complete

    @property
    def settled(self) -> bool:
        """It may rest here for good: the handshake is over, one way or the other."""
        return self.session.complete or self.failed

    @property
    def deaf(self) -> bool:
        """It looks at nothing that still arrives."""
        return self.failed or self.session.read_closed


class Endpoint:
    """The transition function of one end."""

    def __init__(self, setting: PairSetting, role: Role) -> None:
        scenario = setting.end(role)
        self.name = f"{scenario.name}:end"
        self.scenario = scenario
        self._setting = setting
        self._session = Session(scenario)
        self._rows = {row.id: row for row in self._session.tables}
        self._tables = tables_for(scenario)
        self.inputs = tuple(
            item for item in self._tables.inputs if item in _OWN_CALLS or item.kind is Kind.DELIVERY
        )

    @property
    def tables(self) -> tuple[Row | ContractRow | FlightRow, ...]:
        """Every row that can take part."""
        return self._session.tables

    def initial(self) -> End:
        """Return the state before the first call."""
        return End(self._session.initial(), data=self._setting.data, renewals=self._setting.renewals)

    def label(self, state: End) -> str:
        """Describe `state` in a line."""
        return state.session.label()

    def enabled(self, state: End) -> tuple[Symbol, ...]:
        """Return the calls that would do something, and the deliveries that it looks at."""
        return tuple(
            given
            for given in self.inputs
            if (self._may_call(state, given) if given.kind is Kind.CALL else not state.deaf)
        )

    def _may_call(self, state: End, call: Symbol) -> bool:
        if state.failed or state.session.write_closed or call is RECORD_RECV:
            return False
        if call not in self._session.enabled(state.session):
            return False
        if (call is RECORD_SEND and not state.data) or (call is BYE and not state.complete):
            return False
        if state.complete and call not in (RECORD_SEND, BYE) and not state.renewals:
            return False
        return any(
            answer.state != state.session or answer.output.emissions
            for answer in self._session.successors(state.session, call)
        )

    def successors(self, state: End, given: Symbol) -> tuple[Successor[End], ...]:
        """Return the answers to an enabled input; fatal ones end the stream as well."""
        if given.kind is Kind.CALL:
            answers = self._session.successors(state.session, given)
            return tuple(dict.fromkeys(self._settle(self._spend(state, given), answers)))
        (arrived,) = self._session.successors(state.session, given)
        reader = RECORD_RECV if state.session.complete else HANDSHAKE
        answers = self._session.successors(arrived.state, reader)
        answers = tuple(last for answer in answers for last in self._take_up(answer))
        return tuple(dict.fromkeys(self._settle(state, answers)))

    def _take_up(self, answer: Successor[State]) -> Iterator[Successor[State]]:
        """A caller that hears of another handshake carries it through."""
        if answer.state.held is None:
            yield answer
            return
        for output, state, rows in self._session.successors(answer.state, HANDSHAKE):
            yield Successor(output, state, answer.rows + rows)

    def _spend(self, state: End, call: Symbol) -> End:
        if call is RECORD_SEND:
            return state._replace(data=state.data - 1)
        if state.complete and call is not BYE:
            return state._replace(renewals=state.renewals - 1)
        return state

    def _settle(self, state: End, answers: tuple[Successor[State], ...]) -> Iterator[Successor[End]]:
        for output, session, rows in answers:
            if session.failed:
                sent = (*output.emissions, END_OF_STREAM)
                dead = State(FAILED, session.complete, closure=session.closure)
                yield Successor(Output(output.returned, sent), End(dead), rows)
            else:
                yield Successor(
                    output,
                    state._replace(session=session._replace(key_updates=0, unread=0, held=None, inbox=())),
                    rows,
                )

    def accepts(self, given: Symbol, rows: tuple[str, ...]) -> bool:
        """Tell whether the step along `rows` took the delivery `given` in as part of the handshake."""
        met = (self._rows[name] for name in rows)
        return any(row.on is given and row.verb is Verb.ADVANCE for row in met if isinstance(row, Row))

    def starts(self, before: End, after: End) -> bool:
        """Tell whether a step from `before` to `after` begins a handshake, and with it a transcript."""
        resting = {self._tables.start, *self._tables.final}
        return before.phase in resting and after.phase not in {*resting, FAILED}
