"""What a system under test must offer, and what the harness offers it.

A target is a small class that connects one TLS stack's read, write and clock functions to the harness's
`Transport` and answers calls of the alphabet with returns of the alphabet.  It injects nothing itself: every
interruption, block and partial write comes from the transport, the same for all targets.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Protocol

from tlsmodel.machine.blur import SHARP, View
from tlsmodel.spec.scenario import PARAMETERS, Role, Scenario, Version
from tlsmodel.spec.symbols import (
    CALLS,
    ENVIRONMENT,
    HANDSHAKE,
    NOT_FAILURES,
    REAUTH,
    RECORD_RECV,
    Return,
    Symbol,
)
from tlsmodel.targets.transport import Transport

PAYLOAD: Final = b"application data of the target"
"""What record_send sends."""

_ANSWERS_TO_THE_CALLER: Final = frozenset(
    {"UNAVAILABLE_DURING_HANDSHAKE", "INVALID_SESSION", "INVALID_REQUEST"}
)


def deserves_alert(call: Symbol, code: str) -> bool:
    """Tell whether a caller who follows the manual sends the appropriate alert after `code`.

    It does after a failure of the session, which only a call that reads can meet, but not after a misuse.
    """
    return (
        call in (HANDSHAKE, RECORD_RECV, REAUTH)
        and code not in NOT_FAILURES
        and code not in _ANSWERS_TO_THE_CALLER
    )


class TargetUnavailable(Exception):
    """A component that the target needs is not installed; the message is one line and names the package."""


Settings = Mapping[str, frozenset[str]]
"""Scenario parameter -> its values, besides the default one."""
EVERY_SETTING: Final[Settings] = {
    name: frozenset(parameter.values[1:]) for name, parameter in PARAMETERS.items()
}
"""All that there is to be set up."""


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a target can be asked to do; the hunt takes other symbols out of the alphabet.

    Parameters
    ----------
    versions, roles: which scenarios it has.
    settings: which parameters of a scenario it can be set up for, besides the default ones.
    needs: the values that it needs of some parameters, where a scenario has them.
    calls, disturbances: what can be fed to it.
    without: deliveries that it takes no note of in a way that could be compared.
    view: how sharply its outputs are seen.
    resumes_by_id: whether a server takes up sessions of TLS 1.2 by their id, and not by tickets alone.
    """

    versions: frozenset[Version] = frozenset(Version)
    roles: frozenset[Role] = frozenset(Role)
    settings: Settings = field(default_factory=dict)
    needs: Settings = field(default_factory=dict)
    calls: frozenset[Symbol] = frozenset(CALLS)
    disturbances: frozenset[Symbol] = field(default=frozenset(ENVIRONMENT))
    without: frozenset[Symbol] = frozenset()
    view: View = SHARP
    resumes_by_id: bool = True

    def fit(self, scenario: Scenario) -> bool:
        """Tell whether a target with these can be set up for `scenario`."""
        return (
            scenario.version in self.versions
            and scenario.role in self.roles
            and all(value in self.settings.get(key, ()) for key, value in scenario.parameters)
            and all(
                scenario.value(key) in values
                for key, values in self.needs.items()
                if scenario.version in PARAMETERS[key].versions and scenario.role in PARAMETERS[key].roles
            )
        )


class Target(Protocol):
    """One TLS stack behind the manual's calls."""

    name: str
    version: str
    capabilities: Capabilities

    def open(self, scenario: Scenario, transport: Transport, session: bytes | None = None) -> None:
        """Start a fresh session (closing any former one) on `transport`.

        A client resumes `session`, which `session_data` has given; where the scenario has early data, it
        sends `PAYLOAD` with its first hello.
        """

    def call(self, symbol: Symbol) -> Return:
        """Make one call of the alphabet.

        When the call fails for the first time with a code that `deserves_alert`, the target does what the
        manual's example does: it calms the transport's writes and sends the appropriate alert, so that the
        alert is part of the same step for every stack.
        """

    def strike(self, symbol: Symbol) -> None:
        """Let so much time pass that the retransmission timer expires, or the handshake's deadline passes."""

    def session_data(self) -> bytes | None:
        """Return what resumes the session of a client, None where it has nothing."""

    def close(self) -> None:
        """Free the session."""
