"""The small shared register of a pair: what no end sees, and how a step reads and changes it.

Fields are bits and small counters (whether the transcripts differ, how many records may still be lost, where
a monitor stands).  An effect is data: the values that it needs and the values that it leaves.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray


class Effect(NamedTuple):
    """Enabled where every field of `when` has its value; then sets those of `then`."""

    when: tuple[tuple[str, int], ...] = ()
    then: tuple[tuple[str, int], ...] = ()

    def also(self, when: Mapping[str, int], then: Mapping[str, int]) -> Effect:
        """Return this effect with more conditions and assignments, which win over its own."""
        return Effect(
            tuple(sorted({**dict(self.when), **when}.items())),
            tuple(sorted({**dict(self.then), **then}.items())),
        )


ALWAYS = Effect()


def effect(when: Mapping[str, int] | None = None, then: Mapping[str, int] | None = None) -> Effect:
    """Return the effect with the given conditions and assignments."""
    return ALWAYS.also(when or {}, then or {})


@dataclass(frozen=True, slots=True)
class Field:
    """One field: its name, how many values it takes (0 to `size` - 1), and the first one."""

    name: str
    size: int
    first: int = 0


class Register:
    """A fixed list of fields, numbered together: one small integer stands for all their values."""

    def __init__(self, fields: tuple[Field, ...]) -> None:
        self.fields = fields
        self._place: dict[str, tuple[int, int]] = {}
        weight = 1
        for field in fields:
            self._place[field.name] = (weight, field.size)
            weight *= field.size
        self.size = weight
        self.first = self.number({field.name: field.first for field in fields})

    def number(self, values: Mapping[str, int]) -> int:
        """Return the number of a full assignment."""
        return sum(values[name] * weight for name, (weight, _) in self._place.items())

    def values(self, number: int) -> dict[str, int]:
        """Return the assignment with that number."""
        return {name: number // weight % size for name, (weight, size) in self._place.items()}

    def column(self, name: str) -> NDArray[np.int64]:
        """Return the field's value for every number of the register; raises `KeyError` for no such field."""
        weight, size = self._place[name]
        return np.arange(self.size, dtype=np.int64) // weight % size

    def apply(self, change: Effect, number: int) -> int | None:
        """Return the register after `change`, or None where it is not enabled."""
        values = self.values(number)
        if any(values[name] != value for name, value in change.when):
            return None
        return self.number({**values, **dict(change.then)})

    def table(self, change: Effect) -> NDArray[np.int32]:
        """Return, for every number of the register, the one after `change`, or -1."""
        answers = (self.apply(change, number) for number in range(self.size))
        return np.array([-1 if answer is None else answer for answer in answers], dtype=np.int32)

    def counting_down(self, name: str) -> Iterator[Effect]:
        """Yield the effects that together take one from a counter that is not zero."""
        _, size = self._place[name]
        for value in range(1, size):
            yield effect({name: value}, {name: value - 1})
