"""When a server takes early data, and how it gets rid of what it does not take (RFC 8446 section 4.2.10)."""

from __future__ import annotations

from impl.codec.enums import ExtensionType
from impl.codec.hello import ClientHello
from impl.config import Config
from impl.crypto.suites import Suite
from impl.limits import MAX_EARLY_DATA_SKIPPED
from impl.step import SkipEarlyData
from impl.tls13.psk import ChosenPsk


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


def skipped(hello: ClientHello) -> tuple[SkipEarlyData, ...]:
    """Return what drops the early data of a ClientHello that is not taken up on it."""
    if ExtensionType.EARLY_DATA not in hello.extensions:
        return ()
    return (SkipEarlyData(MAX_EARLY_DATA_SKIPPED),)
