"""How much memory a session holds: all bytes that can be reached from it, and the limit on them.

Configuration and transport are the application's and do not count.  What `cryptography` keeps outside of
Python (parsed certificates, ciphers) is bounded by what is counted here: a certificate is held in DER, too.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping
from typing import Final

from impl import Config, Session

MEMORY_LIMIT: Final = 768 * 1024
"""Bytes that one session may hold of what its peer has sent, in any phase: six of the longest handshake
messages (a TLS 1.2 server that verifies a client's signature needs all messages before it)."""

OVERHEAD: Final = 64
"""Bytes that are counted for each object, so that many small ones do not come for nothing."""


def footprint(session: Session) -> int:
    """Return how many bytes a session's objects hold."""
    memory = session._memory
    seen = {id(memory.config), id(memory.transport)}
    waiting: list[object] = [memory]
    total = 0
    while waiting:
        item = waiting.pop()
        if id(item) in seen or item is None or isinstance(item, Config | type | int | float | str):
            continue
        seen.add(id(item))
        total += OVERHEAD
        if isinstance(item, bytes | bytearray):
            total += len(item)
        else:
            waiting.extend(_parts(item))
    return total


def _parts(item: object) -> Iterator[object]:
    if isinstance(item, Mapping):
        yield from item.keys()
        yield from item.values()
    elif isinstance(item, list | tuple | set | frozenset | deque):
        yield from item
    else:
        for kind in type(item).__mro__:
            slots = kind.__dict__.get("__slots__", ())
            for name in (slots,) if isinstance(slots, str) else slots:
                if hasattr(item, name):
                    yield getattr(item, name)
        yield from getattr(item, "__dict__", {}).values()
