"""What a seeded bug is: a title, a reference, and the smallest patch of `impl` that has it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, MutableMapping
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any, Final

from impl import ProtocolVersion
from tlsmodel.spec.scenario import Role

CLIENT, SERVER = Role.CLIENT, Role.SERVER
BOTH: Final = (CLIENT, SERVER)
TLS12, TLS13, DTLS12 = ProtocolVersion.TLS12, ProtocolVersion.TLS13, ProtocolVersion.DTLS12
EVERY: Final = (TLS12, TLS13, DTLS12)


@dataclass(frozen=True, slots=True)
class Bug:
    """One bug of the zoo.

    Parameters
    ----------
    id: as in the literature or the project's list; `zoo:ID` is its target.
    title: in state X, on event Y, does Z.
    reference: CVE or origin.
    roles, versions: where it can be met.
    patch: returns a context manager in which `impl` has the bug.
    """

    id: str
    title: str
    reference: str
    roles: tuple[Role, ...]
    versions: tuple[ProtocolVersion, ...]
    patch: Callable[[], AbstractContextManager[None]]


@contextmanager
def entries(table: MutableMapping[Any, Any], changed: Mapping[Any, Any]) -> Iterator[None]:
    """Change entries of a table for the duration of a block."""
    before = dict(table)
    table.update(changed)
    try:
        yield
    finally:
        table.clear()
        table.update(before)


@contextmanager
def attribute(owner: object, name: str, value: object) -> Iterator[None]:
    """Change an attribute for the duration of a block."""
    before = getattr(owner, name)
    setattr(owner, name, value)
    try:
        yield
    finally:
        setattr(owner, name, before)


@contextmanager
def together(*patches: AbstractContextManager[None]) -> Iterator[None]:
    """Make several changes for the duration of a block."""
    with ExitStack() as stack:
        for patch in patches:
            stack.enter_context(patch)
        yield
