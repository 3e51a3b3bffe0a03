"""The needs of a feature in the language of gnutls_priority_init(3), for the library and its programs."""

from __future__ import annotations

from tests.interop.needs import Needs

_VERSIONS = {"TLS 1.2": "+VERS-TLS1.2", "TLS 1.3": "+VERS-TLS1.3", "DTLS 1.2": "+VERS-DTLS1.2"}
_EXCHANGES = {
    "TLS_ECDHE_PSK": "+ECDHE-PSK", "TLS_PSK": "+PSK", "TLS_ECDHE_ECDSA": "+ECDHE-ECDSA",
    "TLS_ECDHE_RSA": "+ECDHE-RSA", "TLS_DHE_RSA": "+DHE-RSA", "TLS_RSA": "+RSA",
}  # fmt: skip
_MODES = {"ke": "+PSK", "dhe": "+ECDHE-PSK"}
_CIPHERS = {"AES_128_GCM": "+AES-128-GCM", "AES_256_GCM": "+AES-256-GCM", "CHACHA20": "+CHACHA20-POLY1305"}
_GROUPS = {"X25519MLKEM768": "X25519-MLKEM768"}


def priority(needs: Needs, *, client: bool) -> str:
    """Return the priority string; a client that is to be asked for a share offers another group first."""
    words = ["NORMAL", "-VERS-ALL", *(_VERSIONS[version] for version in needs.of_theirs)]
    suite = needs.suite or ""
    if suite:
        words += ["-CIPHER-ALL", next(word for part, word in _CIPHERS.items() if part in suite)]
    exchange = next((word for begin, word in _EXCHANGES.items() if suite.startswith(begin)), None)
    if exchange:
        words += ["-KX-ALL", exchange]
    if needs.psk in _MODES:
        words += ["-KX-ALL", _MODES[needs.psk]]
    if needs.keyless:
        words.append("+PSK")
    if needs.group:
        first = ["+GROUP-X25519", "+GROUP-SECP256R1"] if needs.retry and client else []
        words += ["-GROUP-ALL", *first, f"+GROUP-{_GROUPS.get(needs.group, needs.group)}"]
    if not needs.compatible:
        words.append("%DISABLE_TLS13_COMPAT_MODE")
    if not needs.indicated:
        words.append("%DISABLE_SAFE_RENEGOTIATION")
    if not needs.bound:
        words.append("%NO_SESSION_HASH")
    return ":".join(words)
