"""What OpenSSL and its programs do not do, and how that shows."""

from __future__ import annotations

from OpenSSL import SSL

from tests.interop.needs import Feature
from tests.interop.peers.lacks import Lack, Rule, absent, fails, first, named, refuses, shows, without
from tests.interop.peers.openssl_names import CIPHERS
from tests.interop.plays import renegotiating, talking

_UNKNOWN_SUITES = ("TLS_ECDHE_PSK_WITH_AES_128_GCM_SHA256", "TLS_ECDHE_PSK_WITH_AES_256_GCM_SHA384")


def _binding() -> object:
    return SSL._lib


def _ed25519(feature: Feature) -> bool:
    return feature.needs.datagram and feature.needs.certificate == "ed25519"


_EVERYWHERE: tuple[Rule, ...] = (
    (
        named("rehandshake-refused-by-us"),
        fails("OpenSSL ends a connection whose re-handshake is refused", "\\b0228\\b"),
    ),
    (
        named("indication-unsafe", "indication-partial", "indication-safe"),
        shows("OpenSSL cannot be made to leave RFC 5746 out", renegotiating.indicated_all_the_same),
    ),
    (named("limit"), shows("OpenSSL has no record_size_limit", talking.unlimited)),
)
_EVERY_SERVER: tuple[Rule, ...] = (
    (
        named("rehandshake-our-data"),
        fails("OpenSSL takes no data between ClientHello and ChangeCipherSpec at a server", "\\b020a\\b"),
    ),
    (_ed25519, fails("OpenSSL has no Ed25519 certificates over DTLS at a server", "\\b0228\\b")),
)
_PROGRAMS: tuple[Rule, ...] = (
    (
        lambda feature: feature.needs.group == "X25519MLKEM768",
        refuses(
            "OpenSSL {openssl} has no hybrid group",
            ["openssl", "s_client", "-groups", "X25519MLKEM768", "-connect", "127.0.0.1:1"],
            "group 'X25519MLKEM768' cannot be set",
        ),
    ),
    *(
        (
            lambda feature, suite=suite: feature.needs.suite == suite,
            refuses(
                "OpenSSL {openssl} does not have this suite",
                ["openssl", "ciphers", "-psk", CIPHERS[suite]],
                "no cipher match",
            ),
        )
        for suite in _UNKNOWN_SUITES
    ),
)
_CLIENT: tuple[Rule, ...] = (
    (
        named("rehandshake-identity"),
        shows("s_client shows the same certificate in every handshake", renegotiating.somebody_known),
    ),
)
_SERVER: tuple[Rule, ...] = (
    (
        named("rehandshake-identity"),
        shows("s_server shows the same certificate in every handshake", renegotiating.somebody_known),
    ),
    (
        named("no-cookie"),
        fails("s_server sends a cookie in every handshake", "received HelloVerifyRequest"),
    ),
    (
        named("ticket-rotated"),
        without("s_server keeps its ticket keys", ["openssl", "s_server", "-help"], "(?i)rotat|ticket.?key"),
    ),
)
_LIBRARY: tuple[Rule, ...] = (
    (
        lambda feature: feature.needs.suite in _UNKNOWN_SUITES,
        fails("OpenSSL {newer} does not have this suite", "no cipher match"),
    ),
    (
        named("update-theirs", "update-crossing"),
        absent("pyOpenSSL's binding has no SSL_key_update", _binding, "SSL_key_update"),
    ),
)
_LIBRARY_SERVER: tuple[Rule, ...] = (
    (
        lambda feature: feature.needs.datagram and (feature.needs.suite or "").startswith("TLS_DHE_RSA"),
        fails("OpenSSL {newer} takes no DHE over DTLS with the groups of RFC 7919", "no shared cipher"),
    ),
    (
        named("ticket-rotated"),
        absent(
            "pyOpenSSL's binding has no way to change ticket keys", _binding,
            "SSL_CTX_set_tlsext_ticket_keys", "SSL_CTX_set_tlsext_ticket_key_cb",
            "SSL_CTX_set_tlsext_ticket_key_evp_cb",
        ),
    ),
)  # fmt: skip


def of_client(feature: Feature) -> Lack | None:
    """What s_client lacks."""
    return first(_EVERYWHERE + _PROGRAMS + _CLIENT, feature)


def of_server(feature: Feature) -> Lack | None:
    """What s_server lacks."""
    return first(_EVERYWHERE + _EVERY_SERVER + _PROGRAMS + _SERVER, feature)


def of_library_client(feature: Feature) -> Lack | None:
    """What a client of pyOpenSSL lacks."""
    return first(_EVERYWHERE + _LIBRARY, feature)


def of_library_server(feature: Feature) -> Lack | None:
    """What a server of pyOpenSSL lacks."""
    return first(_EVERYWHERE + _EVERY_SERVER + _LIBRARY + _LIBRARY_SERVER, feature)
