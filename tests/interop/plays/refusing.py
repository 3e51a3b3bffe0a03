"""Handshakes that one side refuses, and both sides hear of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from impl import AlertDescription, Code
from impl.streams import TlsError

if TYPE_CHECKING:
    from tests.interop.link import Link
    from tests.interop.run import Run

_HEARD = (Code.FATAL_ALERT_RECEIVED, Code.PREMATURE_TERMINATION, Code.PULL_ERROR)
"""How we learn that the other side has refused; programs may hang up without a word."""


def client_refused(run: Run) -> None:
    """The server wants a certificate that it can believe and gets none."""
    if run.ours_is_server:
        codes = (Code.NO_CERTIFICATE_FOUND, Code.CERTIFICATE_REQUIRED, Code.CERTIFICATE_VERIFICATION_ERROR)
        _refused(run, codes)
    else:
        _heard(run)


def server_refused(run: Run) -> None:
    """The client does not believe the server's certificate."""
    if run.ours_is_server:
        _heard(run)
    else:
        _refused(run, (Code.CERTIFICATE_VERIFICATION_ERROR,))


def application_refused(run: Run) -> None:
    """Our application does not like the certificate, which is good."""
    _refused(run, (Code.CERTIFICATE_ERROR,))
    assert len(run.asked) == 1


def no_common_version(run: Run) -> None:
    """One side speaks only TLS 1.3, the other only TLS 1.2."""
    if run.ours_is_server:
        _refused(run, (Code.UNSUPPORTED_VERSION_PACKET,))
    else:
        _heard(run)


def downgraded(run: Run) -> None:
    """Somebody in between has taken TLS 1.3 out of the ClientHello, and the server's random tells."""
    if run.ours_is_server:
        with run.connect() as link, pytest.raises(TlsError) as caught:
            _handshake_and_listen(link)
        assert caught.value.alert == AlertDescription.ILLEGAL_PARAMETER
    else:
        _refused(run, (Code.RECEIVED_ILLEGAL_PARAMETER,))


def unindicated(run: Run) -> None:
    """The peer does not know RFC 5746, and our policy demands it."""
    _refused(run, (Code.SAFE_RENEGOTIATION_FAILED,))


def _refused(run: Run, codes: tuple[Code, ...]) -> None:
    """We refuse, and say so with an alert."""
    with run.connect() as link, pytest.raises(TlsError) as caught:
        _handshake_and_listen(link)
    assert caught.value.code in codes, caught.value
    assert link.trace.names("sent")[-1].startswith("Alert.fatal.")


def _heard(run: Run) -> None:
    """The peer refuses, and we hear of it; one that says nothing tells it on its console."""
    with run.connect() as link:
        with pytest.raises(TlsError) as caught:
            _handshake_and_listen(link)
        if run.peer.silent(run.feature):
            assert caught.value.code is Code.TIMEDOUT
            link.theirs.said_that_it_refused()
        else:
            assert caught.value.code in _HEARD, caught.value


def _handshake_and_listen(link: Link) -> None:
    link.ours.handshake()
    while link.ours.recv():
        pass
    raise AssertionError("nobody refused")
