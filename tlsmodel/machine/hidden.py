"""The oracle of the wire: what a program may send, when nobody sees the calls that it makes.

The possible states are pairs of a state of the model and a mode of the hidden caller.  After each delivery
the caller runs until it waits for the peer; every way through the model whose emissions, one behind the
other, are what was seen remains possible.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from tlsmodel.machine.caller import PROGRAM, Caller, Mode
from tlsmodel.machine.machine import Machine
from tlsmodel.machine.oracle import Agreed, Departure
from tlsmodel.spec.symbols import Kind, Output, Symbol, emission

CLOSES: Final = emission("EndOfStream")
"""What a program shows when it closes the connection."""
MAX_CALLS: Final = 64
"""Hidden calls that one delivery can lead to."""
MAX_EXPECTED: Final = 24
"""Permitted outputs that a departure names."""

Place = tuple[int, Mode]


class WireOracle:
    """Follows a run of which only deliveries and emissions are seen.

    Parameters
    ----------
    machine: the model of one session, with its calls.
    alphabet: the deliveries that can be made; None: all.
    caller: the habits of the program.
    """

    def __init__(
        self, machine: Machine[Any], alphabet: frozenset[Symbol] | None = None, caller: Caller = PROGRAM
    ) -> None:
        self.machine = machine
        self._caller = caller
        deliveries = frozenset(item for item in machine.inputs if item.kind is Kind.DELIVERY)
        self._alphabet = deliveries if alphabet is None else deliveries & alphabet
        self.reset()

    def reset(self) -> None:
        """Go back to the beginning, before the program has done anything."""
        self.places: tuple[Place, ...] = ((self.machine.initial, Mode.SHAKING),)

    @property
    def possible(self) -> tuple[int, ...]:
        """The states of the model that are possible now."""
        return tuple(dict.fromkeys(number for number, _ in self.places))

    @property
    def phases(self) -> tuple[str, ...]:
        """The phases that are possible now."""
        return tuple(dict.fromkeys(self.machine.state(number).phase for number in self.possible))

    @property
    def is_over(self) -> bool:
        """Whether the program can be expected to do nothing any more."""
        return all(mode is Mode.OVER for _, mode in self.places)

    def allows(self, given: Symbol) -> bool:
        """Tell whether `given` can be delivered and every possible state takes it."""
        return given in self._alphabet and all(
            given in self.machine.enabled(number) for number in self.possible
        )

    def enabled(self) -> tuple[Symbol, ...]:
        """Return the deliveries that can be made, in the alphabet's order."""
        return tuple(item for item in self.machine.inputs if self.allows(item))

    def begin(self, observed: tuple[Symbol, ...]) -> Agreed | Departure:
        """Take what the program sends by itself, before anything is delivered."""
        return self._settle(_BEGIN, self.places, observed)

    def observe(self, given: Symbol, observed: Output) -> Agreed | Departure:
        """Take one delivery and all that came back; after a departure the places stay as they were."""
        delivered = tuple(
            (answer.target, mode)
            for number, mode in self.places
            for answer in self.machine.successors(number, given)
        )
        return self._settle(given, delivered, observed.emissions)

    def _settle(
        self, given: Symbol, places: tuple[Place, ...], seen: tuple[Symbol, ...]
    ) -> Agreed | Departure:
        wire = seen[:-1] if seen and seen[-1] is CLOSES else seen
        fitting: dict[Place, tuple[str, ...]] = {}
        permitted: dict[tuple[Symbol, ...], tuple[str, ...]] = {}
        for place, sent, rows in self._runs(places, wire):
            closed = place[1] is Mode.OVER or self.machine.state(place[0]).failed
            if sent == wire and (wire == seen or closed):
                fitting.setdefault((place[0], Mode.OVER) if wire != seen else place, rows)
            permitted.setdefault(sent, rows)
        if fitting:
            self.places = tuple(fitting)
            return Agreed(next(iter(fitting.values())), len(fitting))
        expected = tuple(Output(None, sent) for sent in list(permitted)[:MAX_EXPECTED])
        rows = next(iter(permitted.values()), ())
        return Departure(given, expected, Output(None, seen), rows, self.phases[0])

    def _runs(
        self, places: tuple[Place, ...], wire: tuple[Symbol, ...]
    ) -> Iterator[tuple[Place, tuple[Symbol, ...], tuple[str, ...]]]:
        """Yield (place, emissions, rows) of every run of the hidden caller until it waits.

        Runs that have left what was seen are followed to their end only as long as they are on the way.
        """
        seen: set[tuple[Place, tuple[Symbol, ...]]] = set()
        stack: list[tuple[Place, tuple[Symbol, ...], tuple[str, ...], int]] = [
            (place, (), (), 0) for place in reversed(places)
        ]
        while stack:
            place, sent, rows, calls = stack.pop()
            number, mode = place
            call = self._caller.calls.get(mode)
            if call is None or calls == MAX_CALLS or call not in self.machine.enabled(number):
                yield place, sent, rows
                continue
            for answer in self.machine.successors(number, call):
                returned = answer.output.returned
                code = "" if returned is None else returned.code
                behind = sent + answer.output.emissions
                waits = code in self._caller.waits
                for after in self._caller.goes_on(mode, code):
                    reached = ((answer.target, after), behind)
                    if reached in seen:
                        continue
                    seen.add(reached)
                    if waits or not _leads(behind, wire):
                        yield (answer.target, after), behind, rows + answer.rows
                    else:
                        stack.append(((answer.target, after), behind, rows + answer.rows, calls + 1))


def _leads(sent: tuple[Symbol, ...], wire: tuple[Symbol, ...]) -> bool:
    return sent == wire[: len(sent)]


_BEGIN: Final = Symbol(Kind.CALL, "begin", "the program itself")
