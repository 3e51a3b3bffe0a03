"""Conversations as they are seen on the wire, explained as paths of a session machine.

Between what the wire shows lie calls that send nothing, so a path is found by search: over the pairs of a
state and of how much of the conversation has been explained so far.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from heapq import heappop, heappush
from typing import Any, Final, NamedTuple

from tlsmodel.machine.machine import Machine, build
from tlsmodel.machine.trace import Step, Trace, read_back
from tlsmodel.spec.scenario import PARAMETERS, Role, Scenario, Version
from tlsmodel.spec.symbols import DEADLINE_PASSED, TIMER_EXPIRED, Kind, Symbol, emission

_TICKET: Final = emission("NewSessionTicket")
_VARIANTS_SEEN: Final = (
    *("Certificate.empty", "KeyUpdate.not_requested", "KeyUpdate.requested", "KeyUpdate.malformed"),
)
_TIME: Final = (TIMER_EXPIRED, DEADLINE_PASSED)
_COARSE: Final = ("ClientHello", "ServerHello")
"""Received messages whose variants not every scenario tells apart."""
ROOM: Final = {"key_updates": "8", "warnings": "8", "unread": "2", "crowd": "2"}
"""Bounds of the machines that conversations are held against: real ones have more of everything."""


class Seen(NamedTuple):
    """One message on the wire: whether the session received it, and its name.

    A name without a variant stands for all variants of the message that an observer cannot tell apart.
    """

    incoming: bool
    name: str


@dataclass(frozen=True, slots=True)
class Explained:
    """How far a machine explains a conversation.

    Parameters
    ----------
    scenario: of the machine.
    trace: a shortest path that shows the most of the conversation.
    seen: how many of its messages that path shows.
    of: how many there are.
    """

    scenario: Scenario
    trace: Trace
    seen: int
    of: int

    @property
    def whole(self) -> bool:
        """Whether the conversation is a path of the machine."""
        return self.seen == self.of


class _Node(NamedTuple):
    state: int
    seen: int


def explain(machine: Machine[Any], conversation: Sequence[Seen], limit: int = 200_000) -> Explained:
    """Find a shortest path of `machine` that shows `conversation`, or as much of it as possible.

    Raises `MemoryError` when more than `limit` nodes are met.
    """
    start = _Node(machine.initial, 0)
    parents: dict[_Node, tuple[_Node, Step] | None] = {start: None}
    queue, best = deque([start]), start
    while queue and best.seen < len(conversation):
        node = queue.popleft()
        for after, step in _moves(machine, node, conversation):
            if after not in parents:
                parents[after] = (node, step)
                queue.append(after)
                best = max(best, after, key=lambda found: found.seen)
        if len(parents) > limit:
            raise MemoryError(f"{machine.name}: more than {limit:,} ways to explain the conversation")
    trace = Trace(machine.name, read_back(parents, best))
    return Explained(machine.scenario, trace, best.seen, len(conversation))


def find_scenario(
    version: Version,
    role: Role,
    conversation: Sequence[Seen],
    made: Callable[[Scenario], Machine[Any]] = build,
    limit: int = 200,
) -> Explained:
    """Find a scenario whose machine explains a conversation, or one that explains the most of it.

    Starting with the defaults, parameters are changed one at a time, where the most is explained first.

    Parameters
    ----------
    made: builds a machine, or keeps those that it has built.
    limit: most scenarios to try.
    """
    first = Scenario(version, role).with_settings(ROOM)
    best = explain(made(first), conversation)
    tried, queue = {first}, [(-best.seen, 0, first)]
    while queue and not best.whole:
        scenario = heappop(queue)[-1]
        for changed in _neighbours(scenario):
            if changed in tried or len(tried) == limit:
                continue
            found = explain(made(changed), conversation)
            heappush(queue, (-found.seen, len(tried), changed))
            tried.add(changed)
            best = max(best, found, key=lambda explained: explained.seen)
    return best


def _neighbours(scenario: Scenario) -> Iterator[Scenario]:
    for parameter in PARAMETERS.values():
        for value in parameter.values:
            try:
                changed = scenario.with_settings({parameter.name: value})
            except ValueError:
                continue
            if changed != scenario:
                yield changed


def _moves(machine: Machine[Any], node: _Node, conversation: Sequence[Seen]) -> Iterator[tuple[_Node, Step]]:
    for given in machine.enabled(node.state):
        seen = node.seen
        if given.kind is Kind.DELIVERY:
            if seen == len(conversation) or not _shows(conversation[seen], given, incoming=True):
                continue
            seen += 1
        elif given.kind is not Kind.CALL and given not in _TIME:
            continue
        for output, target, rows in machine.successors(node.state, given):
            reached = _sent(conversation, seen, output.emissions)
            if reached is not None:
                yield _Node(target, reached), Step(given, output, rows)


def _sent(conversation: Sequence[Seen], seen: int, emissions: Sequence[Symbol]) -> int | None:
    """Return how much is explained once `emissions` have gone out, or None if something else was seen."""
    for item in emissions:
        if not _next_is(conversation, seen, item):
            return None
        seen += 1
        while item is _TICKET and _next_is(conversation, seen, item):
            seen += 1  # how many tickets a server sends is its own affair (RFC 8446 4.6.1)
    return seen


def _next_is(conversation: Sequence[Seen], seen: int, item: Symbol) -> bool:
    return seen < len(conversation) and _shows(conversation[seen], item, incoming=False)


def _shows(seen: Seen, item: Symbol, *, incoming: bool) -> bool:
    if seen.incoming is not incoming:
        return False
    if seen.name == item.name:
        return True
    message, _, variant = seen.name.partition(".")
    coarse = message in _COARSE and item.name == message and incoming
    return coarse or (not variant and item.message == message and item.name not in _VARIANTS_SEEN)
