"""What contract rows do to a call in progress, before they return or go on; BEGIN is the session's own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from tlsmodel.machine import timer
from tlsmodel.machine.regions import CALM
from tlsmodel.machine.run import Run
from tlsmodel.spec.contract import Action
from tlsmodel.spec.scenario import Scenario
from tlsmodel.spec.symbols import (
    ALERT_FATAL,
    ALERT_NO_RENEGOTIATION,
    ALERT_WARNING,
    KEY_UPDATE,
    KEY_UPDATE_PEER,
    REHANDSHAKE,
    emission,
)

APPLICATION_DATA = emission("ApplicationData")
CLOSE_NOTIFY = emission("Alert.warning.close_notify")
KEY_UPDATE_REPLY = emission("KeyUpdate.not_requested")
ALERTS: Final = {
    ALERT_NO_RENEGOTIATION: emission("Alert.warning.no_renegotiation"),
    ALERT_WARNING: emission("Alert.warning.user_canceled"),
    ALERT_FATAL: emission("Alert.fatal.handshake_failure"),
}
_UPDATES = frozenset({emission("KeyUpdate.requested"), KEY_UPDATE_REPLY})
REPEATED: Final = {
    **{call: frozenset({alert}) for call, alert in ALERTS.items()},
    **dict.fromkeys((KEY_UPDATE, KEY_UPDATE_PEER), _UPDATES),
    REHANDSHAKE: _UPDATES | {emission("HelloRequest")},
}
"""Calls that send one message, with what that is."""


def _queue_data(run: Run, _: Scenario) -> Iterator[Run]:
    state = run.state
    rest = state.flags - {"owed", "owed?"}
    if state.flags & {"owed", "owed?"}:
        yield run.move(output=(*state.output, KEY_UPDATE_REPLY, APPLICATION_DATA), flags=rest)
    if "owed" not in state.flags:
        yield run.move(output=(*state.output, APPLICATION_DATA), flags=rest)


def _queue_close(run: Run, _: Scenario) -> Iterator[Run]:
    closed = run.state.close_write()
    yield run._replace(state=closed._replace(output=(*closed.output, CLOSE_NOTIFY)))


def _queue_alert(run: Run, _: Scenario) -> Iterator[Run]:
    held = None if run.call is ALERT_NO_RENEGOTIATION else run.state.held
    yield run.move(output=(*run.state.output, ALERTS[run.call]), held=held)


def _complete(run: Run, _: Scenario) -> Iterator[Run]:
    flags = run.state.flags - {"awaits", "stranger", "proved", "offers", "ahead"}
    yield run.move(
        complete=True, renewal=True, flags=flags, said=frozenset(), warnings=0, late=False, due=CALM
    )


def _stay(run: Run, _: Scenario) -> Iterator[Run]:
    yield run.move(unfinished=run.state.unfinished | {run.call.name})


def _keep(run: Run, _: Scenario) -> Iterator[Run]:
    yield run.move(unread=run.state.unread + 1)


def _take(run: Run, _: Scenario) -> Iterator[Run]:
    yield run.move(unread=run.state.unread - 1)


def _drop_held(run: Run, _: Scenario) -> Iterator[Run]:
    """Whether a hello that was told of once is kept while the caller reads on is nowhere laid down."""
    yield run.move(held=None)
    yield run


def _count(run: Run, scenario: Scenario) -> Iterator[Run]:
    """A datagram was too large: it is kept for the next call, or lost until the timer expires."""
    state = run.state
    counted = state.warnings + (not state.complete)
    counted_run = run.move(warnings=min(counted, scenario.warnings))
    yield counted_run.move(output=())
    yield from _stay(counted_run, scenario)


def _retransmit(run: Run, _: Scenario) -> Iterator[Run]:
    if run.state.due != CALM:
        run = timer.tick(run, "timer expired")
    yield run.move(output=run.state.output or run.state.flight, due=CALM)


def _nothing(run: Run, _: Scenario) -> Iterator[Run]:
    yield run


ACT: Final[dict[Action, Callable[[Run, Scenario], Iterator[Run]]]] = {
    Action.NOTHING: _nothing,
    Action.QUEUE_DATA: _queue_data,
    Action.QUEUE_CLOSE: _queue_close,
    Action.QUEUE_ALERT: _queue_alert,
    Action.COMPLETE: _complete,
    Action.STAY: _stay,
    Action.KEEP: _keep,
    Action.TAKE: _take,
    Action.HOLD: _nothing,
    Action.DROP_HELD: _drop_held,
    Action.COUNT: _count,
    Action.RETRANSMIT: _retransmit,
}
