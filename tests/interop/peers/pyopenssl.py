"""pyOpenSSL with the newer OpenSSL that comes with it, in this process."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from OpenSSL import SSL, crypto

from tests.interop.features import Feature, Needs
from tests.interop.identities import Files
from tests.interop.peers.priorities import NO_DATA_INSIDE
from tests.interop.peers.thread import ThreadedEnd, socket_pair

_CIPHERS = {
    "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384": b"ECDHE-ECDSA-AES256-GCM-SHA384",
    "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256": b"ECDHE-ECDSA-CHACHA20-POLY1305",
    "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256": b"ECDHE-RSA-AES128-GCM-SHA256",
    "TLS_DHE_RSA_WITH_AES_128_GCM_SHA256": b"DHE-RSA-AES128-GCM-SHA256",
    "TLS_RSA_WITH_AES_128_GCM_SHA256": b"AES128-GCM-SHA256",
}
_VERSIONS = {"TLS 1.2": SSL.TLS1_2_VERSION, "TLS 1.3": SSL.TLS1_3_VERSION}
_GROUPS = {"X25519": "X25519", "SECP256R1": "P-256", "SECP384R1": "P-384", "X25519MLKEM768": "X25519MLKEM768"}
_ALLOW_CLIENT_RENEGOTIATION = 1 << 8
_NO_EARLY = "pyOpenSSL has no early data"
_NO_LATE = "pyOpenSSL has no post-handshake authentication"
_NO_PSK = "pyOpenSSL has no pre-shared keys"
_NO_LIMIT = "pyOpenSSL has no record_size_limit"
_UNSUPPORTED = {
    "tls13-early": _NO_EARLY,
    "tls13-early-rejected": _NO_EARLY,
    "tls13-late-auth": _NO_LATE,
    "tls13-update-theirs": "pyOpenSSL has no SSL_key_update",
    "tls12-psk": _NO_PSK,
    "tls12-ecdhe-psk": _NO_PSK,
    "tls13-psk-dhe": _NO_PSK,
    "tls13-psk-ke": _NO_PSK,
    "dtls12-psk": _NO_PSK,
    "tls12-limit": _NO_LIMIT,
    "tls13-limit": _NO_LIMIT,
    "tls13-plain": "pyOpenSSL has no option for it",
}
_NO_SERVER_RENEGOTIATION = "OpenSSL's memory of a refused re-handshake ends the connection"
_SERVER = {
    "tls12-rehandshake-data": NO_DATA_INSIDE,
    "tls12-rehandshake-refused": _NO_SERVER_RENEGOTIATION,
    "dtls12-rehandshake-refused": _NO_SERVER_RENEGOTIATION,
}
_CLIENT = {
    "tls12-rehandshake-refused": "OpenSSL takes no_renegotiation for fatal at a client",
    "dtls12-rehandshake-refused": "OpenSSL takes no_renegotiation for fatal at a client",
}


class _Settings:
    def __init__(self, role: str) -> None:
        self.role = role


class _End:
    """A connection whose calls return the names of GnuTLS's codes."""

    def __init__(self, context: SSL.Context, connection: Any, role: str, needs: Needs, session: Any) -> None:
        self.settings = _Settings(role)
        self._connection = SSL.Connection(context, connection)
        self.key_log: list[str] = []
        self._finished: bytes | None = None
        self._begun = False
        if role == "client":
            self._connection.set_tlsext_host_name(needs.host.encode())
            if needs.staple:
                self._connection.request_ocsp()
            if session is not None:
                self._connection.set_session(session)
            self._connection.set_connect_state()
        else:
            self._connection.set_accept_state()
        if needs.version == "DTLS 1.2":
            self._connection.set_ciphertext_mtu(1200)
        self._datagram = needs.version == "DTLS 1.2"
        self.ocsp = False

    def _call(self, function: Any, *arguments: Any) -> Any:
        if self._datagram:
            self._connection.DTLSv1_handle_timeout()
        try:
            return function(*arguments)
        except (SSL.WantReadError, SSL.WantWriteError):
            return "AGAIN"
        except SSL.ZeroReturnError:
            return b""
        except SSL.Error as error:
            return f"ERROR {error}"

    def handshake(self) -> str:
        """The first handshake, or another one, which goes on while one reads."""
        if self._finished is None:
            answer = self._call(self._connection.do_handshake)
            if answer is None:
                self._finished = self._connection.get_finished()
            return "SUCCESS" if answer is None else answer
        self.rehandshake()
        answer = self._call(self._connection.recv, 1)
        if self._connection.get_finished() == self._finished:
            return answer if isinstance(answer, str) else "AGAIN"
        self._finished, self._begun = self._connection.get_finished(), False
        return "SUCCESS"

    def rehandshake(self) -> str:
        """Begin another handshake, once."""
        if not self._begun:
            self._begun = True
            self._connection.renegotiate()
            self._call(self._connection.do_handshake)
        return "SUCCESS"

    def send(self, data: bytes) -> int | str:
        return self._call(self._connection.send, data)

    def recv(self, size: int = 16384) -> bytes | str:
        return self._call(self._connection.recv, size)

    def bye(self) -> str:
        answer = self._call(self._connection.shutdown)
        return answer if isinstance(answer, str) else "SUCCESS"

    def export(self, label: bytes, length: int) -> bytes:
        return self._connection.export_keying_material(label, length)

    def session_data(self) -> Any:
        return self._connection.get_session()

    def saw_ocsp(self) -> bool:
        return self.ocsp

    def alert_get(self) -> int:
        return -1

    def alert_send_appropriate(self, _code: str) -> str:
        return "SUCCESS"

    def close(self) -> None:
        """Python frees it."""


