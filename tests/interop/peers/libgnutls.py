"""The real libgnutls in this process, by the contract suite's driver."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from tests.contract.drivers import gnutls_library as gnutls
from tests.contract.drivers.gnutls_driver import GnuTLSEnd
from tests.contract.drivers.gnutls_library import ffi
from tests.contract.drivers.settings import RecordingStore, ReplayGuard, Settings
from tests.contract.identities import Identity
from tests.interop.features import PSK_IDENTITY, PSK_KEY, Feature, Needs
from tests.interop.identities import HOST, Files, ca_pem, identity, stranger_pem
from tests.interop.peers.priorities import NO_DATA_INSIDE, UNSUPPORTED, priority
from tests.interop.peers.thread import SocketWire, ThreadedEnd, socket_pair

_OURS_ONLY = {
    "tls12-keylog": "the driver sets no key log function",
    "tls13-keylog": "the driver sets no key log function",
}


class _End(GnuTLSEnd):
    """An end whose priorities follow from the needs of a feature."""

    def __init__(self, settings: Settings, wire: Any, words: str) -> None:
        self._words = words
        super().__init__(settings, wire)

    def set_renegotiation(self, _policy: str) -> None:
        """Set the priorities once, before anything else."""
        gnutls.check(self._library.gnutls_priority_set_direct(self._session, self._words.encode(), ffi.NULL))


class LibGnuTLS:
    """libgnutls as client or server."""

    def __init__(self, role: str, _files: Files) -> None:
        self.role = role
        self._store, self._guard, self._ticket_key = RecordingStore(), ReplayGuard(), bytes(range(64))
        self._saved: bytes | None = None

    def unsupported(self, feature: Feature) -> str | None:
        """Why a feature cannot be tried with this peer, if it cannot."""
        if feature.name in UNSUPPORTED:
            return UNSUPPORTED[feature.name]
        if feature.needs.staple:
            return "the driver does not bind the OCSP functions"
        if feature.needs.limit:
            return "the driver does not bind gnutls_record_set_max_recv_size()"
        if feature.name == "tls12-rehandshake-data":
            starts_anew = "a client of GnuTLS starts anew after GOT_APPLICATION_DATA"
            return starts_anew if self.role == "client" else NO_DATA_INSIDE
        return _OURS_ONLY.get(feature.name)

    @contextmanager
    def connection(self, feature: Feature, resuming: bool) -> Iterator[tuple[Any, ThreadedEnd]]:
        """Connect with a new session in a thread."""
        needs = feature.needs
        settings = self._settings(needs, resuming)
        with socket_pair(datagram=needs.version == "DTLS 1.2") as (ours, theirs):
            wire = SocketWire(theirs)

            def made() -> _End:
                made_end = _End(settings, wire, priority(needs, client=self.role == "client"))
                if resuming and needs.early and self.role == "client":
                    made_end.send_early_data(b"early bird\n")
                return made_end

            end = ThreadedEnd(made)
            try:
                yield ours, end
            finally:
                if needs.resume and self.role == "client" and not resuming:
                    self._saved = end.session
                end.stop()

    def _settings(self, needs: Needs, resuming: bool) -> Settings:
        def shown(name: str, kind: str) -> Identity:
            found = identity(name, kind)
            return Identity(found.chain, found.key)

        common: dict[str, Any] = {"role": self.role, "version": needs.version, "clock": time.time}
        if needs.mtu:
            common["mtu"] = needs.mtu
        if needs.protocol:
            common["alpn"] = (needs.protocol.encode(),)
        if self.role == "server":
            if needs.psk:
                common["psk_keys"] = ((PSK_IDENTITY.encode(), PSK_KEY),)
            else:
                common["identity"] = shown("server", needs.certificate)
            if needs.resume == "ticket":
                common["ticket_key"] = self._ticket_key
            if needs.resume == "id":
                common["store"] = self._store
            if needs.early:
                common["early_data"] = 1000
                common["replay_guard"] = self._guard if needs.early == "accepted" else None
            if needs.auth != "none" or needs.late_auth:
                common |= {"client_auth": needs.auth, "late_auth": "require", "trust": ca_pem()}
            common["post_handshake_auth"] = needs.late_auth
            return Settings(**common)
        if needs.psk:
            common["psk"] = (PSK_IDENTITY.encode(), PSK_KEY)
        else:
            common["trust"] = ca_pem() if needs.believed else stranger_pem()
        common["host"] = HOST if needs.psk else needs.host
        if needs.shown:
            common["identity"] = shown("client", needs.shown)
        common |= {"session_tickets": needs.resume != "id", "post_handshake_auth": needs.late_auth}
        common["early_data"] = 1000 if needs.early else 0
        if resuming:
            common["resume"] = self._saved
        return Settings(**common)
