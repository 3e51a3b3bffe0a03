"""The records that went over a stream in memory."""

from __future__ import annotations

from collections.abc import Iterator

from impl import MemoryTransport, memory_pair

_HEADER, _TAG, _EXPLICIT = 5, 16, 8
_CHANGE_CIPHER_SPEC, _APPLICATION_DATA = 20, 23


class _Tap(MemoryTransport):
    """A transport that keeps a copy of what it is given."""

    def __init__(self, inner: MemoryTransport, copy: bytearray) -> None:
        self._inner, self._copy = inner, copy
        self.pull = inner.pull

    def push(self, data: bytes) -> int:
        self._copy += data
        return self._inner.push(data)


def tapped_pair() -> tuple[MemoryTransport, MemoryTransport, tuple[bytearray, bytearray]]:
    """Return both ends of a stream, and what each will have written."""
    near, far = memory_pair()
    sent = bytearray(), bytearray()
    return _Tap(near, sent[0]), _Tap(far, sent[1]), sent


def protected(sent: tuple[bytearray, bytearray], *, tls13: bool) -> tuple[int, ...]:
    """Return the length of each protected fragment, without what AES-GCM adds."""
    rows = []
    for stream in sent:
        changed = False
        for kind, length in _records(stream):
            if kind == _APPLICATION_DATA or (changed and not tls13):
                rows.append(length - _TAG - (0 if tls13 else _EXPLICIT))
            changed = changed or kind == _CHANGE_CIPHER_SPEC
    return tuple(rows)


def _records(stream: bytearray) -> Iterator[tuple[int, int]]:
    place = 0
    while place < len(stream):
        length = int.from_bytes(stream[place + 3 : place + _HEADER])
        yield stream[place], length
        place += _HEADER + length
