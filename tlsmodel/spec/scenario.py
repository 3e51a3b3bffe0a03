"""Scenarios: the fixed parameters of a run, resolved before a machine is built.

Version and role select the tables; the bounds keep the built machine finite.  What the peer decides at run
time is not here: it is a message variant in `symbols`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Version(StrEnum):
    """Protocol versions that have tables."""

    TLS12 = "tls12"
    TLS13 = "tls13"


class Role(StrEnum):
    """The end of the connection that the machine describes; its peer is the other one."""

    CLIENT = "client"
    SERVER = "server"


@dataclass(frozen=True, slots=True)
class Scenario:
    """What is fixed before a session starts.

    Parameters
    ----------
    version, role: which tables.
    inbox: how many deliveries may wait unread (1 for drawing and tours; more lets messages coalesce).
    warnings: warning alerts tolerated in one handshake before the next one is fatal (the manual's 16).
    key_updates: KeyUpdate messages the peer may send in one run; rate limits are outside the model.
    armed: disturbances that may be armed at once.
    unfinished: calls that may be left interrupted in a write at once, before each is called again.
    """

    version: Version
    role: Role
    inbox: int = 1
    warnings: int = 1
    key_updates: int = 1
    armed: int = 1
    unfinished: int = 1

    @property
    def name(self) -> str:
        """``tls13-client``"""
        return f"{self.version}-{self.role}"

    def with_settings(self, settings: Mapping[str, str]) -> Scenario:
        """Return this scenario with bounds replaced, as by ``--set inbox=2``.

        Raises `ValueError`, naming the setting, when it does not exist or its value is not in range.
        """
        bounds = {key: getattr(self, key) for key in LIMITS}
        for key, value in settings.items():
            if key not in LIMITS:
                raise ValueError(f"unknown setting {key!r}: choose from {', '.join(LIMITS)}")
            low, high = LIMITS[key]
            if not (value.isascii() and value.isdigit() and len(value) < 4 and low <= int(value) <= high):
                raise ValueError(f"setting {key}={value!r}: give a whole number from {low} to {high}")
            bounds[key] = int(value)
        return Scenario(self.version, self.role, **bounds)


LIMITS = {"inbox": (1, 8), "warnings": (0, 64), "key_updates": (0, 8), "armed": (0, 2), "unfinished": (1, 3)}
SCENARIOS: dict[str, Scenario] = {
    scenario.name: scenario for version in Version for role in Role for scenario in [Scenario(version, role)]
}


def scenario(name: str) -> Scenario:
    """Return the scenario called `name`; raises `ValueError` naming those that exist."""
    found = SCENARIOS.get(name)
    if found is None:
        raise ValueError(f"unknown machine {name!r}: choose from {', '.join(SCENARIOS)}")
    return found
