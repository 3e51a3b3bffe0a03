"""The zoo: `impl` with one seeded bug at a time, to show that the hunt bites.

`impl` itself carries no bug switches; a patch is in force only while a call of the zoo's target runs.
"""

from __future__ import annotations

from typing import Final

from tlsmodel.credentials import TestCredentials
from tlsmodel.spec.scenario import Scenario
from tlsmodel.spec.symbols import Return, Symbol
from tlsmodel.targets.base import Capabilities
from tlsmodel.targets.impl import ImplTarget
from tlsmodel.targets.transport import Transport
from tlsmodel.targets.zoo import g01, m01, m02, m05, m06, t02, t03, t04, t06, t13, t18, t19, t24
from tlsmodel.targets.zoo.bug import Bug

_MODULES: Final = (g01, m01, m02, m05, m06, t02, t03, t04, t06, t13, t18, t19, t24)
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
        self.capabilities = Capabilities(versions=frozenset(bug.versions), roles=frozenset(bug.roles))

    def open(self, scenario: Scenario, transport: Transport) -> None:
        """Start a fresh session."""
        with self._bug.patch():
            self._target.open(scenario, transport)

    def call(self, symbol: Symbol) -> Return:
        """Make one call of the alphabet under the patch; see `Target.call`."""
        with self._bug.patch():
            return self._target.call(symbol)

    def close(self) -> None:
        """Nothing to free."""
        self._target.close()


__all__ = ["BUGS", "Bug", "ZooTarget"]
