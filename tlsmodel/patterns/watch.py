"""Watching a run: many patterns at once, one letter at a time, for the price of a look-up."""

from __future__ import annotations

from collections.abc import Sequence

from tlsmodel.patterns.automaton import Configuration, Pattern

_Place = tuple[Configuration, ...]


class Watch:
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
        self._start = self._intern(tuple(pattern.automaton.start for pattern in self._patterns))
        self._now = self._start

    def reset(self) -> None:
        """Begin another run."""
        self._now = self._start

    def see(self, letter: str) -> tuple[Pattern, ...]:
        """Take one letter and return the patterns that it completes."""
        move = self._moves.get((self._now, letter))
        if move is None:
            move = self._moves[self._now, letter] = self._move(self._places[self._now], letter)
        self._now, shown = move
        return shown

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
