"""Rows of TLS 1.3."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from tests.interop.needs import TLS12, TLS13, Needs, Network
from tests.interop.plays import modern, refusing, resuming, talking
from tests.interop.rows.row import Row, certificates, features

_needs = partial(Needs, TLS13)
_128 = "TLS_AES_128_GCM_SHA256"


def _algorithms() -> Iterator[Row]:
    for group in ("X25519", "SECP256R1", "SECP384R1", "X25519MLKEM768"):
        yield Row(group, group, _needs(group=group))
    for suite in (_128, "TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256"):
        yield Row(suite, suite, _needs(suite=suite))
    yield Row("rsa-certificate", "RSA certificate (RSA-PSS)", _needs(certificate="rsa"))
    yield Row("ed25519-certificate", "Ed25519 certificate", _needs(certificate="ed25519"))
    yield Row("retry", "HelloRetryRequest", _needs(group="SECP384R1", retry=True), modern.retried)


def _versions() -> Iterator[Row]:
    both = (TLS13, TLS12)
    yield Row("agreed", "both sides offer TLS 1.2 too", _needs(ours=both, theirs=both))
    yield Row(
        "downgrade", "TLS 1.3 taken out of the ClientHello on its way: refused by the downgrade sentinel",
        _needs(ours=both, theirs=both, network=Network(stripped=True)), refusing.downgraded,
    )  # fmt: skip
    yield Row(
        "no-version", "peer with TLS 1.2 only: refused", _needs(theirs=(TLS12,)), refusing.no_common_version
    )
    yield Row("plain", "without middlebox compatibility", _needs(compatible=False))


def _keys() -> Iterator[Row]:
    yield Row("ticket", "resumption by ticket, with ECDHE", _needs(resume="ticket"), resuming.resume)
    yield Row(
        "ticket-retry", "resumption by ticket, with HelloRetryRequest",
        _needs(resume="ticket", group="SECP384R1", retry=True), modern.resumed_after_retry,
    )  # fmt: skip
    yield Row(
        "ticket-ke", "resumption by ticket, without ECDHE",
        _needs(resume="ticket", keyless=True), resuming.resume,
    )  # fmt: skip
    yield Row(
        "ticket-forgotten", "resumption by ticket: the server's keys are gone, full handshake instead",
        _needs(resume="ticket", forgotten=True), resuming.forget,
    )  # fmt: skip
    yield Row(
        "ticket-rotated", "resumption by ticket after our server's keys have rotated",
        _needs(resume="ticket", rotated=True), resuming.resume,
    )  # fmt: skip
    yield Row("psk-dhe", "external PSK with ECDHE", _needs(psk="dhe", suite=_128))
    yield Row("psk-ke", "external PSK without ECDHE", _needs(psk="ke", suite=_128))
    early = partial(_needs, resume="ticket")
    yield Row("early", "early data accepted", early(early="accepted"), resuming.early)
    yield Row("early-rejected", "early data rejected", early(early="rejected"), resuming.early)


def _extensions() -> Iterator[Row]:
    yield Row("ocsp", "OCSP response stapled", _needs(staple=True), talking.stapled)
    yield Row("alpn", "application protocol (ALPN)", _needs(protocol="h2"), talking.protocol)
    yield Row("limit", "record size limit (RFC 8449)", _needs(limit=512), talking.limited)
    yield Row("exporter", "exporters equal", _needs(export=True), talking.exported)
    yield Row("keylog", "SSLKEYLOGFILE equal", _needs(keys=True), talking.logged)


def _afterwards() -> Iterator[Row]:
    yield Row(
        "late-auth", "authentication after the handshake",
        _needs(shown="ecdsa", late_auth="require"), modern.late_auth,
    )  # fmt: skip
    yield Row(
        "late-auth-none", "authentication after the handshake, none shown",
        _needs(late_auth="request"), modern.late_auth,
    )  # fmt: skip
    yield Row("update-ours", "KeyUpdate that asks for the peer's", _needs(), modern.key_update_ours)
    yield Row("update-ours-alone", "KeyUpdate that asks for nothing", _needs(), modern.key_update_ours_alone)
    yield Row("update-theirs", "KeyUpdate that asks for ours", _needs(), modern.key_update_theirs)
    yield Row("update-crossing", "KeyUpdates that cross", _needs(), modern.key_updates_cross)
    yield Row(
        "again", "handshake() again: KeyUpdate at a client, nothing at a server", _needs(), modern.again
    )


MODERN = features(
    "tls13",
    [*_algorithms(), *_versions(), *_keys(), *certificates(_needs), *_extensions(), *_afterwards()],
)
