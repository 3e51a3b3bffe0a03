"""When to send a flight again and when to give up (RFC 6347 sections 4.2.4 and 4.2.4.1).

Knows no clock: every question brings the time, in seconds of any origin.
"""

from __future__ import annotations

from typing import Final

MAX_INTERVAL: Final = 60.0
"""How long the timer runs at most, in seconds."""


class RetransmissionTimer:
    """One timer for the flights of a session's handshakes, one handshake after another.

    Parameters
    ----------
    initial: seconds until a flight is sent again for the first time.
    total: seconds after which a handshake has failed.

    The interval doubles each time, and stays where it is for the next flight unless one got through at the
    first attempt.
    """

    __slots__ = ("_began", "_deadline", "_initial", "_interval", "_lossy", "_running", "_total")

    def __init__(self, initial: float = 1.0, total: float = 60.0) -> None:
        self._initial = min(initial, MAX_INTERVAL)
        self._total = total
        self.begin()

    def begin(self) -> None:
        """A handshake begins; its time counts from the first question after this."""
        self._running = True
        self._began: float | None = None
        self._deadline: float | None = None
        self._interval = self._initial
        self._lossy = False

    def finish(self) -> None:
        """The handshake is over; nothing expires any more."""
        self._running = False
        self._deadline = None

    def next_flight(self) -> None:
        """A flight has been answered and another one takes its place, or is the first of a handshake."""
        if not self._running:
            self.begin()
        if not self._lossy:
            self._interval = self._initial
        self._lossy = False
        self._deadline = None

    def restart(self) -> None:
        """Run the present interval from its beginning, because the flight goes out again."""
        self._deadline = None

    def tick(self, now: float) -> bool:
        """Let the timer run while a flight is out; tell whether it has expired, which also doubles it."""
        if not self._running or self._arm(now) > now:
            return False
        self._interval = min(2 * self._interval, MAX_INTERVAL)
        self._lossy = True
        self._deadline = None
        return True

    def expired(self, now: float) -> bool:
        """Tell whether the handshake has taken too long."""
        return self._running and self._end(now) <= now

    def remaining(self, now: float, *, waiting: bool) -> float | None:
        """Return the seconds until `tick` or `expired` will be true, or None if they never will.

        Parameters
        ----------
        waiting: whether a flight is out and unanswered.
        """
        if not self._running:
            return None
        end = min(self._end(now), self._arm(now)) if waiting else self._end(now)
        return max(0.0, end - now)

    def _arm(self, now: float) -> float:
        """Return when the interval ends; a clock that is set back must not lengthen it."""
        end = now + self._interval
        self._deadline = end if self._deadline is None else min(self._deadline, end)
        return self._deadline

    def _end(self, now: float) -> float:
        self._began = now if self._began is None else min(self._began, now)
        return self._began + self._total
