"""Which handshakes may follow which: renegotiation_info by the four policies (RFC 5746 sections 3 and 4).

Functions of hello, policy and the previous handshake; they return whether the new one is bound to it.
"""

from __future__ import annotations

from impl.codec import extensions as ext
from impl.codec.enums import CipherSuite, ExtensionType
from impl.codec.hello import ClientHello, ServerHello
from impl.codes import Code
from impl.config import Config, Renegotiation
from impl.established import Connected
from impl.parameters import Parameters
from impl.step import Refusal

_INSECURE = (Renegotiation.DISABLED, Renegotiation.UNSAFE)


def offered(config: Config, previous: Connected | None) -> tuple[int, bytes] | None:
    """Return a client's renegotiation_info, or None where it sends none.

    Raises `Refusal` where the policy forbids another handshake with this server (section 4.2).
    """
    if config.renegotiation is Renegotiation.DISABLED:
        return None
    if previous is None:
        return ext.build_renegotiation_info()
    if not previous.parameters.safe_renegotiation and config.renegotiation not in _INSECURE:
        raise Refusal(Code.UNSAFE_RENEGOTIATION_DENIED, "the server does not know RFC 5746 (section 4.2)")
    # A server that did not know it ignores this; one that did, and was kept from saying so, refuses.
    return ext.build_renegotiation_info(previous.client_verify)


def answered(previous: Connected | None) -> tuple[int, bytes]:
    """Return a server's renegotiation_info for a client that knows it."""
    connection = b"" if previous is None else previous.client_verify + previous.server_verify
    return ext.build_renegotiation_info(connection)


def check_client(hello: ClientHello, config: Config, previous: Connected | None) -> bool:
    """Check a ClientHello at the server (sections 3.6, 3.7, 4.4); tell whether the client knows RFC 5746."""
    if config.renegotiation is Renegotiation.DISABLED:
        return False
    content = hello.extensions.get(ExtensionType.RENEGOTIATION_INFO)
    signalled = CipherSuite.TLS_EMPTY_RENEGOTIATION_INFO_SCSV in hello.cipher_suites
    if previous is not None and signalled:
        raise _failed("the signalling value of a first handshake in a later one (RFC 5746 section 3.7)")
    expected = b"" if previous is None else previous.client_verify
    return _check(content, signalled, expected, config, previous)


def check_server(hello: ServerHello, config: Config, previous: Connected | None) -> bool:
    """Check a ServerHello at the client (sections 3.4, 3.5, 4.2); tell whether the server knows RFC 5746."""
    if config.renegotiation is Renegotiation.DISABLED:
        return False
    content = hello.extensions.get(ExtensionType.RENEGOTIATION_INFO)
    expected = b"" if previous is None else previous.client_verify + previous.server_verify
    return _check(content, False, expected, config, previous)


def check_identity(parameters: Parameters, config: Config, previous: Connected | None) -> None:
    """Refuse a peer that is another one than before, unless the application allows it."""
    if previous is None or config.allow_identity_change:
        return
    if parameters.identity != previous.parameters.identity:
        raise Refusal(Code.SESSION_USER_ID_CHANGED, "the peer is not who it was before the re-handshake")


def _check(
    content: bytes | None, signalled: bool, expected: bytes, config: Config, previous: Connected | None
) -> bool:
    bound = previous is None or previous.parameters.safe_renegotiation
    if content is not None:
        if not bound:
            raise _failed("renegotiation_info that the first handshake did not have")
        if ext.parse_renegotiation_info(content) != expected:
            raise _failed("renegotiation_info of another handshake")
        return True
    if signalled:
        return True
    if previous is not None and bound:
        raise _failed("renegotiation_info is missing, which the first handshake had")
    if config.renegotiation is Renegotiation.SAFE and previous is None:
        raise _failed("the peer does not know RFC 5746, and the policy demands it")
    if previous is not None and config.renegotiation not in _INSECURE:
        raise Refusal(Code.UNSAFE_RENEGOTIATION_DENIED, "the peer does not know RFC 5746 (section 4.4)")
    return False


def _failed(reason: str) -> Refusal:
    return Refusal(Code.SAFE_RENEGOTIATION_FAILED, reason)
