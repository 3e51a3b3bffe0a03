"""The system's libgnutls through ctypes: prototypes and constants, and no behaviour.

Imported by name when used, so that everything else works where the library is not installed.
Source of the prototypes: gnutls/gnutls.h and the manual pages of the functions.
"""

from __future__ import annotations

import ctypes
import ctypes.util
from collections.abc import Callable
from functools import cache
from time import time
from typing import Final

from tlsmodel.spec.codes import CODES
from tlsmodel.targets.base import TargetUnavailable

# fmt: off
SERVER, CLIENT, DATAGRAM, NONBLOCK = 1, 2, 4, 8         # gnutls_init(3)
NO_AUTO_SEND_TICKET, POST_HANDSHAKE_AUTH, ENABLE_EARLY_DATA = 1 << 21, 1 << 14, 1 << 20
CRD_CERTIFICATE, CRD_PSK, NAME_DNS, X509_FMT_PEM, SHUT_WR, PSK_KEY_RAW, KU_PEER = 1, 4, 1, 1, 1, 0, 1
CERTIFICATE_REQUESTS: Final = {"none": 0, "request": 1, "require": 2}

Handle = ctypes.c_void_p
_P, _I, _U, _S = ctypes.c_void_p, ctypes.c_int, ctypes.c_uint, ctypes.c_size_t
Transfer = ctypes.CFUNCTYPE(ctypes.c_ssize_t, _P, _P, _S)
Timeout = ctypes.CFUNCTYPE(_I, _P, _U)
PskLookup = ctypes.CFUNCTYPE(_I, _P, ctypes.c_char_p, _P)
ReplayAdd = ctypes.CFUNCTYPE(_I, _P, ctypes.c_long, _P, _P)
Time = ctypes.CFUNCTYPE(ctypes.c_long, _P)
GetTime = ctypes.CFUNCTYPE(None, _P)


class Datum(ctypes.Structure):
    """gnutls_datum_t."""

    _fields_ = (("data", ctypes.c_char_p), ("size", _U))


class PlainDatum(ctypes.Structure):
    """gnutls_datum_t whose data is an address."""

    _fields_ = (("data", _P), ("size", _U))


class Moment(ctypes.Structure):
    """struct timespec."""

    _fields_ = (("seconds", ctypes.c_long), ("nanoseconds", ctypes.c_long))


_PROTOTYPES: Final[dict[str, tuple[object, tuple[object, ...]]]] = {
    "gnutls_check_version":                         (ctypes.c_char_p, (ctypes.c_char_p,)),
    "gnutls_strerror_name":                         (ctypes.c_char_p, (_I,)),
    "gnutls_init":                                  (_I, (_P, _U)),
    "gnutls_deinit":                                (None, (_P,)),
    "gnutls_handshake":                             (_I, (_P,)),
    "gnutls_rehandshake":                           (_I, (_P,)),
    "gnutls_reauth":                                (_I, (_P, _U)),
    "gnutls_session_key_update":                    (_I, (_P, _U)),
    "gnutls_record_send":                           (ctypes.c_ssize_t, (_P, _P, _S)),
    "gnutls_record_recv":                           (ctypes.c_ssize_t, (_P, _P, _S)),
    "gnutls_record_send_early_data":                (ctypes.c_ssize_t, (_P, _P, _S)),
    "gnutls_record_set_max_early_data_size":        (_I, (_P, _S)),
    "gnutls_bye":                                   (_I, (_P, _I)),
    "gnutls_record_get_direction":                  (_I, (_P,)),
    "gnutls_alert_send":                            (_I, (_P, _I, _I)),
    "gnutls_alert_send_appropriate":                (_I, (_P, _I)),
    "gnutls_priority_init":                         (_I, (_P, ctypes.c_char_p, _P)),
    "gnutls_priority_set":                          (_I, (_P, _P)),
    "gnutls_credentials_set":                       (_I, (_P, _I, _P)),
    "gnutls_server_name_set":                       (_I, (_P, _I, ctypes.c_char_p, _S)),
    "gnutls_session_set_verify_cert":               (None, (_P, ctypes.c_char_p, _U)),
    "gnutls_session_set_ptr":                       (None, (_P, _P)),
    "gnutls_session_set_data":                      (_I, (_P, ctypes.c_char_p, _S)),
    "gnutls_session_get_data2":                     (_I, (_P, _P)),
    "gnutls_session_ticket_enable_server":          (_I, (_P, _P)),
    "gnutls_certificate_allocate_credentials":      (_I, (_P,)),
    "gnutls_certificate_free_credentials":          (None, (_P,)),
    "gnutls_certificate_set_x509_trust_mem":        (_I, (_P, _P, _I)),
    "gnutls_certificate_set_x509_key_mem":          (_I, (_P, _P, _P, _I)),
    "gnutls_certificate_server_set_request":        (None, (_P, _I)),
    "gnutls_psk_allocate_client_credentials":       (_I, (_P,)),
    "gnutls_psk_set_client_credentials":            (_I, (_P, ctypes.c_char_p, _P, _I)),
    "gnutls_psk_allocate_server_credentials":       (_I, (_P,)),
    "gnutls_psk_set_server_credentials_function":   (None, (_P, PskLookup)),
    "gnutls_anti_replay_init":                      (_I, (_P,)),
    "gnutls_anti_replay_set_add_function":          (None, (_P, ReplayAdd)),
    "gnutls_anti_replay_enable":                    (None, (_P, _P)),
    "gnutls_handshake_set_timeout":                 (None, (_P, _U)),
    "gnutls_dtls_set_timeouts":                     (None, (_P, _U, _U)),
    "gnutls_dtls_get_timeout":                      (_U, (_P,)),
    "gnutls_transport_set_ptr":                     (None, (_P, _P)),
    "gnutls_transport_set_errno":                   (None, (_P, _I)),
    "gnutls_transport_set_push_function":           (None, (_P, Transfer)),
    "gnutls_transport_set_pull_function":           (None, (_P, Transfer)),
    "gnutls_transport_set_pull_timeout_function":   (None, (_P, Timeout)),
    "gnutls_global_set_time_function":              (None, (Time,)),
    "_gnutls_global_set_gettime_function":          (None, (GetTime,)),
}
# fmt: on


