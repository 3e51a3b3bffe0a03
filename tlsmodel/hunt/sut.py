"""Target and mapper as one symbolic box: symbols in, outputs out, no bytes outside."""

from __future__ import annotations

from tlsmodel.credentials import TestCredentials
from tlsmodel.mapper import BUILDS, Peer
from tlsmodel.spec.scenario import Scenario
from tlsmodel.spec.symbols import QUIET, Kind, Output, Symbol
from tlsmodel.targets.base import Target
from tlsmodel.targets.transport import Transport


class SystemUnderTest:
    """One target in one scenario.

    Parameters
    ----------
    target: the stack; it is closed by `close`.
    setting: role, version and bounds.
    credentials: what both ends of the connection share.
    """

    def __init__(self, target: Target, setting: Scenario, credentials: TestCredentials) -> None:
        self.target = target
        self.scenario = setting
        self._credentials = credentials

    @property
    def alphabet(self) -> frozenset[Symbol]:
        """What can be fed: the calls and disturbances of the target, and the deliveries of the mapper."""
        capabilities = self.target.capabilities
        return capabilities.calls | capabilities.disturbances | BUILDS

    def reset(self) -> None:
        """Start a fresh session with a fresh peer."""
        self._peer = Peer(self.scenario, self._credentials)
        self._transport = Transport(self._peer)
        self.target.open(self.scenario, self._transport)

    def step(self, given: Symbol) -> Output:
        """Feed one input and return all that it showed."""
        match given.kind:
            case Kind.CALL:
                returned = self.target.call(given)
                return Output(returned, self._peer.take_emissions())
            case Kind.DELIVERY:
                self._transport.deliver(given)
            case _:
                self._transport.arm(given)
        return QUIET

    def close(self) -> None:
        """Free the target's session."""
        self.target.close()
