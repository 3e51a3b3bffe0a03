"""Run-to-completion: how the regions' tables together answer one input.

A call walks the contract's micro-states (ENTER, FLUSH, PULL, STEP); a delivery joins the inbox; a disturbance
is armed.  Every branch that the RFCs or the manual leave open is followed, so an input may have several
successors.  Theory: Mealy machines composed by synchronous signals (Harel and Gery's run-to-completion step).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from tlsmodel.machine import timer
from tlsmodel.machine.actions import ACT, ALERTS, CLOSE_NOTIFY, REPEATED
from tlsmodel.machine.lost import lost
from tlsmodel.machine.regions import CALM, DUE, State, strike
from tlsmodel.machine.run import Run, Successor
from tlsmodel.spec import closure, rehandshake
from tlsmodel.spec.choices import (
    ANY_FATAL,
    KEPT,
    WRITE_AFTER_BYE,
    Choice,
    Outcome,
)
from tlsmodel.spec.codes import NON_FATAL
from tlsmodel.spec.contract import ALONE, BESIDES, ENTRY_ORDER, Action, ContractRow, Micro, Signal
from tlsmodel.spec.dtls12.flight import ORDER, PASSING, STATELESS, Flight, FlightRow
from tlsmodel.spec.mutation import Mutation, mutated, mutated_contract
from tlsmodel.spec.row import Emit, Row, Verb
from tlsmodel.spec.scenario import Role, Scenario, Version
from tlsmodel.spec.symbols import (
    ALERT_FATAL,
    BYE,
    DEADLINE_PASSED,
    END_OF_STREAM,
    HANDSHAKE,
    HANDSHAKE_MESSAGES,
    QUIET,
    READ_CUT,
    READ_INTERRUPTED,
    REAUTH,
    RECORD_RECV,
    TIMER_EXPIRED,
    Kind,
    Return,
    Symbol,
    delivery,
    emission,
)
from tlsmodel.spec.tables import tables_for

PEER_CLOSES = delivery("Alert.close_notify")
UNKNOWN_RECORD = delivery("UnknownRecord")
READS = (READ_CUT, READ_INTERRUPTED)
LOOPS = (HANDSHAKE, REAUTH)
NOTHING: Final[frozenset[Symbol]] = frozenset()


class Session:
    """The composed transition function of one scenario."""

    def __init__(self, scenario: Scenario, mutation: Mutation | None = None) -> None:
        self.name = scenario.name
        self._scenario = scenario
        self._tables = mutated(tables_for(scenario), mutation)
        self._contract = mutated_contract(mutation)
        self.inputs = self._tables.inputs
        self._calls = tuple(item for item in self.inputs if item.kind is Kind.CALL)
        self._deliveries = tuple(item for item in self.inputs if item.kind is Kind.DELIVERY)
        strikes = [item for item in self.inputs if item.kind is Kind.ENVIRONMENT]
        self._reads = tuple(item for item in strikes if item in READS)
        self._writes = tuple(item for item in strikes if item.name.startswith("write"))
        self._timed = DEADLINE_PASSED in strikes
        self._datagrams = scenario.version is Version.DTLS12
        self._updates = scenario.version is Version.TLS13
        self._met: dict[tuple[object, ...], Row] = {}
        reading = {row.call for row in self._contract.values() if Micro.PULL in (row.at, *row.then)}
        self._blind = frozenset(self._calls) - reading
        self._known: dict[State, dict[Symbol, tuple[Successor[State], ...]]] = {}
        self._back = min(self._tables.final & {"CONNECTED"}, default="CONNECTED")

    @property
    def tables(self) -> tuple[Row | ContractRow | FlightRow, ...]:
        """Every row that can take part."""
        rows: list[Row | ContractRow | FlightRow] = [
            row for table in (*self._tables.resolved, *((ORDER,) if self._datagrams else ())) for row in table
        ]
        rows += [row for row in self._contract.values() if row.call in self._calls]
        return (*rows, *(timer.ROWS.values() if self._datagrams else ()))

    def initial(self) -> State:
        """Return the state before the first call."""
        return State(self._tables.start)

    def label(self, state: State) -> str:
        """Describe `state` in a line."""
        return state.label()

    def enabled(self, state: State) -> tuple[Symbol, ...]:
        """Return the inputs that the model answers in `state`, in the alphabet's order."""
        found = [call for call in self._calls if self._may_call(state, call)]
        others = (
            (state.read is not None) + (state.write is not None) + bool(state.unfinished) + (state.due == DUE)
        )
        full = others >= self._scenario.crowd if not state.inbox else len(state.inbox) >= self._scenario.inbox
        if not full and END_OF_STREAM not in state.inbox:
            found += [item for item in self._deliveries if self._may_arrive(state, item)]
        if not state.failed:
            found += self._strikes(state, others + bool(state.inbox))
        return tuple(found)

    def _strikes(self, state: State, crowd: int) -> Iterator[Symbol]:
        armed = 2 - (state.read, state.write).count(None)
        if armed < self._scenario.armed and crowd < self._scenario.crowd:
            if state.write is None and (state.output or not state.write_closed):
                yield from self._writes
            if state.read is None and not state.read_closed:
                yield from self._reads
        timed = state.timer is Flight.WAITING and state.due == CALM and not state.complete
        if timed and crowd < self._scenario.crowd:
            yield TIMER_EXPIRED
        if self._timed and not (state.late or state.complete or state.phase == self._tables.start):
            yield DEADLINE_PASSED

    def _may_call(self, state: State, call: Symbol) -> bool:
        if call is RECORD_RECV or state.failed:
            return True
        if call is BYE:
            return (state.complete or state.renewal) and state.unfinished <= {BYE.name}
        if call is HANDSHAKE and not state.complete:
            return True
        if call is HANDSHAKE and not (self._scenario.rehandshakes or self._updates):
            return False
        if not (state.complete or state.renewal or call in ALERTS):
            return True
        return call.name in state.unfinished or len(state.unfinished) < self._scenario.unfinished

    def _may_arrive(self, state: State, item: Symbol) -> bool:
        if item.message == "KeyUpdate" and self._updates:
            return state.key_updates < self._scenario.key_updates
        if item.message == "ApplicationData" or self.meet(state, item).verb is Verb.DELIVER:
            return state.unread < max(1, self._scenario.unread)
        return True

    def successors(self, state: State, given: Symbol) -> tuple[Successor[State], ...]:
        """Return all permitted answers to an enabled input, without repetitions."""
        if given.kind is Kind.ENVIRONMENT:
            return (Successor(QUIET, state.arm(given), ()),)
        if given.kind is Kind.DELIVERY:
            return (Successor(QUIET, self._arrive(state, given), ()),)
        if given in self._blind and (state.inbox or state.read):
            return tuple(
                Successor(output, after if after.failed else after.wait(state.inbox, state.read), rows)
                for output, after, rows in self._answers(state.wait((), None), given)
            )
        return tuple(dict.fromkeys(self._enter(Run(given, state))))

    def _answers(self, state: State, call: Symbol) -> tuple[Successor[State], ...]:
        """Return the answers to a call that reads nothing, so that they are the same whatever waits."""
        found = self._known.setdefault(state, {})
        if call not in found:
            found[call] = tuple(dict.fromkeys(self._enter(Run(call, state))))
        return found[call]

    def _arrive(self, state: State, item: Symbol) -> State:
        if state.failed or state.read_closed:
            return state
        counted = state.key_updates + (self._updates and item.message == "KeyUpdate")
        return state._replace(inbox=(*state.inbox, item), key_updates=counted)

    # The micro-states of a call.

    def _follow(
        self, run: Run, at: Micro, signal: Signal, met: Row | None = None
    ) -> Iterator[Successor[State]]:
        """Apply the contract's row for `signal`: act, then return or go on; `met` is the row behind STEP."""
        line = self._contract[run.call, at, signal]
        run = run.note(line.id)
        if signal is Signal.REFUSED and met is not None and met.choice is not None:
            yield from self._conclude(run, met.choice, dead=True, met=met)
        elif signal is Signal.REFUSED_CALL:
            yield from self._conclude(run, self._refusal(run), dead=False)
        elif signal is Signal.NOTIFIED and met is not None and met.code is not None:
            yield from self._notify(run, met.code)
        if line.choice is not None:
            yield from self._conclude(run, line.choice, dead=False)
        at_once = bool(line.then or line.choice)
        if at_once:
            yield from (run.returns(returned) for returned in line.returns)
        for acted in self._act(line.action, run) if line.then or not at_once else ():
            for micro in line.then:
                yield from (self._flush if micro is Micro.FLUSH else self._pull)(acted)
            if not at_once:
                yield from (acted.returns(returned) for returned in line.returns)

    def _act(self, action: Action, run: Run) -> Iterator[Run]:
        return self._begin(run) if action is Action.BEGIN else ACT[action](run, self._scenario)

    def _enter(self, run: Run) -> Iterator[Successor[State]]:
        signal = next(item for item in ENTRY_ORDER[run.call] if self._HOLDS[item](self, run))
        if ALERT_FATAL.name in run.state.unfinished and run.call is not ALERT_FATAL:
            # Whether a fatal alert ends the session before or when it leaves is nowhere laid down.
            yield from self._follow(run, Micro.ENTER, Signal.FAILED)
        if signal is Signal.WAITS and self._tables.rehandshake:
            run = run.move(flags=run.state.flags | {"awaits"})
        yield from self._follow(run, Micro.ENTER, signal)
        if run.call.name in run.state.unfinished and signal is Signal.HANDSHAKING:
            yield from self._follow(run, Micro.ENTER, Signal.UNFINISHED)
        if (
            signal is Signal.UNFINISHED
            and run.call in REPEATED
            and REPEATED[run.call].isdisjoint(run.state.output)
        ):
            # It has left with another call; whether the repeated call sends it again is nowhere laid down.
            yield from self._follow(run, Micro.ENTER, Signal.READY)
        if signal is Signal.READY and run.call in LOOPS and run.state.output and self._verb(run) is None:
            yield from self._pull(run)  # what another call has left unwritten is that call's business
        for beside in BESIDES.get(run.call, ()) if signal not in ALONE else ():
            if self._HOLDS[beside](self, run):
                yield from self._follow(run, Micro.ENTER, beside)

    def _flush(self, run: Run) -> Iterator[Successor[State]]:
        state = run.state
        if state.output and state.write is not None:
            yield from self._follow(run.move(write=None), Micro.FLUSH, Signal(strike(state.write)))
            return
        last = state.phase in self._tables.final
        if self._datagrams and state.output:
            run = timer.tick(run, "last flight sent" if last else "flight sent")
        run = run.move(output=(), unfinished=run.state.unfinished - {run.call.name})
        run = run._replace(emitted=run.emitted + state.output)
        done = run.call not in LOOPS or (last and not self._waits(run))
        yield from self._follow(run, Micro.FLUSH, Signal.COMPLETED if done else Signal.FLUSHED)

    def _waits(self, run: Run) -> bool:
        """Tell whether the call waits for the peer although the handshake phase has nothing to wait for."""
        met = self._tables.phase.find(run.state.phase, run.call)
        return run.state.complete and met is not None and met.verb is Verb.AWAIT

    def _pull(self, run: Run) -> Iterator[Successor[State]]:
        state = run.state
        waiting = state.held or (state.inbox[0] if state.inbox else None)
        if state.due != CALM and run.call is HANDSHAKE:
            yield from self._follow(run, Micro.PULL, Signal.TIMER)
            if state.due == DUE and waiting is None and state.read is None:
                return
        if state.unread and "kept" in state.flags and not state.complete:
            taken = run.move(unread=state.unread - 1, flags=state.flags - {"kept"})
            yield from self._follow(taken, Micro.STEP, Signal.DELIVERED)
        if state.read_closed:
            yield from self._follow(run, Micro.STEP, Signal.CLOSED)
            yield from self._follow(run, Micro.PULL, Signal.BLOCKED)
        elif state.held is not None and run.call is HANDSHAKE:
            yield from self._step(run.move(held=None), state.held)
        elif state.read is not None:
            struck = run.move(read=None)
            yield from self._blocked(struck, Signal(strike(state.read)))
            if state.read is READ_CUT and state.inbox[:1] == (UNKNOWN_RECORD,):
                yield from self._pull(struck)  # its first byte is enough to refuse it
        elif not state.inbox:
            yield from self._blocked(run, Signal.BLOCKED)
        else:
            run = run.note(self._contract[run.call, Micro.PULL, Signal.MESSAGE].id)
            yield from self._step(run.move(inbox=state.inbox[1:]), state.inbox[0])

    def _blocked(self, run: Run, signal: Signal) -> Iterator[Successor[State]]:
        late = run.state.late and run.call is HANDSHAKE
        yield from self._follow(run, Micro.PULL, Signal.LATE if late else signal)

    def _step(self, run: Run, item: Symbol) -> Iterator[Successor[State]]:
        met = self.meet(run.state, item)
        before = run.state
        run = run.note(met.id)
        begins = before.complete and self._tables.rehandshake is not None and item.message == "ClientHello"
        if begins and run.call is RECORD_RECV and self._scenario.role is Role.SERVER:
            # Whether a hello that will be refused is looked at now or by handshake() is nowhere laid down.
            yield from self._follow(run.move(held=item), Micro.STEP, Signal.BEGUN, met)
            if "awaits" in before.flags:  # handshake() is called for, and not this
                yield from self._follow(run, Micro.STEP, Signal.ADVANCED, met)
            if met.verb is Verb.ADVANCE:
                return
        if (
            run.call is RECORD_RECV
            and not before.complete
            and met.verb is Verb.REFUSE
            and item in HANDSHAKE_MESSAGES
        ):
            yield from self._follow(run, Micro.STEP, Signal.ADVANCED, met)
        if met.verb is Verb.ADVANCE:
            if run.call is RECORD_RECV:
                yield from self._follow(run, Micro.STEP, Signal.ADVANCED, met)
                if self._updates:  # whether it carries the peer's late authentication on is nowhere laid down
                    over = {"proved"} if met.to in self._tables.final else set()
                    for sent in self._advance(run.move(flags=before.flags | over), met):
                        yield from self._follow(sent, Micro.STEP, Signal.IGNORED, met)
                return
            if before.write_closed and met.emit:
                yield from self._conclude(run, WRITE_AFTER_BYE, dead=True)
                return
            for sent in self._advance(run, met):
                yield from self._follow(sent, Micro.STEP, Signal.ADVANCED, met)
                pending = not met.emit and before.output and run.call.name not in before.unfinished
                if pending and met.to not in self._tables.final:
                    yield from self._pull(sent)  # again, that is another call's business
                if met.choice is not None:  # it may be refused as well
                    yield from self._conclude(run, met.choice, dead=True, met=met)
                if "stranger" in sent.state.flags:
                    yield from self._follow(sent, Micro.STEP, Signal.STRANGER)
        elif met.verb is Verb.CLOSE:
            yield from self._follow(run._replace(state=before.close_read()), Micro.STEP, Signal.CLOSED, met)
        elif met.verb is Verb.REPEAT:
            yield from self._follow(run, Micro.STEP, Signal.IGNORED, met)
            if before.flight:
                yield from self._follow(timer.tick(run, "peer repeats"), Micro.STEP, Signal.REPEATED, met)
        elif met.verb is Verb.REFUSE:
            yield from self._follow(run, Micro.STEP, Signal.REFUSED, met)
            if run.call is RECORD_RECV and before.renewal and item is PEER_CLOSES:
                yield from self._follow(run._replace(state=before.close_read()), Micro.STEP, Signal.CLOSED)
        else:
            raised = before._replace(phase=met.to) if met.table == self._tables.phase.name else before
            raised = raised.raise_flags(met.sets, self._back)
            yield from self._follow(run._replace(state=raised), Micro.STEP, Signal(met.verb.value), met)

    def meet(self, state: State, item: Symbol) -> Row:
        """Return the one row that answers delivery `item` in `state`."""
        key = (state.phase, state.complete, state.renewal, state.flags, item)
        found = self._met.get(key)
        if found is None:
            found = self._met[key] = self._find(state, item)
        return found

    def _find(self, state: State, item: Symbol) -> Row:
        tables = self._tables
        if state.flags and (row := lost(state, item)):
            return row
        place = closure.COMPLETE if state.complete else closure.HANDSHAKING
        if state.phase in tables.unversioned:
            place = closure.UNVERSIONED
        if state.renewal and tables.rehandshake and "offers" not in state.flags:
            item = rehandshake.NOTHING_OFFERED.get(item, item)
        again = tables.rehandshake and tables.rehandshake.find(self.generation(state), item)
        found = again or tables.closure.find(place, item) or tables.phase.find(state.phase, item)
        if found is None:
            raise LookupError(f"{self.name}: no row for {item} in {state.phase}")
        return found

    def generation(self, state: State) -> str:
        """Return the place of the re-handshake table."""
        unbound = "unbound" in state.flags
        if not state.renewal:
            return rehandshake.FIRST if state.phase in self._tables.hello else rehandshake.LATER
        if state.complete:
            return rehandshake.UNBOUND if unbound else rehandshake.BOUND
        if state.phase in self._tables.hello and self._scenario.role is Role.CLIENT:
            return rehandshake.AGAIN_HELLO_UNBOUND if unbound else rehandshake.AGAIN_HELLO
        return rehandshake.AGAIN

    # What rows do to the state.

    def _advance(self, run: Run, met: Row) -> Iterator[Run]:
        state = run.state
        if self._tables.rehandshake is not None and state.complete and met.to not in self._tables.final:
            run = run.move(complete=False, warnings=0, late=False, flags=run.state.flags - {"awaits"})
            if self._datagrams:
                run = timer.tick(run, "handshake again")
        if self._datagrams and STATELESS.isdisjoint(item.symbol for item in met.emit):
            heard = "last flight received" if met.to in self._tables.final else "next flight received"
            run = timer.advance(run, bool(met.emit), heard)
        raised = run.state.raise_flags(met.sets, self._back)
        for sent in self._send(run._replace(state=raised), met.emit):
            flight = sent.state.output[len(state.output) :]
            if self._datagrams and flight:
                sent = sent.move(flight=flight)
            yield sent.move(phase=met.to)

    def _begin(self, run: Run) -> Iterator[Run]:
        """Offer the call itself to the phase table; a phase without a row for it just carries on."""
        met = self._tables.phase.find(run.state.phase, run.call)
        if met is None:
            yield run
            return
        run = run.note(met.id)
        if met.verb is Verb.ADVANCE:
            yield from self._advance(run.move(flags=run.state.flags - {"proved"}), met)
        elif met.verb is Verb.SEND:
            settled = (
                run.state.settle_key_update() if met.emit[0].symbol.message == "KeyUpdate" else run.state
            )
            yield from self._send(run._replace(state=settled), met.emit)
            if met.emit[0].symbol in run.state.output:
                yield run  # the same is on its way for another call, and may do for both
        else:
            yield run

    def _send(self, run: Run, emit: tuple[Emit, ...]) -> Iterator[Run]:
        """Put emissions into the output; an optional one may be left out and is due at most once."""
        if not emit:
            yield run
            return
        first, rest = emit[0], emit[1:]
        state = run.state
        if not first.once or first.symbol not in state.said:
            said = state.said | {first.symbol} if first.once else state.said
            yield from self._send(run.move(output=(*state.output, first.symbol), said=said), rest)
        if first.other is not None:
            flags = state.flags | {"offers"}
            yield from self._send(run.move(output=(*state.output, first.other), flags=flags), rest)
        if first.once:
            yield from self._send(run, rest)

    def _notify(self, run: Run, code: str) -> Iterator[Successor[State]]:
        """Return a non-fatal code; in the handshake, warnings are counted."""
        state = run.state
        if state.complete or code != "WARNING_ALERT_RECEIVED":
            yield run.returns(Return(code))
        elif state.warnings < self._scenario.warnings:
            yield run.move(warnings=state.warnings + 1).returns(Return(code))
        else:
            yield from self._follow(run, Micro.STEP, Signal.EXCESS)

    def _conclude(
        self, run: Run, choice: Choice | None, dead: bool, met: Row | None = None
    ) -> Iterator[Successor[State]]:
        """Follow each outcome of a choice: pass over, survive with a non-fatal code, or end with an alert."""
        for outcome in choice.outcomes if choice else ():
            if run.state.failed and outcome.alert == CLOSE_NOTIFY.name and CLOSE_NOTIFY in run.state.said:
                continue
            if outcome.code == "SUCCESS" and run.call is HANDSHAKE and not run.state.complete:
                continue  # only a handshake() with nothing to do may succeed without one
            if outcome.code in PASSING:
                yield from self._pass_over(run, outcome, met)
            elif outcome.code == "GOT_APPLICATION_DATA":
                yield from self._follow(run, Micro.STEP, Signal.DELIVERED, met)
            elif outcome.code in NON_FATAL and outcome.code != "SUCCESS":
                after = run.state.raise_flags(met.sets if met else (), self._back)
                yield from self._notify(run._replace(state=after), outcome.code)
            else:
                yield from self._end(run, outcome, dead)

    def _pass_over(self, run: Run, outcome: Outcome, met: Row | None) -> Iterator[Successor[State]]:
        if met is None:
            return
        kept = run.move(unread=run.state.unread + 1) if outcome.code == KEPT else run
        passed = kept._replace(state=kept.state.raise_flags((*met.sets, *PASSING[outcome.code]), self._back))
        yield from self._follow(passed, Micro.STEP, Signal.IGNORED, met)

    def _end(self, run: Run, outcome: Outcome, dead: bool) -> Iterator[Successor[State]]:
        state = run.state
        dies = (dead or outcome.kills) and not state.failed
        after = run._replace(state=state.fail() if dies else state)
        if run.call in ALERTS and state.failed and outcome.code != ANY_FATAL:
            yield after._replace(emitted=(*run.emitted, ALERTS[run.call])).returns(Return(outcome.code))
            return
        if outcome.alert is None or state.write_closed:
            yield after.returns(Return(outcome.code))
            if state.output and dead:
                yield after._replace(emitted=run.emitted + state.output).returns(Return(outcome.code))
        if outcome.alert is not None:
            sent = after._replace(emitted=run.emitted + state.output + (emission(outcome.alert),))
            yield sent.returns(Return(outcome.code))

    # What holds when a call is entered.

    def _verb(self, run: Run) -> Verb | None:
        met = self._tables.phase.find(run.state.phase, run.call)
        return met.verb if met else None

    def _refusal(self, run: Run) -> Choice | None:
        again = self._tables.rehandshake
        met = again.find(self.generation(run.state), run.call) if again is not None else None
        return met.choice if met else None

    _HOLDS: Final[dict[Signal, Callable[[Session, Run], bool]]] = {
        Signal.FAILED: lambda _, run: run.state.failed,
        Signal.LATE: lambda _, run: run.state.late,
        Signal.FIRST: lambda _, run: not (run.state.complete or run.state.renewal),
        Signal.UNFINISHED: lambda _, run: run.call.name in run.state.unfinished,
        Signal.QUEUED: lambda _, run: run.state.unread > 0,
        Signal.PROVED: lambda _, run: "proved" in run.state.flags,
        Signal.HELD: lambda _, run: run.state.held is not None,
        Signal.WRITE_CLOSED: lambda _, run: run.state.write_closed,
        Signal.READ_CLOSED: lambda _, run: run.state.read_closed,
        Signal.HANDSHAKING: lambda _, run: not run.state.complete,
        Signal.WAITS: lambda self, run: (
            self._verb(run) is Verb.AWAIT if run.state.complete else run.state.write_closed
        ),
        Signal.SENSELESS: lambda self, run: self._verb(run) is None,
        Signal.IGNORED: lambda self, run: self._verb(run) is Verb.IGNORE,
        Signal.REFUSED_CALL: lambda self, run: self._refusal(run) is not None,
        Signal.READY: lambda _, __: True,
    }
