"""How much a peer may send before it is refused; every bound on hostile input has its name here.

Sizes are in bytes.  Sources: RFC 8446 sections 5.1, 5.2 and 5.5, RFC 5246 section 6.2.3; the rest is policy
that follows GnuTLS's defaults.
"""

from __future__ import annotations

from typing import Final

MAX_PLAINTEXT: Final = 2**14
"""The longest fragment of one record."""

MAX_EXPANSION_TLS12: Final = 2048
"""How much protection may add to a TLS 1.2 fragment."""

MAX_EXPANSION_TLS13: Final = 256
"""How much protection may add to a TLS 1.3 fragment, its content type and padding included."""

MAX_SEQUENCE: Final = 2**64 - 1
"""The sequence number that is never used: neither version lets it wrap."""

MAX_EMPTY_RECORDS: Final = 200
"""How many records of empty application data may follow each other."""

MAX_HANDSHAKE_MESSAGE: Final = 128 * 1024
"""The longest body of one handshake message."""

MAX_IDLE_RECORDS: Final = 200
"""How many records may get the handshake nowhere (empty, or ChangeCipherSpec for middleboxes)."""

MAX_PULL: Final = 2**14
"""How much is read from the transport at once."""

MAX_WARNINGS: Final = 16
"""How many warning alerts one handshake survives."""

KEY_UPDATES_PER_SECOND: Final = 8
"""How many KeyUpdate messages a peer may send within a second."""

MIN_RECORD_SIZE_LIMIT: Final = 64
"""The least that a peer may ask for as a limit on records (RFC 8449 section 4)."""

MAX_UNREAD: Final = 4 * 2**14
"""How much application data may wait for the caller before a re-handshake stops reading."""

MAX_EARLY_DATA_SKIPPED: Final = 4 * 2**14
"""How much refused early data a server drops where it has set no limit of its own."""
