"""A scenario as libgnutls has it: priorities, credentials, flags, and what lives as long as the target."""

from __future__ import annotations

import ctypes
from functools import cache
from typing import Final

from tlsmodel.credentials import PSK, PSK_IDENTITY, TestCredentials, rsa_twin
from tlsmodel.spec.scenario import Role, Scenario, Version
from tlsmodel.targets import gnutls_ffi as ffi
from tlsmodel.targets.gnutls_ffi import check

DEADLINE: Final = 30.0
"""Seconds that a handshake may take where the caller sets a limit."""
_RETRANSMIT, _TOTAL = 1000, 1_000_000_000
_EARLY_DATA_SIZE: Final = 16384
_TICKET_KEY: Final = bytes(range(64))
_VERSIONS: Final = {
    Version.TLS12: "NORMAL:-VERS-ALL:+VERS-TLS1.2",
    Version.TLS13: "NORMAL:-VERS-ALL:+VERS-TLS1.3",
    Version.DTLS12: "NORMAL:-VERS-ALL:+VERS-DTLS1.2",
}
_EXCHANGES: Final = {
    "ecdhe": "",
    "rsa": ":-KX-ALL:+RSA",
    "psk": ":-KX-ALL:+PSK",
    "ecdhe_psk": ":-KX-ALL:+ECDHE-PSK",
}
_POLICIES: Final = {
    "partial": "",
    "disabled": ":%DISABLE_SAFE_RENEGOTIATION",
    "unsafe": ":%UNSAFE_RENEGOTIATION",
    "safe": ":%SAFE_RENEGOTIATION",
}


