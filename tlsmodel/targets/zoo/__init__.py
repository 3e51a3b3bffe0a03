"""The zoo: `impl` with one seeded bug at a time, to show that the hunt bites.

`impl` itself carries no bug switches; a patch is in force only while a call of the zoo's target runs.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from impl import ProtocolVersion
from tlsmodel.credentials import TestCredentials
from tlsmodel.spec.scenario import Scenario
from tlsmodel.spec.symbols import Return, Symbol
from tlsmodel.targets.impl import ImplTarget
from tlsmodel.targets.transport import Transport

# fmt: off
from tlsmodel.targets.zoo import (
    d01,
    d03,
    d04,
    d05,
    d07,
    d09,
    d10,
    d13,
    d15,
    d16,
    d17,
    d19,
    d21,
    g01,
    g02,
    g03,
    g11,
    g13,
    g14,
    g21,
    g22,
    m01,
    m02,
    m03,
    m03b,
    m04,
    m05,
    m06,
    m06b,
    m10,
    m10b,
    m13,
    m13b,
    t01,
    t02,
    t03,
    t04,
    t05,
    t06,
    t08,
    t13,
    t14,
    t17,
    t18,
    t19,
    t20,
    t22,
    t24,
    t25,
    t27,
    t29,
    t30,
    t32,
)
from tlsmodel.targets.zoo.bug import Bug

_MODULES: Final = (
    g01, g02, g03, g11, g13, g14, g21, g22,
    t01, t02, t03, t04, t05, t06, t08, t13, t14, t17, t18, t19, t20, t22, t24, t25, t27, t29, t30, t32,
    d01, d03, d04, d05, d07, d09, d10, d13, d15, d16, d17, d19, d21,
    m01, m02, m03, m03b, m04, m05, m06, m06b, m10, m10b, m13, m13b,
)
# fmt: on
BUGS: Final[dict[str, Bug]] = {module.BUG.id: module.BUG for module in _MODULES}


class ZooTarget:
    """`impl` with one bug.

    Parameters
    ----------
    bug: which.
    credentials: as for `ImplTarget`.
    """

    def __init__(self, bug: Bug, credentials: TestCredentials) -> None:
        self.name = f"zoo:{bug.id}"
        self._bug = bug
        self._target = ImplTarget(credentials)
        self.version = self._target.version
        own = self._target.capabilities
        versions = frozenset(item for item in own.versions if ProtocolVersion[item.name] in bug.versions)
        self.capabilities = replace(own, versions=versions, roles=frozenset(bug.roles))

    def open(self, scenario: Scenario, transport: Transport, session: bytes | None = None) -> None:
        """Start a fresh session; see `Target.open`."""
        with self._bug.patch():
            self._target.open(scenario, transport, session)

    def call(self, symbol: Symbol) -> Return:
        """Make one call of the alphabet under the patch; see `Target.call`."""
        with self._bug.patch():
            return self._target.call(symbol)

    def strike(self, symbol: Symbol) -> None:
        """Let time pass; see `Target.strike`."""
        self._target.strike(symbol)

    def session_data(self) -> bytes | None:
        """Return what resumes the session; see `Target.session_data`."""
        return self._target.session_data()

    def close(self) -> None:
        """Nothing to free."""
        self._target.close()


__all__ = ["BUGS", "Bug", "ZooTarget"]
