"""The real libgnutls as a target: its push, pull and time-out functions on the harness's transport."""

from __future__ import annotations

import ctypes
import errno
from collections.abc import Callable
from typing import Final

from tlsmodel.credentials import TestCredentials
from tlsmodel.spec.scenario import Role, Scenario, Version
from tlsmodel.spec.symbols import BYE, HANDSHAKE, RECORD_RECV, RECORD_SEND, Return, Symbol
from tlsmodel.targets import gnutls_ffi as ffi
from tlsmodel.targets.base import PAYLOAD, Capabilities, deserves_alert
from tlsmodel.targets.transport import Transport

PRIORITIES: Final = {
    Version.TLS12: b"NORMAL:-VERS-ALL:+VERS-TLS1.2",
    Version.TLS13: b"NORMAL:-VERS-ALL:+VERS-TLS1.3",
}
RECEIVE_SIZE: Final = 1 << 14
_UNFINISHED: Final = ("AGAIN", "INTERRUPTED")


class GnuTLSTarget:
    """Sessions of the system's libgnutls.

    Parameters
    ----------
    credentials: the test authority and the server's certificate; a client shows no certificate.

    Raises `TargetUnavailable` where the library is not installed.
    """

    name = "gnutls"

    def __init__(self, credentials: TestCredentials) -> None:
        self.version = ffi.version()
        self.capabilities = Capabilities(
            versions=frozenset(PRIORITIES),
            calls=frozenset((HANDSHAKE, RECORD_SEND, RECORD_RECV, BYE)),
        )
        self._library = ffi.library()
        self._server_name = credentials.server_name.encode("ascii")
        self._credentials = {
            Role.CLIENT: self._trusting(credentials),
            Role.SERVER: self._showing(credentials),
        }
        self._priorities = {version: self._priority(text) for version, text in PRIORITIES.items()}
        self._buffer = ctypes.create_string_buffer(RECEIVE_SIZE)
        self._session: ffi.Handle | None = None
        self._calls: dict[Symbol, Callable[[], Return]] = {
            HANDSHAKE: self._handshake,
            RECORD_SEND: self._record_send,
            RECORD_RECV: self._record_recv,
            BYE: self._bye,
        }
        # Made once, because making them for each session would cost more than a handshake.
        self._pull = ffi.Transfer(self._on_pull)
        self._push = ffi.Transfer(self._on_push)
        self._timeout = ffi.Timeout(self._on_timeout)

    def open(self, scenario: Scenario, transport: Transport) -> None:
        """Start a fresh session, ending any former one."""
        self.close()
        library, session = self._library, ffi.Handle()
        role = ffi.CLIENT if scenario.role is Role.CLIENT else ffi.SERVER
        self._check(library.gnutls_init(ctypes.byref(session), role | ffi.NONBLOCK))
        self._session, self._transport = session, transport
        self._failed = self._sending = False
        self._check(library.gnutls_priority_set(session, self._priorities[scenario.version]))
        self._check(
            library.gnutls_credentials_set(session, ffi.CRD_CERTIFICATE, self._credentials[scenario.role])
        )
        if scenario.role is Role.CLIENT:
            name = self._server_name
            self._check(library.gnutls_server_name_set(session, ffi.NAME_DNS, name, len(name)))
            library.gnutls_session_set_verify_cert(session, name, 0)
        library.gnutls_transport_set_push_function(session, self._push)
        library.gnutls_transport_set_pull_function(session, self._pull)
        library.gnutls_transport_set_pull_timeout_function(session, self._timeout)

    def call(self, symbol: Symbol) -> Return:
        """Make one call of the alphabet; see `Target.call`."""
        return self._calls[symbol]()

    def close(self) -> None:
        """Free the session."""
        if self._session is not None:
            self._library.gnutls_deinit(self._session)
            self._session = None

    def _handshake(self) -> Return:
        return self._answer(HANDSHAKE, self._library.gnutls_handshake(self._session))

    def _record_send(self) -> Return:
        """Send the payload; an interrupted call is resumed by NULL and 0, as gnutls_record_send(3) says."""
        data, size = (None, 0) if self._sending else (PAYLOAD, len(PAYLOAD))
        result = self._library.gnutls_record_send(self._session, data, size)
        if result == 0:
            return Return("ZERO")
        returned = Return("SUCCESS") if result > 0 else self._answer(RECORD_SEND, result)
        self._sending = returned.code in _UNFINISHED
        return returned

    def _record_recv(self) -> Return:
        result = self._library.gnutls_record_recv(self._session, self._buffer, RECEIVE_SIZE)
        if result >= 0:
            return Return("DATA" if result else "EOF")
        return self._answer(RECORD_RECV, result)

    def _bye(self) -> Return:
        return self._answer(BYE, self._library.gnutls_bye(self._session, ffi.SHUT_WR))

    def _answer(self, call: Symbol, result: int) -> Return:
        code = ffi.code_name(result)
        if code in _UNFINISHED:
            return Return(code, self._library.gnutls_record_get_direction(self._session))
        if not self._failed and deserves_alert(call, code):
            self._failed = True
            self._transport.calm_writes()
            self._library.gnutls_alert_send_appropriate(self._session, result)
        return Return(code)

    # What libgnutls calls.

    def _on_pull(self, _pointer: int, buffer: int, size: int) -> int:
        try:
            data = self._transport.pull(size)
        except BlockingIOError:
            return self._refuse(errno.EAGAIN)
        except InterruptedError:
            return self._refuse(errno.EINTR)
        except OSError:
            return self._refuse(errno.EIO)
        ctypes.memmove(buffer, data, len(data))
        return len(data)

    def _on_push(self, _pointer: int, data: int, size: int) -> int:
        try:
            return self._transport.push(ctypes.string_at(data, size))
        except BlockingIOError:
            return self._refuse(errno.EAGAIN)
        except InterruptedError:
            return self._refuse(errno.EINTR)

    def _on_timeout(self, _pointer: int, _milliseconds: int) -> int:
        return int(self._transport.readable())

    def _refuse(self, number: int) -> int:
        self._library.gnutls_transport_set_errno(self._session, number)
        return -1

    # What lives as long as the target.

    def _trusting(self, credentials: TestCredentials) -> ffi.Handle:
        made = self._allocate()
        authority = ffi.datum(credentials.ca_pem)
        self._check(
            self._library.gnutls_certificate_set_x509_trust_mem(
                made, ctypes.byref(authority), ffi.X509_FMT_PEM
            )
        )
        return made

    def _showing(self, credentials: TestCredentials) -> ffi.Handle:
        made = self._allocate()
        chain, key = ffi.datum(credentials.chain_pem), ffi.datum(credentials.key_pem)
        self._check(
            self._library.gnutls_certificate_set_x509_key_mem(
                made, ctypes.byref(chain), ctypes.byref(key), ffi.X509_FMT_PEM
            )
        )
        return made

    def _allocate(self) -> ffi.Handle:
        made = ffi.Handle()
        self._check(self._library.gnutls_certificate_allocate_credentials(ctypes.byref(made)))
        return made

    def _priority(self, text: bytes) -> ffi.Handle:
        made = ffi.Handle()
        self._check(self._library.gnutls_priority_init(ctypes.byref(made), text, None))
        return made

    @staticmethod
    def _check(result: int) -> None:
        if result < 0:
            raise RuntimeError(f"libgnutls refused its set-up: {ffi.code_name(result)}")
