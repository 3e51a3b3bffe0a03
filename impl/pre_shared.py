"""A pre-shared key of TLS 1.3 that one side has, and the proof that it has it (RFC 8446 section 4.2.11)."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Final

from impl.codec.enums import ProtocolVersion
from impl.crypto.suites import SUITES, Suite
from impl.keyschedule.tls13 import KeySchedule, Label, verify_data
from impl.saved_session import SavedSession


@dataclass(frozen=True, slots=True)
class KnownPsk:
    """A pre-shared key that one side has.

    Parameters
    ----------
    identity: its name, or a ticket.
    secret: the key.
    hash_name: the hash that it is for.
    session: the session that a ticket stands for, or None.
    age: the obfuscated age of the ticket, as the client shows it.
    """

    identity: bytes
    secret: bytes
    hash_name: str
    session: SavedSession | None = None
    age: int = 0

    @property
    def hash_length(self) -> int:
        """Bytes of a binder."""
        return _SUITE_OF_HASH[self.hash_name].hash_length

    def schedule(self, suite: Suite) -> KeySchedule:
        """Return the first stage of the key schedule with this key."""
        return KeySchedule.early(suite, self.secret)

    def binder(self, digest: bytes) -> bytes:
        """Return the proof over a partial ClientHello with this transcript hash."""
        suite = _SUITE_OF_HASH[self.hash_name]
        label = Label.EXTERNAL_BINDER if self.session is None else Label.RESUMPTION_BINDER
        empty = hashlib.new(self.hash_name).digest()
        return verify_data(suite, self.schedule(suite).derive(label, empty), digest)


_SUITE_OF_HASH: Final = {
    suite.hash_name: suite for suite in SUITES.values() if suite.version is ProtocolVersion.TLS13
}
