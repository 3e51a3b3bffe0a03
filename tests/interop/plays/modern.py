"""What only TLS 1.3 has."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.interop.plays import resuming

if TYPE_CHECKING:
    from tests.interop.run import Run


def retried(run: Run) -> None:
    """The client's first ClientHello lacks the share that the server wants."""
    with run.connect() as link:
        link.ours.handshake()
        run.check(link)
        assert link.trace.names().count("HelloRetryRequest") == 1
        assert link.trace.names().count("ClientHello") == 2
        link.talk()
        link.close()


def resumed_after_retry(run: Run) -> None:
    """The session is taken up by the second ClientHello, which answers a HelloRetryRequest."""
    resuming.resume(run)
    for trace in run.traces:
        assert trace.names().count("HelloRetryRequest") == 1


def late_auth(run: Run) -> None:
    """The server asks for the client's certificate after the handshake."""
    with run.connect() as link:
        link.ours.handshake()
        assert "CertificateRequest" not in link.trace.names()
        link.talk()
        if run.ours_is_server:
            link.ours.reauth()
            assert bool(link.ours.parameters.peer_certificates) is (run.needs.shown is not None)
        else:
            left = link.theirs.reauth(link.ours)
            link.listen(link.patience, until=lambda: link.trace.names("sent").count("Finished") == 2)
            link.read(left)
        names = link.trace.names()
        assert names.count("CertificateRequest") == 1
        assert names.count("Certificate.empty") == (run.needs.shown is None)
        link.talk()
        link.close()


def key_update_ours(run: Run) -> None:
    """We change keys and ask for the same."""
    with run.connect() as link:
        link.ours.handshake()
        link.talk()
        for count in (1, 2):
            link.ours.key_update(request_peer=True)
            link.talk()
            assert link.trace.names("received").count("KeyUpdate.not_requested") == count
        link.close()


def key_update_ours_alone(run: Run) -> None:
    """We change keys and ask for nothing."""
    with run.connect() as link:
        link.ours.handshake()
        link.talk()
        link.ours.key_update()
        link.talk()
        assert "KeyUpdate.not_requested" not in link.trace.names("received")
        link.close()


def key_update_theirs(run: Run) -> None:
    """The peer changes keys and asks for the same."""
    with run.connect() as link:
        link.ours.handshake()
        link.talk()
        left = link.theirs.update_keys(link.ours)
        link.listen(link.patience, until=lambda: "KeyUpdate.requested" in link.trace.names("received"))
        link.read(left)
        link.talk()
        assert link.trace.names("sent").count("KeyUpdate.not_requested") == 1
        link.close()


def key_updates_cross(run: Run) -> None:
    """Both sides ask before either has heard of the other's wish, and both are served."""
    with run.connect() as link:
        link.ours.handshake()
        link.talk()
        left = link.theirs.update_keys(link.ours)
        link.until_readable()
        assert "KeyUpdate.requested" not in link.trace.names("received")
        link.ours.key_update(request_peer=True)
        link.read(left)
        for _ in range(2):  # what a side was asked for goes out before its next data
            link.talk()
        names = link.trace.names
        assert names("received").count("KeyUpdate.requested") == 1
        assert names("received").count("KeyUpdate.not_requested") == 1
        assert names("sent").count("KeyUpdate.not_requested") == 1
        link.close()


def again(run: Run) -> None:
    """handshake() on a complete session: nothing at a server, a KeyUpdate at a client."""
    with run.connect() as link:
        link.ours.handshake()
        link.talk()
        before = len(link.trace.names("sent"))
        assert link.ours.handshake()
        sent = link.trace.names("sent")[before:]
        assert sent == ([] if run.ours_is_server else ["KeyUpdate.requested"])
        link.talk()
        link.close()
