"""What GnuTLS and its programs do not do, and how that shows."""

from __future__ import annotations

from tests.interop.needs import Feature
from tests.interop.peers.lacks import Lack, Rule, fails, first, named, refuses, shows, without
from tests.interop.plays import renegotiating

_LIST = ["gnutls-cli", "--list", "--priority", "NORMAL:+ECDHE-PSK:+PSK:+DHE-PSK"]
_NO_SUITE = "GnuTLS {gnutls} does not have this suite"

_LIBRARY: tuple[Rule, ...] = (
    (
        lambda feature: feature.needs.group == "X25519MLKEM768",
        refuses(
            "GnuTLS {gnutls} has no hybrid group",
            ["gnutls-cli", "--list", "--priority", "NORMAL:+GROUP-X25519-MLKEM768"],
            r"Syntax error at: \+GROUP-X25519-MLKEM768",
        ),
    ),
    (
        lambda feature: feature.needs.suite == "TLS_ECDHE_PSK_WITH_AES_128_GCM_SHA256",
        without(_NO_SUITE, _LIST, "TLS_ECDHE_PSK_AES_128_GCM"),
    ),
    (
        lambda feature: feature.needs.suite == "TLS_ECDHE_PSK_WITH_AES_256_GCM_SHA384",
        without(_NO_SUITE, _LIST, "TLS_ECDHE_PSK_AES_256_GCM"),
    ),
    (
        named("update-crossing"),
        fails(
            "GnuTLS {gnutls} that has asked for a KeyUpdate refuses the peer's own request (RFC 8446 4.6.3)",
            "ILLEGAL_PARAMETER|illegal parameter|\\b022f\\b",
        ),
    ),
)
_CLIENT: tuple[Rule, ...] = (
    (
        lambda feature: feature.needs.psk == "ecdhe-psk",
        fails("gnutls-cli {gnutls} crashes when it prints an ECDHE-PSK session", "ended \\(-11\\)"),
    ),
    (
        named("tls12-rehandshake-refused-by-us"),
        fails(
            "gnutls-cli begins again at once, and GnuTLS {gnutls} hashes the refused ClientHello into the new"
            " handshake (RFC 5246 7.4.9)",
            "DECRYPTION_FAILED",
        ),
    ),
    (
        named("dtls12-rehandshake-refused-by-us"),
        fails(
            "gnutls-cli begins again at once, and GnuTLS {gnutls} numbers the new ClientHello 1 and expects a"
            " ServerHello 0 (RFC 6347 4.2.2)",
            "sent Alert.warning.no_renegotiation received ClientHello sent ServerHello sent Certificate"
            " sent ServerKeyExchange sent ServerHelloDone(?! received)",
        ),
    ),
    (
        named("rehandshake-refused-by-them"),
        shows("gnutls-cli has no option that refuses, and follows", renegotiating.ours),
    ),
    (
        named("rehandshake-identity"),
        shows("gnutls-cli shows the same certificate in every handshake", renegotiating.somebody_known),
    ),
    (
        named("tls12-rehandshake-our-data"),
        fails("gnutls-cli {gnutls} takes GOT_APPLICATION_DATA for fatal (gnutls_handshake(3))", "\\b0250\\b"),
    ),
)
_SERVER: tuple[Rule, ...] = (
    (
        named("tls12-rehandshake-refused-by-us"),
        fails("gnutls-serv ends a connection at any warning", "Error while receiving data"),
    ),
    (
        named("rehandshake-refused-by-them"),
        shows("gnutls-serv has no option that refuses, and follows", renegotiating.ours),
    ),
    (
        named("rehandshake-identity"),
        shows("gnutls-serv shows the same certificate in every handshake", renegotiating.somebody_known),
    ),
    (
        named("tls12-rehandshake-our-data"),
        fails("GnuTLS takes no data between ClientHello and ChangeCipherSpec", "\\b020a\\b"),
    ),
    (
        named("dtls12-exporter"),
        fails("gnutls-serv prints nothing about its sessions over UDP", "no b'- Key material: '"),
    ),
    (
        named("late-auth-none"),
        fails("gnutls-serv always requires the certificate that it asks for late", "\\b0274\\b"),
    ),
    (
        named("ticket-rotated"),
        without(
            "gnutls-serv rotates its keys by the time of day only", ["gnutls-serv", "--help"], "(?i)rotat"
        ),
    ),
)
_LIBRARY_CLIENT: tuple[Rule, ...] = (
    (
        named("tls12-auth-require-ed25519", "dtls12-auth-require-ed25519"),
        fails(
            "GnuTLS {gnutls} takes ecdsa_sign for ECDSA alone when it chooses by itself (RFC 8422 5.5)",
            "NO_CERTIFICATE_FOUND",
        ),
    ),
)
_LIBRARY_SERVER: tuple[Rule, ...] = (
    (
        named("tls12-rehandshake-our-data"),
        fails("GnuTLS takes no data between ClientHello and ChangeCipherSpec", "UNEXPECTED_PACKET"),
    ),
    (
        named("tls12-rehandshake-refused-by-them"),
        fails(
            "GnuTLS {gnutls} that has refused meets the refused ClientHello again as an unexpected packet",
            "UNEXPECTED_PACKET",
        ),
    ),
)


def of_client(feature: Feature) -> Lack | None:
    """What gnutls-cli lacks."""
    return first(_LIBRARY + _CLIENT, feature)


def of_server(feature: Feature) -> Lack | None:
    """What gnutls-serv lacks."""
    return first(_LIBRARY + _SERVER, feature)


def of_library_client(feature: Feature) -> Lack | None:
    """What a client of libgnutls lacks."""
    return first(_LIBRARY + _LIBRARY_CLIENT, feature)


def of_library_server(feature: Feature) -> Lack | None:
    """What a server of libgnutls lacks."""
    return first(_LIBRARY + _LIBRARY_SERVER, feature)
