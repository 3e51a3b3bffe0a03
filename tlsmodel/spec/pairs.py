"""Pairs: which two ends meet, over which channels, and who interferes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from tlsmodel.spec.scenario import Role, Scenario, Version

PAIR_LIMITS: Final = {
    "channel": (1, 8),
    "data": (0, 8),
    "renewals": (0, 4),
    "attacker": (0, 1),
    "losses": (0, 4),
    "duplicates": (0, 4),
    "reorders": (0, 4),
}


@dataclass(frozen=True, slots=True)
class PairSetting:
    """What is fixed before a pair starts.

    Parameters
    ----------
    version: the version that both ends speak.
    channel: records that each channel holds; what does not fit waits at the sender.
    data: records of application data that each end may send.
    renewals: how often each end may update its keys or start another handshake.
    attacker: 1 if somebody on the path drops and forges what keys do not protect yet.
    losses, duplicates, reorders: records that the network may lose, double or move back, in each direction.
    settings: parameters of the scenario that both ends share, as by ``--set``.
    """

    version: Version
    channel: int = 2
    data: int = 1
    renewals: int = 1
    attacker: int = 0
    losses: int = 0
    duplicates: int = 0
    reorders: int = 0
    settings: tuple[tuple[str, str], ...] = ()

    @property
    def name(self) -> str:
        """``tls13``"""
        return self.version.value

    def end(self, role: Role) -> Scenario:
        """Return the scenario of one end."""
        return Scenario(self.version, role).with_settings(dict(self.settings))

    def with_settings(self, settings: Mapping[str, str]) -> PairSetting:
        """Return this pair with settings replaced; those that are not a pair's go to both ends' scenarios.

        Raises `ValueError`, naming the setting, when it does not exist or its value is not in range.
        """
        bounds: dict[str, int] = {}
        passed = dict(self.settings)
        for key, value in settings.items():
            if key not in PAIR_LIMITS:
                passed[key] = value
                continue
            low, high = PAIR_LIMITS[key]
            if not (value.isascii() and value.isdigit() and len(value) < 4 and low <= int(value) <= high):
                raise ValueError(f"setting {key}={value!r}: give a whole number from {low} to {high}")
            bounds[key] = int(value)
        found = replace(self, settings=tuple(sorted(passed.items())), **bounds)  # type: ignore[arg-type]
        for role in Role:
            found.end(role)
        return found


PAIRS: Final = {version.value: PairSetting(version) for version in (Version.TLS12, Version.TLS13)}
"""The pairs that have a name of their own."""
