"""The system's libgnutls through ctypes; the transport is two bytearrays behind push and pull functions."""

from __future__ import annotations

import ctypes
import errno
from collections.abc import Callable
from contextlib import ExitStack, contextmanager
from typing import Any

from handshake.cases import Case, Unsupported, credentials
from tlsmodel.targets import gnutls_ffi as ffi
from tlsmodel.targets.base import TargetUnavailable

NAME = "libgnutls"
NOTE = "the system's library, driven by ctypes; push and pull functions over bytearrays"

# gnutls/gnutls.h; what tlsmodel's prototypes lack is declared by `_bound`
_NO_TICKETS, _NO_AUTO_SEND_TICKET = 1 << 10, 1 << 21
_PEM, _AGAIN = ffi.X509_FMT_PEM, -28
_PRIORITY = "NORMAL:-VERS-ALL:+VERS-{}:-GROUP-ALL:+GROUP-X25519:-CIPHER-ALL:+AES-128-GCM"
_P, _U = ctypes.c_void_p, ctypes.c_uint


class _Datum(ctypes.Structure):
    _fields_ = (("data", _P), ("size", _U))


def version() -> str:
    """Return the version; raises `Unsupported` if the library is missing."""
    _bound()
    return ffi.version()


def _bound() -> ctypes.CDLL:
    try:
        library = ffi.library()
    except TargetUnavailable as missing:
        raise Unsupported(str(missing)) from missing
    for name, arguments in {
        "gnutls_session_ticket_enable_server": (_P, ctypes.POINTER(_Datum)),
        "gnutls_session_ticket_key_generate": (ctypes.POINTER(_Datum),),
        "gnutls_session_get_data2": (_P, ctypes.POINTER(_Datum)),
        "gnutls_session_set_data": (_P, _P, ctypes.c_size_t),
        "gnutls_session_is_resumed": (_P,),
    }.items():
        function = getattr(library, name)
        function.restype, function.argtypes = ctypes.c_int, arguments
    return library


class _Pair:
    """What all handshakes of a case share: credentials, priorities, callbacks and the two byte streams."""

    def __init__(self, case: Case) -> None:
        self.library, self.case, self.host = _bound(), case, credentials().server_name.encode()
        self.priority, self.trust, self.key = ffi.Handle(), ffi.Handle(), ffi.Handle()
        self.ticket_key, self.session = _Datum(), _Datum()
        words = _PRIORITY.format("TLS1.3" if case.tls13 else "TLS1.2").encode()
        _check(self.library.gnutls_priority_init(ctypes.byref(self.priority), words, None))
        for place in (self.trust, self.key):
            _check(self.library.gnutls_certificate_allocate_credentials(ctypes.byref(place)))
        files = credentials()
        anchors, chain, key = (ffi.datum(pem) for pem in (files.ca_pem, files.chain_pem, files.key_pem))
        at = ctypes.byref
        _check(self.library.gnutls_certificate_set_x509_trust_mem(self.trust, at(anchors), _PEM))
        _check(self.library.gnutls_certificate_set_x509_key_mem(self.key, at(chain), at(key), _PEM))
        _check(self.library.gnutls_session_ticket_key_generate(at(self.ticket_key)))
        self.streams = there, back = bytearray(), bytearray()
        self.client_calls, self.server_calls = self._transport(back, there), self._transport(there, back)

    def _transport(self, incoming: bytearray, outgoing: bytearray) -> tuple[Any, Any, Any]:
        library = self.library

        def push(_pointer: int, data: int, size: int) -> int:
            outgoing.extend(ctypes.string_at(data, size))
            return size

        def pull(session: int, place: int, size: int) -> int:
            if not incoming:
                library.gnutls_transport_set_errno(session, errno.EAGAIN)
                return -1
            taken = bytes(incoming[:size])
            del incoming[:size]
            ctypes.memmove(place, taken, len(taken))
            return len(taken)

        def wait(_pointer: int, _milliseconds: int) -> int:
            return len(incoming)

        return ffi.Transfer(push), ffi.Transfer(pull), ffi.Timeout(wait)

    @contextmanager
    def handshake(self, flags: int) -> Any:
        """Carry one handshake through; gives the client's session."""
        library = self.library
        for stream in self.streams:
            stream.clear()
        with ExitStack() as undo:
            client = self._end(undo, ffi.CLIENT | flags, self.trust, self.client_calls)
            library.gnutls_server_name_set(client, ffi.NAME_DNS, self.host, len(self.host))
            library.gnutls_session_set_verify_cert(client, self.host, 0)
            server = self._end(undo, ffi.SERVER | flags, self.key, self.server_calls)
            if self.case.resumed:
                library.gnutls_session_ticket_enable_server(server, ctypes.byref(self.ticket_key))
            if self.session.size:
                library.gnutls_session_set_data(client, self.session.data, self.session.size)
            waiting = [client, server]
            while waiting:
                waiting = [end for end in waiting if _unfinished(library.gnutls_handshake(end))]
            assert bool(library.gnutls_session_is_resumed(client)) == bool(self.session.size)
            yield client

    def _end(self, undo: ExitStack, flags: int, files: ffi.Handle, calls: tuple[Any, Any, Any]) -> ffi.Handle:
        library, session = self.library, ffi.Handle()
        _check(library.gnutls_init(ctypes.byref(session), flags | ffi.NONBLOCK))
        undo.callback(library.gnutls_deinit, session)
        library.gnutls_priority_set(session, self.priority)
        library.gnutls_credentials_set(session, ffi.CRD_CERTIFICATE, files)
        library.gnutls_transport_set_ptr(session, session)
        library.gnutls_transport_set_push_function(session, calls[0])
        library.gnutls_transport_set_pull_function(session, calls[1])
        library.gnutls_transport_set_pull_timeout_function(session, calls[2])
        return session


def make(case: Case) -> Callable[[], None]:
    """Return what does one handshake."""
    pair = _Pair(case)
    if case.resumed:
        with pair.handshake(0) as client:
            pair.library.gnutls_record_recv(client, ctypes.create_string_buffer(1), 1)
            _check(pair.library.gnutls_session_get_data2(client, ctypes.byref(pair.session)))
    flags = _NO_AUTO_SEND_TICKET if case.resumed else _NO_TICKETS

    def once() -> None:
        with pair.handshake(flags):
            pass

    return once


def _check(code: int) -> None:
    assert code >= 0, ffi.code_name(code)


def _unfinished(code: int) -> bool:
    assert code in (0, _AGAIN), ffi.code_name(code)
    return code == _AGAIN