class PyOpenSSL:
    """pyOpenSSL as client or server."""

    def __init__(self, role: str, files: Files) -> None:
        self.role, self._files = role, files
        self._context: SSL.Context | None = None
        self._session: Any = None
        self._log: list[str] = []

    def unsupported(self, feature: Feature) -> str | None:
        """Why a feature cannot be tried with this peer, if it cannot."""
        own = _SERVER if self.role == "server" else _CLIENT
        return _UNSUPPORTED.get(feature.name) or own.get(feature.name)

    @contextmanager
    def connection(self, feature: Feature, resuming: bool) -> Iterator[tuple[Any, ThreadedEnd]]:
        """Connect with a new session in a thread."""
        needs = feature.needs
        if not resuming:
            self._context = self._make_context(needs)
        made_ends: list[_End] = []
        with socket_pair(datagram=needs.version == "DTLS 1.2") as (ours, theirs):

            def made() -> _End:
                end = _End(self._context, theirs, self.role, needs, self._session if resuming else None)
                end.key_log = self._log
                self._end = end
                made_ends.append(end)
                return end

            threaded = ThreadedEnd(made)
            try:
                yield ours, threaded
            finally:
                if threaded.session is not None:
                    self._session = threaded.session
                threaded.stop()

    def _make_context(self, needs: Needs) -> SSL.Context:
        files = self._files
        datagram = needs.version == "DTLS 1.2"
        context = SSL.Context(SSL.DTLS_METHOD if datagram else SSL.TLS_METHOD)
        if not datagram:
            context.set_min_proto_version(_VERSIONS[needs.version])
            context.set_max_proto_version(_VERSIONS[needs.version])
        if needs.suite and needs.version == "TLS 1.3":
            context.set_tls13_ciphersuites(needs.suite.encode())
        elif needs.suite:
            context.set_cipher_list(_CIPHERS[needs.suite])
        if needs.group:
            first = "X25519:" if needs.retry and self.role == "client" else ""
            _set_groups(context, first + _GROUPS[needs.group])
        if needs.protocol:
            context.set_alpn_protos([needs.protocol.encode()])
            context.set_alpn_select_callback(lambda _connection, offered: offered[0])
        if needs.keys:
            self._log.clear()
            context.set_keylog_callback(lambda _connection, line: self._log.append(line.decode()))
        if needs.resume == "id":
            context.set_options(SSL.OP_NO_TICKET)
        if needs.staple and self.role == "server":
            response = files.response(needs.certificate).read_bytes()
            context.set_ocsp_server_callback(lambda _connection, _data: response)
        elif needs.staple:
            context.set_ocsp_client_callback(self._take_ocsp)
        context.set_options(_ALLOW_CLIENT_RENEGOTIATION)
        if needs.suite and "DHE_RSA" in needs.suite:
            context.load_tmp_dh(os.fspath(files.field))
        self._set_identity(context, needs)
        return context

    def _take_ocsp(self, _connection: Any, response: bytes, _data: Any) -> bool:
        self._end.ocsp = bool(response)
        return True

    def _set_identity(self, context: SSL.Context, needs: Needs) -> None:
        files = self._files
        shown = needs.certificate if self.role == "server" else needs.shown
        if shown:
            certificate, key = files.of(self.role, shown)
            context.use_certificate_chain_file(os.fspath(certificate))
            context.use_privatekey_file(os.fspath(key))
        if self.role == "client":
            context.load_verify_locations(os.fspath(files.ca if needs.believed else files.stranger))
            context.set_verify(SSL.VERIFY_PEER, _names(needs.host))
        elif needs.auth != "none":
            context.load_verify_locations(os.fspath(files.ca))
            required = SSL.VERIFY_FAIL_IF_NO_PEER_CERT if needs.auth == "require" else 0
            context.set_verify(SSL.VERIFY_PEER | required)
        context.set_session_id(b"interop")
        context.set_session_cache_mode(SSL.SESS_CACHE_BOTH)


def _names(host: str) -> Any:
    """Return a callback that also wants the leaf to be for `host`."""

    def verify(_connection: Any, certificate: crypto.X509, _error: int, depth: int, good: int) -> bool:
        if depth:
            return bool(good)
        names = certificate.to_cryptography().subject.rfc4514_string()
        return bool(good) and names == f"CN={host}"

    return verify


def _set_groups(context: SSL.Context, name: str) -> None:
    """Set the groups, for which pyOpenSSL has no public call."""
    assert SSL._lib.SSL_CTX_set1_curves_list(context._context, name.encode()) == 1
