"""From symptoms to findings: one for each bug, with its shortest run, polished, run again and told."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence

from tlsmodel.credentials import shared_credentials
from tlsmodel.hunt.examine import Examined, examine, follower_of, polish
from tlsmodel.hunt.finding import Finding, Place, hunted, title_of
from tlsmodel.hunt.sentences import demand
from tlsmodel.hunt.stateful import Catch
from tlsmodel.hunt.sut import SystemUnderTest
from tlsmodel.machine import Trace, build
from tlsmodel.patterns import Severity
from tlsmodel.targets.base import Target

_WORST_FIRST = tuple(Severity)
Open = Callable[[], Target]
"""Makes a target that nothing has been done to."""


def gather(catches: Iterable[Catch], name: str, fresh: Open, seed: int) -> tuple[Finding, ...]:
    """Return the findings that `catches` amount to, the worst first.

    Parameters
    ----------
    name: of the target, as the registry knows it.
    fresh: makes the targets on which every finding is run again.
    seed: of the run.
    """
    groups: dict[object, list[Catch]] = defaultdict(list)
    for catch in catches:
        groups[catch.cause.group if catch.known is None else catch.known.id].append(catch)
    found = [_finding(members, name, fresh, seed) for members in groups.values()]
    return tuple(sorted(found, key=lambda item: (_WORST_FIRST.index(item.severity), len(item.trace))))


def _finding(members: Sequence[Catch], name: str, fresh: Open, seed: int) -> Finding:
    ordered = sorted(members, key=lambda catch: len(catch.trace))
    first = ordered[0]
    again, before, version = _run_again(first, fresh)
    departure, known, cause = again.departure or first.departure, first.known, first.cause
    machine = build(first.trace.machine)
    patterns = again.patterns or first.patterns
    rows = departure.rows if departure else ()
    cites = tuple(dict.fromkeys(machine.rows[row].cite for row in rows if row in machine.rows))
    severities = [cause.group.severity, *(pattern.severity for pattern in patterns)]
    reproducible = again.cause is not None
    trace = again.trace if reproducible else first.trace
    return Finding(
        id=cause.id if known is None else known.id,
        title=title_of(cause, trace.steps[-1].output) if known is None else known.title,
        target=name,
        version=version,
        seed=seed,
        trace=trace,
        expected=departure.expected if departure else (),
        cause=str(cause),
        cites=cites or tuple(pattern.cite for pattern in patterns),
        reproducible=reproducible,
        known=None if known is None else known.id,
        severity=min(severities, key=_WORST_FIRST.index),
        sentence=demand(rows, machine.rows) if departure else patterns[0].sentence,
        patterns=tuple(pattern.id for pattern in patterns),
        places=tuple(_place(catch) for catch in ordered),
        before=before,
    )


def _run_again(catch: Catch, fresh: Open) -> tuple[Examined, tuple[Trace, ...], str]:
    """Run a catch alone, else behind the connection before it, else behind all of them.

    Returns what came of it, what had to come before, and the target's version.
    """
    inputs = [step.given for step in catch.trace]
    for before in ((), *((trace,) for trace in reversed(catch.before)), catch.before):
        target = fresh()
        system = SystemUnderTest(target, hunted(catch.trace.machine), shared_credentials())
        follower = follower_of(system, build(system.scenario))
        try:
            for trace in before:
                examine(follower, (step.given for step in trace))
            found = examine(follower, inputs)
            if found.cause is not None and found.cause.group == catch.cause.group:
                alone = not before and catch.known is None
                return polish(follower, found) if alone else found, before, target.version
        finally:
            target.close()
    return Examined(catch.trace, None, (), None), (), target.version


def _place(catch: Catch) -> Place:
    cause = catch.cause
    return Place(cause.scenario, cause.phase, cause.given, catch.times, len(catch.trace))
