"""One session of a target beside the model, fed input by input."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from tlsmodel.credentials import shared_credentials
from tlsmodel.hunt.sut import SystemUnderTest
from tlsmodel.machine import Departure, Machine, Oracle, Step, Trace
from tlsmodel.spec.symbols import Kind, Output, Symbol
from tlsmodel.targets.registry import target as target_called


@dataclass(frozen=True, slots=True)
class Answer:
    """What a target did on one input.

    Parameters
    ----------
    step: the input, the observed output, and the rows that explain it (or that the model followed).
    expected: for a departure what the model permits instead, else None.
    """

    step: Step
    expected: tuple[Output, ...] | None


class LiveSession:
    """A target's session and the oracle, in step until they part.

    Parameters
    ----------
    target: as the registry knows it: ``impl``, ``gnutls`` or ``zoo:ID``.
    machine: a session machine.

    Raises `ValueError` for an unknown target or one that has no such role or version, `TargetUnavailable`
    where its library is missing.
    """

    def __init__(self, target: str, machine: Machine[Any]) -> None:
        credentials = shared_credentials()
        made = target_called(target, credentials)
        capable, setting = made.capabilities, machine.scenario
        if not capable.fit(setting):
            raise ValueError(f"{target} cannot play a {machine.name}")
        self.title = f"{target} {made.version}"
        self._machine = machine
        self._can = capable.calls | capable.disturbances
        self._system = SystemUnderTest(made, setting, credentials)
        self.restart()

    def restart(self) -> None:
        """Begin a fresh session."""
        self._system.reset()
        self._oracle = Oracle(self._machine)
        self.answers: tuple[Answer, ...] = ()

    @property
    def trace(self) -> Trace:
        """What has been done and seen so far."""
        return Trace(self._machine.name, tuple(answer.step for answer in self.answers))

    @property
    def departure(self) -> Answer | None:
        """The answer in which target and model parted, if they did."""
        return next((answer for answer in self.answers if answer.expected is not None), None)

    def follow(self, inputs: Sequence[Symbol]) -> Answer:
        """Do all of `inputs` from the start, without repeating what is done already; return the last answer.

        Raises `ValueError` for an input that the model does not answer there, or after a departure.
        """
        if not inputs:
            raise ValueError("no input")
        done = tuple(answer.step.given for answer in self.answers)
        if done != tuple(inputs[: len(done)]) or len(done) == len(inputs):
            self.restart()
        for given in inputs[len(self.answers) :]:
            self._do(given)
        return self.answers[-1]

    def _do(self, given: Symbol) -> None:
        if self.departure is not None or given not in self._oracle.enabled():
            raise ValueError(f"{given} cannot be done here")
        if given.kind is not Kind.DELIVERY and given not in self._can:
            raise ValueError(f"{self.title} has no {given}")
        observed = self._system.step(given)
        answer = self._oracle.observe(given, observed)
        expected = answer.expected if isinstance(answer, Departure) else None
        self.answers = (*self.answers, Answer(Step(given, observed, answer.rows), expected))

    def close(self) -> None:
        """Free the target's session."""
        self._system.close()
