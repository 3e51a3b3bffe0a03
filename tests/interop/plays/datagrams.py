"""Handshakes over a network that loses, delays, doubles and refuses datagrams."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.interop.run import Run


def lossy(run: Run) -> None:
    """The handshake comes to its end all the same."""
    with run.connect() as link:
        link.ours.handshake()
        run.check(link)
        link.talk_until_heard()
        link.close()


def rehandshake_over_loss(run: Run) -> None:
    """A re-handshake that we begin comes to its end although a flight of ours gets lost."""
    with run.connect() as link:
        link.ours.handshake()
        link.talk()
        link.wire.lose_finished()
        assert link.ours.rehandshake() if run.ours_is_server else link.ours.handshake()
        link.talk_until_heard()
        assert link.trace.names().count("Finished") == 4
        link.close()


def doubled(run: Run) -> None:
    """Everything comes twice and counts once."""
    with run.connect() as link:
        link.ours.handshake()
        run.check(link)
        for text in (b"first\n", b"second\n"):
            link.talk(text)
        assert link.trace.names("received").count("Finished") == 1
        link.close()


def too_large(run: Run) -> None:
    """The network refuses large datagrams; the MTU is lowered, and the flight is cut anew."""
    with run.connect() as link:
        link.ours.handshake()
        run.check(link)
        assert link.ours.session.mtu <= run.needs.network.biggest
        link.talk()
        link.close()
