"""The stepper in a notebook, an anywidget; needs the extra ``notebook``.

It shows the page's own stepper, and keeps in step with Python: what was clicked is `Stepper.trace`, and
`Stepper.play` shows a trace, a counterexample or a finding.
"""

from __future__ import annotations

import json
from collections.abc import Collection
from typing import Any, Final

try:
    import anywidget
    import traitlets
except ModuleNotFoundError as fault:
    raise ModuleNotFoundError(
        f"the stepper needs {fault.name}: pip install 'tlsmodel[notebook]'", name=fault.name
    ) from None

from tlsmodel.draw.packed import compressed, packed
from tlsmodel.draw.page import pictures_of, script, style
from tlsmodel.machine.machine import Machine, build
from tlsmodel.machine.trace import Trace, output_to_json, trace_from_json
from tlsmodel.spec.symbols import Output

_SCRIPT: Final = f"const STYLE = {json.dumps(style('.tlsmodel-widget'))};\n{script('widget.js')}"


class Stepper(anywidget.AnyWidget):
    """Steps through a machine by click.

    Parameters
    ----------
    machine: a machine or its name; its whole graph goes to the browser.

    Raises `ValueError` for an unknown name and `MemoryError` where the machine is too large.
    """

    _esm = _SCRIPT
    graph = traitlets.Unicode().tag(sync=True)
    record = traitlets.Unicode().tag(sync=True)
    live = traitlets.Unicode().tag(sync=True)
    taken = traitlets.List(traitlets.Dict()).tag(sync=True)

    def __init__(self, machine: Machine[Any] | str, **traits: Any) -> None:
        self.machine = build(machine) if isinstance(machine, str) else machine
        graph = compressed(packed(self.machine, pictures_of(self.machine)))
        super().__init__(graph=graph, **traits)

    @property
    def trace(self) -> Trace:
        """The steps that lead to where the reader stands."""
        return trace_from_json({"machine": self.machine.name, "steps": self.taken})

    def play(self, trace: Trace, expected: Collection[Output] | None = None) -> None:
        """Show `trace`; with `expected`, its last step is a departure from those outputs."""
        record = trace.to_json()
        if expected is not None:
            record["expected"] = [output_to_json(output) for output in expected]
        self.record = json.dumps(record)
