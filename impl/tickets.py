"""Tickets: sessions that the client keeps for the server, sealed under keys that rotate (RFC 5077 section 4).

A key belongs to a period of time and follows from the master key, so that servers which share the master key
understand each other's tickets and nothing has to be stored.  Theory: gnutls_session_ticket_enable_server(3).
"""

from __future__ import annotations

import hmac
from os import urandom
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from impl.limits import MAX_TICKET
from impl.saved_session import SavedSession

MASTER_KEY_LENGTH: Final = 64
_NAME_LENGTH: Final = 16
_NONCE_LENGTH: Final = 12


class TicketKeys:
    """Makes and reads tickets.

    Parameters
    ----------
    master_key: 64 secret bytes; all servers of a site have the same.
    period: seconds for which a key makes tickets; it reads them for another such period.

    Raises `ValueError` for a key of another length or a period that is not positive.
    """

    def __init__(self, master_key: bytes | None = None, period: float = 21600) -> None:
        self._master_key = urandom(MASTER_KEY_LENGTH) if master_key is None else master_key
        if len(self._master_key) != MASTER_KEY_LENGTH:
            raise ValueError(f"a ticket master key has {MASTER_KEY_LENGTH} bytes")
        if period <= 0:
            raise ValueError("ticket keys rotate after a positive number of seconds")
        self._period = period
        self._made: dict[int, tuple[bytes, AESGCM]] = {}

    def seal(self, session: SavedSession, now: float) -> bytes:
        """Return a ticket for `session`, made at POSIX time `now`; an empty one if it would be too long."""
        name, cipher = self._key(int(now // self._period))
        nonce = urandom(_NONCE_LENGTH)
        ticket = name + nonce + cipher.encrypt(nonce, session.to_bytes(), name)
        return ticket if len(ticket) <= MAX_TICKET else b""

    def open(self, ticket: bytes, now: float) -> SavedSession | None:
        """Return the session of a ticket, or None if its key is too old or was never ours."""
        name, nonce = ticket[:_NAME_LENGTH], ticket[_NAME_LENGTH : _NAME_LENGTH + _NONCE_LENGTH]
        present = int(now // self._period)
        for number in (present, present - 1):
            ours, cipher = self._key(number)
            if hmac.compare_digest(ours, name):
                try:
                    content = cipher.decrypt(nonce, ticket[_NAME_LENGTH + _NONCE_LENGTH :], name)
                    return SavedSession.from_bytes(content)
                except (InvalidTag, ValueError):
                    return None
        return None

    def _key(self, number: int) -> tuple[bytes, AESGCM]:
        """Return name and cipher of a period; those of the latest two that were asked for are at hand."""
        made = self._made.get(number)
        if made is None:
            block = hmac.digest(self._master_key, b"ticket key" + number.to_bytes(8, signed=True), "sha512")
            made = block[:_NAME_LENGTH], AESGCM(block[_NAME_LENGTH : _NAME_LENGTH + 32])
            self._made = dict([*self._made.items(), (number, made)][-2:])
        return made
