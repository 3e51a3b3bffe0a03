"""Two connections, the second of which takes up the session of the first, or does not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.interop.needs import EARLY, TLS13

if TYPE_CHECKING:
    from tests.interop.run import Run


def _first(run: Run) -> None:
    """Connect, and keep the session."""
    with run.connect() as link:
        link.ours.handshake()
        assert not link.ours.parameters.resumed
        run.check(link)
        if link.theirs.talks:
            link.talk()
        run.keep(link)
        link.close()


def resume(run: Run) -> None:
    """The second time, the session is taken up again."""
    _first(run)
    with run.connect(resuming=True) as link:
        link.ours.handshake()
        assert link.ours.parameters.resumed
        assert "Certificate" not in link.trace.names()
        run.check(link)
        link.talk()
        link.close()


def forget(run: Run) -> None:
    """The server has forgotten, and there is a full handshake instead."""
    _first(run)
    with run.connect(resuming=True) as link:
        link.ours.handshake()
        assert not link.ours.parameters.resumed
        assert "Certificate" in link.trace.names()
        run.check(link)
        link.talk()
        link.close()


def resume_over_loss(run: Run) -> None:
    """The session is taken up again, although datagrams with our Finished get lost."""
    with run.connect() as link:
        link.ours.handshake()
        link.talk_until_heard()
        run.keep(link)
        link.close()
    with run.connect(resuming=True) as link:
        link.ours.handshake()
        assert link.ours.parameters.resumed
        link.talk_until_heard()
        link.close()


def early(run: Run) -> None:
    """The second connection brings early data, which the server takes or refuses."""
    accepted = run.needs.early == "accepted"
    _first(run)
    with run.connect(resuming=True) as link:
        if not run.ours_is_server:
            link.ours.send_early_data(EARLY)
        link.ours.handshake()
        assert link.ours.parameters.resumed
        assert run.needs.version == TLS13
        assert link.ours.parameters.early_data is accepted
        if accepted and run.ours_is_server:
            assert link.ours.recv_early_data() == EARLY
        elif accepted:
            link.theirs.heard_early(link.ours, EARLY)
        assert ("EndOfEarlyData" in link.trace.names()) is accepted
        link.talk()
        link.close()
