"""What cannot be understood any more behind something that was dropped; only over datagrams."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tlsmodel.spec.dtls12.flight import AHEAD, CHANGED, ORDER

if TYPE_CHECKING:
    from tlsmodel.machine.regions import State
    from tlsmodel.spec.row import Row
    from tlsmodel.spec.symbols import Symbol


def lost(state: State, item: Symbol) -> Row | None:
    """Return the row that drops delivery `item`, or None where it is understood."""
    for place in ORDER.places:
        if place in state.flags and not (place == AHEAD and state.phase in CHANGED):
            row = ORDER.find(place, item)
            if row is not None:
                return row
    return None
