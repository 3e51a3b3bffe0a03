"""A session is resumed under another server name than it was made for."""

from __future__ import annotations

from impl import Config, ProtocolVersion, SavedSession
from impl.codec.hello import ClientHello
from impl.tls12 import resumption
from tlsmodel.targets.zoo.bug import DTLS12, SERVER, TLS12, Bug, attribute

_fits = resumption._fits


def _under_any_name(
    session: SavedSession, hello: ClientHello, config: Config, _host: str | None, version: ProtocolVersion
) -> bool:
    return _fits(session, hello, config, session.server_name, version)


BUG = Bug(
    "G21",
    "a server resumes a session that has another server name",
    "GnuTLS before 3.6.1 (NEWS); RFC 6066 section 3",
    (SERVER,),
    (TLS12, DTLS12),
    lambda: attribute(resumption, "_fits", _under_any_name),
)
