"""A session that can be resumed, as the mapper keeps it: what names it, and its secret."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Saved:
    """One session.

    Parameters
    ----------
    suite: number of its cipher suite.
    secret: the master secret of TLS 1.2, or the pre-shared key that a ticket of TLS 1.3 stands for.
    extended: whether the master secret is extended (RFC 7627).
    session_id, ticket: what names it; the other one is empty.
    age_add: what is added to the ticket's age, which is 0 because clocks stand still in a run.
    """

    suite: int
    secret: bytes = field(repr=False)
    extended: bool = True
    session_id: bytes = b""
    ticket: bytes = b""
    age_add: int = 0
