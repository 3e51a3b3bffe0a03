"""State formulas over whole columns of states at once."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from tlsmodel.spec.properties.formula import Is, StateAnd, StateFormula, StateNot, StateOr

Mask = NDArray[np.bool_]


def mask(formula: StateFormula, column: Callable[[Is], Mask]) -> Mask:
    """Return where `formula` holds; `column` says it of an atom."""
    match formula:
        case Is():
            return column(formula)
        case StateAnd(left, right):
            return mask(left, column) & mask(right, column)
        case StateOr(left, right):
            return mask(left, column) | mask(right, column)
        case StateNot(inner):
            return ~mask(inner, column)
    raise TypeError(f"not a formula over states: {formula}")
