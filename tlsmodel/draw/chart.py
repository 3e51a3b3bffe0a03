"""The neutral sequence chart: who told whom what, step by step, without layout or file format.

A trace names inputs and outputs; a chart turns each into arrows between lanes, three for one end and five
for a pair.  Every renderer of sequence charts reads only this.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final, NamedTuple

from tlsmodel.draw.diagram import printable


class Lane(StrEnum):
    """Who takes part: three where one end is looked at, the others for a pair."""

    APPLICATION = "application"
    TARGET = "target"
    PEER = "peer"
    CLIENT = "client"
    NETWORK = "network"
    SERVER = "server"
    OTHER_APPLICATION = "other_application"


class ArrowKind(StrEnum):
    """What an arrow of the chart is."""

    CALL = "call"
    RETURN = "return"
    EMISSION = "emission"
    DELIVERY = "delivery"
    DISTURBANCE = "disturbance"


class End(NamedTuple):
    """One end of a connection with those whom it talks to."""

    application: Lane
    itself: Lane
    peer: Lane

    def arrow(self, kind: ArrowKind, text: str) -> Arrow:
        """Return an event at this end."""
        source, target = {
            ArrowKind.CALL: (self.application, self.itself),
            ArrowKind.RETURN: (self.itself, self.application),
            ArrowKind.EMISSION: (self.itself, self.peer),
            ArrowKind.DELIVERY: (self.peer, self.itself),
            ArrowKind.DISTURBANCE: (self.itself, self.peer),
        }[kind]
        return Arrow(kind, text, source, target)


TARGET: Final = End(Lane.APPLICATION, Lane.TARGET, Lane.PEER)
WIDEST: Final = 46
PREFIX: Final = {ArrowKind.EMISSION: "!", ArrowKind.DELIVERY: "?"}


@dataclass(frozen=True, slots=True)
class Arrow:
    """One event, between two lanes."""

    kind: ArrowKind
    text: str
    source: Lane
    target: Lane

    @property
    def label(self) -> str:
        """The text with its sign, short enough to stand on an arrow."""
        text = printable(self.text)
        return PREFIX.get(self.kind, "") + (text if len(text) <= WIDEST else f"{text[: WIDEST - 1]}…")


@dataclass(frozen=True, slots=True)
class ChartStep:
    """One step of the trace: its arrows in order of time, and the phase it ends in if that is new.

    `lane` is the one on which the phase stands; `actor` names the end of a pair that took the step.
    """

    number: int
    arrows: tuple[Arrow, ...]
    phase: str | None
    lane: Lane = Lane.TARGET
    actor: str = ""


@dataclass(frozen=True, slots=True)
class Chart:
    """A sequence chart before it is drawn.

    Parameters
    ----------
    title: a heading.
    alternative: the same in words.
    lanes: a heading for each lane, from left to right.
    start: the phase before the first step, on its lane.
    steps: in order of time.
    departure: for a last step that the model does not permit, what it expected and what it saw.
    loop: after how many steps the others are taken for ever, or None where they end.
    """

    title: str
    alternative: str
    lanes: dict[Lane, str]
    start: dict[Lane, str]
    steps: tuple[ChartStep, ...]
    departure: tuple[str, str] | None = None
    loop: int | None = None


SAID: Final = {
    ArrowKind.CALL: "the application calls {}",
    ArrowKind.RETURN: "the call returns {}",
    ArrowKind.EMISSION: "it sends {}",
    ArrowKind.DELIVERY: "the peer sends {}",
    ArrowKind.DISTURBANCE: "disturbance: {}",
}


def in_sentences(steps: tuple[ChartStep, ...], departure: tuple[str, str] | None) -> str:
    """Return the steps in words, for those who do not see the chart."""
    sentences = (
        f"{step.number}. {step.actor and f'{step.actor}: '}"
        f"{', '.join(SAID[arrow.kind].format(arrow.text) for arrow in step.arrows)}"
        + (f", phase {step.phase}." if step.phase else ".")
        for step in steps
    )
    end = f" Departure, expected {departure[0]}, observed {departure[1]}." if departure else ""
    return " ".join(sentences) + end
