"""The system's libgnutls: its functions, constants and clock, and nothing about a session.

By cffi and not ctypes, because a ctypes callback cannot return a structure, as the retrieve function of a
session database does.  Source: gnutls/gnutls.h and the manual pages of the functions.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from functools import cache
from typing import Any

import pytest
from cffi import FFI

SERVER, CLIENT, DATAGRAM, NONBLOCK = 1, 2, 4, 8
ALLOW_ID_CHANGE, POST_HANDSHAKE_AUTH, ENABLE_EARLY_DATA = 1 << 7, 1 << 14, 1 << 20
NO_TICKETS_TLS12 = 1 << 23
CRD_CERTIFICATE, CRD_PSK, DER, PEM, NAME_DNS, PSK_KEY_RAW, SHUT_WR, KU_PEER = 1, 4, 0, 1, 1, 0, 1, 1
CERTIFICATE_REQUESTS = {"none": 0, "request": 1, "require": 2}

ffi = FFI()
ffi.cdef(
    """
    typedef struct { unsigned char *data; unsigned int size; } gnutls_datum_t;
    typedef struct { long seconds, nanoseconds; } moment_t;
    typedef ssize_t (*pull_t)(void *, void *, size_t);
    typedef ssize_t (*push_t)(void *, const void *, size_t);
    typedef int (*timeout_t)(void *, unsigned int);
    typedef int (*verify_t)(void *);
    typedef int (*store_t)(void *, gnutls_datum_t, gnutls_datum_t);
    typedef gnutls_datum_t (*retrieve_t)(void *, gnutls_datum_t);
    typedef int (*remove_t)(void *, gnutls_datum_t);
    typedef int (*add_t)(void *, long, const gnutls_datum_t *, const gnutls_datum_t *);
    typedef struct { unsigned int record_seq, hsk_read_seq, hsk_write_seq; } prestate_t;
    typedef int (*keylog_t)(void *, const char *, const gnutls_datum_t *);
    typedef int (*psk_t)(void *, const char *, gnutls_datum_t *);
    typedef long (*time_t_function)(long *);
    typedef void (*gettime_t)(moment_t *);

    extern void *(*gnutls_malloc)(size_t);
    extern void (*gnutls_free)(void *);
    const char *gnutls_check_version(const char *);
    const char *gnutls_strerror(int);
    const char *gnutls_strerror_name(int);
    int gnutls_error_is_fatal(int);
    void gnutls_global_set_time_function(time_t_function);
    void _gnutls_global_set_gettime_function(gettime_t);

    int gnutls_init(void **, unsigned int);
    void gnutls_deinit(void *);
    int gnutls_priority_set_direct(void *, const char *, const char **);
    int gnutls_credentials_set(void *, int, void *);
    int gnutls_server_name_set(void *, int, const void *, size_t);
    void gnutls_session_set_verify_cert(void *, const char *, unsigned);
    void gnutls_session_set_verify_function(void *, verify_t);
    int gnutls_alpn_set_protocols(void *, const gnutls_datum_t *, unsigned, unsigned);
    void gnutls_transport_set_ptr(void *, void *);
    void gnutls_transport_set_errno(void *, int);
    void gnutls_transport_set_push_function(void *, push_t);
    void gnutls_transport_set_pull_function(void *, pull_t);
    void gnutls_transport_set_pull_timeout_function(void *, timeout_t);
    void gnutls_handshake_set_timeout(void *, unsigned int);

    int gnutls_certificate_allocate_credentials(void **);
    void gnutls_certificate_free_credentials(void *);
    int gnutls_certificate_set_x509_trust_mem(void *, const gnutls_datum_t *, int);
    int gnutls_certificate_set_x509_key_mem(void *, const gnutls_datum_t *, const gnutls_datum_t *, int);
    void gnutls_certificate_server_set_request(void *, int);
    int gnutls_certificate_set_ocsp_status_request_mem(void *, const gnutls_datum_t *, unsigned, int);
    int gnutls_ocsp_status_request_get2(void *, unsigned, gnutls_datum_t *);
    const gnutls_datum_t *gnutls_certificate_get_peers(void *, unsigned int *);
    int gnutls_psk_allocate_client_credentials(void **);
    void gnutls_psk_free_client_credentials(void *);
    int gnutls_psk_set_client_credentials(void *, const char *, const gnutls_datum_t *, int);
    int gnutls_psk_allocate_server_credentials(void **);
    void gnutls_psk_free_server_credentials(void *);
    void gnutls_psk_set_server_credentials_function(void *, psk_t);

    int gnutls_handshake(void *);
    int gnutls_rehandshake(void *);
    int gnutls_reauth(void *, unsigned int);
    int gnutls_session_key_update(void *, unsigned int);
    int gnutls_record_get_direction(void *);
    ssize_t gnutls_record_send(void *, const void *, size_t);
    ssize_t gnutls_record_recv(void *, void *, size_t);
    ssize_t gnutls_record_send_early_data(void *, const void *, size_t);
    ssize_t gnutls_record_recv_early_data(void *, void *, size_t);
    ssize_t gnutls_record_set_max_recv_size(void *, size_t);
    int gnutls_record_set_max_early_data_size(void *, size_t);
    int gnutls_bye(void *, int);
    int gnutls_alert_get(void *);
    int gnutls_alert_send(void *, int, int);
    int gnutls_alert_send_appropriate(void *, int);
    int gnutls_safe_renegotiation_status(void *);
    void gnutls_session_get_random(void *, gnutls_datum_t *, gnutls_datum_t *);
    void gnutls_session_set_keylog_function(void *, keylog_t);
    int gnutls_prf_rfc5705(void *, size_t, const char *, size_t, const char *, size_t, char *);

    int gnutls_session_is_resumed(void *);
    int gnutls_session_set_data(void *, const void *, size_t);
    int gnutls_session_get_data2(void *, gnutls_datum_t *);
    int gnutls_session_ticket_enable_server(void *, const gnutls_datum_t *);
    void gnutls_db_set_cache_expiration(void *, int);
    void gnutls_db_set_store_function(void *, store_t);
    void gnutls_db_set_retrieve_function(void *, retrieve_t);
    void gnutls_db_set_remove_function(void *, remove_t);
    int gnutls_anti_replay_init(void **);
    void gnutls_anti_replay_deinit(void *);
    void gnutls_anti_replay_set_add_function(void *, add_t);
    void gnutls_anti_replay_enable(void *, void *);

    int gnutls_dtls_cookie_verify(gnutls_datum_t *, void *, size_t, void *, size_t, prestate_t *);
    int gnutls_dtls_cookie_send(gnutls_datum_t *, void *, size_t, prestate_t *, void *, push_t);
    void gnutls_dtls_prestate_set(void *, prestate_t *);
    void gnutls_dtls_set_mtu(void *, unsigned int);
    unsigned int gnutls_dtls_get_data_mtu(void *);
    void gnutls_dtls_set_timeouts(void *, unsigned int, unsigned int);
    unsigned int gnutls_dtls_get_timeout(void *);
    """
)

_clock: list[Callable[[], float]] = [time.time]


def follow(clock: Callable[[], float]) -> None:
    """Let the library take its time from `clock` from now on."""
    _clock[0] = clock
    library().gnutls_global_set_time_function(_on_time)
    library()._gnutls_global_set_gettime_function(_on_gettime)


@cache
def library() -> Any:
    """Return the library; skips the test where it is not installed."""
    try:
        return ffi.dlopen("libgnutls.so.30")
    except OSError:
        words = "libgnutls is not installed: install the package libgnutls30 (Debian, Ubuntu)"
        if os.environ.get("CI"):
            pytest.fail(words, pytrace=False)
        pytest.skip(words)


@ffi.callback("long(long *)")
def _on_time(place: Any) -> int:
    now = int(_clock[0]())
    if place != ffi.NULL:
        place[0] = now
    return now


@ffi.callback("void(moment_t *)")
def _on_gettime(place: Any) -> None:
    now = _clock[0]()
    place.seconds = int(now)
    place.nanoseconds = int((now - int(now)) * 1e9)


def version() -> str:
    """Return the library's version, as ``3.7.9``."""
    return ffi.string(library().gnutls_check_version(ffi.NULL)).decode()


@cache
def name(number: int) -> str:
    """Return the name of a code without its prefix."""
    if number >= 0:
        return "SUCCESS"
    said = library().gnutls_strerror_name(number)
    return f"E{number}" if said == ffi.NULL else ffi.string(said).decode().removeprefix("GNUTLS_E_")


def check(result: int) -> None:
    """Raise `ValueError` with the code's name if a set-up was refused."""
    if result < 0:
        raise ValueError(name(result))


def datum(data: bytes) -> Any:
    """Return `data` as a gnutls_datum_t; the caller keeps it alive."""
    return ffi.new("gnutls_datum_t *", {"data": ffi.from_buffer("unsigned char[]", data), "size": len(data)})


def read(found: Any) -> bytes:
    """Return the bytes of a gnutls_datum_t."""
    return bytes(ffi.buffer(found.data, found.size))


def allocate(data: bytes) -> Any:
    """Return `data` in memory that the library will free."""
    place = library().gnutls_malloc(max(len(data), 1))
    ffi.memmove(place, data, len(data))
    return place


def number(code: str) -> int:
    """Return the number of a code by its name."""
    return _numbers()[code]


@cache
def _numbers() -> dict[str, int]:
    return {name(value): value for value in range(0, -1251, -1)}
