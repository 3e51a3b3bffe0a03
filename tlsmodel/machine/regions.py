"""A state of the flattened graph: one value per region, and the small rules each region keeps for itself.

Regions know nothing of each other; `compose` couples them through the signals of the contract.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, NamedTuple

from tlsmodel.spec.dtls12.flight import Flight
from tlsmodel.spec.symbols import (
    DEADLINE_PASSED,
    READ_CUT,
    READ_INTERRUPTED,
    TIMER_EXPIRED,
    WRITE_INTERRUPTED,
    WRITE_TOO_LARGE,
    Symbol,
    emission,
)

NOBODY: Final[frozenset[str]] = frozenset()
NOBODY_SAID: Final[frozenset[Symbol]] = frozenset()
SAID_GOODBYE: Final = frozenset({emission("Alert.warning.close_notify")})
CALM, DUE, PERHAPS_DUE = range(3)
"""Whether the retransmission timer has expired; perhaps: something has come since, and may have reset it."""


class State(NamedTuple):
    """One node of a session machine.

    Parameters
    ----------
    phase: the handshake phase, named as in the RFC.
    complete: handshake() has returned SUCCESS and no other handshake is under way.
    renewal: a handshake was completed before, so that the next one is a re-handshake.
    flags: ``unbound`` (no RFC 5746), ``owed`` or ``owed?`` (a KeyUpdate must, or may, precede the next data
        sent), ``stuck`` (nothing that comes is understood any more), ``awaits`` (handshake() waits),
        ``shown``, ``unshown`` or ``returned`` (a client with a certificate, without, or resumed),
        ``stranger`` (it is another one than before), ``proved`` (a late authentication is over), ``offers``
        (a re-handshake offers a session), ``apart`` (the peer has gone over to keys that this side has not),
        ``ahead`` (the peer's ChangeCipherSpec came before it was due),
        ``kept`` (data was kept until the end of the handshake).
    unfinished: calls that were interrupted in a write and not called again yet.
    output: emissions that wait to be written, in order.
    inbox: deliveries that wait to be read, in order.
    unread: application data that waits for record_recv.
    held: the ClientHello that waits for handshake().
    read, write: the armed disturbance of each side, or None.
    closure: ``open``, ``read_closed``, ``write_closed``, ``closed`` or ``failed``.
    said: emissions that go out at most once and have.
    flight: the last flight sent, over datagrams.
    timer: where it stands.
    due: whether the retransmission timer has expired.
    late: the handshake's deadline has passed.
    warnings: warning alerts met in this handshake.
    key_updates: KeyUpdate messages the peer has sent.
    """

    phase: str
    complete: bool = False
    renewal: bool = False
    flags: frozenset[str] = NOBODY
    unfinished: frozenset[str] = NOBODY
    output: tuple[Symbol, ...] = ()
    inbox: tuple[Symbol, ...] = ()
    unread: int = 0
    held: Symbol | None = None
    read: Symbol | None = None
    write: Symbol | None = None
    closure: str = "open"
    said: frozenset[Symbol] = frozenset()
    flight: tuple[Symbol, ...] = ()
    timer: Flight = Flight.PREPARING
    due: int = CALM
    late: bool = False
    warnings: int = 0
    key_updates: int = 0

    @property
    def failed(self) -> bool:
        """After a fatal code."""
        return self.closure == "failed"

    @property
    def read_closed(self) -> bool:
        """The peer has said that it sends no more."""
        return self.closure in ("read_closed", "closed")

    @property
    def write_closed(self) -> bool:
        """bye() has been called."""
        return self.closure in ("write_closed", "closed")

    def wait(self, inbox: tuple[Symbol, ...], read: Symbol | None) -> State:
        """Return this state with other deliveries waiting, and another disturbance of the next read."""
        return State._make((*self[:_INBOX], inbox, *self[_INBOX + 1 : _READ], read, *self[_READ + 1 :]))

    def arm(self, disturbance: Symbol) -> State:
        """Return this state with a disturbance armed on its side."""
        if disturbance is TIMER_EXPIRED:
            return self._replace(due=DUE)
        if disturbance is DEADLINE_PASSED:
            runs = self.timer is Flight.WAITING and self.due == CALM
            return self._replace(late=True, due=PERHAPS_DUE if runs else self.due)
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
        """Return the dead state: nothing matters any more but the phase, and whether it has said bye."""
        said = SAID_GOODBYE if self.write_closed else NOBODY_SAID
        return State(self.phase, complete=self.complete, renewal=self.renewal, closure="failed", said=said)

    def raise_flags(self, names: tuple[str, ...], back: str) -> State:
        """Return this state with what a row sets; `back` is the phase of a connection at rest."""
        state = self
        for name in names:
            state = _RAISE[name](state, back) if name in _RAISE else state._with(name)
        return state

    def _with(self, name: str) -> State:
        return self._replace(flags=self.flags | {name})

    def settle_key_update(self) -> State:
        """Return this state after a KeyUpdate of our own: whether one is still owed is left open."""
        if "owed" not in self.flags:
            return self
        return self._replace(flags=self.flags - {"owed"} | {"owed?"})

    def label(self) -> str:
        """A one-line description that names only the regions that are not at rest."""
        parts = [self.phase]
        if self.closure != "open":
            parts.append(self.closure)
        if self.renewal and not self.complete:
            parts.append("re-handshake")
        if not self.renewal and self.phase == "CONNECTED" and not self.complete:
            parts.append("call unfinished")
        parts += [f"{name}() unfinished" for name in sorted(self.unfinished)]
        parts += [f"pending {item.name}" for item in self.output]
        parts += [f"waiting {item.name}" for item in self.inbox]
        parts += [f"armed {item.name}" for item in (self.read, self.write) if item]
        parts += sorted(self.flags)
        if self.held:
            parts.append(f"held {self.held.name}")
        if self.unread:
            parts.append(f"unread {self.unread}")
        if self.due:
            parts.append(("", "timer expired", "timer perhaps expired")[self.due])
        if self.late:
            parts.append("deadline passed")
        if self.warnings:
            parts.append(f"warnings {self.warnings}")
        return ", ".join(parts)


_INBOX: Final = State._fields.index("inbox")
_READ: Final = State._fields.index("read")


def _refused(state: State, back: str) -> State:
    """The peer refuses another handshake: the connection is as it was before."""
    return state._replace(
        phase=back,
        complete=True,
        unfinished=state.unfinished - {"handshake"},
        flags=state.flags - {"offers"},
        due=CALM,
        late=False,
        flight=(),
        timer=Flight.PREPARING,
    )


def _owed(state: State, _: str) -> State:
    return state._replace(flags=state.flags - {"owed?"} | {"owed"})


def _perhaps_owed(state: State, _: str) -> State:
    return state if "owed" in state.flags else state._replace(flags=state.flags | {"owed?"})


def _identified(name: str, other: str) -> Callable[[State, str], State]:
    """The client is who it says; one that was somebody else before is a stranger until the handshake ends."""

    def identify(state: State, _: str) -> State:
        strange = {"stranger"} if state.renewal and {other, "returned"} & state.flags else set()
        return state._replace(flags=state.flags - {other} | {name} | strange)

    return identify


def _returning(state: State, _: str) -> State:
    """The client is who it was in the session that is resumed; whether that is who it is, is left open."""
    return state._with("returned")._with("stranger") if state.renewal else state._with("returned")


def _opened(state: State, _: str) -> State:
    """The first record that opens ends the passing over of early data that was refused."""
    return state._replace(phase=state.phase.removesuffix("_S"))


_RAISE: Final[dict[str, Callable[[State, str], State]]] = {
    "refused": _refused,
    "owed": _owed,
    "owed?": _perhaps_owed,
    "shown": _identified("shown", "unshown"),
    "unshown": _identified("unshown", "shown"),
    "returning": _returning,
    "opened": _opened,
}


def strike(armed: Symbol | None) -> str:
    """Name the signal that an armed write or read disturbance gives the contract."""
    if armed is WRITE_TOO_LARGE:
        return "too_large"
    return "interrupted" if armed in (READ_INTERRUPTED, WRITE_INTERRUPTED) else "blocked"
