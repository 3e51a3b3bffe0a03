"""Rows of TLS 1.2 alone: what it has over streams, and how it is agreed on beside TLS 1.3."""

from __future__ import annotations

from functools import partial

from tests.interop.needs import TLS12, TLS13, Needs
from tests.interop.plays import talking
from tests.interop.rows.row import Row, features

_needs = partial(Needs, TLS12)

OLDER = features(
    "tls12",
    [
        Row("limit", "record size limit (RFC 8449)", _needs(limit=512), talking.limited),
        Row("agreed", "we offer TLS 1.3 too, the peer does not", _needs(ours=(TLS13, TLS12)), talking.older),
    ],
)
