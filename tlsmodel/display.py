"""How things show themselves in a notebook without knowing who draws them.

IPython asks an object for its `_repr_mimebundle_`.  The model may not import the rooms that draw, so the
objects name no renderer; this table does, and the renderer is imported when IPython asks.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Final, cast

DRAWN_BY: Final = {
    "Machine": "tlsmodel.draw.bundle:of_machine",
    "Trace": "tlsmodel.draw.bundle:of_trace",
    "Counterexample": "tlsmodel.draw.bundle:of_counterexample",
    "Verdict": "tlsmodel.draw.bundle:of_verdict",
    "Finding": "tlsmodel.hunt.display:of_finding",
    "HuntReport": "tlsmodel.hunt.display:of_report",
}
"""Class -> module and function that turn its objects into a bundle of MIME types."""

Bundle = dict[str, str]


class DrawingUnavailable(Exception):
    """What lays pictures out is not installed; the message is one line and names the package."""


class Displayed:
    """Gives a class of `DRAWN_BY` its rich display."""

    __slots__ = ()

    def _repr_mimebundle_(self, **_limits: object) -> Bundle:
        module, _, function = DRAWN_BY[type(self).__name__].partition(":")
        draw = cast("Callable[[object], Bundle]", getattr(import_module(module), function))
        return draw(self)
