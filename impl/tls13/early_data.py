"""When early data is sent and taken, and how a server gets rid of what it does not take.

Theory: RFC 8446 sections 2.3, 4.2.10 and 8.
"""

from __future__ import annotations

from impl.codec.enums import ExtensionType, ProtocolVersion
from impl.codec.hello import ClientHello
from impl.config import Config
from impl.crypto.suites import Suite
from impl.limits import MAX_EARLY_DATA_SKIPPED
from impl.saved_session import SavedSession
from impl.step import SkipEarlyData
from impl.tls13.psk import ChosenPsk


def room(config: Config, session: SavedSession | None) -> int:
    """Return how many bytes of early data a client may send with the session that it would resume."""
    if session is None or session.version is not ProtocolVersion.TLS13 or not config.psk_modes:
        return 0
    fits = session.alpn is None or session.alpn in config.alpn
    return session.early_data_size if fits else 0


def is_accepted(
    hello: ClientHello, chosen: ChosenPsk | None, suite: Suite, protocol: bytes | None, config: Config
) -> bool:
    """Tell whether a first ClientHello's early data is taken, which then is never taken again (section 8).

    The key must be the first that was offered, of a session that allowed early data, with the same cipher
    suite and application protocol, and the ticket's age must be right.
    """
    if ExtensionType.EARLY_DATA not in hello.extensions or chosen is None or chosen.index:
        return False
    session, guard = chosen.psk.session, config.anti_replay
    if session is None or guard is None or not config.early_data_size or not session.early_data_size:
        return False
    if session.cipher_suite is not suite.number or session.alpn != protocol:
        return False
    now = config.clock()
    shown = (chosen.psk.age - session.age_add) % 2**32 / 1000
    return guard.admits(chosen.binder, now - session.issued / 1000 - shown, now)


def skipped(hello: ClientHello, config: Config) -> tuple[SkipEarlyData, ...]:
    """Return what drops the early data of a ClientHello that is not taken up on it."""
    if ExtensionType.EARLY_DATA not in hello.extensions:
        return ()
    return (SkipEarlyData(max(MAX_EARLY_DATA_SKIPPED, config.early_data_size)),)
