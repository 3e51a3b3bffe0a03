"""Pairs: which two ends meet, over which channels, and who interferes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from tlsmodel.spec.scenario import PARAMETERS, Role, Scenario, Version, settings_in

PAIR_LIMITS: Final = {
    "channel": (1, 8),
    "data": (0, 8),
    "renewals": (0, 4),
    "byes": (0, 1),
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
    byes: 1 if each end may close.
    attacker: 1 if somebody on the path drops and forges what keys do not protect yet.
    losses, duplicates, reorders: records that the network may lose, double or move back, in each direction.
    settings: parameters of the scenario that both ends share, as by ``--set``.
    """

    version: Version
    channel: int = 2
    data: int = 1
    renewals: int = 1
    byes: int = 1
    attacker: int = 0
    losses: int = 0
    duplicates: int = 0
    reorders: int = 0
    settings: tuple[tuple[str, str], ...] = ()

    @property
    def name(self) -> str:
        """``tls13``, with the parameters of the scenario: ``tls13?auth=require``."""
        chosen = "&".join(f"{key}={value}" for key, value in self.settings)
        return f"{self.version}?{chosen}" if chosen else self.version.value

    def end(self, role: Role) -> Scenario:
        """Return the scenario of one end: of what both share, all that means something to it."""
        mine = {
            key: value
            for key, value in self.settings
            if key not in PARAMETERS or role in PARAMETERS[key].roles
        }
        return Scenario(self.version, role).with_settings(mine)

    def bounds(self) -> dict[str, int]:
        """Return the pair's own settings."""
        return {key: getattr(self, key) for key in PAIR_LIMITS}

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


def pair_setting(name: str, settings: Mapping[str, str]) -> PairSetting:
    """Return the pair called `name` (``tls13?auth=require``) with more settings.

    Raises `ValueError` naming the pairs that exist, or the setting at fault.
    """
    base, _, query = name.partition("?")
    if base not in PAIRS:
        raise ValueError(f"unknown pair {base!r}: choose from {', '.join(PAIRS)}")
    return PAIRS[base].with_settings({**settings_in(query), **settings})
