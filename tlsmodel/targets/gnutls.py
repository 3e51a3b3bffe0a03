"""The real libgnutls as a target: its push, pull and time-out functions on the harness's transport."""

from __future__ import annotations

import ctypes
import errno
from collections.abc import Callable
from typing import Final

from tlsmodel.credentials import TestCredentials
from tlsmodel.spec.scenario import Role, Scenario, Version
from tlsmodel.spec.symbols import (
    ALERT_FATAL,
    ALERT_NO_RENEGOTIATION,
    ALERT_WARNING,
    BYE,
    CALLS,
    DEADLINE_PASSED,
    HANDSHAKE,
    KEY_UPDATE,
    KEY_UPDATE_PEER,
    REAUTH,
    RECORD_RECV,
    RECORD_SEND,
    REHANDSHAKE,
    Return,
    Symbol,
)
from tlsmodel.targets import gnutls_ffi as ffi
from tlsmodel.targets.base import EVERY_SETTING, PAYLOAD, Capabilities, deserves_alert
from tlsmodel.targets.clock import Clock
from tlsmodel.targets.gnutls_setup import DEADLINE, Setup
from tlsmodel.targets.transport import Transport

RECEIVE_SIZE: Final = 1 << 14
_UNFINISHED: Final = ("AGAIN", "INTERRUPTED")
_ALERTS: Final = {ALERT_NO_RENEGOTIATION: (1, 100), ALERT_WARNING: (1, 90), ALERT_FATAL: (2, 40)}
_CRASHING: Final = (REHANDSHAKE, REAUTH, KEY_UPDATE, KEY_UPDATE_PEER)
_NOT_YET: Final = Return("INVALID_REQUEST")
_MILLISECOND: Final = 0.001


class GnuTLSTarget:
    """Sessions of the system's libgnutls.

    Parameters
    ----------
    credentials: the test authority and the certificate that both sides show.

    Raises `TargetUnavailable` where the library is not installed.
    """

    name = "gnutls"

    def __init__(self, credentials: TestCredentials) -> None:
        self.version = ffi.version()
        self.capabilities = Capabilities(
            versions=frozenset({Version.TLS12, Version.TLS13}),
            settings={**EVERY_SETTING, "cookie": frozenset({"off"}), "early": frozenset()},
            needs={"cookie": frozenset({"off"})},
            calls=frozenset(CALLS),
            resumes_by_id=False,
        )
        self._library = ffi.library()
        self._setup = Setup(credentials)
        self._clock = Clock()
        self._buffer = ctypes.create_string_buffer(RECEIVE_SIZE)
        self._session: ffi.Handle | None = None
        self._calls: dict[Symbol, Callable[[], Return]] = {
            HANDSHAKE: self._handshake,
            RECORD_SEND: self._record_send,
            RECORD_RECV: self._record_recv,
            BYE: lambda: self._answer(BYE, self._library.gnutls_bye(self._session, ffi.SHUT_WR)),
            REHANDSHAKE: lambda: self._answer(REHANDSHAKE, self._library.gnutls_rehandshake(self._session)),
            REAUTH: self._reauth,
            KEY_UPDATE: lambda: self._key_update(KEY_UPDATE, 0),
            KEY_UPDATE_PEER: lambda: self._key_update(KEY_UPDATE_PEER, ffi.KU_PEER),
            **{call: self._alerting(call) for call in _ALERTS},
        }
        # Made once, because making them for each session would cost more than a handshake.
        self._pull = ffi.Transfer(self._on_pull)
        self._push = ffi.Transfer(self._on_push)
        self._timeout = ffi.Timeout(self._on_timeout)

    def open(self, scenario: Scenario, transport: Transport, session: bytes | None = None) -> None:
        """Start a fresh session, ending any former one; see `Target.open`."""
        self.close()
        library = self._library
        self._clock.reset()
        ffi.follow(self._clock)
        self._session = made = self._setup.session(scenario, session)
        self._scenario, self._transport = scenario, transport
        self._failed = self._sending = self._established = False
        library.gnutls_transport_set_push_function(made, self._push)
        library.gnutls_transport_set_pull_function(made, self._pull)
        library.gnutls_transport_set_pull_timeout_function(made, self._timeout)
        if session is not None and scenario.value("early") == "on":
            ffi.check(library.gnutls_record_send_early_data(made, PAYLOAD, len(PAYLOAD)))

    def call(self, symbol: Symbol) -> Return:
        """Make one call of the alphabet; see `Target.call`.

        Before the first handshake is complete some calls would make the library follow a null pointer.
        """
        if symbol in _CRASHING and not self._established:
            return _NOT_YET
        return self._calls[symbol]()

    def strike(self, symbol: Symbol) -> None:
        """Let time pass; see `Target.strike`."""
        if symbol is DEADLINE_PASSED:
            self._clock.advance(DEADLINE)
        else:
            left = self._library.gnutls_dtls_get_timeout(self._session)
            self._clock.advance((left + 1) * _MILLISECOND)

    def session_data(self) -> bytes | None:
        """Return what resumes the session; see `Target.session_data`."""
        found = ffi.PlainDatum()
        if self._library.gnutls_session_get_data2(self._session, ctypes.byref(found)) < 0:
            return None
        return ffi.take(found)

    def close(self) -> None:
        """Free the session."""
        if self._session is not None:
            self._library.gnutls_deinit(self._session)
            self._session = None

    def _handshake(self) -> Return:
        returned = self._answer(HANDSHAKE, self._library.gnutls_handshake(self._session))
        self._established = self._established or returned.code == "SUCCESS"
        return returned

    def _reauth(self) -> Return:
        if self._scenario.role is Role.SERVER and self._scenario.value("late_auth") != "none":
            wanted = ffi.CERTIFICATE_REQUESTS[self._scenario.value("late_auth")]
            self._library.gnutls_certificate_server_set_request(self._session, wanted)
        return self._answer(REAUTH, self._library.gnutls_reauth(self._session, 0))

    def _key_update(self, call: Symbol, flags: int) -> Return:
        return self._answer(call, self._library.gnutls_session_key_update(self._session, flags))

    def _alerting(self, call: Symbol) -> Callable[[], Return]:
        level, description = _ALERTS[call]
        return lambda: self._answer(call, self._library.gnutls_alert_send(self._session, level, description))

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
        except OSError as error:
            return self._refuse(error)
        ctypes.memmove(buffer, data, len(data))
        return len(data)

    def _on_push(self, _pointer: int, data: int, size: int) -> int:
        try:
            return self._transport.push(ctypes.string_at(data, size))
        except OSError as error:
            return self._refuse(error)

    def _on_timeout(self, _pointer: int, _milliseconds: int) -> int:
        return int(self._transport.readable())

    def _refuse(self, error: OSError) -> int:
        if isinstance(error, BlockingIOError):
            number = errno.EAGAIN
        elif isinstance(error, InterruptedError):
            number = errno.EINTR
        else:
            number = error.errno or errno.EIO
        self._library.gnutls_transport_set_errno(self._session, number)
        return -1
