"""A server's choices among what a client offers, and a client's checks of the answer, for both versions.

Functions of hello and configuration; where nothing fits they refuse.
"""

from __future__ import annotations

from collections.abc import Sequence

from impl.codec import extensions as ext
from impl.codec.enums import ExtensionType, NamedGroup, ProtocolVersion, SignatureScheme
from impl.codec.extensions import Extensions
from impl.codec.hello import ClientHello
from impl.codes import Code
from impl.config import Config
from impl.credentials import CertifiedKey
from impl.crypto.signatures import PrivateKey, PublicKey, is_rsa
from impl.crypto.suites import SUITES, Authentication, Suite
from impl.limits import MAX_PLAINTEXT, MIN_RECORD_SIZE_LIMIT
from impl.step import Limit, Refusal


def common_suites(hello: ClientHello, config: Config, version: ProtocolVersion) -> list[Suite]:
    """Return the suites of `version` that both sides have, the server's favourite first."""
    suites = (SUITES[number] for number in config.cipher_suites if number in hello.cipher_suites)
    found = [suite for suite in suites if suite.version is version]
    if not found:
        raise Refusal(Code.NO_CIPHER_SUITES, "no cipher suite in common")
    return found


def server_name(hello: ClientHello) -> str | None:
    """Return the host that a client asks for."""
    content = hello.extensions.get(ExtensionType.SERVER_NAME)
    return None if content is None else ext.parse_server_name(content)


def certified_keys(hello: ClientHello, config: Config, host: str | None) -> Sequence[CertifiedKey]:
    """Return the server's keys for `host`, or all of them if none names it; the best chains first."""
    keys: Sequence[CertifiedKey] = config.certified_keys
    if host is not None:
        keys = [key for key in keys if key.is_for(host)] or keys
    if len(keys) < 2:
        return keys
    content = hello.extensions.get(ExtensionType.SIGNATURE_ALGORITHMS_CERT)
    if content is None:
        content = hello.extensions.get(ExtensionType.SIGNATURE_ALGORITHMS)
    return keys if content is None else _best_first(keys, ext.parse_signature_algorithms(content))


def _best_first(keys: Sequence[CertifiedKey], listed: Sequence[int]) -> Sequence[CertifiedKey]:
    """Return keys whose chains are signed as the peer wants it, and then the others (RFC 8446 4.4.2.2)."""
    wanted = frozenset(listed)
    return sorted(keys, key=lambda key: not key.signed_with <= wanted)


def authenticates(key: PublicKey | PrivateKey, authentication: Authentication) -> bool:
    """Tell whether a server's key is of the kind that a cipher suite wants (RFC 8422 section 5.10)."""
    if authentication is Authentication.NONE:
        return False
    return authentication is Authentication.ANY or is_rsa(key) is (authentication is Authentication.RSA)


def signature_scheme(
    key: CertifiedKey, offered: Sequence[int], config: Config, version: ProtocolVersion
) -> SignatureScheme | None:
    """Return the server's favourite among the schemes that client, configuration and key allow."""
    allowed = key.schemes[version]
    return next((s for s in config.signature_schemes if s in offered and s in allowed), None)


def client_key(
    config: Config,
    offered: Sequence[int],
    authorities: Sequence[bytes],
    version: ProtocolVersion,
    listed: Sequence[int] | None = None,
) -> tuple[CertifiedKey, SignatureScheme] | None:
    """Return the first of a client's keys that a server's request fits, with the scheme to sign with.

    Parameters
    ----------
    offered: the server's signature schemes.
    authorities: the names (DER) of whom the server believes; none means anybody.
    listed: the schemes that it wants chains to be signed with; None means those of `offered`.
    """
    for key in _best_first(config.certified_keys, offered if listed is None else listed):
        scheme = signature_scheme(key, offered, config, version)
        if scheme is not None and (not authorities or any(name in authorities for name in key.issuers)):
            return key, scheme
    return None


