"""The features that are tried with every peer: what either side is asked for, and how the run goes.

A row says what is needed in words that every peer translates into its own; a peer that lacks something says
so with a reason (`peers`), which the matrix then shows.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tests.interop import plays

TLS12, TLS13, DTLS12 = "TLS 1.2", "TLS 1.3", "DTLS 1.2"
PSK_IDENTITY, PSK_KEY = "walter", bytes(range(16, 48))


@dataclass(frozen=True)
class Needs:
    """What both sides are set up for.

    Parameters
    ----------
    version: one of the constants above.
    certificate: kind of the server's key.
    suite: the only cipher suite, by its registered name; None leaves it open.
    group: the only group; None leaves it open.
    retry: whether the client must be asked for a share of `group`.
    auth: what the server wants of the client's certificate: none, request, require.
    shown: kind of the client's key, or None if it has no certificate.
    psk: how a pre-shared key is used: "psk", "ecdhe-psk" (TLS 1.2), "ke", "dhe" (TLS 1.3), or None.
    resume: what makes a second connection resume: "id", "ticket", or None.
    early: whether the second connection brings early data: "accepted", "rejected", or None.
    late_auth: whether the client is authenticated after the handshake.
    staple: whether the server staples an OCSP response and the client asks for it.
    protocol: the application protocol.
    limit: bytes that `impl` wants in a record at most, and the peer too.
    mtu: bytes of a datagram, at `impl`.
    loss: which of `impl`'s datagrams are lost.
    keys: whether secrets are logged.
    believed: whether the client believes the server's authority.
    host: the name that the client asks for.
    """

    version: str
    certificate: str = "ecdsa"
    suite: str | None = None
    group: str | None = None
    retry: bool = False
    auth: str = "none"
    shown: str | None = None
    psk: str | None = None
    resume: str | None = None
    early: str | None = None
    late_auth: bool = False
    staple: bool = False
    protocol: str | None = None
    limit: int | None = None
    mtu: int | None = None
    loss: frozenset[int] = frozenset()
    keys: bool = False
    compatible: bool = True
    believed: bool = True
    host: str = "localhost"


@dataclass(frozen=True)
class Feature:
    """One row of the matrix.

    Parameters
    ----------
    name: for tests.
    title: for people.
    needs: what both sides are set up for.
    play: what happens, and what must be true then.
    action: what only a peer that can do it is asked for during the play.
    """

    name: str
    title: str
    needs: Needs
    play: Callable[..., None]
    action: str | None = None


def _rows() -> list[Feature]:
    rows: list[Feature] = []

    def add(
        name: str, title: str, needs: Needs, play: Callable[..., None] = plays.talk, action: str | None = None
    ) -> None:
        rows.append(Feature(name, title, needs, play, action))

    for group in ("X25519", "SECP256R1", "SECP384R1"):
        add(f"tls12-{group}", f"ECDHE with {group}", Needs(TLS12, group=group, certificate="rsa"))
    add("tls12-rsa-certificate", "RSA certificate, RSA-PSS or PKCS #1", Needs(TLS12, certificate="rsa"))
    add("tls12-ed25519-certificate", "Ed25519 certificate", Needs(TLS12, certificate="ed25519"))
    for suite, kind in (
        ("TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384", "ecdsa"),
        ("TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256", "ecdsa"),
        ("TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", "rsa"),
        ("TLS_DHE_RSA_WITH_AES_128_GCM_SHA256", "rsa"),
        ("TLS_RSA_WITH_AES_128_GCM_SHA256", "rsa"),
    ):
        add(f"tls12-{suite}", suite, Needs(TLS12, certificate=kind, suite=suite))
    add(
        "tls12-psk", "PSK key exchange",
        Needs(TLS12, suite="TLS_PSK_WITH_AES_128_GCM_SHA256", psk="psk"),
    )  # fmt: skip
    add(
        "tls12-ecdhe-psk", "ECDHE-PSK key exchange",
        Needs(TLS12, suite="TLS_ECDHE_PSK_WITH_CHACHA20_POLY1305_SHA256", psk="ecdhe-psk"),
    )  # fmt: skip
    add("tls12-id", "resumption by session id", Needs(TLS12, resume="id"), plays.resume)
    add("tls12-ticket", "resumption by ticket", Needs(TLS12, resume="ticket"), plays.resume)
    for version, prefix in ((TLS12, "tls12"), (TLS13, "tls13"), (DTLS12, "dtls12")):
        for auth, shown, what in (
            ("request", None, "client certificate requested, none shown"),
            ("require", "ecdsa", "client certificate required and shown (ECDSA)"),
            ("require", "rsa", "client certificate required and shown (RSA)"),
        ):
            needs = Needs(version, auth=auth, shown=shown)
            add(f"{prefix}-auth-{auth}-{shown}", what, needs, plays.authenticate)
        add(
            f"{prefix}-auth-refused", "client certificate required and missing: refused",
            Needs(version, auth="require"), plays.client_refused,
        )  # fmt: skip
        add(f"{prefix}-wrong-host", "certificate of another host: refused",
            Needs(version, host="elsewhere.test"), plays.server_refused)  # fmt: skip
        add(f"{prefix}-untrusted", "certificate of an unknown authority: refused",
            Needs(version, believed=False), plays.server_refused)  # fmt: skip
    for version, prefix in ((TLS12, "tls12"), (DTLS12, "dtls12")):
        add(f"{prefix}-rehandshake-ours", "re-handshake that we begin, bound by RFC 5746", Needs(version),
            plays.rehandshake_ours, "follow")  # fmt: skip
        add(f"{prefix}-rehandshake-theirs", "re-handshake that the peer begins", Needs(version),
            plays.rehandshake_theirs, "rehandshake")  # fmt: skip
        add(f"{prefix}-rehandshake-refused", "re-handshake refused with no_renegotiation", Needs(version),
            plays.rehandshake_refused, "rehandshake-refused")  # fmt: skip
    add("tls12-rehandshake-data", "data in the middle of a re-handshake", Needs(TLS12),
        plays.rehandshake_with_data, "follow")  # fmt: skip
    for version, prefix in ((TLS12, "tls12"), (TLS13, "tls13")):
        add(f"{prefix}-ocsp", "OCSP response stapled", Needs(version, staple=True), plays.stapled)
        add(f"{prefix}-alpn", "application protocol (ALPN)", Needs(version, protocol="h2"), plays.protocol)
        add(f"{prefix}-limit", "record size limit (RFC 8449)", Needs(version, limit=512), plays.limited)
        add(f"{prefix}-exporter", "exporters equal", Needs(version), plays.exported, "export")
        add(f"{prefix}-keylog", "SSLKEYLOGFILE equal", Needs(version, keys=True), plays.logged, "keylog")
    add("tls12-ems", "extended master secret", Needs(TLS12), plays.extended)
    for group in ("X25519", "SECP256R1", "SECP384R1", "X25519MLKEM768"):
        add(f"tls13-{group}", group, Needs(TLS13, group=group))
    add("tls13-rsa-certificate", "RSA certificate (RSA-PSS)", Needs(TLS13, certificate="rsa"))
    add("tls13-ed25519-certificate", "Ed25519 certificate", Needs(TLS13, certificate="ed25519"))
    for suite in ("TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256"):
        add(f"tls13-{suite}", suite, Needs(TLS13, suite=suite))
    add("tls13-retry", "HelloRetryRequest", Needs(TLS13, group="SECP384R1", retry=True), plays.retried)
    add("tls13-ticket", "resumption by ticket, with ECDHE", Needs(TLS13, resume="ticket"), plays.resume)
    add("tls13-psk-dhe", "external PSK with ECDHE", Needs(TLS13, psk="dhe", suite="TLS_AES_128_GCM_SHA256"))
    add("tls13-psk-ke", "external PSK without ECDHE", Needs(TLS13, psk="ke", suite="TLS_AES_128_GCM_SHA256"))
    add("tls13-early", "early data accepted", Needs(TLS13, resume="ticket", early="accepted"), plays.early)
    add("tls13-early-rejected", "early data rejected", Needs(TLS13, resume="ticket", early="rejected"),
        plays.early)  # fmt: skip
    add("tls13-late-auth", "authentication after the handshake", Needs(TLS13, shown="ecdsa", late_auth=True),
        plays.late_auth, "reauth")  # fmt: skip
    add("tls13-update-ours", "KeyUpdate that we ask for", Needs(TLS13), plays.key_update_ours)
    add("tls13-update-theirs", "KeyUpdate that the peer asks for", Needs(TLS13), plays.key_update_theirs,
        "key_update")  # fmt: skip
    add("tls13-plain", "without middlebox compatibility", Needs(TLS13, compatible=False))
    add("dtls12-full", "full handshake with a cookie", Needs(DTLS12))
    add("dtls12-mtu", "fragments of small datagrams", Needs(DTLS12, mtu=200, certificate="rsa"))
    add("dtls12-loss", "our flights lost once", Needs(DTLS12, loss=frozenset({0, 2})))
    add("dtls12-ticket", "resumption by ticket", Needs(DTLS12, resume="ticket"), plays.resume)
    add("dtls12-psk", "PSK key exchange", Needs(DTLS12, suite="TLS_PSK_WITH_AES_128_GCM_SHA256", psk="psk"))
    return rows


FEATURES = _rows()
