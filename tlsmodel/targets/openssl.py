"""OpenSSL through pyOpenSSL's memory buffers as a target: first handshakes, which its API shows best.

It sends alerts by itself, takes warnings for nothing, and renews keys and handshakes while it reads; so it is
asked for handshake() alone, and fatal codes are compared as one.
"""

from __future__ import annotations

from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from OpenSSL import SSL, crypto

from tlsmodel.credentials import TestCredentials
from tlsmodel.machine.blur import View
from tlsmodel.spec.scenario import Role, Scenario, Version
from tlsmodel.spec.symbols import DELIVERIES, HANDSHAKE, Return, Symbol
from tlsmodel.targets.base import Capabilities
from tlsmodel.targets.transport import Transport

_VERSIONS: Final = {Version.TLS12: SSL.TLS1_2_VERSION, Version.TLS13: SSL.TLS1_3_VERSION}
_LEGACY_SERVER_CONNECT: Final = 1 << 2
"""Talk to servers without RFC 5746 too, as the default policy of scenarios does (openssl/ssl.h)."""
_READ: Final = 1 << 14
_TICKETS: Final = {"tickets": frozenset({"on"})}
"""It issues them and asks for them in any case."""
_FAILED: Final = Return("ERROR")
_IGNORED: Final = ("Alert.warning", "Alert.no_renegotiation", "Alert.user_canceled", "ClientHello.early")


class OpenSSLTarget:
    """Sessions of the OpenSSL that pyOpenSSL is bound to.

    Parameters
    ----------
    credentials: the test authority and the certificate that both sides show.
    """

    name = "openssl"

    def __init__(self, credentials: TestCredentials) -> None:
        self.version = SSL.SSLeay_version(SSL.SSLEAY_VERSION).decode().split()[1]
        self.capabilities = Capabilities(
            versions=frozenset(_VERSIONS),
            settings=_TICKETS,
            needs=_TICKETS,
            calls=frozenset({HANDSHAKE}),
            disturbances=frozenset(),
            without=frozenset(item for item in DELIVERIES if item.name in _IGNORED),
            view=View(fatal_codes=False),
        )
        self._credentials = credentials
        self._contexts: dict[Scenario, SSL.Context] = {}

    def open(self, scenario: Scenario, transport: Transport, _session: bytes | None = None) -> None:
        """Start a fresh session; see `Target.open`."""
        if scenario not in self._contexts:
            self._contexts[scenario] = self._context(scenario)
        self._transport = transport
        self._session = SSL.Connection(self._contexts[scenario], None)
        if scenario.role is Role.CLIENT:
            self._session.set_tlsext_host_name(self._credentials.server_name.encode())
            self._session.set_connect_state()
        else:
            self._session.set_accept_state()

    def call(self, _symbol: Symbol) -> Return:
        """Make one call of the alphabet; see `Target.call`."""
        try:
            while True:
                try:
                    self._session.do_handshake()
                    return Return("SUCCESS")
                except SSL.WantReadError:
                    self._flush()
                    data = self._transport.pull(_READ)
                if data:
                    self._session.bio_write(data)
                else:
                    self._session.bio_shutdown()
        except BlockingIOError:
            return Return("AGAIN", 0)
        except SSL.Error:
            return _FAILED
        finally:
            self._flush()

    def strike(self, _symbol: Symbol) -> None:
        """Nothing of it depends on time."""

    def session_data(self) -> bytes | None:
        """Nothing that could be kept as bytes."""
        return None

    def close(self) -> None:
        """Nothing to free: a session goes with its object."""

    def _flush(self) -> None:
        while True:
            try:
                self._transport.push(self._session.bio_read(_READ))
            except SSL.WantReadError:
                return

    def _context(self, scenario: Scenario) -> SSL.Context:
        made = SSL.Context(SSL.TLS_METHOD)
        made.set_min_proto_version(_VERSIONS[scenario.version])
        made.set_max_proto_version(_VERSIONS[scenario.version])
        made.set_session_cache_mode(SSL.SESS_CACHE_OFF)
        if scenario.role is Role.SERVER:
            key = load_pem_private_key(self._credentials.key_pem, None)
            made.use_certificate(x509.load_pem_x509_certificate(self._credentials.chain_pem))
            made.use_privatekey(key)  # type: ignore[arg-type]
        else:
            store = made.get_cert_store()
            assert store is not None
            store.add_cert(crypto.load_certificate(crypto.FILETYPE_PEM, self._credentials.ca_pem))
            made.set_verify(SSL.VERIFY_PEER)
            made.set_options(_LEGACY_SERVER_CONNECT)
        return made
