"""One end played by the real libgnutls."""

from __future__ import annotations

import errno
from dataclasses import replace
from typing import Any

from tests.contract.drivers import gnutls_library as gnutls
from tests.contract.drivers.gnutls_library import check, datum, ffi
from tests.contract.drivers.gnutls_priorities import priorities
from tests.contract.drivers.gnutls_setup import Credentials, set_database, set_replay_guard
from tests.contract.drivers.settings import CLIENT, DTLS12, SERVER, Settings
from tests.contract.drivers.wire import Wire
from tests.contract.identities import Identity

_SIZE = 1 << 16


class GnuTLSEnd:
    """A session of libgnutls that answers with the names of codes."""

    stack = "gnutls"

    def __init__(self, settings: Settings, wire: Wire) -> None:
        self.settings, self.wire = settings, wire
        self._library = gnutls.library()
        self._kept: list[Any] = []
        self._buffer = ffi.new("char[]", _SIZE)
        handle = ffi.new("void **")
        check(self._library.gnutls_init(handle, _flags(settings)))
        self._session = handle[0]
        self._credentials, self._former = Credentials(settings), list[Credentials]()
        try:
            self._set_up()
        except ValueError:
            self.close()
            raise

    def _set_up(self) -> None:
        library, session, settings = self._library, self._session, self.settings
        self.set_renegotiation(settings.renegotiation)
        self._credentials.attach(session)
        self._set_transport()
        self._set_verification()
        if settings.alpn:
            protocols = ffi.new("gnutls_datum_t[]", [datum(name)[0] for name in settings.alpn])
            check(library.gnutls_alpn_set_protocols(session, protocols, len(settings.alpn), 0))
        library.gnutls_db_set_cache_expiration(session, settings.lifetime)
        if settings.store is not None:
            self._kept += set_database(session, settings.store)
        if settings.ticket_key is not None:
            check(library.gnutls_session_ticket_enable_server(session, datum(settings.ticket_key)))
        if settings.role == SERVER and settings.early_data:
            check(library.gnutls_record_set_max_early_data_size(session, settings.early_data))
        if settings.replay_guard is not None:
            set_replay_guard(session, settings.replay_guard)
        if settings.resume is not None:
            check(library.gnutls_session_set_data(session, settings.resume, len(settings.resume)))
        if settings.timeout is not None:
            library.gnutls_handshake_set_timeout(session, int(settings.timeout * 1000))
        if settings.version == DTLS12:
            times = settings.retransmit_timeout, settings.total_timeout
            library.gnutls_dtls_set_timeouts(session, *(int(each * 1000) for each in times))
            if settings.mtu is not None:
                library.gnutls_dtls_set_mtu(session, settings.mtu)

    def _set_verification(self) -> None:
        library, session, settings = self._library, self._session, self.settings
        host = ffi.NULL
        if settings.role == CLIENT and settings.host is not None:
            host = ffi.new("char[]", settings.host.encode())
            self._kept.append(host)
            check(library.gnutls_server_name_set(session, gnutls.NAME_DNS, host, len(settings.host)))
        if settings.verify is not None:
            verify = settings.verify
            callback = ffi.callback("verify_t", lambda _session: 0 if verify() else -1)
            self._kept.append(callback)
            library.gnutls_session_set_verify_function(session, callback)
        elif settings.trust is not None and "request" not in (settings.client_auth, settings.late_auth):
            library.gnutls_session_set_verify_cert(session, host, 0)

    def _set_transport(self) -> None:
        push = ffi.callback("push_t", lambda _, data, size: self._transfer(self._push, data, size))
        pull = ffi.callback("pull_t", lambda _, place, size: self._transfer(self._pull, place, size))
        wait = ffi.callback("timeout_t", lambda _, _milliseconds: int(self.wire.readable))
        self._kept += [push, pull, wait]
        self._library.gnutls_transport_set_push_function(self._session, push)
        self._library.gnutls_transport_set_pull_function(self._session, pull)
        self._library.gnutls_transport_set_pull_timeout_function(self._session, wait)

    def _transfer(self, action: Any, place: Any, size: int) -> int:
        try:
            return action(place, size)
        except OSError as error:
            self._library.gnutls_transport_set_errno(self._session, error.errno or errno.EIO)
            return -1

    def _push(self, data: Any, size: int) -> int:
        return self.wire.push(bytes(ffi.buffer(data, size)))

    def _pull(self, place: Any, size: int) -> int:
        data = self.wire.pull(size)
        ffi.memmove(place, data, len(data))
        return len(data)

    def handshake(self) -> str:
        """gnutls_handshake(3)"""
        return gnutls.name(self._library.gnutls_handshake(self._session))

    def rehandshake(self) -> str:
        """gnutls_rehandshake(3)"""
        return gnutls.name(self._library.gnutls_rehandshake(self._session))

    def reauth(self) -> str:
        """gnutls_reauth(3), after gnutls_certificate_server_set_request(3)"""
        if self.settings.role == SERVER:
            wanted = gnutls.CERTIFICATE_REQUESTS[self.settings.late_auth]
            self._library.gnutls_certificate_server_set_request(self._session, wanted)
        return gnutls.name(self._library.gnutls_reauth(self._session, 0))

    def key_update(self, request_peer: bool = False) -> str:
        """gnutls_session_key_update(3)"""
        flags = gnutls.KU_PEER if request_peer else 0
        return gnutls.name(self._library.gnutls_session_key_update(self._session, flags))

    def send(self, data: bytes) -> int | str:
        """gnutls_record_send(3)"""
        return _count(self._library.gnutls_record_send(self._session, data, len(data)))

    def send_rest(self) -> int | str:
        """gnutls_record_send(3) with NULL and 0, which goes on with the data of the call before"""
        return _count(self._library.gnutls_record_send(self._session, ffi.NULL, 0))

    def recv(self, size: int = 16384) -> bytes | str:
        """gnutls_record_recv(3)"""
        return self._data(self._library.gnutls_record_recv(self._session, self._buffer, size))

    def send_early_data(self, data: bytes) -> int | str:
        """gnutls_record_send_early_data(3), which returns 0 when all is taken"""
        answer = _count(self._library.gnutls_record_send_early_data(self._session, data, len(data)))
        return len(data) if answer == 0 else answer

    def recv_early_data(self, size: int = 16384) -> bytes | str:
        """gnutls_record_recv_early_data(3)"""
        return self._data(self._library.gnutls_record_recv_early_data(self._session, self._buffer, size))

    def direction(self) -> int:
        """gnutls_record_get_direction(3)"""
        return self._library.gnutls_record_get_direction(self._session)

    def alert_get(self) -> int:
        """gnutls_alert_get(3)"""
        return self._library.gnutls_alert_get(self._session)

    def alert_send(self, level: int, description: int) -> str:
        """gnutls_alert_send(3)"""
        return gnutls.name(self._library.gnutls_alert_send(self._session, level, description))

    def alert_send_appropriate(self, code: str) -> str:
        """gnutls_alert_send_appropriate(3)"""
        result = self._library.gnutls_alert_send_appropriate(self._session, gnutls.number(code))
        return gnutls.name(result)

    def bye(self) -> str:
        """gnutls_bye(3) with GNUTLS_SHUT_WR"""
        return gnutls.name(self._library.gnutls_bye(self._session, gnutls.SHUT_WR))

    def session_data(self) -> bytes | str:
        """gnutls_session_get_data2(3)"""
        found = ffi.new("gnutls_datum_t *")
        result = self._library.gnutls_session_get_data2(self._session, found)
        if result < 0:
            return gnutls.name(result)
        data = gnutls.read(found)
        self._library.gnutls_free(found.data)
        return data

    def set_renegotiation(self, policy: str) -> None:
        """Change the policy, as gnutls_priority_set_direct(3) can between two handshakes."""
        text = priorities(self.settings, policy).encode()
        check(self._library.gnutls_priority_set_direct(self._session, text, ffi.NULL))

    def set_identity(self, identity: Identity) -> None:
        """Show another certificate from the next handshake on, as gnutls_credentials_set(3) can."""
        changed = replace(self.settings, identity=identity)
        self._former.append(self._credentials)
        self._credentials = Credentials(changed)
        self._credentials.attach(self._session)

    def get_timeout(self) -> float:
        """gnutls_dtls_get_timeout(3), in seconds"""
        return self._library.gnutls_dtls_get_timeout(self._session) / 1000

    def set_mtu(self, size: int) -> None:
        """gnutls_dtls_set_mtu(3)"""
        self._library.gnutls_dtls_set_mtu(self._session, size)

    def data_mtu(self) -> int:
        """gnutls_dtls_get_data_mtu(3)"""
        return self._library.gnutls_dtls_get_data_mtu(self._session)

    def is_resumed(self) -> bool:
        """gnutls_session_is_resumed(3)"""
        return bool(self._library.gnutls_session_is_resumed(self._session))

    def is_safely_renegotiable(self) -> bool:
        """gnutls_safe_renegotiation_status(3)"""
        return bool(self._library.gnutls_safe_renegotiation_status(self._session))

    def peer_certificate(self) -> bytes | None:
        """The first of gnutls_certificate_get_peers(3)"""
        count = ffi.new("unsigned int *")
        chain = self._library.gnutls_certificate_get_peers(self._session, count)
        return gnutls.read(chain[0]) if count[0] else None

    def export(self, label: bytes, length: int) -> bytes | str:
        """gnutls_prf_rfc5705(3) without a context"""
        place = ffi.new("char[]", length)
        result = self._library.gnutls_prf_rfc5705(
            self._session, len(label), label, 0, ffi.NULL, length, place
        )
        return gnutls.name(result) if result < 0 else bytes(ffi.buffer(place, length))

    def close(self) -> None:
        """gnutls_deinit(3)"""
        if self._session is not None:
            self._library.gnutls_deinit(self._session)
            for credentials in (*self._former, self._credentials):
                credentials.free()
            self._kept.clear()
            self._session = None

    def _data(self, result: int) -> bytes | str:
        return gnutls.name(result) if result < 0 else bytes(ffi.buffer(self._buffer, result))


def _count(result: int) -> int | str:
    return gnutls.name(result) if result < 0 else result


def _flags(settings: Settings) -> int:
    return (
        (gnutls.SERVER if settings.role == SERVER else gnutls.CLIENT)
        | gnutls.NONBLOCK
        | (gnutls.DATAGRAM if settings.version == DTLS12 else 0)
        | (gnutls.ALLOW_ID_CHANGE if settings.allow_identity_change else 0)
        | (gnutls.POST_HANDSHAKE_AUTH if settings.post_handshake_auth else 0)
        | (gnutls.ENABLE_EARLY_DATA if settings.early_data else 0)
        | (0 if settings.session_tickets else gnutls.NO_TICKETS_TLS12)
    )
