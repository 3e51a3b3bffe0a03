"""A hello changed on its way: one of its extensions taken out, put in or given other contents.

The one who made it finds out only from Finished, long after the one who reads it had to.
"""

from __future__ import annotations

from collections.abc import Callable

RENEGOTIATION_INFO = 0xFF01
SUPPORTED_GROUPS, KEY_SHARE, SUPPORTED_VERSIONS = 10, 51, 43
SCSV = bytes((0x00, 0xFF))
CLIENT_HELLO, SERVER_HELLO = 1, 2


def with_extension(record: bytes, number: int, change: Callable[[bytes | None], bytes | None]) -> bytes:
    """Return a record, whose first message is a hello, with one extension's contents changed.

    `change` is given the contents, or None if there is no such extension, and returns them or None likewise.
    """
    length = 9 + int.from_bytes(record[6:9])
    hello, rest = record[9:length], record[length:]
    start = _start_of_extensions(record[5], hello)
    extensions = _split(hello[start + 2 :])
    contents = change(extensions.pop(number, None))
    if contents is not None:
        extensions[number] = contents
    packed = b"".join(key.to_bytes(2) + len(body).to_bytes(2) + body for key, body in extensions.items())
    body = hello[:start] + len(packed).to_bytes(2) + packed
    message = record[5:6] + len(body).to_bytes(3) + body
    return record[:3] + (len(message) + len(rest)).to_bytes(2) + message + rest


def without_scsv(record: bytes) -> bytes:
    """Return a ClientHello's record with the renegotiation SCSV turned into an unknown cipher suite."""
    start = 9 + 34 + 1 + record[43]
    count = int.from_bytes(record[start : start + 2])
    suites = record[start + 2 : start + 2 + count]
    changed = b"".join(
        b"\x0a\x0a" if suites[at : at + 2] == SCSV else suites[at : at + 2] for at in range(0, count, 2)
    )
    return record[: start + 2] + changed + record[start + 2 + count :]


def _start_of_extensions(kind: int, hello: bytes) -> int:
    at = 35 + hello[34]
    if kind == SERVER_HELLO:
        return at + 3
    at += 2 + int.from_bytes(hello[at : at + 2])
    return at + 1 + hello[at]


def _split(data: bytes) -> dict[int, bytes]:
    found = {}
    while data:
        size = int.from_bytes(data[2:4])
        found[int.from_bytes(data[:2])] = data[4 : 4 + size]
        data = data[4 + size :]
    return found
