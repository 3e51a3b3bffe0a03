"""How much memory a session holds: what can be reached from it, and what Python allocates while it runs.

Configuration and transport are the application's and do not count.  What `cryptography` keeps outside of
Python (parsed certificates, ciphers) is bounded by what is counted here: a certificate is held in DER, too.
"""

from __future__ import annotations

import sys
import tracemalloc
from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from enum import Enum
from types import FunctionType, MethodType, ModuleType
from typing import Final

from impl import Config, Session

_SHARED: Final = (Config, Enum, FunctionType, MethodType, ModuleType, type)
"""What belongs to no session."""


def footprint(session: Session) -> int:
    """Return how many bytes the objects of a session take, all that belongs to the application left out."""
    memory = session._memory
    config = memory.config
    seen = {id(item) for item in (config, memory.transport, config.resume, *config.certified_keys)}
    waiting: list[object] = [memory]
    total = 0
    while waiting:
        item = waiting.pop()
        if item is None or id(item) in seen or isinstance(item, _SHARED):
            continue
        seen.add(id(item))
        total += sys.getsizeof(item)
        if not isinstance(item, bytes | bytearray | str | int | float):
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


@contextmanager
def allocations() -> Iterator[list[int]]:
    """Measure what is allocated inside: the list gets the most bytes at any moment, and what is left."""
    found: list[int] = []
    tracemalloc.start()
    try:
        yield found
        left, most = tracemalloc.get_traced_memory()
        found += [most, left]
    finally:
        tracemalloc.stop()
