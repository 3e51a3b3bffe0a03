"""The real libgnutls in this process, by the contract suite's driver."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from os import urandom
from typing import Any

from tests.contract.drivers import gnutls_library as gnutls
from tests.contract.drivers.gnutls_driver import GnuTLSEnd
from tests.contract.drivers.gnutls_library import check, datum, ffi
from tests.contract.drivers.settings import RecordingStore, ReplayGuard, Settings
from tests.contract.identities import Identity
from tests.interop.identities import HOST, Files, ca_pem, identity, stranger_pem
from tests.interop.needs import EARLY, PSK_IDENTITY, PSK_KEY, Feature, Needs
from tests.interop.peers.lacks import Lack
from tests.interop.peers.lacks_gnutls import of_library_client, of_library_server
from tests.interop.peers.priorities import priority
from tests.interop.peers.thread import PATIENCE, SocketWire, ThreadedEnd, socket_pair

_COOKIE_KEY, _ADDRESS = bytes(range(16)), b"client"


class _End(GnuTLSEnd):
    """An end whose priorities and further settings follow from the needs of a feature."""

    def __init__(self, settings: Settings, wire: SocketWire, needs: Needs) -> None:
        self._needs, self.role = needs, settings.role
        self.key_log: list[str] = []
        self._response = identity("server", needs.certificate).response
        super().__init__(settings, wire)
        if needs.staple and self.role == "server":
            self._staple()
        if needs.keys:
            self._log_keys()
        if needs.limit:
            check(self._library.gnutls_record_set_max_recv_size(self._session, needs.limit))

    def set_renegotiation(self, _policy: str) -> None:
        """Set the priorities once, before anything else."""
        words = priority(self._needs, client=self.role == "client").encode()
        check(self._library.gnutls_priority_set_direct(self._session, words, ffi.NULL))

    def _staple(self) -> None:
        """gnutls_certificate_set_ocsp_status_request_mem(3)"""
        credentials, response = self._credentials._certificate, datum(self._response)
        set_it = self._library.gnutls_certificate_set_ocsp_status_request_mem
        check(set_it(credentials, response, 0, gnutls.DER))

    def _log_keys(self) -> None:
        """gnutls_session_set_keylog_function(3)"""

        def log(session: Any, label: Any, secret: Any) -> int:
            random = ffi.new("gnutls_datum_t *"), ffi.new("gnutls_datum_t *")
            self._library.gnutls_session_get_random(session, *random)
            words = ffi.string(label).decode(), gnutls.read(random[0]).hex(), gnutls.read(secret).hex()
            self.key_log.append(" ".join(words))
            return 0

        callback = ffi.callback("keylog_t", log)
        self._kept.append(callback)
        self._library.gnutls_session_set_keylog_function(self._session, callback)

    def saw_ocsp(self) -> bool:
        """gnutls_ocsp_status_request_get2(3)"""
        found = ffi.new("gnutls_datum_t *")
        check(self._library.gnutls_ocsp_status_request_get2(self._session, 0, found))
        return gnutls.read(found) == self._response

    def become(self, kind: str) -> None:
        """Show another certificate."""
        self.set_identity(_shown(self.role, kind))

    def came_back(self, state: Any) -> None:
        """Go on where a client has shown its cookie: gnutls_dtls_prestate_set(3)."""
        self._library.gnutls_dtls_prestate_set(self._session, state)


class _Cookies:
    """gnutls_dtls_cookie_verify(3) and gnutls_dtls_cookie_send(3), before there is a session."""

    def __init__(self, wire: SocketWire) -> None:
        self._wire = wire
        self._library = gnutls.library()
        self._key = datum(_COOKIE_KEY)

    def exchange(self) -> Any:
        """Send cookies until a ClientHello shows one, which is read again then."""
        state = ffi.new("prestate_t *")
        push = ffi.callback("push_t", lambda _, data, size: self._wire.push(bytes(ffi.buffer(data, size))))
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            if not self._wire.readable:
                time.sleep(0.002)
                continue
            hello = self._wire.pull(1 << 14)
            whom = self._key, ffi.from_buffer(_ADDRESS), len(_ADDRESS)
            if self._library.gnutls_dtls_cookie_verify(*whom, ffi.from_buffer(hello), len(hello), state) >= 0:
                self._wire.unread(hello)
                return state
            check(self._library.gnutls_dtls_cookie_send(*whom, state, ffi.NULL, push))
        raise AssertionError("no client has come back with its cookie")


def _late(needs: Needs, resuming: bool) -> Callable[[], float]:
    """Return the clock of a server, which may have to pass the border between two ticket keys.

    A key serves for three times as long as a session may be resumed (gnutls_session_ticket_enable_server(3)).
    """
    if not needs.rotated:
        return time.time
    period = 3 * Settings("", "", time.time).lifetime
    border = (time.time() // period + 1) * period
    start, now = (border + 1 if resuming else border - 60), time.time()
    return lambda: start + time.time() - now


def _shown(name: str, kind: str) -> Identity:
    found = identity(name, kind)
    return Identity(found.chain, found.key)


class LibGnuTLS:
    """libgnutls as client or server."""

    def __init__(self, role: str, _files: Files) -> None:
        self.role, self.patience = role, PATIENCE
        self._forget()
        self._guard = ReplayGuard()
        self._saved: bytes | None = None
        self._ends: list[ThreadedEnd] = []

    def _forget(self) -> None:
        self._store, self._ticket_key = RecordingStore(), urandom(64)

    @property
    def said(self) -> str:
        """What has ended its sessions."""
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
        gnutls.follow(_late(needs, resuming) if self.role == "server" else time.time)
        if resuming and needs.forgotten:
            self._forget()
        settings = self._settings(needs, resuming)
        with socket_pair(datagram=needs.datagram) as (ours, theirs):
            wire = SocketWire(theirs)
            made = lambda: self._made(settings, wire, needs, resuming)  # noqa: E731
            end = ThreadedEnd(made, theirs, follow=not needs.refuses, patience=self.patience)
            self._ends.append(end)
            try:
                yield ours, end
            finally:
                if needs.resume and self.role == "client" and not resuming:
                    self._saved = end.session
                end.stop()

    def _made(self, settings: Settings, wire: SocketWire, needs: Needs, resuming: bool) -> _End:
        baked = self.role == "server" and needs.datagram and needs.cookie
        state = _Cookies(wire).exchange() if baked else None
        end = _End(settings, wire, needs)
        if state is not None:
            end.came_back(state)
        if resuming and needs.early and self.role == "client":
            end.send_early_data(EARLY)
        return end

    def _settings(self, needs: Needs, resuming: bool) -> Settings:
        common: dict[str, Any] = {"role": self.role, "version": needs.version, "clock": time.time}
        common["retransmit_timeout"] = 0.5
        common["post_handshake_auth"] = needs.late_auth != "none"
        common["early_data"] = 1000 if needs.early else 0
        if needs.mtu:
            common["mtu"] = needs.mtu
        if needs.protocol:
            common["alpn"] = (needs.protocol.encode(),)
        own = self._server(needs) if self.role == "server" else self._client(needs, resuming)
        return Settings(**common, **own)

    def _server(self, needs: Needs) -> dict[str, Any]:
        own: dict[str, Any] = {}
        if needs.psk:
            own["psk_keys"] = ((PSK_IDENTITY.encode(), PSK_KEY),)
        else:
            own["identity"] = _shown("server", needs.certificate)
        if needs.resume == "ticket":
            own["ticket_key"] = self._ticket_key
        if needs.resume == "id":
            own["store"] = self._store
        if needs.early == "accepted":
            own["replay_guard"] = self._guard
        if {needs.auth, needs.late_auth} != {"none"}:
            own |= {"client_auth": needs.auth, "late_auth": needs.late_auth}
            own["trust"] = ca_pem() if needs.client_believed else stranger_pem()
        return own

    def _client(self, needs: Needs, resuming: bool) -> dict[str, Any]:
        own: dict[str, Any] = {"host": HOST if needs.psk else needs.host}
        if needs.psk:
            own["psk"] = (PSK_IDENTITY.encode(), PSK_KEY)
        else:
            own["trust"] = ca_pem() if needs.believed else stranger_pem()
        if needs.shown:
            own["identity"] = _shown("client", needs.shown)
        own["session_tickets"] = needs.resume != "id"
        if resuming:
            own["resume"] = self._saved
        return own
