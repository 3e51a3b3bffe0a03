"""What a row of the matrix asks of both sides, in words that every peer translates into its own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

TLS12, TLS13, DTLS12 = "TLS 1.2", "TLS 1.3", "DTLS 1.2"
PSK_IDENTITY, PSK_KEY = "walter", bytes(range(16, 48))
EXPORTER, EXPORTED = "EXPORTER-interop", 32
EARLY = b"early bird\n"


@dataclass(frozen=True)
class Network:
    """What happens to the datagrams of `impl`, or to its bytes, on their way.

    Parameters
    ----------
    lost, late, doubled: numbers of datagrams that `impl` sends: lost, overtaken by the next, sent twice.
    lost_in, late_in, doubled_in: the same of the peer's.
    lost_finished: how often the datagrams with our Finished are lost.
    biggest: bytes of the largest datagram that goes through.
    stripped: whether the ClientHello loses its supported_versions, which somebody in between could do.
    """

    lost: frozenset[int] = frozenset()
    late: frozenset[int] = frozenset()
    doubled: frozenset[int] = frozenset()
    lost_in: frozenset[int] = frozenset()
    late_in: frozenset[int] = frozenset()
    doubled_in: frozenset[int] = frozenset()
    lost_finished: int = 0
    biggest: int | None = None
    stripped: bool = False


@dataclass(frozen=True)
class Needs:
    """What both sides are set up for.

    Parameters
    ----------
    version: what is agreed on, one of the constants above.
    ours, theirs: the versions that `impl` and the peer offer; empty for `version` alone.
    certificate: kind of the server's key.
    scheme: the only signature scheme of `impl`, by its registered name; None leaves it open.
    suite: the only cipher suite, by its registered name; None leaves it open.
    group: the only group; None leaves it open.
    retry: whether the client must be asked for a share of `group`.
    auth: what the server wants of the client's certificate: none, request, require.
    shown: kind of the client's key, or None if it has no certificate.
    client_believed: whether the server believes the client's authority.
    verify: what the application says that `impl` asks about the certificate; None asks nobody.
    psk: how a pre-shared key is used: "psk", "ecdhe-psk" (TLS 1.2), "ke", "dhe" (TLS 1.3), or None.
    resume: what makes a second connection resume: "id", "ticket", or None.
    keyless: whether a session of TLS 1.3 is resumed without (EC)DHE.
    forgotten: whether the server has lost its sessions and ticket keys before the second connection.
    rotated: whether the server's ticket keys have changed once before the second connection.
    early: whether the second connection brings early data: "accepted", "rejected", or None.
    late_auth: what the server wants of the client's certificate after the handshake.
    staple: whether the server staples an OCSP response and the client asks for it.
    protocol: the application protocol.
    limit: bytes that `impl` wants in a record at most, and the peer too.
    mtu: bytes of a datagram, at `impl`.
    cookie: whether a DTLS server sends a cookie.
    network: what happens on the way.
    keys: whether secrets are logged.
    export: whether keying material is exported.
    refuses: whether the peer refuses re-handshakes.
    renegotiation: the policy of `impl` on RFC 5746; None leaves its own.
    indicated: whether the peer knows RFC 5746.
    bound: whether the peer knows the extended master secret.
    compatible: whether TLS 1.3 is made to look like TLS 1.2 to middleboxes.
    believed: whether the client believes the server's authority.
    host: the name that the client asks for.
    """

    version: str
    ours: tuple[str, ...] = ()
    theirs: tuple[str, ...] = ()
    certificate: str = "ecdsa"
    scheme: str | None = None
    suite: str | None = None
    group: str | None = None
    retry: bool = False
    auth: str = "none"
    shown: str | None = None
    client_believed: bool = True
    verify: bool | None = None
    psk: str | None = None
    resume: str | None = None
    keyless: bool = False
    forgotten: bool = False
    rotated: bool = False
    early: str | None = None
    late_auth: str = "none"
    staple: bool = False
    protocol: str | None = None
    limit: int | None = None
    mtu: int | None = None
    cookie: bool = True
    network: Network = Network()
    keys: bool = False
    export: bool = False
    refuses: bool = False
    renegotiation: str | None = None
    indicated: bool = True
    bound: bool = True
    compatible: bool = True
    believed: bool = True
    host: str = "localhost"

    @property
    def datagram(self) -> bool:
        """Whether it is about datagrams."""
        return self.version == DTLS12

    @property
    def of_ours(self) -> tuple[str, ...]:
        """The versions that `impl` offers, preferred first."""
        return self.ours or (self.version,)

    @property
    def of_theirs(self) -> tuple[str, ...]:
        """The versions that the peer offers, preferred first."""
        return self.theirs or (self.version,)


@dataclass(frozen=True)
class Feature:
    """One row of the matrix.

    Parameters
    ----------
    name: for tests.
    title: for people.
    needs: what both sides are set up for.
    play: what happens, and what must be true then.
    """

    name: str
    title: str
    needs: Needs
    play: Callable[..., None]
