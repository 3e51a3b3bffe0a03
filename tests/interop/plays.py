"""How a run goes: what our side does, what the peer is asked to do, and what must be true then.

Every play gets a `Run`, which makes connections between `impl` and the peer of a column, in the role that is
left to us.  The last step of most of them is data both ways and close_notify both ways.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from impl import Code
from impl.streams import TlsError

if TYPE_CHECKING:
    from tests.interop.run import Link, Run


def talk(run: Run) -> None:
    """Shake hands, talk, close."""
    with run.connect() as link:
        link.ours.handshake()
        run.check(link)
        link.talk()
        link.close()


def resume(run: Run) -> None:
    """Connect twice; the second time, the session is taken up again."""
    with run.connect() as link:
        link.ours.handshake()
        assert not link.ours.parameters.resumed
        link.talk()
        run.keep(link)
        link.close()
    with run.connect(resuming=True) as link:
        link.ours.handshake()
        assert link.ours.parameters.resumed
        run.check(link)
        link.talk()
        link.close()


def authenticate(run: Run) -> None:
    """Talk with a client that has shown what it has."""
    with run.connect() as link:
        link.ours.handshake()
        if run.ours_is_server:
            assert bool(link.ours.parameters.peer_certificates) is (run.needs.shown is not None)
        link.talk()
        link.close()


def client_refused(run: Run) -> None:
    """The server wants a certificate and gets none; both sides hear of it."""
    with run.connect() as link, pytest.raises(TlsError) as caught:
        _handshake_and_listen(link)
    refused = (Code.NO_CERTIFICATE_FOUND, Code.CERTIFICATE_REQUIRED)
    assert caught.value.code in (refused if run.ours_is_server else _HEARD)


def server_refused(run: Run) -> None:
    """The client does not believe the server's certificate."""
    with run.connect() as link, pytest.raises(TlsError) as caught:
        _handshake_and_listen(link)
    if run.ours_is_server:
        assert caught.value.code in _HEARD
    else:
        assert caught.value.code is Code.CERTIFICATE_VERIFICATION_ERROR


_HEARD = (Code.FATAL_ALERT_RECEIVED, Code.PREMATURE_TERMINATION, Code.PULL_ERROR)
"""How we learn that the other side has refused; programs may hang up without a word."""


def _handshake_and_listen(link: Link) -> None:
    link.ours.handshake()
    while link.ours.recv():
        pass
    raise AssertionError("nobody refused")


def rehandshake_ours(run: Run) -> None:
    """We begin another handshake."""
    with run.connect() as link:
        link.ours.handshake()
        link.talk()
        assert link.ours.rehandshake() if run.ours_is_server else link.ours.handshake()
        assert link.ours.parameters.safe_renegotiation
        assert link.ours.session.path.count("CONNECTED") == 2
        link.talk()
        link.close()


def rehandshake_theirs(run: Run) -> None:
    """The peer begins another handshake."""
    with run.connect(renegotiate=True) as link:
        link.ours.handshake()
        link.talk()
        link.act("rehandshake")
        link.talk()
        assert link.ours.session.path.count("CONNECTED") >= 2
        link.close()


def rehandshake_refused(run: Run) -> None:
    """The peer begins another handshake, and we refuse; the connection goes on."""
    with run.connect(renegotiate=False) as link:
        link.ours.handshake()
        link.talk()
        link.act("rehandshake-refused")
        link.talk()
        assert link.ours.session.path.count("CONNECTED") == 1
        link.close()


def rehandshake_with_data(run: Run) -> None:
    """We send data between the messages of the handshake that we begin."""
    with run.connect() as link:
        link.ours.handshake()
        link.talk()
        session = link.ours.session
        if run.ours_is_server:
            assert session.rehandshake() is Code.SUCCESS
        else:
            assert session.handshake() is Code.AGAIN
        link.ours.send(b"in the middle\n")
        assert link.ours.handshake()
        link.hear(b"in the middle\n")
        link.talk()
        link.close()


def stapled(run: Run) -> None:
    """The OCSP response arrives."""
    with run.connect() as link:
        link.ours.handshake()
        if run.ours_is_server:
            link.saw("ocsp")
        else:
            assert link.ours.parameters.ocsp_response == run.response
        link.talk()
        link.close()


def protocol(run: Run) -> None:
    """Both sides agree on the application protocol."""
    with run.connect() as link:
        link.ours.handshake()
        assert link.ours.parameters.alpn == run.needs.protocol.encode()
        link.talk()
        link.close()


def limited(run: Run) -> None:
    """No record is longer than the other side wants."""
    with run.connect() as link:
        link.ours.handshake()
        link.talk(b"x" * 900 + b"\n")
        assert link.longest_record <= run.needs.limit + 40
        link.close()


def exported(run: Run) -> None:
    """Both sides derive the same keying material."""
    with run.connect() as link:
        link.ours.handshake()
        ours = link.ours.session.export(b"EXPORTER-interop", 32)
        assert link.act("export") == ours
        link.talk()
        link.close()


def logged(run: Run) -> None:
    """Both sides log the same secrets."""
    with run.connect() as link:
        link.ours.handshake()
        link.talk()
        link.close()
        theirs = set(link.act("keylog"))
    ours = set(run.key_log)
    assert len(ours & theirs) >= (1 if run.needs.version == "TLS 1.2" else 4), (ours, theirs)


def extended(run: Run) -> None:
    """The master secret is bound to the handshake (RFC 7627)."""
    with run.connect() as link:
        link.ours.handshake()
        assert link.ours.parameters.extended_master_secret
        link.talk()
        link.close()


def retried(run: Run) -> None:
    """The client's first ClientHello lacks the share that the server wants."""
    with run.connect() as link:
        link.ours.handshake()
        run.check(link)
        if run.ours_is_server:
            assert "WAIT_CH" in link.ours.session.path
        link.talk()
        link.close()


def early(run: Run) -> None:
    """The second connection brings early data, which the server takes or refuses."""
    accepted = run.needs.early == "accepted"
    with run.connect() as link:
        link.ours.handshake()
        link.talk()
        run.keep(link)
        link.close()
    with run.connect(resuming=True) as link:
        if not run.ours_is_server:
            link.ours.send_early_data(b"early bird\n")
        link.ours.handshake()
        assert link.ours.parameters.resumed
        assert link.ours.parameters.early_data is accepted
        if accepted and run.ours_is_server:
            assert link.ours.recv_early_data() == b"early bird\n"
        elif accepted:
            link.heard_early(b"early bird\n")
        else:
            link.talk()
        link.close()


def late_auth(run: Run) -> None:
    """The server asks for the client's certificate after the handshake."""
    with run.connect() as link:
        link.ours.handshake()
        link.talk()
        if run.ours_is_server:
            link.reauth()
            assert link.ours.parameters.peer_certificates
        else:
            link.act("reauth")
        link.talk()
        link.close()


def key_update_ours(run: Run) -> None:
    """We change keys and ask for the same."""
    with run.connect() as link:
        link.ours.handshake()
        link.talk()
        for _ in range(2):
            link.ours.key_update(request_peer=True)
            link.talk()
        link.close()


def key_update_theirs(run: Run) -> None:
    """The peer changes keys and asks for the same."""
    with run.connect() as link:
        link.ours.handshake()
        link.talk()
        link.act("key_update")
        link.talk()
        link.close()
