"""Two ends on one wire, and what applications at both ends do."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.contract.drivers.settings import CLIENT

RESUMABLE = frozenset({"AGAIN", "INTERRUPTED", "WARNING_ALERT_RECEIVED", "LARGE_PACKET"})
"""After these the handshake is called again by an application that follows the manual."""

PATIENCE = 6
"""Rounds without a byte on the wire after which nothing more can come."""

ROUNDS = 20_000


@dataclass
class Pair:
    """A connection whose one end is the subject of the test.

    Parameters
    ----------
    subject, peer: the two ends.
    answers: every answer to `handshake`, with the direction, in order; by end.
    """

    subject: Any
    peer: Any

    @property
    def ends(self) -> tuple[Any, Any]:
        """Subject and peer."""
        return self.subject, self.peer

    @property
    def client(self) -> Any:
        """The end that is a client."""
        return self.subject if self.subject.settings.role == CLIENT else self.peer

    @property
    def server(self) -> Any:
        """The end that is a server."""
        return self.peer if self.subject.settings.role == CLIENT else self.subject

    def handshake(self, watch: Callable[[Any, str], None] = lambda _end, _answer: None) -> tuple[str, str]:
        """Let both applications call `handshake` until it succeeds, fails or leads nowhere.

        A failure is told to the other end by the appropriate alert.  Returns both last answers, the subject's
        first; `watch` is shown every answer.
        """
        return self.carry_through({end.stack_and_role: end.handshake for end in self.ends}, watch)

    def carry_through(
        self,
        calls: dict[str, Callable[[], str]],
        watch: Callable[[Any, str], None] = lambda _end, _answer: None,
    ) -> tuple[str, str]:
        """Repeat a call at each end as `handshake` does; an end without a call only looks on."""
        answers: dict[str, str] = {}
        idle = 0
        for _ in range(ROUNDS):
            before = self._traffic()
            for end in self.ends:
                key = end.stack_and_role
                if key not in calls or answers.get(key, "AGAIN") not in RESUMABLE:
                    continue
                answer = answers[key] = calls[key]()
                watch(end, answer)
                if answer not in RESUMABLE and answer != "SUCCESS":
                    end.alert_send_appropriate(answer)
            idle = idle + 1 if self._traffic() == before else 0
            if idle > PATIENCE or not any(answer in RESUMABLE for answer in answers.values()):
                break
        return tuple(answers.get(end.stack_and_role, "") for end in self.ends)

    def established(self) -> Pair:
        """Carry the first handshake through, which must succeed; forget what was written."""
        assert self.handshake() == ("SUCCESS", "SUCCESS")
        for end in self.ends:
            read_waiting(end)
            end.wire.take_sent()
        return self

    def assert_talks(self) -> None:
        """Data passes both ways."""
        for end, other in (self.ends, self.ends[::-1]):
            message = b"from the " + end.settings.role.encode()
            assert end.send(message) == len(message)
            assert read(other) == message

    def _traffic(self) -> tuple[int, ...]:
        return tuple(sum(map(len, end.wire.waiting)) + 7 * len(end.wire.sent) for end in self.ends)


def read(end: Any) -> bytes | str:
    """Call `recv` as an application does, again after AGAIN while there is something to read."""
    answer = end.recv()
    while answer in ("AGAIN", "INTERRUPTED") and end.wire.readable:
        answer = end.recv()
    return answer


def read_waiting(end: Any) -> None:
    """Read what came after the handshake and is no application data, such as tickets."""
    if end.wire.readable:
        assert read(end) == "AGAIN"
