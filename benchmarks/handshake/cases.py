"""What is measured: four handshakes that all contestants do with the same parameters.

X25519, ECDSA P-256, AES-128-GCM with SHA-256; the client verifies the server's chain for ``localhost``.  No
tickets are issued in TLS 1.3, for some contestants always send them and others never do.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from tlsmodel.credentials import TestCredentials, shared_credentials


class Unsupported(Exception):
    """A contestant cannot do a case; the message is the reason, in a few words."""


@dataclass(frozen=True, slots=True)
class Case:
    """One kind of handshake.

    Parameters
    ----------
    name: for people.
    tls13: TLS 1.3, else TLS 1.2.
    resumed: by a ticket, in TLS 1.3 with a fresh key exchange.
    """

    name: str
    tls13: bool
    resumed: bool


CASES: Final = (
    Case("TLS 1.3 full", tls13=True, resumed=False),
    Case("TLS 1.2 full", tls13=False, resumed=False),
    Case("TLS 1.3 resumed", tls13=True, resumed=True),
    Case("TLS 1.2 resumed", tls13=False, resumed=True),
)


def credentials() -> TestCredentials:
    """Return the certificate of this run, with its authority: ECDSA P-256 both."""
    return shared_credentials()
