"""Settings in the language of gnutls_priority_init(3)."""

from __future__ import annotations

from tests.contract.drivers.settings import DTLS12, EITHER, TLS12, TLS13, Settings

_VERSIONS = {
    TLS12: "-VERS-ALL:+VERS-TLS1.2",
    TLS13: "-VERS-ALL:+VERS-TLS1.3",
    EITHER: "-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2",
    DTLS12: "-VERS-ALL:+VERS-DTLS1.2",
}
_RENEGOTIATION = {
    "disabled": "%DISABLE_SAFE_RENEGOTIATION",
    "unsafe": "%UNSAFE_RENEGOTIATION",
    "partial": "%PARTIAL_RENEGOTIATION",
    "safe": "%SAFE_RENEGOTIATION",
}
_SUITES = {
    "TLS_AES_128_GCM_SHA256": "+AES-128-GCM",
    "TLS_AES_256_GCM_SHA384": "+AES-256-GCM",
    "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256": "+AES-128-GCM",
    "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384": "+AES-256-GCM",
}
_GROUPS = {"SECP256R1": "+GROUP-SECP256R1", "SECP384R1": "+GROUP-SECP384R1", "X25519": "+GROUP-X25519"}


def priorities(settings: Settings, renegotiation: str) -> str:
    """Return the priority string for some settings, with a policy of its own on RFC 5746."""
    words = ["NORMAL", _VERSIONS[settings.version]]
    if settings.psk is not None or settings.psk_keys:
        words.append("+ECDHE-PSK:+PSK")
    if settings.suites:
        words += ["-CIPHER-ALL", *(_SUITES[name] for name in settings.suites)]
    if settings.groups:
        words += ["-GROUP-ALL", *(_GROUPS[name] for name in settings.groups)]
    return ":".join([*words, _RENEGOTIATION[renegotiation]])
