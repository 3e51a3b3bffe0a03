"""Run-to-completion: how the regions' tables together answer one input.

A call walks the contract's micro-states (ENTER, FLUSH, PULL, STEP); a delivery joins the inbox; a disturbance
is armed.  Every branch that the RFCs or the manual leave open is followed, so an input may have several
successors.  Theory: Mealy machines composed by synchronous signals (Harel and Gery's run-to-completion step).
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from typing import Generic, NamedTuple, TypeVar

from tlsmodel.machine.regions import State, strike
from tlsmodel.spec import closure
from tlsmodel.spec.choices import Choice, Outcome
from tlsmodel.spec.codes import NON_FATAL
from tlsmodel.spec.contract import (
    CONTRACT,
    ENTRY_ORDER,
    Action,
    ContractRow,
    Micro,
    Signal,
)
from tlsmodel.spec.row import Emit, Row, Verb
from tlsmodel.spec.scenario import Scenario
from tlsmodel.spec.symbols import (
    BYE,
    CALLS,
    DELIVERIES,
    END_OF_STREAM,
    ENVIRONMENT,
    INPUTS,
    QUIET,
    READ_CUT,
    READ_INTERRUPTED,
    RECORD_RECV,
    Kind,
    Output,
    Return,
    Symbol,
    delivery,
    emission,
)
from tlsmodel.spec.tables import TABLES

APPLICATION_DATA = emission("ApplicationData")
CLOSE_NOTIFY = emission("Alert.warning.close_notify")
KEY_UPDATE_REPLY = emission("KeyUpdate.not_requested")
KEY_UPDATE_REQUESTED = delivery("KeyUpdate.requested")
UNKNOWN_RECORD = delivery("UnknownRecord")
READS = (READ_CUT, READ_INTERRUPTED)
WRITES = tuple(item for item in ENVIRONMENT if item not in READS)


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


class Session:
    """The composed transition function of one scenario."""

    inputs = INPUTS

    def __init__(self, scenario: Scenario) -> None:
        self.name = scenario.name
        self._scenario = scenario
        self._tables = TABLES[scenario.version, scenario.role]

    @property
    def tables(self) -> tuple[Row | ContractRow, ...]:
        """Every row that can take part."""
        return (*self._tables.phase, *self._tables.closure, *CONTRACT.values())

    def initial(self) -> State:
        """Return the state before the first call."""
        return State(self._tables.start)

    def label(self, state: State) -> str:
        """Describe `state` in a line."""
        return state.label()

    def enabled(self, state: State) -> tuple[Symbol, ...]:
        """Return the inputs that the model answers in `state`, in the alphabet's order."""
        if state.outside:
            return ()
        found = [call for call in CALLS if self._may_call(state, call)]
        if END_OF_STREAM not in state.inbox and len(state.inbox) < self._scenario.inbox:
            found += [item for item in DELIVERIES if self._may_arrive(state, item)]
        if not state.failed and (state.read, state.write).count(None) > 2 - self._scenario.armed:
            found += [item for item in WRITES if state.write is None]
            found += [item for item in READS if state.read is None and not state.read_closed]
        return tuple(found)

    def _may_call(self, state: State, call: Symbol) -> bool:
        if call is RECORD_RECV or state.failed:
            return True
        if not state.complete:
            return call is not BYE
        if call is BYE:
            return state.unfinished <= {BYE.name}
        return call.name in state.unfinished or len(state.unfinished) < self._scenario.unfinished

    def _may_arrive(self, state: State, item: Symbol) -> bool:
        return item.message != "KeyUpdate" or state.key_updates < self._scenario.key_updates

    def successors(self, state: State, given: Symbol) -> tuple[Successor[State], ...]:
        """Return all permitted answers to an enabled input, without repetitions."""
        if given.kind is Kind.ENVIRONMENT:
            return (Successor(QUIET, state.arm(given), ()),)
        if given.kind is Kind.DELIVERY:
            return (Successor(QUIET, self._arrive(state, given), ()),)
        return tuple(dict.fromkeys(self._enter(Run(given, state))))

    def _arrive(self, state: State, item: Symbol) -> State:
        if state.failed or state.read_closed:
            return state
        counted = state.key_updates + (item.message == "KeyUpdate")
        return state._replace(inbox=(*state.inbox, item), key_updates=counted)

    # The micro-states of a call.

    def _follow(
        self, run: Run, at: Micro, signal: Signal, met: Row | None = None
    ) -> Iterator[Successor[State]]:
        """Apply the contract's row for `signal`: act, then return or go on; `met` is the row behind STEP."""
        line = CONTRACT[run.call, at, signal]
        run = run._replace(rows=(*run.rows, line.id))
        if line.choice is not None:
            yield from self._conclude(run, line.choice, dead=at is Micro.STEP)
            return
        if signal is Signal.REFUSED and met is not None and met.choice is not None:
            yield from self._conclude(run, met.choice, dead=True)
            return
        if signal is Signal.NOTIFIED and met is not None and met.code is not None:
            yield from self._notify(run, met.code)
            return
        for acted in self._act(run, line.action):
            for returned in line.returns:
                yield acted.returns(returned)
            for micro in line.then:
                yield from {Micro.FLUSH: self._flush, Micro.PULL: self._pull}[micro](acted)

    def _enter(self, run: Run) -> Iterator[Successor[State]]:
        state = run.state
        met = self._tables.phase.find(state.phase, run.call)
        verb = met.verb if met else None
        holds = {
            Signal.FAILED: state.failed,
            Signal.HANDSHAKING: not state.complete,
            Signal.UNFINISHED: run.call.name in state.unfinished,
            Signal.WRITE_CLOSED: state.write_closed and verb is not Verb.LEAVE,
            Signal.READ_CLOSED: state.read_closed,
            Signal.IGNORED: verb is Verb.IGNORE,
            Signal.READY: True,
        }
        signal = next(item for item in ENTRY_ORDER[run.call] if holds[item])
        yield from self._follow(run, Micro.ENTER, signal)

    def _flush(self, run: Run) -> Iterator[Successor[State]]:
        state = run.state
        if state.outside:
            yield run.returns(Return("ANY"))
            return
        if state.output and state.write is not None:
            struck = run._replace(state=state._replace(write=None))
            yield from self._follow(struck, Micro.FLUSH, Signal(strike(state.write)))
            return
        written = state._replace(output=(), unfinished=state.unfinished - {run.call.name})
        done = run.state.phase == self._tables.final
        run = run._replace(state=written, emitted=run.emitted + state.output)
        yield from self._follow(run, Micro.FLUSH, Signal.COMPLETED if done else Signal.FLUSHED)

    def _pull(self, run: Run) -> Iterator[Successor[State]]:
        state = run.state
        if state.read is not None:
            struck = run._replace(state=state._replace(read=None))
            yield from self._follow(struck, Micro.PULL, Signal(strike(state.read)))
            if state.read is READ_CUT and state.inbox[:1] == (UNKNOWN_RECORD,):
                yield from self._pull(struck)  # its first byte is enough to refuse it
        elif not state.inbox:
            yield from self._follow(run, Micro.PULL, Signal.BLOCKED)
        else:
            run = run._replace(rows=(*run.rows, CONTRACT[run.call, Micro.PULL, Signal.MESSAGE].id))
            yield from self._step(run._replace(state=state._replace(inbox=state.inbox[1:])), state.inbox[0])

    def _step(self, run: Run, item: Symbol) -> Iterator[Successor[State]]:
        met = self.meet(run.state, item)
        run = run._replace(rows=(*run.rows, met.id))
        match met.verb:
            case Verb.LEAVE:
                yield run._replace(state=run.state.leave()).returns(Return("ANY"))
            case Verb.ADVANCE:
                for sent in self._send(run, met.emit):
                    advanced = sent._replace(state=sent.state._replace(phase=met.to))
                    yield from self._follow(advanced, Micro.STEP, Signal.ADVANCED, met)
            case Verb.CLOSE:
                closed = run._replace(state=run.state.close_read())
                yield from self._follow(closed, Micro.STEP, Signal.CLOSED, met)
            case Verb.IGNORE if item is KEY_UPDATE_REQUESTED:
                owing = run._replace(state=run.state._replace(owed=True))
                yield from self._follow(owing, Micro.STEP, Signal.IGNORED, met)
            case _:
                yield from self._follow(run, Micro.STEP, Signal(met.verb.value), met)

    def meet(self, state: State, item: Symbol) -> Row:
        """Return the one row that answers delivery `item` in `state`."""
        place = closure.COMPLETE if state.complete else closure.HANDSHAKING
        if state.phase in self._tables.unversioned:
            place = closure.UNVERSIONED
        found = self._tables.closure.find(place, item) or self._tables.phase.find(state.phase, item)
        if found is None:
            raise LookupError(f"{self.name}: no row for {item} in {state.phase}")
        return found

    # What rows do to the state.

    def _act(self, run: Run, action: Action) -> Iterator[Run]:
        state = run.state
        match action:
            case Action.BEGIN:
                yield from self._begin(run)
            case Action.QUEUE_DATA:
                queued = (KEY_UPDATE_REPLY, APPLICATION_DATA) if state.owed else (APPLICATION_DATA,)
                yield run._replace(state=state._replace(output=state.output + queued, owed=False))
            case Action.QUEUE_CLOSE:
                closed = state.close_write()
                yield run._replace(state=closed._replace(output=(*state.output, CLOSE_NOTIFY)))
            case Action.COMPLETE:
                yield run._replace(state=state._replace(complete=True, compat=False, warnings=0))
            case Action.STAY:
                yield run._replace(state=state._replace(unfinished=state.unfinished | {run.call.name}))
            case Action.NOTHING:
                yield run

    def _begin(self, run: Run) -> Iterator[Run]:
        """Offer the call itself to the phase table; a phase without a row for it just carries on."""
        met = self._tables.phase.find(run.state.phase, run.call)
        if met is None:
            yield run
            return
        run = run._replace(rows=(*run.rows, met.id))
        if met.verb is Verb.LEAVE:
            yield run._replace(state=run.state.leave())
            return
        for sent in self._send(run, met.emit):
            yield sent._replace(state=sent.state._replace(phase=met.to))

    def _send(self, run: Run, emit: tuple[Emit, ...]) -> Iterator[Run]:
        """Put emissions into the output; an optional one may be left out and is due at most once."""
        if not emit:
            yield run
            return
        first, rest = emit[0], emit[1:]
        state = run.state
        if not first.once or state.compat:
            compat = state.compat and not first.once
            with_it = state._replace(output=(*state.output, first.symbol), compat=compat)
            yield from self._send(run._replace(state=with_it), rest)
        if first.once:
            yield from self._send(run, rest)

    def _notify(self, run: Run, code: str) -> Iterator[Successor[State]]:
        """Return a non-fatal code; in the handshake, warnings are counted."""
        state = run.state
        if state.complete or code != "WARNING_ALERT_RECEIVED":
            yield run.returns(Return(code))
        elif state.warnings < self._scenario.warnings:
            counted = run._replace(state=state._replace(warnings=state.warnings + 1))
            yield counted.returns(Return(code))
        else:
            yield from self._follow(run, Micro.STEP, Signal.EXCESS)

    def _conclude(self, run: Run, choice: Choice, dead: bool) -> Iterator[Successor[State]]:
        """Follow each outcome of a choice: survive with a non-fatal code, or end with an alert."""
        for outcome in choice.outcomes:
            if outcome.code in NON_FATAL and outcome.code != "SUCCESS":
                yield from self._notify(run, outcome.code)
            else:
                yield from self._end(run, outcome, dead)

    def _end(self, run: Run, outcome: Outcome, dead: bool) -> Iterator[Successor[State]]:
        state = run.state
        dies = (dead or outcome.kills) and not state.failed
        after = run._replace(state=state.fail() if dies else state)
        if outcome.alert is None or state.write_closed:
            yield after.returns(Return(outcome.code))
            if state.output and dead:
                yield after._replace(emitted=run.emitted + state.output).returns(Return(outcome.code))
        if outcome.alert is not None:
            sent = after._replace(emitted=run.emitted + state.output + (emission(outcome.alert),))
            yield sent.returns(Return(outcome.code))
