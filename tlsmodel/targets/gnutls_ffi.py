"""The system's libgnutls through ctypes: prototypes and constants, and no behaviour.

Imported by name when used, so that everything else works where the library is not installed.
Source of the prototypes: gnutls/gnutls.h and the manual pages of the functions.
"""

from __future__ import annotations

import ctypes
import ctypes.util
from functools import cache
from typing import Final

from tlsmodel.spec.codes import CODES
from tlsmodel.targets.base import TargetUnavailable

# fmt: off
SERVER, CLIENT, NONBLOCK = 1, 2, 8              # gnutls_init(3)
CRD_CERTIFICATE, NAME_DNS, X509_FMT_PEM, SHUT_WR = 1, 1, 1, 1

Handle = ctypes.c_void_p
_P, _I, _U, _S = ctypes.c_void_p, ctypes.c_int, ctypes.c_uint, ctypes.c_size_t
Transfer = ctypes.CFUNCTYPE(ctypes.c_ssize_t, _P, _P, _S)
Timeout = ctypes.CFUNCTYPE(_I, _P, _U)


class Datum(ctypes.Structure):
    """gnutls_datum_t."""

    _fields_ = (("data", ctypes.c_char_p), ("size", _U))


_PROTOTYPES: Final[dict[str, tuple[object, tuple[object, ...]]]] = {
    "gnutls_check_version":                         (ctypes.c_char_p, (ctypes.c_char_p,)),
    "gnutls_strerror_name":                         (ctypes.c_char_p, (_I,)),
    "gnutls_init":                                  (_I, (_P, _U)),
    "gnutls_deinit":                                (None, (_P,)),
    "gnutls_handshake":                             (_I, (_P,)),
    "gnutls_record_send":                           (ctypes.c_ssize_t, (_P, _P, _S)),
    "gnutls_record_recv":                           (ctypes.c_ssize_t, (_P, _P, _S)),
    "gnutls_bye":                                   (_I, (_P, _I)),
    "gnutls_record_get_direction":                  (_I, (_P,)),
    "gnutls_alert_send_appropriate":                (_I, (_P, _I)),
    "gnutls_priority_init":                         (_I, (_P, ctypes.c_char_p, _P)),
    "gnutls_priority_set":                          (_I, (_P, _P)),
    "gnutls_credentials_set":                       (_I, (_P, _I, _P)),
    "gnutls_server_name_set":                       (_I, (_P, _I, ctypes.c_char_p, _S)),
    "gnutls_session_set_verify_cert":               (None, (_P, ctypes.c_char_p, _U)),
    "gnutls_session_set_ptr":                       (None, (_P, _P)),
    "gnutls_certificate_allocate_credentials":      (_I, (_P,)),
    "gnutls_certificate_free_credentials":          (None, (_P,)),
    "gnutls_certificate_set_x509_trust_mem":        (_I, (_P, _P, _I)),
    "gnutls_certificate_set_x509_key_mem":          (_I, (_P, _P, _P, _I)),
    "gnutls_transport_set_ptr":                     (None, (_P, _P)),
    "gnutls_transport_set_errno":                   (None, (_P, _I)),
    "gnutls_transport_set_push_function":           (None, (_P, Transfer)),
    "gnutls_transport_set_pull_function":           (None, (_P, Transfer)),
    "gnutls_transport_set_pull_timeout_function":   (None, (_P, Timeout)),
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
