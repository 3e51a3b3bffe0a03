"""The needs of a feature in the language of gnutls_priority_init(3), for the library and its programs."""

from __future__ import annotations

from tests.interop.features import Needs

_VERSIONS = {"TLS 1.2": "+VERS-TLS1.2", "TLS 1.3": "+VERS-TLS1.3", "DTLS 1.2": "+VERS-DTLS1.2"}
_PSK = {"psk": "+PSK", "ecdhe-psk": "+ECDHE-PSK", "ke": "+PSK", "dhe": "+ECDHE-PSK"}
_CIPHERS = {"AES_128_GCM": "+AES-128-GCM", "AES_256_GCM": "+AES-256-GCM", "CHACHA20": "+CHACHA20-POLY1305"}
_EXCHANGES = {"DHE_RSA": "+DHE-RSA", "TLS_RSA": "+RSA"}

NO_DATA_INSIDE = "the server takes no data between ClientHello and ChangeCipherSpec"
UNSUPPORTED = {"tls13-X25519MLKEM768": "GnuTLS 3.7.9 has no hybrid group"}


def priority(needs: Needs, *, client: bool) -> str:
    """Return the priority string; a client that is to be asked for a share offers another group first."""
    words = ["NORMAL", "-VERS-ALL", _VERSIONS[needs.version]]
    suite = needs.suite or ""
    if suite:
        words += ["-CIPHER-ALL", next(word for part, word in _CIPHERS.items() if part in suite)]
    exchange = next((word for part, word in _EXCHANGES.items() if suite.startswith(part, 4)), None)
    exchange = exchange or ("+RSA" if suite.startswith("TLS_RSA") else None)
    if exchange:
        words += ["-KX-ALL", exchange]
    if needs.psk:
        words += ["-KX-ALL", _PSK[needs.psk]]
    if needs.group:
        first = ["+GROUP-X25519", "+GROUP-SECP256R1"] if needs.retry and client else []
        words += ["-GROUP-ALL", *first, f"+GROUP-{needs.group}"]
    if not needs.compatible:
        words.append("%DISABLE_TLS13_COMPAT_MODE")
    return ":".join(words)
