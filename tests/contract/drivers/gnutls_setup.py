"""What libgnutls is handed beside the session: credentials, session database, guard against replay."""

from __future__ import annotations

from typing import Any

from tests.contract.drivers import gnutls_library as gnutls
from tests.contract.drivers.gnutls_library import check, datum, ffi
from tests.contract.drivers.settings import SERVER, RecordingStore, ReplayGuard, Settings


class Credentials:
    """The certificate and PSK credentials of one session."""

    def __init__(self, settings: Settings) -> None:
        self._library = gnutls.library()
        self._kept: list[Any] = []
        self._certificate = self._allocate(self._library.gnutls_certificate_allocate_credentials)
        self._psk: Any = None
        self._free_psk = self._library.gnutls_psk_free_client_credentials
        if settings.trust is not None:
            authority = datum(settings.trust)
            check(
                self._library.gnutls_certificate_set_x509_trust_mem(self._certificate, authority, gnutls.PEM)
            )
        if settings.identity is not None:
            chain, key = datum(settings.identity.chain), datum(settings.identity.key)
            check(
                self._library.gnutls_certificate_set_x509_key_mem(self._certificate, chain, key, gnutls.PEM)
            )
        if settings.psk is not None:
            self._offer(*settings.psk)
        if settings.psk_keys:
            self._look_up(dict(settings.psk_keys))
        self._request = gnutls.CERTIFICATE_REQUESTS[settings.client_auth] if settings.role == SERVER else None

    def attach(self, session: Any) -> None:
        """Let a session use them."""
        set_them = self._library.gnutls_credentials_set
        check(set_them(session, gnutls.CRD_CERTIFICATE, self._certificate))
        if self._psk is not None:
            check(set_them(session, gnutls.CRD_PSK, self._psk))
        if self._request is not None:
            self._library.gnutls_certificate_server_set_request(session, self._request)

    def free(self) -> None:
        """Release them, after the session."""
        self._library.gnutls_certificate_free_credentials(self._certificate)
        if self._psk is not None:
            self._free_psk(self._psk)

    def _offer(self, identity: bytes, key: bytes) -> None:
        self._psk = self._allocate(self._library.gnutls_psk_allocate_client_credentials)
        raw = datum(key)
        check(self._library.gnutls_psk_set_client_credentials(self._psk, identity, raw, gnutls.PSK_KEY_RAW))

    def _look_up(self, keys: dict[bytes, bytes]) -> None:
        self._free_psk = self._library.gnutls_psk_free_server_credentials
        self._psk = self._allocate(self._library.gnutls_psk_allocate_server_credentials)

        def look_up(_session: Any, identity: Any, place: Any) -> int:
            key = keys.get(ffi.string(identity))
            if key is None:
                return -1
            place.data, place.size = gnutls.allocate(key), len(key)
            return 0

        callback = ffi.callback("psk_t", look_up)
        self._kept.append(callback)
        self._library.gnutls_psk_set_server_credentials_function(self._psk, callback)

    @staticmethod
    def _allocate(function: Any) -> Any:
        place = ffi.new("void **")
        check(function(place))
        return place[0]


def set_database(session: Any, store: RecordingStore) -> list[Any]:
    """Connect a session to a database; returns what must outlive the session."""

    def retrieve(_: Any, key: Any) -> dict[str, Any]:
        found = store.retrieve(gnutls.read(key))
        if found is None:
            return {"data": ffi.NULL, "size": 0}
        return {"data": gnutls.allocate(found), "size": len(found)}

    def keep(_: Any, key: Any, data: Any) -> int:
        store.store(gnutls.read(key), gnutls.read(data), expires=1.0)
        return 0

    def remove(_: Any, key: Any) -> int:
        store.remove(gnutls.read(key))
        return 0

    library = gnutls.library()
    callbacks = [
        ffi.callback("store_t", keep),
        ffi.callback("retrieve_t", retrieve),
        ffi.callback("remove_t", remove),
    ]
    library.gnutls_db_set_store_function(session, callbacks[0])
    library.gnutls_db_set_retrieve_function(session, callbacks[1])
    library.gnutls_db_set_remove_function(session, callbacks[2])
    return callbacks


def set_replay_guard(session: Any, guard: ReplayGuard) -> None:
    """Let a session share the guard with the others that have it."""
    if "gnutls" not in guard.made:
        guard.made["gnutls"] = _ReplayDatabase()
    gnutls.library().gnutls_anti_replay_enable(session, guard.made["gnutls"].handle)


class _ReplayDatabase:
    """A gnutls_anti_replay_t with its database of ClientHellos seen."""

    def __init__(self) -> None:
        library = gnutls.library()
        seen: set[bytes] = set()

        def add(_: Any, _expires: int, key: Any, _data: Any) -> int:
            found = gnutls.read(key)
            if found in seen:
                return gnutls.number("DB_ENTRY_EXISTS")
            seen.add(found)
            return 0

        place = ffi.new("void **")
        check(library.gnutls_anti_replay_init(place))
        self.handle = ffi.gc(place[0], library.gnutls_anti_replay_deinit)
        self._callback = ffi.callback("add_t", add)
        library.gnutls_anti_replay_set_add_function(self.handle, self._callback)
