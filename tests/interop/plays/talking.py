"""One handshake, what both sides have then, data both ways and the end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cryptography.hazmat.primitives.serialization import Encoding

from impl.codec.hello import ServerHello
from tests.interop.needs import EXPORTED, EXPORTER, TLS12

if TYPE_CHECKING:
    from tests.interop.run import Run

_RECORD_OVERHEAD = 40


def talk(run: Run) -> None:
    """Shake hands, talk, close."""
    with run.connect() as link:
        link.ours.handshake()
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


def asked(run: Run) -> None:
    """Our application is asked about the peer's certificate, once."""
    with run.connect() as link:
        link.ours.handshake()
        (chain,) = run.asked
        shown = tuple(certificate.public_bytes(Encoding.DER) for certificate in chain)
        assert shown == link.ours.parameters.peer_certificates
        link.talk()
        link.close()


def stapled(run: Run) -> None:
    """The OCSP response arrives."""
    with run.connect() as link:
        link.ours.handshake()
        if run.ours_is_server:
            link.theirs.saw_ocsp(link.ours)
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
        ours = b"x" * 900 + b"\n"
        link.ours.send(ours)
        link.hear(ours)
        for theirs in (b"y" * 400 + b"\n", b"z" * 400 + b"\n"):
            # Of a text that is too long for one record, gnutls-cli sends the first record only.
            link.theirs.say(link.ours, theirs)
            link.read(theirs)
        assert run.needs.limit < link.wire.longest_record <= run.needs.limit + _RECORD_OVERHEAD
        link.close()


def unlimited(run: Run) -> None:
    """The peer says nothing of a limit, and gets longer records."""
    with run.connect() as link:
        link.ours.handshake()
        link.talk(b"x" * 900 + b"\n")
        assert link.wire.longest_record > 900
        link.close()


def exported(run: Run) -> None:
    """Both sides derive the same keying material."""
    with run.connect() as link:
        link.ours.handshake()
        ours = link.ours.session.export(EXPORTER.encode(), EXPORTED)
        assert link.theirs.exported(link.ours) == ours
        link.talk()
        link.close()


def logged(run: Run) -> None:
    """Both sides log the same secrets."""
    with run.connect() as link:
        link.ours.handshake()
        link.talk()
        link.close()
        theirs = _secrets(link.theirs.key_log())
    ours = _secrets(run.key_log)
    shared = ours.keys() & theirs.keys()
    assert len(shared) >= (1 if run.needs.version != "TLS 1.3" else 4), (ours, theirs)
    assert {name: ours[name] for name in shared} == {name: theirs[name] for name in shared}


def _secrets(lines: list[str]) -> dict[tuple[str, str], str]:
    """(label, client random) -> secret, of the lines of a key log."""
    words = (line.split() for line in lines if line and not line.startswith("#"))
    return {(label, random.lower()): secret.lower() for label, random, secret in words}


def extended(run: Run) -> None:
    """The master secret is bound to the handshake (RFC 7627), if both know how."""
    with run.connect() as link:
        link.ours.handshake()
        assert link.ours.parameters.extended_master_secret is run.needs.bound
        link.talk()
        link.close()


def older(run: Run) -> None:
    """We would speak TLS 1.3, and the peer only TLS 1.2; a server says so in its random (RFC 8446 4.1.3)."""
    with run.connect() as link:
        link.ours.handshake()
        run.check(link)
        (hello,) = (
            ServerHello.parse(item.body)
            for item in link.trace.messages
            if item.message_type == ServerHello.TYPE
        )
        assert run.needs.version == TLS12
        assert hello.downgraded is run.ours_is_server
        link.talk()
        link.close()