def alpn(hello: ClientHello, config: Config) -> bytes | None:
    """Return the application protocol (RFC 7301 section 3.2), None if either side leaves it open."""
    content = hello.extensions.get(ExtensionType.ALPN)
    if content is None:
        return None
    offered = ext.parse_alpn(content)
    if not config.alpn:
        return None
    chosen = next((protocol for protocol in config.alpn if protocol in offered), None)
    if chosen is None:
        raise Refusal(Code.NO_APPLICATION_PROTOCOL, "no application protocol in common")
    return chosen


def answered_alpn(answer: Extensions, config: Config) -> bytes | None:
    """Return the application protocol that a server chose, which must have been offered."""
    content = answer.get(ExtensionType.ALPN)
    if content is None:
        return None
    chosen = ext.parse_alpn_choice(content)
    if chosen not in config.alpn:
        raise Refusal(Code.RECEIVED_ILLEGAL_PARAMETER, "the server chose a protocol that was not offered")
    return chosen


def check_server_name_answer(answer: Extensions) -> None:
    """Require that a server's server_name is empty (RFC 6066 section 3)."""
    content = answer.get(ExtensionType.SERVER_NAME)
    if content is not None:
        ext.parse_empty(content)


def check_point_formats(extensions: Extensions) -> None:
    """Require that a peer that lists point formats lists the uncompressed one (RFC 8422 section 5.1.2)."""
    content = extensions.get(ExtensionType.EC_POINT_FORMATS)
    if content is not None and 0 not in ext.parse_ec_point_formats(content):
        raise Refusal(Code.RECEIVED_ILLEGAL_PARAMETER, "point formats without the uncompressed one")


def answers(host: str | None, key: CertifiedKey | None, protocol: bytes | None) -> list[tuple[int, bytes]]:
    """Return a server's answers to server_name, if it made a difference, and to ALPN."""
    found: list[tuple[int, bytes]] = []
    if host is not None and key is not None and key.is_for(host):
        found.append((ExtensionType.SERVER_NAME, b""))
    if protocol is not None:
        found.append(ext.build_alpn((protocol,)))
    return found


def answered_record_limit(answer: Extensions, config: Config, version: ProtocolVersion) -> tuple[Limit, ...]:
    """Return the limits on records if a server has answered with its own (RFC 8449 section 4)."""
    content = answer.get(ExtensionType.RECORD_SIZE_LIMIT)
    if content is None:
        return ()
    return (_limit(ext.parse_record_size_limit(content), config, version),)


def record_limit(
    hello: ClientHello, config: Config, version: ProtocolVersion
) -> tuple[tuple[int, bytes] | None, tuple[Limit, ...]]:
    """Return a server's answer to a client's limit on records, and the limits that follow from it."""
    content = hello.extensions.get(ExtensionType.RECORD_SIZE_LIMIT)
    if content is None or config.record_size_limit is None:
        return None, ()
    limit = _limit(ext.parse_record_size_limit(content), config, version)
    return ext.build_record_size_limit(config.record_size_limit), (limit,)


def _limit(theirs: int, config: Config, version: ProtocolVersion) -> Limit:
    if theirs < MIN_RECORD_SIZE_LIMIT:
        raise Refusal(
            Code.RECEIVED_ILLEGAL_PARAMETER, f"a record size limit of {theirs} (RFC 8449 section 4)"
        )
    # In TLS 1.3 the limit counts the hidden content type.
    overhead = 1 if version is ProtocolVersion.TLS13 else 0
    ours = config.record_size_limit or MAX_PLAINTEXT + overhead
    return Limit(min(theirs - overhead, MAX_PLAINTEXT), ours - overhead)


def usable_groups(hello: ClientHello, config: Config) -> list[NamedGroup]:
    """Return the groups that both sides have, the server's favourite first.

    A client that lists none leaves the choice to the server (RFC 8422 section 4).
    """
    content = hello.extensions.get(ExtensionType.SUPPORTED_GROUPS)
    offered = (NamedGroup.SECP256R1,) if content is None else ext.parse_supported_groups(content)
    return [group for group in config.groups if group in offered]
