"""The stepper in a notebook, an anywidget; needs the extra ``notebook``.

It shows the page's own steppers, and keeps in step with Python: what was clicked is `Stepper.trace`, and
`Stepper.play` shows a trace, a counterexample or a finding.  `PairStepper` has a client and a server.
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

from tlsmodel.draw.packed import arrivals, compressed, packed
from tlsmodel.draw.page import pictures_of, script, style
from tlsmodel.machine.machine import Machine, build
from tlsmodel.machine.trace import Trace, output_to_json, trace_from_json
from tlsmodel.spec.pairs import pair_setting
from tlsmodel.spec.scenario import Role
from tlsmodel.spec.symbols import Output

_SCRIPT: Final = f"const STYLE = {json.dumps(style('.tlsmodel-widget'))};\n{script('widget.js')}"


class PairStepper(anywidget.AnyWidget):
    """Steps through a client and a server by click, with what is on its way between them.

    Parameters
    ----------
    name: a pair, as ``tls13`` or ``tls13?auth=require``.

    Raises `ValueError` for an unknown name and `MemoryError` where an end is too large.

    Attributes
    ----------
    address: the steps to where the reader stands, as in the explorer's links; setting it goes there.
    """

    _esm = _SCRIPT
    ends = traitlets.List(traitlets.Unicode()).tag(sync=True)
    arrivals = traitlets.Dict().tag(sync=True)
    address = traitlets.Unicode().tag(sync=True)

    def __init__(self, name: str, **traits: Any) -> None:
        setting = pair_setting(name, {})
        machines = [build(setting.end(role)) for role in Role]
        graphs = [packed(machine, pictures_of(machine)) for machine in machines]
        super().__init__(ends=list(map(compressed, graphs)), arrivals=arrivals(graphs), **traits)


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
