"""How much a peer may send before it is refused; every bound on hostile input has its name here.

Sizes are in bytes.  Sources: RFC 8446 sections 5.1, 5.2 and 5.5, RFC 5246 section 6.2.3, RFC 6347 section 4;
the rest is policy that follows GnuTLS's defaults.
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

MAX_RECORDS_PER_KEY: Final = 2**24
"""How many TLS 1.3 records one key protects before it is changed; AES-GCM may do 2^24.5 (RFC 8446 5.5)."""

MAX_TICKET: Final = 2**15
"""The longest ticket that is given out, or kept and shown: all extensions of a hello are below 2^16 bytes."""

MAX_PSK_IDENTITY: Final = 2**14
"""The longest name of a pre-shared key, which has to go into a hello beside a ticket."""

MAX_IDENTITIES: Final = 16
"""How many of the pre-shared keys that a client offers a server looks at."""

MAX_REQUESTS: Final = 8
"""How many requests for authentication may wait for a client's answer."""

MAX_PATH: Final = 256
"""How many phases a session remembers having gone through; a peer may begin handshake after handshake."""

KEY_UPDATES_PER_SECOND: Final = 8
"""How many KeyUpdate messages a peer may send within a second."""

MIN_RECORD_SIZE_LIMIT: Final = 64
"""The least that a peer may ask for as a limit on records (RFC 8449 section 4)."""

MAX_UNREAD: Final = 4 * 2**14
"""How much application data may wait for the caller before a re-handshake stops reading."""

MAX_EARLY_DATA_SKIPPED: Final = 4 * 2**14
"""How much refused early data a server drops where it has set no limit of its own."""

MAX_DATAGRAM_SEQUENCE: Final = 2**48 - 1
"""The DTLS record sequence number that is never used: within an epoch it must not wrap."""

MAX_EPOCH: Final = 2**16 - 1
"""The last DTLS epoch: a session that has reached it can change keys no more."""

REPLAY_WINDOW: Final = 64
"""How many DTLS records a replayed or late one may lie behind the newest."""

MAX_EARLY_BYTES: Final = 2**16
"""How much of DTLS records of the next epoch is kept until its keys are known."""

MAX_MESSAGES_AHEAD: Final = 16
"""How far ahead of its turn a DTLS handshake message may come."""

MAX_REASSEMBLY: Final = 2 * MAX_HANDSHAKE_MESSAGE
"""How much room the DTLS handshake messages that are not yet handed out may take, headers apart."""

MAX_GAPS: Final = 64
"""How many separate pieces of one DTLS handshake message may be held."""

MAX_HELD_DATA: Final = 2**16
"""How much application data is kept that a DTLS peer sent before its Finished arrived."""

MAX_COOKIES: Final = 16
"""How many HelloVerifyRequests a DTLS client answers in one handshake."""

MAX_FRUITLESS: Final = 64
"""How many datagrams without anything of use one call reads before it returns."""

MAX_DATAGRAM: Final = 2**16
"""The longest datagram that is read."""

MAX_SESSION_MEMORY: Final = 2**20
"""The most memory that one session holds between calls, whatever its peer has said.

It follows from the limits above: all messages of a TLS 1.2 handshake that may yet be signed, or what waits to
be reassembled of a DTLS flight.  It is asserted of every hostile run, and so is the next.
"""

MAX_CALL_MEMORY: Final = 4 * 2**20
"""The most memory that a call needs on top while it runs: the longest hello, taken apart into its numbers."""
