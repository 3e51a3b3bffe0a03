"""A pre-shared key of TLS 1.3 that one side has, and the proof that it has it (RFC 8446 section 4.2.11)."""

from __future__ import annotations

from typing import Final, Self

from impl.codec.enums import ProtocolVersion
from impl.crypto.suites import SUITES, Suite
from impl.frozen import dataclass
from impl.keyschedule.tls13 import KeySchedule, Label, early_secret, empty_hash, verify_data
from impl.saved_session import SavedSession

EXTERNAL_HASH: Final = "sha256"
"""The hash of a pre-shared key that no session has given one (RFC 8446 section 4.2.11)."""


@dataclass(frozen=True, slots=True)
class KnownPsk:
    """A pre-shared key that one side has.

    Parameters
    ----------
    identity: its name, or a ticket.
    hash_name: the hash that it is for.
    early_secret: what the key schedule makes of it.
    session: the session that a ticket stands for, or None.
    age: the obfuscated age of the ticket, as the client shows it.
    """

    identity: bytes
    hash_name: str
    early_secret: bytes
    session: SavedSession | None = None
    age: int = 0

    @classmethod
    def of_session(cls, session: SavedSession, identity: bytes, age: int) -> Self:
        """Return the key that a session of TLS 1.3 has left behind."""
        hash_name = SUITES[session.cipher_suite].hash_name
        return cls(identity, hash_name, early_secret(hash_name, session.secret), session, age)

    @classmethod
    def external(cls, identity: bytes, key: bytes) -> Self:
        """Return a key that no session has given a hash."""
        return cls(identity, EXTERNAL_HASH, early_secret(EXTERNAL_HASH, key))

    @property
    def hash_length(self) -> int:
        """Bytes of a binder."""
        return _SUITE_OF_HASH[self.hash_name].hash_length

    def schedule(self, suite: Suite) -> KeySchedule:
        """Return the first stage of the key schedule with this key."""
        return KeySchedule(suite, self.early_secret)

    def binder(self, digest: bytes) -> bytes:
        """Return the proof over a partial ClientHello with this transcript hash."""
        suite = _SUITE_OF_HASH[self.hash_name]
        label = Label.EXTERNAL_BINDER if self.session is None else Label.RESUMPTION_BINDER
        return verify_data(suite, self.schedule(suite).derive(label, empty_hash(self.hash_name)), digest)


_SUITE_OF_HASH: Final = {
    suite.hash_name: suite for suite in SUITES.values() if suite.version is ProtocolVersion.TLS13
}
