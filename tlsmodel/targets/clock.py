"""The clock of a run stands still until an input lets time pass: the same inputs give the same run."""

from __future__ import annotations

import time
from typing import Final

START: Final = float(int(time.time()))
"""When every session begins: about now, so that certificates are valid."""


class Clock:
    """POSIX time in seconds, under control."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> float:
        return self.now

    def reset(self) -> None:
        """Go back to the beginning of a session."""
        self.now = START

    def advance(self, seconds: float) -> None:
        """Let time pass."""
        self.now += seconds
