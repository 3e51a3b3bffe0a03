"""Rows of DTLS 1.2 alone: cookies, and networks that treat datagrams badly."""

from __future__ import annotations

from functools import partial

from tests.interop.needs import DTLS12, Needs, Network
from tests.interop.plays import datagrams, resuming
from tests.interop.rows.row import Row, features

_needs = partial(Needs, DTLS12)
_ALL = frozenset(range(1000))

DATAGRAM = features(
    "dtls12",
    [
        Row("full", "full handshake with a cookie", _needs()),
        Row("no-cookie", "full handshake without a cookie", _needs(cookie=False)),
        Row("mtu", "fragments of small datagrams", _needs(mtu=200, certificate="rsa")),
        Row(
            "large", "datagrams too large for the network: LARGE_PACKET, and smaller ones",
            _needs(network=Network(biggest=300), certificate="rsa", auth="require", shown="rsa"),
            datagrams.too_large,
        ),
        Row(
            "loss", "our flights lost once",
            _needs(network=Network(lost=frozenset({0, 2}))), datagrams.lossy,
        ),
        Row(
            "loss-theirs", "the peer's flights lost once",
            _needs(network=Network(lost_in=frozenset({1}))), datagrams.lossy,
        ),
        Row(
            "loss-finished", "the flight with our Finished lost (a server's last)",
            _needs(network=Network(lost_finished=1)), datagrams.lossy,
        ),
        Row(
            "loss-resumed", "the flight with our Finished lost when resuming (a client's last)",
            _needs(network=Network(lost_finished=1), resume="ticket"), resuming.resume_over_loss,
        ),
        Row(
            "loss-rehandshake", "the flight with our Finished lost in a re-handshake",
            _needs(), datagrams.rehandshake_over_loss,
        ),
        Row(
            "reordered", "our datagrams in another order",
            _needs(network=Network(late=frozenset({2, 4})), mtu=300, certificate="rsa"), datagrams.lossy,
        ),
        Row(
            "reordered-theirs", "the peer's datagrams in another order",
            _needs(network=Network(late_in=frozenset({2, 4}))), datagrams.lossy,
        ),
        Row(
            "doubled", "every datagram twice, both ways: replays are dropped",
            _needs(network=Network(doubled=_ALL, doubled_in=_ALL)), datagrams.doubled,
        ),
    ],
)  # fmt: skip
