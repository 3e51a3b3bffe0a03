"""A clock that moves only when a test moves it, for both stacks."""

from __future__ import annotations

import time


class Clock:
    """POSIX time in seconds, standing still.

    It starts at the real time, because certificates are checked against it.
    """

    def __init__(self) -> None:
        self.now = float(int(time.time()))

    def __call__(self) -> float:
        return self.now

    def pass_time(self, seconds: float) -> None:
        """Let time go on."""
        self.now += seconds
