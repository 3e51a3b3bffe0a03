"""The handshakes that the gallery shows as sequence charts, found by walking the model.

A run names what it must pass through; the rest is a shortest way.  The peer sends each flight at once and the
application calls after it, record_recv() where a connection stands and handshake() else.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import Any, Final

from tlsmodel.machine.machine import VIEW_SUFFIX, Machine, build
from tlsmodel.machine.trace import Step, Trace
from tlsmodel.spec.row import Row, Verb
from tlsmodel.spec.scenario import SCENARIOS, scenario
from tlsmodel.spec.symbols import HANDSHAKE, RECORD_RECV, Kind, Symbol
from tlsmodel.spec.tables import tables_for

INBOX: Final = {"inbox": "8", "rehandshakes": "1"}
"""A whole flight of the peer may wait, and a connection may shake hands again."""

HONEST: Final = (Verb.ADVANCE, Verb.NOTIFY, Verb.SEND)
"""What rows of an undisturbed run do."""


@dataclass(frozen=True, slots=True)
class Run:
    """One handshake.

    Parameters
    ----------
    slug: ending of its file's name.
    title: what it is.
    machine: a session machine.
    through: names of inputs that it takes in this order, others before, between and after them.
    """

    slug: str
    title: str
    machine: str
    through: tuple[str, ...] = ()


# fmt: off
_RESUMED, _AGAIN, _RETRY = "an abbreviated handshake", "a re-handshake", "a handshake with HelloRetryRequest"
SPECIAL: Final = (
    Run("abbreviated", _RESUMED, "tls12-client?resume=on",  ("ServerHello.resumed",)),
    Run("abbreviated", _RESUMED, "tls12-server?resume=on",  ("ClientHello.resuming",)),
    Run("rehandshake", _AGAIN,   "tls12-client",            ("Finished", "HelloRequest", "handshake")),
    Run("rehandshake", _AGAIN,   "tls12-server",            ("Finished", "rehandshake", "ClientHello")),
    Run("abbreviated", _RESUMED, "tls13-client?resume=on",  ("ServerHello.resumed",)),
    Run("abbreviated", _RESUMED, "tls13-server?resume=on",  ("ClientHello.resuming",)),
    Run("retry",       _RETRY,   "tls13-client",            ("HelloRetryRequest",)),
    Run("retry",       _RETRY,   "tls13-server",            ("ClientHello.no_share",)),
    Run("cookie",      "a handshake with the cookie exchange", "dtls12-client", ("HelloVerifyRequest",)),
    Run("no-cookie",   "a handshake without the cookie exchange", "dtls12-server?cookie=off", ()),
    Run("abbreviated", _RESUMED, "dtls12-client?resume=on", ("ServerHello.resumed",)),
    Run("abbreviated", _RESUMED, "dtls12-server?resume=on", ("ClientHello.resuming", "ClientHello.resuming")),
    Run("rehandshake", _AGAIN,   "dtls12-client",           ("Finished", "HelloRequest", "handshake")),
    Run("rehandshake", _AGAIN,   "dtls12-server",           ("Finished", "rehandshake", "ClientHello")),
)
# fmt: on


def runs(base: str) -> tuple[Run, ...]:
    """Return the runs of the machine with that name without parameters, the full handshake first."""
    others = (run for run in SPECIAL if scenario(run.machine).base == base)
    return (Run("sequence", "a full handshake", base), *others)


EVERY: Final = tuple(run for base in SCENARIOS for run in runs(base))


def full_handshake(base: str) -> Trace:
    """Return an undisturbed full handshake of the machine with that name."""
    return trace_of(runs(base)[0])


def trace_of(run: Run) -> Trace:
    """Return a run as a trace of its session machine; raises `LookupError` where there is no such run."""
    machine = build(scenario(run.machine).with_settings(INBOX))
    at, steps = machine.initial, list[Step]()

    def take(given: Symbol) -> None:
        nonlocal at
        answer = max(machine.successors(at, given), key=lambda item: len(item.output.emissions))
        steps.append(Step(given, answer.output, answer.rows))
        at = answer.target

    def call() -> None:
        """Read what waits, as the application does: data of a connection, or a handshake."""
        state = machine.state(at)
        if not steps or state.inbox:
            take(RECORD_RECV if state.complete else HANDSHAKE)
        if machine.state(at).held:
            take(HANDSHAKE)

    call()
    for given, answered in _way(build(f"{run.machine}{VIEW_SUFFIX}"), run.through):
        if given.kind is Kind.CALL:
            if steps[-1].given is not given or machine.state(at).complete:
                call()
                take(given)
        else:
            take(given)
            if answered:
                call()
    call()
    return Trace(machine.name, tuple(steps))


def _way(view: Machine[Any], through: tuple[str, ...]) -> list[tuple[Symbol, bool]]:
    """Return a shortest way through the phases: inputs, and whether each must be read at once."""
    final = tables_for(view.scenario).final
    start = (view.initial, 0)
    ways: dict[tuple[int, int], list[tuple[Symbol, bool]]] = {start: []}
    queue = deque([start])
    while queue:
        number, passed = queue.popleft()
        if passed == len(through) and view.state(number).phase in final:
            return ways[number, passed]
        for given in view.enabled(number):
            for _, target, rows in view.successors(number, given):
                row = view.rows[rows[0]]
                met = passed + (passed < len(through) and given.name == through[passed])
                if (target, met) in ways or not (isinstance(row, Row) and row.verb in HONEST):
                    continue
                sends = any(not item.once for item in row.emit)
                awaited = sends or row.verb is Verb.NOTIFY or row.to in final
                ways[target, met] = [*ways[number, passed], (given, awaited)]
                queue.append((target, met))
    raise LookupError(f"{view.name}: no way through {', '.join(through)}")
