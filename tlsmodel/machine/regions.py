"""A state of the flattened graph: one value per region, and the small rules each region keeps for itself.

Regions know nothing of each other; `compose` couples them through the signals of the contract.
"""

from __future__ import annotations

from typing import NamedTuple

from tlsmodel.spec.symbols import (
    READ_CUT,
    READ_INTERRUPTED,
    WRITE_INTERRUPTED,
    Symbol,
)


class State(NamedTuple):
    """One node of a session machine.

    Parameters
    ----------
    phase: the handshake phase, named as in the RFC.
    complete: handshake() has returned SUCCESS.
    unfinished: calls that were interrupted in a write and not called again yet.
    output: emissions that wait to be written, in order.
    inbox: deliveries that wait to be read, in order.
    read, write: the armed disturbance of each side, or None.
    closure: ``open``, ``read_closed``, ``write_closed``, ``closed``, ``failed`` or ``outside``.
    compat: the optional compatibility ChangeCipherSpec may still be sent.
    owed: a KeyUpdate must precede the next application data sent.
    warnings: warning alerts met in this handshake.
    key_updates: KeyUpdate messages the peer has sent.
    """

    phase: str
    complete: bool = False
    unfinished: frozenset[str] = frozenset()
    output: tuple[Symbol, ...] = ()
    inbox: tuple[Symbol, ...] = ()
    read: Symbol | None = None
    write: Symbol | None = None
    closure: str = "open"
    compat: bool = True
    owed: bool = False
    warnings: int = 0
    key_updates: int = 0

    @property
    def failed(self) -> bool:
        """After a fatal code."""
        return self.closure == "failed"

    @property
    def outside(self) -> bool:
        """What follows is not modelled."""
        return self.closure == "outside"

    @property
    def read_closed(self) -> bool:
        """The peer has said that it sends no more."""
        return self.closure in ("read_closed", "closed")

    @property
    def write_closed(self) -> bool:
        """bye() has been called."""
        return self.closure in ("write_closed", "closed")

    def arm(self, disturbance: Symbol) -> State:
        """Return this state with a disturbance armed on its side."""
        if disturbance in (READ_CUT, READ_INTERRUPTED):
            return self._replace(read=disturbance)
        return self._replace(write=disturbance)

    def close_read(self) -> State:
        """Return this state after the peer's close_notify; what still waits will never be read."""
        return self._replace(closure="closed" if self.write_closed else "read_closed", inbox=(), read=None)

    def close_write(self) -> State:
        """Return this state after bye()."""
        return self._replace(closure="closed" if self.read_closed else "write_closed")

    def fail(self) -> State:
        """Return the dead state: nothing of the session matters any more but its phase."""
        return State(self.phase, complete=self.complete, closure="failed", compat=False)

    def leave(self) -> State:
        """Return the state in which the model has nothing more to say."""
        return State(self.phase, complete=self.complete, closure="outside", compat=False)

    def label(self) -> str:
        """A one-line description that names only the regions that are not at rest."""
        parts = [self.phase]
        if self.closure != "open":
            parts.append(self.closure)
        if self.complete != (self.phase == "CONNECTED"):
            parts.append("call unfinished")
        parts += [f"{name}() unfinished" for name in sorted(self.unfinished)]
        parts += [f"pending {item.name}" for item in self.output]
        parts += [f"waiting {item.name}" for item in self.inbox]
        parts += [f"armed {item.name}" for item in (self.read, self.write) if item]
        if self.owed:
            parts.append("KeyUpdate owed")
        if self.warnings:
            parts.append(f"warnings {self.warnings}")
        return ", ".join(parts)


def strike(armed: Symbol | None) -> str:
    """Name the signal that an armed write or read disturbance gives the contract."""
    return "interrupted" if armed in (READ_INTERRUPTED, WRITE_INTERRUPTED) else "blocked"
