"""Pre-shared keys of TLS 1.3: tickets of earlier sessions and keys that both sides got otherwise.

A client proves each key that it offers with a binder over its ClientHello; a server looks for the first one
that it knows and checks its binder.  Theory: RFC 8446 sections 4.2.9 to 4.2.11.
"""

from __future__ import annotations

import hmac
from collections.abc import Sequence
from dataclasses import replace

from impl.alerts import AlertDescription
from impl.codec import extensions as ext
from impl.codec.enums import ExtensionType, ProtocolVersion, PskKeyExchangeMode
from impl.codec.extensions import Extensions, OfferedPsks, PskIdentity
from impl.codec.hello import ClientHello
from impl.codec.messages import encode
from impl.codes import Code
from impl.config import ClientAuth, Config
from impl.crypto.suites import SUITES, Suite
from impl.frozen import dataclass
from impl.limits import MAX_IDENTITIES
from impl.pre_shared import EXTERNAL_HASH, KnownPsk
from impl.saved_session import SavedSession
from impl.step import Refusal
from impl.transcript import Transcript


@dataclass(frozen=True, slots=True)
class ChosenPsk:
    """What a server has chosen among a client's offers.

    Parameters
    ----------
    index: which one it is.
    binder: the client's proof, which tells ClientHellos apart.
    """

    psk: KnownPsk
    index: int
    binder: bytes


def to_offer(config: Config, session: SavedSession | None) -> tuple[KnownPsk, ...]:
    """Return what a client offers: the session that it would resume, and its external key."""
    found: list[KnownPsk] = []
    if not config.psk_modes:
        return ()
    if session is not None and session.version is ProtocolVersion.TLS13:
        age = int(config.clock() * 1000) - session.issued + session.age_add
        found.append(KnownPsk.of_session(session, session.ticket, age % 2**32))
    if config.psk is not None and EXTERNAL_HASH in _hashes(config):
        found.append(KnownPsk.external(config.psk.identity, config.psk.key))
    return tuple(found)


def _hashes(config: Config) -> set[str]:
    """Return the hashes of the enabled cipher suites, with which alone a key is of use (RFC 8446 4.1.2)."""
    suites = (SUITES[number] for number in config.cipher_suites)
    return {suite.hash_name for suite in suites if suite.version is ProtocolVersion.TLS13}


def with_binders(
    hello: ClientHello, psks: Sequence[KnownPsk], before: Transcript | None
) -> tuple[ClientHello, bytes]:
    """Return the ClientHello with pre_shared_key behind its other extensions, and as it is sent.

    Parameters
    ----------
    before: the messages before it, if it answers a HelloRetryRequest.
    """
    if not psks:
        return hello, encode(hello)
    identities = tuple(PskIdentity(psk.identity, psk.age) for psk in psks)
    blank = OfferedPsks(identities, tuple(bytes(psk.hash_length) for psk in psks))
    partial = encode(_with(hello, blank))[: -blank.binders_length]
    offered = OfferedPsks(identities, tuple(psk.binder(_digest(psk, before, partial)) for psk in psks))
    return _with(hello, offered), partial + ext.build_binders(offered)


def find(
    hello: ClientHello, raw: bytes, suites: Sequence[Suite], config: Config, before: Transcript | None
) -> tuple[Suite, ChosenPsk] | None:
    """Return the first suite that one of a client's keys fits, with the first such key, if there is one.

    Raises `Refusal` if its binder is wrong, and what the codec raises.
    """
    content = hello.extensions.get(ExtensionType.PRE_SHARED_KEY)
    if content is None:
        return None
    offered = ext.parse_pre_shared_key_client(content)
    if not modes(hello, config):
        return None
    known = [_known(item, config) for item in offered.identities[:MAX_IDENTITIES]]
    for suite in suites:
        for index, psk in enumerate(known):
            if psk is not None and psk.hash_name == suite.hash_name:
                binder = offered.binders[index]
                digest = _digest(psk, before, raw[: -offered.binders_length])
                if not hmac.compare_digest(psk.binder(digest), binder):
                    reason = "a wrong binder (RFC 8446 section 4.2.11)"
                    raise Refusal(Code.RECEIVED_ILLEGAL_PARAMETER, reason, AlertDescription.DECRYPT_ERROR)
                return suite, ChosenPsk(psk, index, binder)
    return None


def modes(hello: ClientHello, config: Config) -> tuple[PskKeyExchangeMode, ...]:
    """Return how both sides would use pre-shared keys, the server's favourite first."""
    content = hello.extensions.get(ExtensionType.PSK_KEY_EXCHANGE_MODES)
    offered = () if content is None else ext.parse_psk_key_exchange_modes(content)
    return tuple(mode for mode in config.psk_modes if mode in offered)


def _known(item: PskIdentity, config: Config) -> KnownPsk | None:
    now = config.clock()
    session = None if config.tickets is None else config.tickets.open(item.identity, now)
    if session is not None:
        if not _may_be_resumed(session, config, now):
            return None
        return KnownPsk.of_session(session, item.identity, item.obfuscated_age)
    key = None if config.psk_lookup is None else config.psk_lookup(item.identity)
    return None if key is None else KnownPsk.external(item.identity, key)


def _may_be_resumed(session: SavedSession, config: Config, now: float) -> bool:
    """A client that has to authenticate must have done so when the session began."""
    if session.version is not ProtocolVersion.TLS13 or not session.is_fresh(now):
        return False
    known = bool(session.chain) or session.psk_identity is not None
    return known or config.client_auth is not ClientAuth.REQUIRE


def _with(hello: ClientHello, offered: OfferedPsks) -> ClientHello:
    last = ext.build_pre_shared_key_client(offered)
    return replace(hello, extensions=Extensions.of(*hello.extensions, last))


def _digest(psk: KnownPsk, before: Transcript | None, partial: bytes) -> bytes:
    """Return the hash over a partial ClientHello; a HelloRetryRequest has settled whose hash it is."""
    transcript = Transcript(psk.hash_name) if before is None else before.copy()
    transcript.add(partial)
    return transcript.digest()