@cache
def library() -> ctypes.CDLL:
    """Return libgnutls with its prototypes set.

    Raises `TargetUnavailable`, naming the package, where it is not installed.
    """
    try:
        found = ctypes.CDLL(ctypes.util.find_library("gnutls") or "libgnutls.so.30")
    except OSError:
        raise TargetUnavailable(
            "libgnutls is not installed: install the package libgnutls30 (Debian, Ubuntu)"
        ) from None
    for name, (result, arguments) in _PROTOTYPES.items():
        function = getattr(found, name)
        function.restype, function.argtypes = result, arguments
    return found


def version() -> str:
    """Return the library's version, as ``3.7.9``."""
    said: bytes = library().gnutls_check_version(None)
    return said.decode("ascii")


def allocate(data: bytes) -> int:
    """Return the address of a copy of `data` that the library frees by itself."""
    place = Handle.in_dll(library(), "gnutls_malloc").value or 0
    address: int = ctypes.CFUNCTYPE(_P, _S)(place)(len(data))
    ctypes.memmove(address, data, len(data))
    return address


def take(found: PlainDatum) -> bytes:
    """Return the content of a datum that the library has allocated for us, and free it."""
    data = ctypes.string_at(found.data, found.size)
    place = Handle.in_dll(library(), "gnutls_free").value or 0
    ctypes.CFUNCTYPE(None, _P)(place)(found.data)
    return data


_followed: list[Callable[[], float]] = [time]


def follow(clock: Callable[[], float]) -> None:
    """Let the library take its time from `clock` from now on, in all its sessions."""
    _followed[0] = clock
    library().gnutls_global_set_time_function(_TIME)
    library()._gnutls_global_set_gettime_function(_GET_TIME)


def _tell_time(place: int | None) -> int:
    now = int(_followed[0]())
    if place:
        ctypes.c_long.from_address(place).value = now
    return now


def _tell_moment(place: int) -> None:
    now = _followed[0]()
    moment = Moment.from_address(place)
    moment.seconds, moment.nanoseconds = int(now), int((now - int(now)) * 1e9)


# The library calls them for as long as the process lives, whatever became of the target that made it so.
_TIME: Final = Time(_tell_time)
_GET_TIME: Final = GetTime(_tell_moment)


@cache
def code_name(number: int) -> str:
    """Return the name of an error code without its prefix, as ``UNEXPECTED_PACKET``."""
    known = _NAMES.get(number)
    if known is not None:
        return known
    said: bytes | None = library().gnutls_strerror_name(number)
    return said.decode("ascii").removeprefix("GNUTLS_E_") if said else f"E{-number}"


_NAMES: Final = {number: name for name, number in CODES.items()}


def datum(data: bytes) -> Datum:
    """Return `data` as a gnutls_datum_t; the caller keeps it alive during the call."""
    return Datum(data, len(data))


def check(result: int) -> None:
    """Raise `RuntimeError` where the library refuses its set-up."""
    if result < 0:
        raise RuntimeError(f"libgnutls refused its set-up: {code_name(result)}")
