"""Early data at most once: ClientHellos seen within a window of time (RFC 8446 section 8.2).

Theory: gnutls_anti_replay_init(3), gnutls_anti_replay_set_window(3).
"""

from __future__ import annotations

from collections import OrderedDict


class AntiReplay:
    """Remembers the ClientHellos whose early data was accepted.

    Parameters
    ----------
    window: seconds within which a ClientHello must arrive after it was made, and for which it is remembered.
    size: most ClientHellos remembered; once it is full, early data is refused until some have aged.
    """

    def __init__(self, window: float = 10.0, size: int = 100_000) -> None:
        self.window = window
        self._size = size
        self._seen: OrderedDict[bytes, float] = OrderedDict()

    def admits(self, hello: bytes, age_error: float, now: float) -> bool:
        """Tell whether early data with this ClientHello may be accepted, and remember it if so.

        Parameters
        ----------
        hello: what identifies the ClientHello, such as its first binder.
        age_error: seconds by which the ticket's age as the client sees it differs from ours.
        now: POSIX time in seconds.
        """
        while self._seen and next(iter(self._seen.values())) <= now - 2 * self.window:
            self._seen.popitem(last=False)
        if abs(age_error) > self.window or hello in self._seen or len(self._seen) >= self._size:
            return False
        self._seen[hello] = now
        return True
