"""What a TLS 1.3 server chooses among a client's offers.

Functions of hello and configuration; where nothing fits they refuse.  Theory: RFC 8446 sections 4.1.1, 4.2.8
to 4.2.11 and 9.2.
"""

from __future__ import annotations

from impl.codec import extensions as ext
from impl.codec.enums import ExtensionType, NamedGroup, ProtocolVersion, PskKeyExchangeMode, SignatureScheme
from impl.codec.extensions import KeyShareEntry
from impl.codec.hello import ClientHello
from impl.codes import Code
from impl.config import Config
from impl.credentials import CertifiedKey
from impl.crypto.suites import Suite
from impl.extension_rules import Place, check, require
from impl.frozen import dataclass
from impl.selection import alpn, certified_keys, common_suites, server_name, signature_scheme, usable_groups
from impl.step import Refusal
from impl.tls13 import psk
from impl.tls13.psk import ChosenPsk
from impl.transcript import Transcript


@dataclass(frozen=True, slots=True)
class Choice:
    """What the server has chosen.

    Parameters
    ----------
    psk: the pre-shared key, or None.
    key, scheme: the certificate and how to sign with it; None where a pre-shared key authenticates.
    share: the client's share that is answered; None where the pre-shared key is all, or it is missing.
    group: whose share is missing and has to be asked for, or None.
    host, protocol: the name asked for and the application protocol.
    """

    suite: Suite
    psk: ChosenPsk | None
    key: CertifiedKey | None
    scheme: SignatureScheme | None
    share: KeyShareEntry | None
    group: NamedGroup | None
    host: str | None
    protocol: bytes | None


def choose(
    hello: ClientHello, raw: bytes, config: Config, settled: Suite | None, before: Transcript | None
) -> Choice:
    """Return what to answer a ClientHello with; raises `Refusal` and what the codec raises.

    Parameters
    ----------
    raw: the message as it came, header included, which binders prove.
    settled: the cipher suite that a HelloRetryRequest has named, or None in a first ClientHello.
    before: the messages before a second ClientHello, or None.
    """
    _check_offer(hello)
    suites = common_suites(hello, config, ProtocolVersion.TLS13) if settled is None else [settled]
    suite, chosen = psk.find(hello, raw, suites, config, before) or (suites[0], None)
    host, protocol = server_name(hello), alpn(hello, config)
    key, scheme = (None, None) if chosen is not None else _choose_key(hello, config, host)
    share: KeyShareEntry | None = None
    missing: NamedGroup | None = None
    if not _goes_without_share(hello, chosen, config):
        group, share = _choose_share(hello, config)
        missing = group if share is None else None
    return Choice(suite, chosen, key, scheme, share, missing, host, protocol)


def _goes_without_share(hello: ClientHello, chosen: ChosenPsk | None, config: Config) -> bool:
    """Tell whether the pre-shared key is all, because the server likes it so or nothing else is possible."""
    if chosen is None:
        return False
    modes = psk.modes(hello, config)
    if PskKeyExchangeMode.PSK_KE not in modes:
        return False
    possible = ExtensionType.KEY_SHARE in hello.extensions and usable_groups(hello, config)
    return modes[0] is PskKeyExchangeMode.PSK_KE or not possible


def _check_offer(hello: ClientHello) -> None:
    """Require what every ClientHello must have (RFC 8446 sections 4.1.2, 4.2.9 and 9.2)."""
    if hello.compression_methods != (0,):
        raise _illegal("TLS 1.3 with compression (RFC 8446 section 4.1.2)")
    check(hello.extensions, Place.CLIENT_HELLO)
    for kind in (ExtensionType.EARLY_DATA, ExtensionType.POST_HANDSHAKE_AUTH):
        ext.parse_empty(hello.extensions.get(kind) or b"")
    if ExtensionType.PRE_SHARED_KEY in hello.extensions:
        require(hello.extensions, ExtensionType.PSK_KEY_EXCHANGE_MODES, Place.CLIENT_HELLO)
    else:
        require(hello.extensions, ExtensionType.SIGNATURE_ALGORITHMS, Place.CLIENT_HELLO)
        require(hello.extensions, ExtensionType.SUPPORTED_GROUPS, Place.CLIENT_HELLO)
    if (ExtensionType.SUPPORTED_GROUPS in hello.extensions) is not (
        ExtensionType.KEY_SHARE in hello.extensions
    ):
        raise Refusal(Code.MISSING_EXTENSION, "only one of supported_groups and key_share (RFC 8446 9.2)")


def _choose_key(hello: ClientHello, config: Config, host: str | None) -> tuple[CertifiedKey, SignatureScheme]:
    if not config.certified_keys:
        raise Refusal(
            Code.INSUFFICIENT_CREDENTIALS, "no certificate, and no pre-shared key that is known here"
        )
    content = require(hello.extensions, ExtensionType.SIGNATURE_ALGORITHMS, Place.CLIENT_HELLO)
    offered = ext.parse_signature_algorithms(content)
    for key in certified_keys(hello, config, host):
        scheme = signature_scheme(key, offered, config, ProtocolVersion.TLS13)
        if scheme is not None:
            return key, scheme
    raise Refusal(Code.NO_CIPHER_SUITES, "no signature scheme in common that fits a certificate")


def _choose_share(hello: ClientHello, config: Config) -> tuple[NamedGroup, KeyShareEntry | None]:
    """Return the group, and the client's share of it or None if it has to be asked for."""
    shares = ext.parse_key_share_client(
        require(hello.extensions, ExtensionType.KEY_SHARE, Place.CLIENT_HELLO)
    )
    listed = ext.parse_supported_groups(
        require(hello.extensions, ExtensionType.SUPPORTED_GROUPS, Place.CLIENT_HELLO)
    )
    # Both lists may be long: a set keeps this linear.
    if not {share.group for share in shares}.issubset(listed):
        raise _illegal("a share of a group that supported_groups lacks")
    by_group = {share.group: share for share in shares}
    usable = usable_groups(hello, config)
    for group in usable:
        if group in by_group:
            return group, by_group[group]
    if not usable:
        raise Refusal(Code.NO_COMMON_KEY_SHARE, "no group in common")
    return usable[0], None


def _illegal(reason: str) -> Refusal:
    return Refusal(Code.RECEIVED_ILLEGAL_PARAMETER, reason)
