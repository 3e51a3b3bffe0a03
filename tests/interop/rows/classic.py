"""Rows that TLS 1.2 and DTLS 1.2 have in common."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from impl.codec.enums import ProtocolVersion
from impl.crypto.suites import SUITES, Authentication, KeyExchange
from tests.interop.needs import Feature, Needs
from tests.interop.plays import refusing, renegotiating, resuming, talking
from tests.interop.rows.row import Row, certificates, features

_PSK = {KeyExchange.PSK: "psk", KeyExchange.ECDHE_PSK: "ecdhe-psk"}


def classic(version: str, prefix: str) -> tuple[Feature, ...]:
    """Return the rows of a version; names begin with `prefix`."""
    needs = partial(Needs, version)
    return features(
        prefix,
        [
            *_key_exchanges(needs),
            *_suites(needs),
            *_resumption(needs),
            *certificates(needs),
            *_rehandshakes(needs),
            *_indication(needs),
            *_extensions(needs),
        ],
    )


def _key_exchanges(needs: partial[Needs]) -> Iterator[Row]:
    for group in ("X25519", "SECP256R1", "SECP384R1"):
        yield Row(group, f"ECDHE with {group}", needs(group=group, certificate="rsa"))
    for name, scheme, title in (
        ("rsa-pss", "RSA_PSS_RSAE_SHA256", "RSA certificate, RSA-PSS signature"),
        ("rsa-pkcs1", "RSA_PKCS1_SHA256", "RSA certificate, PKCS #1 signature"),
    ):
        yield Row(name, title, needs(certificate="rsa", scheme=scheme))
    yield Row("ed25519", "Ed25519 certificate", needs(certificate="ed25519"))


def _suites(needs: partial[Needs]) -> Iterator[Row]:
    """Every cipher suite that `impl` has, so that none is forgotten."""
    for number, suite in SUITES.items():
        if suite.version is ProtocolVersion.TLS12:
            kind = "rsa" if suite.authentication is Authentication.RSA else "ecdsa"
            name = suite.number.name
            assert number == suite.number
            yield Row(name, name, needs(certificate=kind, suite=name, psk=_PSK.get(suite.key_exchange)))


def _resumption(needs: partial[Needs]) -> Iterator[Row]:
    for how, lost in (("id", "the server has forgotten"), ("ticket", "the server's keys are gone")):
        title = {"id": "resumption by session id", "ticket": "resumption by ticket"}[how]
        yield Row(how, title, needs(resume=how), resuming.resume)
        yield Row(
            f"{how}-forgotten", f"{title}: {lost}, full handshake instead",
            needs(resume=how, forgotten=True), resuming.forget,
        )  # fmt: skip
    yield Row(
        "ticket-rotated", "resumption by ticket after our server's keys have rotated",
        needs(resume="ticket", rotated=True), resuming.resume,
    )  # fmt: skip


def _rehandshakes(needs: partial[Needs]) -> Iterator[Row]:
    play = renegotiating
    yield Row("rehandshake-ours", "re-handshake that we begin, bound by RFC 5746", needs(), play.ours)
    yield Row("rehandshake-theirs", "re-handshake that the peer begins", needs(), play.theirs)
    yield Row(
        "rehandshake-refused-by-us", "re-handshake that the peer begins: refused with no_renegotiation",
        needs(), play.refused_by_us,
    )  # fmt: skip
    yield Row(
        "rehandshake-refused-by-them", "re-handshake that we begin: refused with no_renegotiation",
        needs(refuses=True), play.refused_by_them,
    )  # fmt: skip
    yield Row(
        "rehandshake-our-data", "our data behind the message with which we begin a re-handshake",
        needs(), play.with_our_data,
    )  # fmt: skip
    yield Row(
        "rehandshake-their-data", "the peer's data on its way when we begin a re-handshake",
        needs(), play.with_their_data,
    )  # fmt: skip
    yield Row(
        "rehandshake-identity", "re-handshake in which the peer shows another certificate: refused",
        needs(auth="require", shown="ecdsa"), play.somebody_else,
    )  # fmt: skip


def _indication(needs: partial[Needs]) -> Iterator[Row]:
    """The four policies on RFC 5746 (gnutls_priority_init(3))."""
    play = renegotiating
    yield Row(
        "indication-unsafe", "peer without RFC 5746, unsafe policy: handshake and re-handshake",
        needs(indicated=False, renegotiation="unsafe"), play.unprotected,
    )  # fmt: skip
    yield Row(
        "indication-partial", "peer without RFC 5746, partial policy: handshake, re-handshake refused",
        needs(indicated=False, renegotiation="partial"), play.half_protected,
    )  # fmt: skip
    yield Row(
        "indication-safe", "peer without RFC 5746, safe policy: handshake refused",
        needs(indicated=False, renegotiation="safe"), refusing.unindicated,
    )  # fmt: skip
    yield Row(
        "indication-disabled", "RFC 5746 disabled on our side: handshake",
        needs(renegotiation="disabled"), play.unindicated,
    )  # fmt: skip


def _extensions(needs: partial[Needs]) -> Iterator[Row]:
    yield Row("ocsp", "OCSP response stapled", needs(staple=True), talking.stapled)
    yield Row("alpn", "application protocol (ALPN)", needs(protocol="h2"), talking.protocol)
    yield Row("exporter", "exporters equal", needs(export=True), talking.exported)
    yield Row("keylog", "SSLKEYLOGFILE equal", needs(keys=True), talking.logged)
    yield Row("ems", "extended master secret", needs(), talking.extended)
    yield Row("no-ems", "peer without extended master secret", needs(bound=False), talking.extended)
