"""What a TLS 1.2 server chooses for a full handshake, and its half of the key exchange.

A suite is taken if everything that its key exchange needs is there: a group, a certificate with a key of the
kind, a signature scheme, or pre-shared keys.  Theory: RFC 5246 section 7.4.1.3, RFC 8422 section 5.1.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from impl.codec import extensions as ext
from impl.codec.enums import ExtensionType, NamedGroup, ProtocolVersion, SignatureScheme
from impl.codec.hello import ClientHello
from impl.codec.key_exchange import (
    ServerKeyExchange,
    ServerKeyExchangeDhe,
    ServerKeyExchangeEcdhePsk,
    dhe_parameters,
    ecdhe_parameters,
)
from impl.codec.messages import encode
from impl.codes import Code
from impl.config import Config
from impl.credentials import CertifiedKey
from impl.crypto import signatures
from impl.crypto.finite_field import FIELDS, FieldShare, named
from impl.crypto.groups import CURVES
from impl.crypto.suites import KeyExchange, Suite
from impl.frozen import dataclass
from impl.selection import authenticates, certified_keys, common_suites, signature_scheme, usable_groups
from impl.step import Refusal
from impl.tls12.exchange import ServerDhe, ServerEcdhe, ServerExchange, ServerPsk, ServerRsa


@dataclass(frozen=True, slots=True)
class Choice:
    """What a server has chosen.

    Parameters
    ----------
    key: the certificate that it shows, or None.
    scheme: how it signs its share, or None if it does not.
    group: of the key exchange, or None.
    """

    suite: Suite
    key: CertifiedKey | None
    scheme: SignatureScheme | None
    group: NamedGroup | None


@dataclass(frozen=True, slots=True)
class Half:
    """The server's half of the exchange: what it remembers, and its ServerKeyExchange or None."""

    exchange: ServerExchange
    message: bytes | None


def choose(hello: ClientHello, config: Config, host: str | None) -> Choice:
    """Return the first suite that everything is there for; raises `Refusal`."""
    content = hello.extensions.get(ExtensionType.SIGNATURE_ALGORITHMS)
    # Without the extension SHA-1 is meant (RFC 5246 section 7.4.1.4.1), which is not implemented.
    offered = () if content is None else ext.parse_signature_algorithms(content)
    curve = next((group for group in usable_groups(hello, config) if group in CURVES), None)
    keys = certified_keys(hello, config, host)
    for suite in common_suites(hello, config, ProtocolVersion.TLS12):
        exchange = suite.key_exchange
        group = curve if exchange in _ON_CURVES else _field(hello) if exchange is KeyExchange.DHE else None
        if exchange in _ON_CURVES and group is None:
            continue
        if exchange in _PRE_SHARED:
            if config.psk_lookup is not None:
                return Choice(suite, None, None, group)
            continue
        for key in keys:
            if not authenticates(key.key, suite.authentication):
                continue
            if exchange is KeyExchange.RSA:
                if key.decrypts:
                    return Choice(suite, key, None, None)
                continue
            if not _is_curve_known(key, hello):
                continue
            scheme = signature_scheme(key, offered, config, ProtocolVersion.TLS12)
            if scheme is not None:
                return Choice(suite, key, scheme, group)
    raise Refusal(Code.NO_CIPHER_SUITES, "no cipher suite and signature scheme that fit a certificate")


def _is_curve_known(key: CertifiedKey, hello: ClientHello) -> bool:
    """Tell whether a client that lists groups lists the curve of an ECDSA key (RFC 5246 section 7.4.2)."""
    content = hello.extensions.get(ExtensionType.SUPPORTED_GROUPS)
    name = signatures.curve(key.key)
    if content is None or name is None:
        return True
    return _CURVE_OF_KEY.get(name) in ext.parse_supported_groups(content)


def half(choice: Choice, hello: ClientHello, random: bytes, config: Config) -> Half:
    """Return the server's half of the exchange.

    Parameters
    ----------
    random: the server's.
    """
    return _HALVES[choice.suite.key_exchange](choice, hello, random, config)


def _ecdhe(choice: Choice, hello: ClientHello, random: bytes, config: Config) -> Half:
    group, key, scheme = choice.group, choice.key, choice.scheme
    assert group is not None
    assert key is not None
    assert scheme is not None
    share = config.make_key_share(group)
    signature = key.sign(scheme, hello.random + random + ecdhe_parameters(group, share.public))
    return Half(ServerEcdhe(share), encode(ServerKeyExchange(group, share.public, scheme, signature)))


def _dhe(choice: Choice, hello: ClientHello, random: bytes, _config: Config) -> Half:
    group, key, scheme = choice.group, choice.key, choice.scheme
    assert group is not None
    assert key is not None
    assert scheme is not None
    field = named(group)
    share = FieldShare(field)
    numbers = field.prime.to_bytes(field.length), field.generator.to_bytes(1), share.public
    signature = key.sign(scheme, hello.random + random + dhe_parameters(*numbers))
    return Half(ServerDhe(share), encode(ServerKeyExchangeDhe(*numbers, scheme, signature)))


def _rsa(choice: Choice, hello: ClientHello, _random: bytes, _config: Config) -> Half:
    assert choice.key is not None
    return Half(ServerRsa(choice.key.key, hello.legacy_version), None)


def _psk(_choice: Choice, _hello: ClientHello, _random: bytes, _config: Config) -> Half:
    return Half(ServerPsk(None), None)


def _ecdhe_psk(choice: Choice, _hello: ClientHello, _random: bytes, config: Config) -> Half:
    assert choice.group is not None
    share = config.make_key_share(choice.group)
    return Half(ServerPsk(share), encode(ServerKeyExchangeEcdhePsk(b"", choice.group, share.public)))


def _field(hello: ClientHello) -> NamedGroup:
    """Return the field that the client likes best, the smallest that is safe if it names none (RFC 7919)."""
    content = hello.extensions.get(ExtensionType.SUPPORTED_GROUPS)
    offered = () if content is None else ext.parse_supported_groups(content)
    return next((group for group in FIELDS if group in offered), NamedGroup.FFDHE2048)


_CURVE_OF_KEY: Final = {"secp256r1": NamedGroup.SECP256R1, "secp384r1": NamedGroup.SECP384R1}
_ON_CURVES: Final = frozenset({KeyExchange.ECDHE, KeyExchange.ECDHE_PSK})
_PRE_SHARED: Final = frozenset({KeyExchange.PSK, KeyExchange.ECDHE_PSK})
_HALVES: Final[dict[KeyExchange, Callable[[Choice, ClientHello, bytes, Config], Half]]] = {
    KeyExchange.ECDHE: _ecdhe,
    KeyExchange.DHE: _dhe,
    KeyExchange.RSA: _rsa,
    KeyExchange.PSK: _psk,
    KeyExchange.ECDHE_PSK: _ecdhe_psk,
}
