"""The stepper of a notebook with a real session in step; needs the extra ``notebook``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tlsmodel.draw.widget import Stepper
from tlsmodel.live.session import LiveSession
from tlsmodel.machine.machine import Machine, build
from tlsmodel.machine.trace import output_to_json
from tlsmodel.spec.symbols import symbol


class LiveStepper(Stepper):
    """Steps through a machine by click, and a target with it; shows where they part.

    Parameters
    ----------
    machine: a session machine or its name.
    target: ``impl``, ``gnutls`` or ``zoo:ID``.

    Raises what `LiveSession` raises.
    """

    def __init__(self, machine: Machine[Any] | str, target: str) -> None:
        built = build(machine) if isinstance(machine, str) else machine
        self.session = LiveSession(target, built)
        super().__init__(built, live=self.session.title)
        self.on_msg(self._on_message)

    def _on_message(self, _widget: object, message: Mapping[str, Any], _buffers: object) -> None:
        """Answer one more input; the browser tells all of them, so that undoing needs no message."""
        try:
            answer = self.session.follow([symbol(text) for text in message["inputs"]])
        except ValueError as fault:
            self.send({"fault": str(fault)})
            return
        expected = None if answer.expected is None else list(map(output_to_json, answer.expected))
        output, rows = output_to_json(answer.step.output), list(answer.step.rows)
        self.send({"output": output, "rows": rows, "expected": expected})
