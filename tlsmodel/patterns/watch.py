"""Watching a run: many patterns at once, one letter at a time, for the price of a look-up."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from tlsmodel.patterns.automaton import Configuration, Pattern

_Place = tuple[Configuration, ...]


MAX_MOVES: Final = 200_000
"""Moves of a product that are remembered; then it is expanded anew."""


class Product:
    """The product of patterns, expanded as far as runs have gone.

    Parameters
    ----------
    patterns: what is looked for.
    """

    def __init__(self, patterns: Sequence[Pattern]) -> None:
        self._patterns = tuple(patterns)
        self._places: list[_Place] = []
        self._numbers: dict[_Place, int] = {}
        self._moves: dict[tuple[int, str], tuple[int, tuple[Pattern, ...]]] = {}
        self.start = self._intern(tuple(pattern.automaton.start for pattern in self._patterns))

    def move(self, number: int, letter: str) -> tuple[int, tuple[Pattern, ...]]:
        """Return the place behind `letter`, and the patterns that it completes."""
        found = self._moves.get((number, letter))
        if found is None:
            if len(self._moves) >= MAX_MOVES:
                self._moves.clear()
            found = self._moves[number, letter] = self._move(self._places[number], letter)
        return found

    def _intern(self, place: _Place) -> int:
        number = self._numbers.get(place)
        if number is None:
            number = self._numbers[place] = len(self._places)
            self._places.append(place)
        return number

    def _move(self, place: _Place, letter: str) -> tuple[int, tuple[Pattern, ...]]:
        after: list[Configuration] = []
        shown: list[Pattern] = []
        for pattern, configuration in zip(self._patterns, place, strict=True):
            reached = pattern.automaton.step(configuration, letter)
            if pattern.automaton.accepts(reached):
                shown.append(pattern)
                reached = Configuration(None)
            after.append(reached)
        return self._intern(tuple(after)), tuple(shown)


class Watch:
    """One run after another, watched by the same patterns.

    Parameters
    ----------
    patterns: what is looked for; what was found out about them is shared by all that watch for the same.
    """

    def __init__(self, patterns: Sequence[Pattern]) -> None:
        key = tuple(pattern.id for pattern in patterns)
        self._product = _PRODUCTS.setdefault(key, Product(patterns)) if key else Product(())
        self.reset()

    def reset(self) -> None:
        """Begin another run."""
        self._now = self._product.start

    def see(self, letter: str) -> tuple[Pattern, ...]:
        """Take one letter and return the patterns that it completes."""
        self._now, shown = self._product.move(self._now, letter)
        return shown


_PRODUCTS: Final[dict[tuple[str, ...], Product]] = {}