class Setup:
    """What the sessions of one target share.

    Parameters
    ----------
    credentials: the test authority and the certificate that both sides show.
    """

    def __init__(self, credentials: TestCredentials) -> None:
        self._library = ffi.library()
        self._credentials = credentials
        self._server_name = credentials.server_name.encode("ascii")
        self._priority = cache(self._make_priority)
        self._certificate = cache(self._make_certificate)
        self._psk = cache(self._make_psk)
        self._guard = cache(self._make_guard)
        self._ticket_key = ffi.datum(_TICKET_KEY)
        self._psk_lookup = ffi.PskLookup(self._on_psk)
        self._replay_add = ffi.ReplayAdd(lambda *_: 0)

    def session(self, scenario: Scenario, resume: bytes | None) -> ffi.Handle:
        """Return a fresh session that is set up for `scenario`, without its transport."""
        library, session, value = self._library, ffi.Handle(), scenario.value
        check(library.gnutls_init(ctypes.byref(session), _flags(scenario)))
        exchange = "ecdhe" if scenario.version is Version.TLS13 else value("exchange")
        check(library.gnutls_priority_set(session, self._priority(scenario)))
        if exchange in ("psk", "ecdhe_psk"):
            check(library.gnutls_credentials_set(session, ffi.CRD_PSK, self._psk(scenario.role)))
        else:
            shows = scenario.role is Role.SERVER or value("certificate") == "on"
            certificate = self._certificate(exchange, shows)
            check(library.gnutls_credentials_set(session, ffi.CRD_CERTIFICATE, certificate))
        if value("deadline") == "on":
            library.gnutls_handshake_set_timeout(session, int(DEADLINE * 1000))
        if scenario.version is Version.DTLS12:
            library.gnutls_dtls_set_timeouts(session, _RETRANSMIT, _TOTAL)
        if scenario.role is Role.CLIENT:
            self._set_client(session, resume, named=exchange in ("ecdhe", "rsa"))
        else:
            self._set_server(session, scenario)
        return session

    def _set_client(self, session: ffi.Handle, resume: bytes | None, *, named: bool) -> None:
        library, name = self._library, self._server_name
        check(library.gnutls_server_name_set(session, ffi.NAME_DNS, name, len(name)))
        if named:
            library.gnutls_session_set_verify_cert(session, name, 0)
        if resume is not None:
            check(library.gnutls_session_set_data(session, resume, len(resume)))

    def _set_server(self, session: ffi.Handle, scenario: Scenario) -> None:
        library, value = self._library, scenario.value
        wanted = ffi.CERTIFICATE_REQUESTS[value("auth")]
        library.gnutls_certificate_server_set_request(session, wanted)
        if value("auth") == "require":
            library.gnutls_session_set_verify_cert(session, None, 0)
        if value("resume") == "on" or value("tickets") == "on":
            check(library.gnutls_session_ticket_enable_server(session, ctypes.byref(self._ticket_key)))
        if value("early") == "on":
            check(library.gnutls_record_set_max_early_data_size(session, _EARLY_DATA_SIZE))
            library.gnutls_anti_replay_enable(session, self._guard())

    def _make_priority(self, scenario: Scenario) -> ffi.Handle:
        exchange = "ecdhe" if scenario.version is Version.TLS13 else scenario.value("exchange")
        words = _VERSIONS[scenario.version], _EXCHANGES[exchange], _POLICIES[scenario.value("policy")]
        made = ffi.Handle()
        check(self._library.gnutls_priority_init(ctypes.byref(made), "".join(words).encode("ascii"), None))
        return made

    def _make_certificate(self, exchange: str, shows: bool) -> ffi.Handle:
        library, made = self._library, ffi.Handle()
        check(library.gnutls_certificate_allocate_credentials(ctypes.byref(made)))
        authority = ffi.datum(self._credentials.ca_pem)
        check(library.gnutls_certificate_set_x509_trust_mem(made, ctypes.byref(authority), ffi.X509_FMT_PEM))
        if shows:
            shown = rsa_twin(self._credentials) if exchange == "rsa" else self._credentials
            chain, key = ffi.datum(shown.chain_pem), ffi.datum(shown.key_pem)
            pair = ctypes.byref(chain), ctypes.byref(key)
            check(library.gnutls_certificate_set_x509_key_mem(made, *pair, ffi.X509_FMT_PEM))
        return made

    def _make_psk(self, role: Role) -> ffi.Handle:
        library, made = self._library, ffi.Handle()
        if role is Role.CLIENT:
            check(library.gnutls_psk_allocate_client_credentials(ctypes.byref(made)))
            key = ctypes.byref(ffi.datum(PSK))
            check(library.gnutls_psk_set_client_credentials(made, PSK_IDENTITY, key, ffi.PSK_KEY_RAW))
        else:
            check(library.gnutls_psk_allocate_server_credentials(ctypes.byref(made)))
            library.gnutls_psk_set_server_credentials_function(made, self._psk_lookup)
        return made

    def _on_psk(self, _session: int, identity: bytes, place: int) -> int:
        if identity != PSK_IDENTITY:
            return -1
        found = ffi.PlainDatum.from_address(place)
        found.data, found.size = ffi.allocate(PSK), len(PSK)
        return 0

    def _make_guard(self) -> ffi.Handle:
        """A guard against replay to which every hello is new: the mapper makes each a different one."""
        made = ffi.Handle()
        check(self._library.gnutls_anti_replay_init(ctypes.byref(made)))
        self._library.gnutls_anti_replay_set_add_function(made, self._replay_add)
        return made


def _flags(scenario: Scenario) -> int:
    value = scenario.value
    return (
        (ffi.CLIENT if scenario.role is Role.CLIENT else ffi.SERVER)
        | ffi.NONBLOCK
        | (ffi.DATAGRAM if scenario.version is Version.DTLS12 else 0)
        | (ffi.POST_HANDSHAKE_AUTH if value("late_auth") != "none" else 0)
        | (ffi.ENABLE_EARLY_DATA if value("early") == "on" else 0)
        | (ffi.NO_AUTO_SEND_TICKET if value("tickets") == "off" else 0)
    )
