"""pyOpenSSL with the newer OpenSSL that comes with it, in this process.

What pyOpenSSL itself does not offer, but its binding of OpenSSL does, is called through the binding.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from OpenSSL import SSL

from tests.interop.identities import Files, identity
from tests.interop.needs import EARLY, Feature, Needs
from tests.interop.peers import pyopenssl_context as contexts
from tests.interop.peers.lacks import Lack
from tests.interop.peers.lacks_openssl import of_library_client, of_library_server
from tests.interop.peers.thread import PATIENCE, ThreadedEnd, socket_pair

_ffi, _lib = SSL._ffi, SSL._lib
_ROOM = 1 << 14


class _End:
    """A connection whose calls return the names of GnuTLS's codes."""

    def __init__(self, context: SSL.Context, connection: Any, role: str, needs: Needs) -> None:
        self.role, self._needs = role, needs
        self.connection = SSL.Connection(context, connection)
        self.key_log: list[str] = []
        self.ocsp: bytes | None = None
        self._early = bytearray()
        self._complete = False
        self._taking_early = role == "server" and needs.early == "accepted"
        if role == "client":
            self.connection.set_tlsext_host_name(needs.host.encode())
            if needs.staple:
                self.connection.request_ocsp()
            if needs.late_auth != "none":
                _lib.SSL_set_post_handshake_auth(self.connection._ssl, 1)
            self.connection.set_connect_state()
        else:
            self.connection.set_accept_state()
        if needs.datagram:
            self.connection.set_ciphertext_mtu(1200)

    def resume(self, session: Any) -> None:
        """Offer to take up a session, with early data if it is about that."""
        self.connection.set_session(session)
        if self._needs.early:
            written = _ffi.new("size_t *")
            assert _lib.SSL_write_early_data(self.connection._ssl, EARLY, len(EARLY), written) == 1

    def _call(self, function: Any, *arguments: Any) -> Any:
        if self._needs.datagram:
            self.connection.DTLSv1_handle_timeout()
        try:
            return function(*arguments)
        except (SSL.WantReadError, SSL.WantWriteError):
            return "AGAIN"
        except SSL.ZeroReturnError:
            return b""
        except SSL.Error as error:
            return f"ERROR {error}"

    def handshake(self) -> str:
        """The first handshake, or the beginning of another one, which goes on while one reads."""
        if self._complete:
            return self.rehandshake()
        if self._taking_early and (answer := self._call(self._take_early)) is not None:
            return answer
        answer = self._call(self.connection.do_handshake)
        self._complete = answer is None
        return "SUCCESS" if answer is None else answer

    def _take_early(self) -> str | None:
        """Read early data until there is no more."""
        place, size = _ffi.new("char[]", _ROOM), _ffi.new("size_t *")
        result = _lib.SSL_read_early_data(self.connection._ssl, place, _ROOM, size)
        if result == 0:
            self.connection._raise_ssl_error(self.connection._ssl, -1)
        self._early += _ffi.buffer(place, size[0])[:]
        if result == 1:
            return "AGAIN"
        self._taking_early = False
        return None

    def rehandshake(self) -> str:
        """Begin another handshake."""
        self.connection.renegotiate()
        answer = self._call(self.connection.do_handshake)
        return "SUCCESS" if answer in (None, "AGAIN") else answer

    def reauth(self) -> str:
        """Ask for the client's certificate, which comes while one reads."""
        required = SSL.VERIFY_FAIL_IF_NO_PEER_CERT if self._needs.late_auth == "require" else 0
        self.connection.set_verify(SSL.VERIFY_PEER | required)
        assert _lib.SSL_verify_client_post_handshake(self.connection._ssl) == 1
        answer = self._call(self.connection.do_handshake)
        return "SUCCESS" if answer is None else answer

    def become(self, kind: str) -> None:
        """Show another certificate."""
        found = identity(self.role, kind)
        self.connection.use_certificate(x509.load_pem_x509_certificate(found.chain))
        self.connection.use_privatekey(load_pem_private_key(found.key, None))

    def send(self, data: bytes) -> int | str:
        return self._call(self.connection.send, data)

    def recv(self, size: int = _ROOM) -> bytes | str:
        return self._call(self.connection.recv, size)

    def recv_early_data(self) -> bytes:
        data, self._early = bytes(self._early), bytearray()
        return data

    def bye(self) -> str:
        answer = self._call(self.connection.shutdown)
        return answer if isinstance(answer, str) else "SUCCESS"

    def export(self, label: bytes, length: int) -> bytes:
        return self.connection.export_keying_material(label, length)

    def session_data(self) -> Any:
        return self.connection.get_session()

    def saw_ocsp(self) -> bool:
        return self.ocsp == identity("server", self._needs.certificate).response

    def alert_get(self) -> int:
        """OpenSSL keeps warnings to itself."""
        return -1

    def alert_send_appropriate(self, _code: str) -> str:
        """OpenSSL has sent it already."""
        return "SUCCESS"

    def close(self) -> None:
        """Python frees it."""


class PyOpenSSL:
    """pyOpenSSL as client or server."""

    def __init__(self, role: str, files: Files) -> None:
        self.role, self._files, self.patience = role, files, PATIENCE
        self._context: SSL.Context | None = None
        self._session: Any = None
        self._log: list[str] = []
        self._ends: list[ThreadedEnd] = []

    @property
    def said(self) -> str:
        """What has ended its connections."""
        return "\n".join(str(end.trouble) for end in self._ends)

    def silent(self, _feature: Feature) -> bool:
        """Whether it refuses without a word."""
        return False

    def lacks(self, feature: Feature) -> Lack | None:
        """Why a feature cannot be tried with this peer, if it cannot."""
        return of_library_server(feature) if self.role == "server" else of_library_client(feature)

    @contextmanager
    def connection(self, feature: Feature, resuming: bool) -> Iterator[tuple[Any, ThreadedEnd]]:
        """Connect with a new session in a thread."""
        needs = feature.needs
        if not resuming or (needs.forgotten and self.role == "server"):
            self._context = self._make_context(needs)
        context = self._context
        with socket_pair(datagram=needs.datagram) as (ours, theirs):

            def made() -> _End:
                end = self._end = _End(context, theirs, self.role, needs)
                end.key_log = self._log
                if resuming and self.role == "client":
                    end.resume(self._session)
                return end

            threaded = ThreadedEnd(made, theirs, patience=self.patience)
            self._ends.append(threaded)
            try:
                yield ours, threaded
            finally:
                if threaded.session is not None:
                    self._session = threaded.session
                threaded.stop()

    def _make_context(self, needs: Needs) -> SSL.Context:
        context = contexts.make(needs, self.role, self._files)
        if needs.keys:
            self._log.clear()
            context.set_keylog_callback(lambda _connection, line: self._log.append(line.decode()))
        if needs.staple and self.role == "server":
            response = identity("server", needs.certificate).response
            context.set_ocsp_server_callback(lambda _connection, _data: response)
        elif needs.staple:
            context.set_ocsp_client_callback(self._take_ocsp)
        return context

    def _take_ocsp(self, _connection: Any, response: bytes, _data: Any) -> bool:
        self._end.ocsp = response
        return True
