"""Notes what each stack answered to which call, for the table of codes in docs/contract.md."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Note = Callable[[str, str, str], None]


class Witness:
    """An end whose answers are noted.

    Parameters
    ----------
    end: a driver.
    note: takes stack, call and code.
    """

    def __init__(self, end: Any, note: Note) -> None:
        self._end, self._note = end, note

    @property
    def stack_and_role(self) -> str:
        """Which end of a pair this is."""
        return f"{self._end.stack} {self._end.settings.role}"

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._end, name)
        if not callable(found):
            return found

        def call(*arguments: Any) -> Any:
            answer = found(*arguments)
            if isinstance(answer, str):
                self._note(self._end.stack, name, answer)
            return answer

        return call
