"""All properties on all machines and pairs that they speak of."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from tlsmodel.explore.check_pair import PairChecker
from tlsmodel.explore.check_session import SessionChecker
from tlsmodel.explore.verdict import Verdict
from tlsmodel.machine.compose import Session
from tlsmodel.machine.machine import Machine
from tlsmodel.machine.pair import pair
from tlsmodel.spec.mutation import Mutation
from tlsmodel.spec.pairs import PAIRS
from tlsmodel.spec.properties import PROPERTIES, Property
from tlsmodel.spec.scenario import scenario

MEMORY: Final = 2 << 30
Place = tuple[str, tuple[tuple[str, str], ...]]
"""A machine or pair by name, with settings."""


def is_pair(name: str) -> bool:
    """Tell whether a name is that of a pair."""
    return name.partition("?")[0] in PAIRS


def places(properties: Sequence[Property], name: str | None = None) -> dict[Place, list[Property]]:
    """Return where `properties` are checked, in order, with those that are checked there.

    With `name`, only there; a name without parameters stands for the machine with any.
    """
    found: dict[Place, list[Property]] = {}
    for checked in properties:
        for scope in checked.scopes:
            for where in scope.names:
                if name in (None, where, where.partition("?")[0]):
                    found.setdefault((where, scope.settings), []).append(checked)
    return found


def check(
    name: str | None = None,
    properties: Sequence[Property] | None = None,
    mutation: Mutation | None = None,
    settings: Mapping[str, str] | None = None,
    memory: int = MEMORY,
) -> Iterator[Verdict]:
    """Yield the verdict on each property wherever it applies.

    Parameters
    ----------
    name: only on this machine or pair.
    properties: only these.
    mutation: with a seeded bug.
    settings: more settings of every machine.
    memory: bytes that the states of one machine or pair may take.

    Raises `ValueError` naming what does not exist, `MemoryError` where the states of a session do not fit.
    """
    for (where, own), wanted in plan(name, properties, mutation).items():
        yield from check_at(where, {**dict(own), **(settings or {})}, wanted, mutation, memory)


def plan(
    name: str | None = None,
    properties: Sequence[Property] | None = None,
    mutation: Mutation | None = None,
) -> dict[Place, list[Property]]:
    """Return what `check` looks at, in order; with a mutation and no name, only where that can be met.

    Raises `ValueError`, naming the machines that there are, where nothing is left.
    """
    found = places(list(PROPERTIES.values()) if properties is None else properties, name)
    if name is None and mutation is not None:
        found = {place: wanted for place, wanted in found.items() if place[0] in mutation.machines}
    if not found:
        known = ", ".join(dict.fromkeys(place for place, _ in places(list(PROPERTIES.values()))))
        raise ValueError(f"none of these properties speaks of {name or 'it'!r}: choose from {known}")
    return found


def check_at(
    where: str,
    settings: Mapping[str, str],
    wanted: Sequence[Property],
    mutation: Mutation | None = None,
    memory: int = MEMORY,
) -> Iterator[Verdict]:
    """Yield the verdicts on `wanted` of one machine or pair, which is built once."""
    checker: PairChecker | SessionChecker
    if is_pair(where):
        checker = PairChecker(pair(where, settings, mutation), memory)
    else:
        chosen = scenario(where).with_settings(settings)
        checker = SessionChecker(Machine(Session(chosen, mutation), chosen), memory)
    for checked in wanted:
        yield checker.check(checked)
