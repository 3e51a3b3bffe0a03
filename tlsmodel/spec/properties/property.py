"""A property: a sentence, its formula, its source, where it applies, and what would break it."""

from __future__ import annotations

from dataclasses import dataclass

from tlsmodel.spec.pairs import PAIRS
from tlsmodel.spec.properties.temporal import Temporal


@dataclass(frozen=True, slots=True)
class Scope:
    """Where a property is checked: machines or pairs by name, with parameters and settings.

    Parameters
    ----------
    names: as ``tls13-server?auth=require`` for a session, ``tls13`` for a pair.
    settings: of a pair, as ``(("attacker", "1"),)``.
    """

    names: tuple[str, ...]
    settings: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Property:
    """One thing that holds of the model.

    Parameters
    ----------
    name: as on the command line.
    sentence: what it says, in one sentence.
    formula: the same, to be checked.
    cite: the source.
    broken_by: ids of mutations under which it does not hold.
    scopes: where it applies.
    """

    name: str
    sentence: str
    formula: Temporal
    cite: str
    broken_by: tuple[str, ...]
    scopes: tuple[Scope, ...]

    @property
    def of_pairs(self) -> bool:
        """Tell whether it speaks of a client and a server together."""
        return any(name.partition("?")[0] in PAIRS for scope in self.scopes for name in scope.names)
