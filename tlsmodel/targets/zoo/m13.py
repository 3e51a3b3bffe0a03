"""One KeyUpdate more than the limit within a second is accepted."""

from __future__ import annotations

from impl import perform
from impl.limits import KEY_UPDATES_PER_SECOND
from tlsmodel.targets.zoo.bug import BOTH, TLS13, Bug, attribute

BUG = Bug(
    "M13",
    "9 KeyUpdates within a second are allowed",
    "a slip in the caller's contract",
    BOTH,
    (TLS13,),
    lambda: attribute(perform, "KEY_UPDATES_PER_SECOND", KEY_UPDATES_PER_SECOND + 1),
)
