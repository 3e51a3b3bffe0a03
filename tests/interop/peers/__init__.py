"""The columns of the matrix: four stacks as client and as server."""

from __future__ import annotations

from typing import Any

from tests.interop.identities import Files
from tests.interop.peers.gnutls_programs import GnuTLSClient, GnuTLSServer
from tests.interop.peers.libgnutls import LibGnuTLS
from tests.interop.peers.openssl_programs import OpenSSLClient, OpenSSLServer
from tests.interop.peers.pyopenssl import PyOpenSSL

COLUMNS: tuple[tuple[str, Any], ...] = (
    ("libgnutls, client", lambda files: LibGnuTLS("client", files)),
    ("libgnutls, server", lambda files: LibGnuTLS("server", files)),
    ("gnutls-cli", GnuTLSClient),
    ("gnutls-serv", GnuTLSServer),
    ("openssl s_client", OpenSSLClient),
    ("openssl s_server", OpenSSLServer),
    ("pyOpenSSL, client", lambda files: PyOpenSSL("client", files)),
    ("pyOpenSSL, server", lambda files: PyOpenSSL("server", files)),
)
"""Name -> what makes the peer, given the files."""


def make(name: str, files: Files) -> Any:
    """Return the peer of a column."""
    return dict(COLUMNS)[name](files)
