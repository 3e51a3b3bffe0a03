"""What a row needs, as a context of pyOpenSSL."""

from __future__ import annotations

import os
from typing import Any

from cryptography import x509
from OpenSSL import SSL

from tests.interop.identities import Files
from tests.interop.needs import PSK_IDENTITY, PSK_KEY, Needs
from tests.interop.peers.openssl_names import CIPHERS, GROUPS

_ffi, _lib = SSL._ffi, SSL._lib
_VERSIONS = {"TLS 1.2": SSL.TLS1_2_VERSION, "TLS 1.3": SSL.TLS1_3_VERSION}
# Options that pyOpenSSL has no names for (openssl/ssl.h).
_NO_EXTENDED_MASTER_SECRET, _LEGACY_SERVER_CONNECT = 1 << 0, 1 << 2
_ALLOW_CLIENT_RENEGOTIATION, _ALLOW_NO_DHE_KEX = 1 << 8, 1 << 10
_COOKIE = b"a cookie of sixteen"

_kept: list[Any] = []
"""Callbacks, which must outlive every context."""


def make(needs: Needs, role: str, files: Files) -> SSL.Context:
    """Return a context for one feature, for a client or a server."""
    context = SSL.Context(SSL.DTLS_METHOD if needs.datagram else SSL.TLS_METHOD)
    if not needs.datagram:
        context.set_min_proto_version(min(_VERSIONS[version] for version in needs.of_theirs))
        context.set_max_proto_version(max(_VERSIONS[version] for version in needs.of_theirs))
    _set_algorithms(context, needs, role, files)
    context.set_options(_options(needs, role))
    if needs.protocol:
        context.set_alpn_protos([needs.protocol.encode()])
        context.set_alpn_select_callback(lambda _connection, offered: offered[0])
    if needs.datagram and needs.cookie and role == "server":
        context.set_cookie_generate_callback(lambda _connection: _COOKIE)
        context.set_cookie_verify_callback(lambda _connection, cookie: cookie == _COOKIE)
    if needs.early == "accepted":
        assert _lib.SSL_CTX_set_max_early_data(context._context, 1000) == 1
    if needs.psk:
        (_answer_psk if role == "server" else _offer_psk)(context)
    _set_identity(context, needs, role, files)
    return context


def _set_algorithms(context: SSL.Context, needs: Needs, role: str, files: Files) -> None:
    if needs.suite and needs.version == "TLS 1.3":
        context.set_tls13_ciphersuites(needs.suite.encode())
    elif needs.suite:
        context.set_cipher_list(CIPHERS[needs.suite].encode())
    if needs.suite and "DHE_RSA" in needs.suite:
        context.load_tmp_dh(os.fspath(files.field))
    if needs.group:
        first = "X25519:" if needs.retry and role == "client" else ""
        words = (first + GROUPS[needs.group]).encode()
        assert _lib.SSL_CTX_set1_curves_list(context._context, words) == 1


def _options(needs: Needs, role: str) -> int:
    options = _ALLOW_CLIENT_RENEGOTIATION
    if needs.resume == "id":
        options |= SSL.OP_NO_TICKET
    if needs.psk == "ke" or needs.keyless:
        options |= _ALLOW_NO_DHE_KEX
    if needs.refuses:
        options |= SSL.OP_NO_RENEGOTIATION
    if needs.renegotiation == "disabled":
        options |= _LEGACY_SERVER_CONNECT
    if not needs.bound:
        options |= _NO_EXTENDED_MASTER_SECRET
    if needs.datagram and needs.cookie and role == "server":
        options |= SSL.OP_COOKIE_EXCHANGE
    return options


def _offer_psk(context: SSL.Context) -> None:
    @_ffi.callback("unsigned int(SSL *, const char *, char *, unsigned int, unsigned char *, unsigned int)")
    def offer(_ssl: Any, _hint: Any, place: Any, _room: int, key: Any, _key_room: int) -> int:
        name = PSK_IDENTITY.encode() + b"\0"
        _ffi.memmove(place, name, len(name))
        _ffi.memmove(key, PSK_KEY, len(PSK_KEY))
        return len(PSK_KEY)

    _kept.append(offer)
    _lib.SSL_CTX_set_psk_client_callback(context._context, offer)


def _answer_psk(context: SSL.Context) -> None:
    @_ffi.callback("unsigned int(SSL *, const char *, unsigned char *, unsigned int)")
    def answer(_ssl: Any, name: Any, key: Any, _room: int) -> int:
        if _ffi.string(name) != PSK_IDENTITY.encode():
            return 0
        _ffi.memmove(key, PSK_KEY, len(PSK_KEY))
        return len(PSK_KEY)

    _kept.append(answer)
    _lib.SSL_CTX_set_psk_server_callback(context._context, answer)


def _set_identity(context: SSL.Context, needs: Needs, role: str, files: Files) -> None:
    shown = needs.certificate if role == "server" else needs.shown
    if shown and not needs.psk:
        certificate, key = files.of(role, shown)
        context.use_certificate_chain_file(os.fspath(certificate))
        context.use_privatekey_file(os.fspath(key))
    if role == "client" and not needs.psk:
        context.load_verify_locations(os.fspath(files.ca if needs.believed else files.stranger))
        context.set_verify(SSL.VERIFY_PEER, _names(needs.host))
    elif {needs.auth, needs.late_auth} != {"none"}:
        context.load_verify_locations(os.fspath(files.ca if needs.client_believed else files.stranger))
    if role == "server" and needs.auth != "none":
        required = SSL.VERIFY_FAIL_IF_NO_PEER_CERT if needs.auth == "require" else 0
        context.set_verify(SSL.VERIFY_PEER | required)
    if role == "server":
        context.set_session_id(b"interop")
    context.set_session_cache_mode(SSL.SESS_CACHE_BOTH)


def _names(host: str) -> Any:
    """Return a callback that also wants the leaf to be for `host`."""

    def verify(_connection: Any, certificate: Any, _error: int, depth: int, good: int) -> bool:
        if depth:
            return bool(good)
        found: x509.Certificate = certificate.to_cryptography()
        return bool(good) and found.subject.rfc4514_string() == f"CN={host}"

    return verify
