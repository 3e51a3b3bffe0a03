"""Where a server keeps the sessions of TLS 1.2 that clients may resume by their id.

A store maps keys to opaque bytes for a while, and its failures never end a handshake.  Theory:
gnutls_db_set_store_function(3), gnutls_db_set_retrieve_function(3), gnutls_db_set_remove_function(3).
"""

from __future__ import annotations

import sqlite3
import time
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path
from typing import Protocol


class Store(Protocol):
    """What a session database has to offer; any `OSError` counts as a miss."""

    def store(self, key: bytes, data: bytes, expires: float) -> None:
        """Keep `data` under `key` until POSIX time `expires`, in seconds."""

    def retrieve(self, key: bytes) -> bytes | None:
        """Return what is kept under `key`, or None."""

    def remove(self, key: bytes) -> None:
        """Forget what is kept under `key`, if anything is."""


class MemoryStore:
    """A store of this process.

    Parameters
    ----------
    size: most sessions kept; the oldest go first.
    clock: POSIX time in seconds.
    """

    def __init__(self, size: int = 10_000, clock: Callable[[], float] = time.time) -> None:
        self._entries: OrderedDict[bytes, tuple[float, bytes]] = OrderedDict()
        self._size = size
        self._clock = clock

    def __len__(self) -> int:
        return len(self._entries)

    def store(self, key: bytes, data: bytes, expires: float) -> None:
        """Keep `data`, and drop the oldest sessions over the limit."""
        self._entries[key] = (expires, data)
        self._entries.move_to_end(key)
        while len(self._entries) > self._size:
            self._entries.popitem(last=False)

    def retrieve(self, key: bytes) -> bytes | None:
        """Return what is kept, unless its time is over."""
        expires, data = self._entries.get(key, (0.0, None))
        if data is not None and expires <= self._clock():
            self.remove(key)
            return None
        return data

    def remove(self, key: bytes) -> None:
        """Forget a session."""
        self._entries.pop(key, None)


class SqliteStore:
    """A store in a file, which several processes may share.

    Parameters
    ----------
    path: the database's file, made if it is not there.
    clock: POSIX time in seconds.

    Raises `OSError` if the file is no database or cannot be made.
    """

    def __init__(self, path: str | Path, clock: Callable[[], float] = time.time) -> None:
        self._path = str(path)
        self._clock = clock
        self._change("CREATE TABLE IF NOT EXISTS session (key BLOB PRIMARY KEY, expires REAL, data BLOB)")

    def store(self, key: bytes, data: bytes, expires: float) -> None:
        """Keep `data`, and drop all sessions whose time is over."""
        self._change("DELETE FROM session WHERE expires <= ?", self._clock())
        self._change("INSERT OR REPLACE INTO session VALUES (?, ?, ?)", key, expires, data)

    def retrieve(self, key: bytes) -> bytes | None:
        """Return what is kept, unless its time is over."""
        query = "SELECT data FROM session WHERE key = ? AND expires > ?"
        found = self._change(query, key, self._clock())
        return bytes(found[0][0]) if found else None

    def remove(self, key: bytes) -> None:
        """Forget a session."""
        self._change("DELETE FROM session WHERE key = ?", key)

    def _change(self, statement: str, *values: bytes | float) -> list[tuple[bytes]]:
        try:
            connection = sqlite3.connect(self._path)
            try:
                with connection:
                    return connection.execute(statement, values).fetchall()
            finally:
                connection.close()
        except sqlite3.Error as error:
            raise OSError(f"{self._path}: {error}") from error
