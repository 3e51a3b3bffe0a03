"""Another handshake on a connection of TLS 1.2 or DTLS 1.2."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from impl import Code
from impl.streams import TlsError

if TYPE_CHECKING:
    from tests.interop.link import Link
    from tests.interop.run import Run

TEXT = b"in the middle\n"


def _begin(run: Run, link: Link) -> bool:
    """Begin another handshake and carry it through; False if the peer refuses."""
    return link.ours.rehandshake() if run.ours_is_server else link.ours.handshake()


def ours(run: Run) -> None:
    """We begin another handshake, which is bound to the first (RFC 5746)."""
    with run.connect() as link:
        link.ours.handshake()
        link.talk()
        assert _begin(run, link)
        assert link.ours.parameters.safe_renegotiation
        assert link.trace.names().count("Finished") == 4
        link.talk()
        link.close()


def theirs(run: Run) -> None:
    """The peer begins another handshake."""
    with run.connect(renegotiate=True) as link:
        link.ours.handshake()
        link.talk()
        left = link.theirs.ask_rehandshake(link.ours)
        link.listen(link.patience, until=lambda: link.trace.names().count("Finished") >= 4)
        link.read(left)
        assert link.trace.names().count("Finished") == 4
        link.talk()
        link.close()


def refused_by_us(run: Run) -> None:
    """The peer begins another handshake, and we refuse; the connection goes on."""
    with run.connect(renegotiate=True) as link:
        link.ours.handshake()
        link.talk()
        link.theirs.ask_rehandshake(link.ours)
        link.refuse()
        link.theirs.was_refused(link)
        link.talk()
        assert link.trace.names("sent").count("Alert.warning.no_renegotiation") == 1
        link.close()


def refused_by_them(run: Run) -> None:
    """We begin another handshake, and the peer refuses; the connection goes on."""
    with run.connect() as link:
        link.ours.handshake()
        link.talk()
        assert not _begin(run, link)
        assert link.trace.names("received").count("Alert.no_renegotiation") == 1
        link.talk()
        link.close()


def with_our_data(run: Run) -> None:
    """We send data right behind the message with which we begin; datagrams with it may be thrown away."""
    with run.connect() as link:
        link.ours.handshake()
        link.talk()
        session = link.ours.session
        link.wire.hold()
        if run.ours_is_server:
            assert session.rehandshake() in (Code.SUCCESS, Code.AGAIN)
        else:
            assert session.handshake() is Code.AGAIN
        link.ours.send(TEXT)
        link.wire.release()
        assert link.ours.handshake()
        if not run.needs.datagram:
            link.hear(TEXT)
            link.talk()
        else:
            link.talk_until_heard()
        link.close()


def with_their_data(run: Run) -> None:
    """Data of the peer is on its way when we begin: the call says so, and goes on when it is repeated."""
    with run.connect() as link:
        link.ours.handshake()
        link.talk()
        session = link.ours.session
        link.theirs.say(link.ours, TEXT)
        link.until_readable()
        if run.ours_is_server:
            assert session.rehandshake() is Code.SUCCESS
        assert session.handshake() is Code.GOT_APPLICATION_DATA
        assert link.take_data() == TEXT
        assert link.ours.handshake()
        assert link.trace.names().count("Finished") == 4
        link.talk()
        link.close()


def somebody_else(run: Run) -> None:
    """The peer shows another certificate than before, and we refuse."""
    with run.connect() as link:
        link.ours.handshake()
        link.talk()
        link.theirs.become("ecdsa-other")
        with pytest.raises(TlsError) as caught:
            _begin(run, link)
        assert caught.value.code is Code.SESSION_USER_ID_CHANGED
        assert link.trace.names("sent")[-1].startswith("Alert.fatal.")


def somebody_known(run: Run) -> None:
    """The peer shows the certificate that it has shown before."""
    with run.connect() as link:
        link.ours.handshake()
        before = link.ours.parameters.peer_certificates
        assert before
        assert _begin(run, link)
        assert link.ours.parameters.peer_certificates == before
        link.close()


def unprotected(run: Run) -> None:
    """The peer does not know RFC 5746, and our policy allows everything."""
    with run.connect() as link:
        link.ours.handshake()
        link.talk()
        assert _begin(run, link)
        assert not link.ours.parameters.safe_renegotiation
        assert link.trace.names().count("Finished") == 4
        link.talk()
        link.close()


def half_protected(run: Run) -> None:
    """The peer does not know RFC 5746, and our policy allows the first handshake only."""
    with run.connect() as link:
        link.ours.handshake()
        assert not link.ours.parameters.safe_renegotiation
        link.talk()
        with pytest.raises(TlsError) as caught:
            _begin(run, link)
        assert caught.value.code is Code.UNSAFE_RENEGOTIATION_DENIED


def indicated_all_the_same(run: Run) -> None:
    """The peer says that it knows RFC 5746, although it should not."""
    with run.connect() as link:
        link.ours.handshake()
        assert link.ours.parameters.safe_renegotiation
        link.talk()
        link.close()


def unindicated(run: Run) -> None:
    """We do not say that we know RFC 5746, and do not look whether the peer does."""
    with run.connect() as link:
        link.ours.handshake()
        assert not link.ours.parameters.safe_renegotiation
        link.talk()
        link.close()
