"""The rows of the matrix, a table per version."""

from __future__ import annotations

from tests.interop.needs import DTLS12, TLS12, Feature
from tests.interop.rows.classic import classic
from tests.interop.rows.datagram import DATAGRAM
from tests.interop.rows.modern import MODERN
from tests.interop.rows.older import OLDER

FEATURES: tuple[Feature, ...] = (
    *classic(TLS12, "tls12"),
    *OLDER,
    *MODERN,
    *classic(DTLS12, "dtls12"),
    *DATAGRAM,
)
