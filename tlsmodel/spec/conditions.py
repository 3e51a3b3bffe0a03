"""Conditions on a scenario: small syntax trees over its parameters, so that they print, draw and export.

They are resolved before a machine is built; no condition is left in a built machine.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


class Setting(Protocol):
    """Whatever has named parameters; a `Scenario`."""

    def value(self, parameter: str) -> str:
        """Return the value of a parameter."""
        ...


class Condition:
    """A predicate over parameters; combine with ``&``, ``|`` and ``~``."""

    def holds(self, setting: Setting) -> bool:
        """Tell whether `setting` fulfils it."""
        raise NotImplementedError

    def __and__(self, other: Condition) -> Condition:
        return Both(self, other)

    def __or__(self, other: Condition) -> Condition:
        return Either(self, other)

    def __invert__(self) -> Condition:
        return Not(self)


@dataclass(frozen=True, slots=True)
class Has(Condition):
    """The parameter has one of these values."""

    parameter: str
    values: tuple[str, ...]

    def holds(self, setting: Setting) -> bool:
        return setting.value(self.parameter) in self.values

    def __str__(self) -> str:
        return f"{self.parameter}={'|'.join(self.values)}"


@dataclass(frozen=True, slots=True)
class Both(Condition):
    """Both hold."""

    left: Condition
    right: Condition

    def holds(self, setting: Setting) -> bool:
        return self.left.holds(setting) and self.right.holds(setting)

    def __str__(self) -> str:
        return f"{self.left} & {self.right}"


@dataclass(frozen=True, slots=True)
class Either(Condition):
    """One of them holds."""

    left: Condition
    right: Condition

    def holds(self, setting: Setting) -> bool:
        return self.left.holds(setting) or self.right.holds(setting)

    def __str__(self) -> str:
        return f"({self.left} | {self.right})"


@dataclass(frozen=True, slots=True)
class Not(Condition):
    """It does not hold."""

    inner: Condition

    def holds(self, setting: Setting) -> bool:
        return not self.inner.holds(setting)

    def __str__(self) -> str:
        return f"~({self.inner})"


def has(parameter: str, *values: str) -> Condition:
    """Return the condition that `parameter` has one of `values`, by default ``on``."""
    return Has(parameter, values or ("on",))
