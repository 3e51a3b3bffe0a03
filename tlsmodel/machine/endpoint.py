"""One end of a connection with a well-behaved caller in it: what a pair is made of.

It is the session machine, and no second account of it: a delivery is followed by the call that reads it
(handshake() until it has succeeded, record_recv() afterwards), so that nothing waits inside.  What the
caller may do on its own remains an input.  Well-behaved: it sends no data in the middle of its own
re-handshake, which the peer may refuse, and begins nothing on a connection that the peer has closed.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from tlsmodel.machine.compose import Session
from tlsmodel.machine.regions import State
from tlsmodel.machine.run import Successor
from tlsmodel.spec.contract import WANTS_HANDSHAKE, ContractRow
from tlsmodel.spec.dtls12.flight import FlightRow
from tlsmodel.spec.mutation import Mutation, mutated
from tlsmodel.spec.pairs import PairSetting
from tlsmodel.spec.row import Row, Verb
from tlsmodel.spec.scenario import Role
from tlsmodel.spec.symbols import (
    ALERT_NO_RENEGOTIATION,
    BYE,
    HANDSHAKE,
    KEY_UPDATE,
    KEY_UPDATE_PEER,
    REAUTH,
    RECORD_RECV,
    RECORD_SEND,
    REHANDSHAKE,
    Kind,
    Output,
    Symbol,
    emission,
)
from tlsmodel.spec.tables import tables_for

END_OF_STREAM = emission("EndOfStream")
FAILED = "FAILED"
_OWN_CALLS = (HANDSHAKE, RECORD_SEND, BYE, REHANDSHAKE, REAUTH, KEY_UPDATE, KEY_UPDATE_PEER)
_FREE = (RECORD_SEND, BYE)


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
    def established(self) -> bool:
        """A handshake has succeeded, this one or one before it."""
        return self.session.complete or self.session.renewal

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

    def __init__(self, setting: PairSetting, role: Role, mutation: Mutation | None = None) -> None:
        scenario = setting.end(role)
        self.name = f"{scenario.name}:end"
        self.scenario = scenario
        self._setting = setting
        self._session = Session(scenario, mutation)
        self._rows = {row.id: row for row in self._session.tables}
        self._tables = mutated(tables_for(scenario), mutation)
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
        if call is RECORD_SEND and not (state.complete and state.data):
            return False
        if call is BYE and not (state.complete and self._setting.byes):
            return False
        if self._costs(state, call) and (state.session.read_closed or not state.renewals):
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
        answers = self._session.successors(arrived.state, self._reader(state))
        answers = tuple(last for answer in answers for last in self._take_up(answer))
        return tuple(dict.fromkeys(self._settle(state, answers)))

    def _take_up(self, answer: Successor[State]) -> Iterator[Successor[State]]:
        """A caller that hears of another handshake carries it through, refuses it, or lets a request pass."""
        held = answer.state.held is not None
        if not held:
            yield answer
        if answer.output.returned == WANTS_HANDSHAKE:
            for call in (HANDSHAKE, ALERT_NO_RENEGOTIATION) if held else (ALERT_NO_RENEGOTIATION,):
                for output, state, rows in self._session.successors(answer.state, call):
                    yield Successor(output, state, answer.rows + rows)

    def _spend(self, state: End, call: Symbol) -> End:
        if call is RECORD_SEND:
            return state._replace(data=state.data - 1)
        if self._costs(state, call):
            return state._replace(renewals=state.renewals - 1)
        return state

    def _costs(self, state: End, call: Symbol) -> bool:
        """Tell whether a call begins something new; a client that was asked to prove itself only answers."""
        answers = call is REAUTH and self.scenario.role is Role.CLIENT
        return state.complete and call not in _FREE and not answers

    def _reader(self, state: End) -> Symbol:
        """Return the call with which the caller reads."""
        if not state.complete or "awaits" in state.session.flags:
            return HANDSHAKE
        waiting = self._tables.phase.find(state.phase, REAUTH)
        return REAUTH if waiting and waiting.verb is Verb.AWAIT else RECORD_RECV

    def _settle(self, state: End, answers: tuple[Successor[State], ...]) -> Iterator[Successor[End]]:
        for output, session, rows in answers:
            if session.failed:
                sent = (*output.emissions, END_OF_STREAM)
                dead = State(FAILED, session.complete, session.renewal, closure=session.closure)
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
        return before.phase in resting and not (after.phase in resting or after.complete or after.failed)
